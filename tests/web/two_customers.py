"""Two customers with all that may belong to one; every word of the second's carries a mark.

Ours are bound to the first one's site: whatever of the other reaches a page of theirs is a leak.
"""

from dataclasses import dataclass
from datetime import timedelta

from operations import inspections as inspection_desk
from operations import stickers as sticker_desk
from rules.documents import Draft, Kind, Language
from rules.inspections import Picture
from rules.maintenance import Planned, Window, Work
from rules.model import CustomerId, DeviceId, DeviceType, OrderId, Role, SiteId
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import documents as document_rows
from storage import inspection_photos as photo_rows
from storage import ledger
from storage import occasions as occasion_rows
from storage import people as people_rows
from storage import planned_maintenance as planned_rows
from storage import sites as site_rows
from storage import stickers as sticker_rows
from storage.db import Tx, transaction
from storage.files import Files
from storage.stickers import Sticker
from tests import inspected
from tests.storage.assets import a_customer, a_site
from tests.web.conftest import House, a_window, an_order
from tests.web.events import an_event

MARK = "FREMD"
PDF = b"%PDF-1.7 not much of a document"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What belongs to one customer, by the names addresses have for it."""

    site: SiteId
    device: DeviceId
    site_code: str
    device_code: str
    ids: dict[str, str]

    def path(self, route: str) -> str:
        """A route filled with what is of this world; what it does not know stays."""
        for name, value in self.ids.items():
            route = route.replace("{" + name + "}", value)
        return route


def two(house: House) -> tuple[World, World]:
    """The house's own S-1, and another customer's S-9."""
    with transaction(house.parts.database) as tx:
        foreign = a_site(tx, "S-9", "C9")
        other = a_customer(tx, "C9")
        customer_rows.change(tx, other, {"name": f"{MARK} 客户", "phone": f"{MARK}-555"})
        marked = {"name": f"{MARK} 站点", "address": f"{MARK} 路", "access_note": f"{MARK} 钥匙"}
        site_rows.change(tx, foreign, marked)
        _contact(tx, other)
        for role in set(Role) - {Role.CUSTOMER}:
            people_rows.change(tx, house.people[role], {"all_sites": False})
            people_rows.set_sites(tx, house.people[role], [SiteId(1)])
        files = Files(house.parts.settings.data / "files")
        ours = _filled(tx, house, files, SiteId(1), CustomerId(1), "")
        theirs = _filled(tx, house, files, foreign, other, f"{MARK}-")
    return ours, theirs


def _filled(
    tx: Tx, house: House, files: Files, site: SiteId, customer: CustomerId, mark: str
) -> World:
    now, me = house.clock(), house.people[Role.ENGINEER]
    system = inspected.a_system(tx, site, f"{mark}V")
    inspected.a_device(tx, site, system, f"{mark}cam", DeviceType.CAMERA)
    device = next(one for one in device_rows.of_site(tx, site) if one.code == f"{mark}cam")
    order = an_order(tx, house, device=device.id)
    inspection_desk.plan(tx, now)
    planned = inspected.planned(tx, system, now)
    inspection_desk.start(tx, planned.id, me, now)
    sheet = inspected.sheet_of(tx, planned.id)
    point = inspected.point_of(sheet, f"{mark}cam")
    picture = Picture(
        file=files.put(f"{mark}picture".encode()), fingerprint="0" * 16, width=4, height=3
    )
    photo = photo_rows.add(tx, point, picture, me, now)
    document = document_rows.add(
        tx,
        Draft(
            kind=Kind.INSPECTION,
            subject_id=planned.id,
            language=Language.ZH,
            number=f"{mark}MI-1",
            public_id=f"{mark or 'OWN-'}public",
            site_id=site,
            customer_id=customer,
            period=planned.period,
            title=f"{mark} 月检",
            file=files.put(PDF + mark.encode()),
            content_hash="0" * 64,
            size=len(PDF) + len(mark),
            pages=1,
            certificate="",
        ),
        now,
    )
    window = a_window(tx, house, order)
    event = an_event(tx, house, site=site, name=f"{mark} 大会")
    sticker = sticker_desk.new_id()
    made = Sticker(id=sticker, site_id=site, device_id=device.id, created_at=now, created_by=me)
    sticker_rows.add(tx, [made])
    site_code = "S-9" if mark else "S-1"
    return World(
        site=site,
        device=device.id,
        site_code=site_code,
        device_code=device.code,
        ids={
            "site_id": str(site),
            "device_id": str(device.id),
            "system_id": str(system),
            "customer_id": str(customer),
            "contract_id": str(_contract_of(tx, site)),
            "person_id": str(_contact_of(tx, customer)),
            "order_id": str(order.id),
            "notice_id": str(_notice_of(tx, order.id)),
            "inspection_id": str(planned.id),
            "point_id": str(point.id),
            "item_id": str(point.items[0].id),
            "photo_id": str(photo),
            "document_id": str(document.id),
            "sticker_id": sticker,
            "window_id": str(window.id),
            "planned_id": str(_planned_work(tx, house, window, f"{mark} recorder").id),
            "occasion_id": str(event.id),
            "guard_id": str(occasion_rows.guards_of(tx, event.id)[0].id),
            "site": site_code,
            "code": device.code,
        },
    )


def _notice_of(tx: Tx, order_id: OrderId) -> int:
    """The first that anybody was told about the order."""
    return ledger.of_order(tx, order_id)[0].id


def _planned_work(tx: Tx, house: House, like: Window, reason: str) -> Planned:
    """Tomorrow, on what this maintenance is about."""
    tomorrow = house.clock() + timedelta(days=1)
    new = Work(
        site_id=like.site_id,
        scope=like.scope,
        subject_id=like.subject_id,
        owner_id=like.owner_id,
        reason=reason,
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(hours=1),
    )
    return planned_rows.add(tx, new, like.owner_id, house.clock())


def _contract_of(tx: Tx, site: SiteId) -> int:
    found = site_rows.get(tx, site)
    assert found is not None
    assert found.contract_id is not None
    return found.contract_id


def _contact_of(tx: Tx, customer: CustomerId) -> int:
    contacts = people_rows.with_role(tx, Role.CUSTOMER)
    return next(one.id for one in contacts if one.customer_id == customer)


def _contact(tx: Tx, customer: CustomerId) -> None:
    row = {
        "code": f"{MARK}-contact",
        "name": f"{MARK} 联系人",
        "roles": [Role.CUSTOMER],
        "customer_id": customer,
        "phone": f"+86139{MARK}",
        "email": f"{MARK}@example.com",
        "channels": [["mail", f"{MARK}@example.com"]],
        "language": "zh",
    }
    people_rows.add(tx, [row])


def unbound(house: House) -> None:
    """The customer's contact is bound to no single site: all of the customer's, no other's."""
    with transaction(house.parts.database) as tx:
        people_rows.set_sites(tx, house.people[Role.CUSTOMER], [])
