"""Each route that changes something: who does it, with what and where, and what is said of it."""

from collections.abc import Callable
from datetime import timedelta

from operations import contact_cards as card_desk
from operations import notices as notice_desk
from operations import policy as policy_desk
from operations import rule_remarks as remark_desk
from operations import stickers as sticker_desk
from operations.policy import Proposal
from rules.access import Purpose
from rules.model import CustomerId, Role, SiteId, WorkOrder
from rules.tellings import Step, Template
from storage import access_links as link_rows
from storage import alerts as alert_rows
from storage import contracts as contract_rows
from storage import inspections as inspection_rows
from storage import ledger, links
from storage import limits as limit_rows
from storage import people as people_rows
from storage import push as push_rows
from storage import tellings as telling_rows
from storage.db import reading, transaction
from tests.storage.assets import a_contract
from tests.web import drills, escalations, inspected, rotas
from tests.web.conftest import PASSWORD, START, House, a_window
from tests.web.drills import a_drill
from tests.web.test_documents import a_pdf, filed
from tests.web.test_link_lists import letter_to

Address = Callable[[House, WorkOrder], str]


def at(path: str) -> Address:
    return lambda _, __: path


def within(page: Address, act: str) -> Address:
    return lambda house, order: f"{page(house, order)}/{act}"


def link_of(house: House, order: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        expires = START + timedelta(hours=24)
        who = house.people[Role.ENGINEER]
        return "/l/" + links.create(tx, who, "order", order.id, None, START, expires)


def drill_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/drills/{a_drill(tx, house).id}"


def drill_link_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        drill = a_drill(tx, house)
    return drills.link_of(house, drill).replace("/l/", "/l/drill/")


def list_of(house: House, order: WorkOrder) -> str:
    return letter_to(house, Role.ENGINEER, [order]).replace("/l/", "/l/list/")


def alert_of(house: House, _: WorkOrder) -> str:
    with reading(house.parts.database) as tx:
        return f"/alerts/{alert_rows.open_ones(tx)[0].id}/acknowledge"


def coming_of(house: House, _: WorkOrder) -> str:
    """A change still to come."""
    said = Proposal(
        name="zone_hours.ring1", typed="1", why="why", effective_from=START + timedelta(days=1)
    )
    with transaction(house.parts.database) as tx:
        by = house.people[Role.ADMIN]
        made = policy_desk.change(tx, said, house.parts.figures.base, by=by, now=START)
    return f"/policy/changes/{made.id}/withdraw"


def limit_of(house: House, _: WorkOrder) -> str:
    row = {"scope": "type", "subject": "camera", "name": HOT["name"], "value": 55, "why": "why"}
    with transaction(house.parts.database) as tx:
        row |= {"made_by": house.people[Role.ADMIN], "made_at": START}
        return f"/limits/{limit_rows.add(tx, row).id}/withdraw"


def remark_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        by = house.people[Role.SALES]
        return f"/remarks/{remark_desk.write(tx, 'A03', 'too short', by=by, now=START)}/review"


def magic_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        who, ends = house.people[Role.CUSTOMER], START + timedelta(minutes=15)
        return "/a/" + link_rows.create(tx, Purpose.MAGIC, who, by=None, now=START, expires=ends)


def another_session(house: House, _: WorkOrder) -> str:
    house.enter(Role.HEAD)
    return "/account/sessions/end"


def browser_of(house: House, _: WorkOrder) -> str:
    """The head's own, told until now."""
    with transaction(house.parts.database) as tx:
        held = push_rows.add(tx, house.people[Role.HEAD], "https://x", "k", "s", "Chrome", START)
    return f"/push/{held.id}/off"


def page_of(house: House, order: WorkOrder) -> str:
    """The engineer is paged; he answers from the notification."""
    with transaction(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[Role.ENGINEER])
        assert person
        notice_desk.tell(
            tx, person, "page", key="own", severity=order.severity, order=order, now=START
        )
        return f"/push/answer/{ledger.of_reason(tx, 'own:')[0].id}"


def login_of_engineer(house: House, _: WorkOrder) -> str:
    return f"/logins/{house.people[Role.ENGINEER]}/end"


def sticker_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        by = house.people[Role.ADMIN]
        [made] = sticker_desk.make(tx, SiteId(1), [None], revoke_old=False, by=by, now=START)
    return f"/stickers/{made.id}/revoke"


def document_of(house: House, _: WorkOrder) -> str:
    return f"/documents/{filed(house, a_pdf()).id}/send"


def card_of(house: House, _: WorkOrder) -> str:
    """A customer's contact card that was issued."""
    with transaction(house.parts.database) as tx:
        card_desk.issue(tx, CustomerId(1), by=house.people[Role.HEAD], now=START)
    return "/contact-cards/1/copies"


def issued_of(house: House, _: WorkOrder) -> str:
    """An inspection that went out."""
    walk = inspected.planned(house)
    with transaction(house.parts.database) as tx:
        inspection_rows.change(tx, walk.id, issued_at=START)
    return f"{walk.address}/copies"


def window_of(house: House, order: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/maintenance/windows/{a_window(tx, house, order).id}"


def override_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/rota/overrides/{rotas.an_override(tx, house).id}/revoke"


def rotation_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/rota/rotations/{rotas.a_rotation(tx, house)}"


def own_words_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        own = Template(subject="{number}", body="{found}")
        telling_rows.set_template(tx, Step.FOUND, "en", own, house.people[Role.HEAD], START)
    return "/templates/found/en/reset"


def contract_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        a_contract(tx)
        contract = contract_rows.by_number(tx, "K1")
        assert contract is not None
    return f"/tellings/{contract.id}"


def plan_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        return f"/escalations/{escalations.a_plan(tx, house).id}"


def binding_of(house: House, _: WorkOrder) -> str:
    with transaction(house.parts.database) as tx:
        made = escalations.bound(tx, house, escalations.a_plan(tx, house))
    return f"/escalations/bindings/{made.id}/remove"


STRANGER = {"site": "S-1", "device": "cam", "name": "cam", "type": "camera"}
HOT = {"name": "limits.TEMP_HIGH.raise_at", "value": "55", "scope": "device", "why": "roof"}
NEW = {"current": PASSWORD, "new": "noch vier gute worte", "again": "noch vier gute worte"}
BROWSER = {
    "endpoint": "https://fcm.googleapis.com/x",
    "p256dh": "BA" + "A" * 85,
    "auth": "A" * 22,
}
REPORT = {"symptom": "black", "reporter": "Zhou"}
# Route -> who does it, with what, where, and the verb that must be found in the journal.
DONE: dict[str, tuple[Role, dict[str, str], Address, str]] = {
    "/a/{token}": (Role.CUSTOMER, {}, magic_of, "logged_in"),
    "/account/second-factor": (Role.HEAD, {}, at("/account/second-factor"), "second_factor_begun"),
    "/account/sessions/end": (Role.HEAD, {}, another_session, "session_ended"),
    "/logins/{person_id}/{verb}": (Role.ADMIN, {}, login_of_engineer, "sessions_ended"),
    "/duty/{order_id}": (
        Role.ENGINEER,
        {"verb": "acknowledge"},
        lambda _, order: f"/duty/{order.id}",
        "acknowledged",
    ),
    "/sites/{site_id}/access": (
        Role.DISPATCHER,
        {"parking": "rear yard"},
        at("/sites/1/access"),
        "access_card_changed",
    ),
    "/push": (Role.HEAD, BROWSER, at("/push"), "push_on"),
    "/push/{subscription_id}/off": (Role.HEAD, {}, browser_of, "push_off"),
    "/push/answer/{notice_id}": (Role.ENGINEER, {}, page_of, "acknowledged"),
    "/alerts/{alert_id}/acknowledge": (Role.HEAD, {}, alert_of, "alert_acknowledged"),
    "/devices/{device_id}/report": (
        Role.DISPATCHER,
        REPORT,
        at("/devices/2/report"),
        "fault_reported",
    ),
    "/discovered/ignore": (Role.HEAD, STRANGER, at("/discovered/ignore"), "set_aside"),
    "/discovered/enrol": (Role.HEAD, STRANGER, at("/discovered/enrol"), "enrolled"),
    "/discovered/enrol-all": (
        Role.HEAD,
        {"site": "S-1", "dialect": "axis"},
        at("/discovered/enrol-all"),
        "enrolled",
    ),
    "/drills/new": (
        Role.HEAD,
        {"name": "night", "layers": "first", "limit": "300", "when": "now"},
        at("/drills/new"),
        "drill_planned",
    ),
    "/drills/{drill_id}/answer": (
        Role.ENGINEER,
        {"channel": "mail"},
        within(drill_of, "answer"),
        "drill_answered",
    ),
    "/drills/{drill_id}/cancel": (Role.HEAD, {}, within(drill_of, "cancel"), "drill_cancelled"),
    "/l/drill/{token}": (Role.ENGINEER, {}, drill_link_of, "drill_answered"),
    "/l/{token}": (Role.ENGINEER, {"verb": "acknowledge"}, link_of, "acknowledged"),
    "/l/list/{token}": (Role.ENGINEER, {"order": "all"}, list_of, "acknowledged"),
    "/orders/{order_id}/{verb}": (
        Role.HEAD,
        {},
        lambda _, order: f"/orders/{order.id}/arrange",
        "arranged",
    ),
    "/password": (Role.ENGINEER, NEW, at("/password"), "password_changed"),
    "/maintenance/{scope}/{number}": (
        Role.ENGINEER,
        {"half_hours": "2", "reason": "new lens"},
        at("/maintenance/device/2"),
        "maintenance_started",
    ),
    "/maintenance/windows/{window_id}/prolong": (
        Role.ENGINEER,
        {"half_hours": "4"},
        within(window_of, "prolong"),
        "maintenance_prolonged",
    ),
    "/maintenance/windows/{window_id}/end": (
        Role.HEAD,
        {},
        within(window_of, "end"),
        "maintenance_ended",
    ),
    "/rota": (Role.DISPATCHER, rotas.TONIGHT | rotas.SAVE, at("/rota"), "shift_set"),
    "/rota/overrides/{override_id}/revoke": (Role.HEAD, {}, override_of, "override_revoked"),
    "/rota/days": (
        Role.HEAD,
        {"on": "2027-02-20", "kind": "work"},
        at("/rota/days"),
        "calendar_day_entered",
    ),
    "/rota/country": (
        Role.HEAD,
        {"country": "DE", "subdivision": "BY"},
        at("/rota/country"),
        "calendar_chosen",
    ),
    "/rota/rotations/new": (
        Role.DISPATCHER,
        rotas.TURNS | rotas.SAVE,
        at("/rota/rotations/new"),
        "rotation_planned",
    ),
    "/rota/rotations/{rotation_id}": (
        Role.HEAD,
        rotas.TURNS | rotas.SAVE,
        rotation_of,
        "rotation_changed",
    ),
    "/rota/rotations/{rotation_id}/archive": (
        Role.HEAD,
        rotas.SAVE,
        within(rotation_of, "archive"),
        "rotation_archived",
    ),
    "/templates/{telling}/{language}": (
        Role.HEAD,
        {"subject": "{number}", "body": "{customer}"},
        at("/templates/found/en"),
        "template_changed",
    ),
    "/templates/{telling}/{language}/reset": (Role.HEAD, {}, own_words_of, "template_reset"),
    "/tellings/{contract_id}": (Role.SALES, {"step": "repaired"}, contract_of, "tellings_set"),
    "/escalations/new": (Role.HEAD, escalations.PLAIN, at("/escalations/new"), "escalation_saved"),
    "/escalations/{plan_id}/edit": (
        Role.HEAD,
        {**escalations.PLAIN, "seen": "1"},
        within(plan_of, "edit"),
        "escalation_saved",
    ),
    "/escalations/{plan_id}/bind": (
        Role.HEAD,
        {"site": "S-1"},
        within(plan_of, "bind"),
        "escalation_bound",
    ),
    "/escalations/{plan_id}/retire": (
        Role.HEAD,
        {},
        within(plan_of, "retire"),
        "escalation_retired",
    ),
    "/escalations/bindings/{binding_id}/remove": (Role.HEAD, {}, binding_of, "escalation_unbound"),
    "/login": (
        Role.ENGINEER,
        {"name": "engineer", "password": PASSWORD},
        at("/login"),
        "logged_in",
    ),
    "/logout": (Role.SALES, {}, at("/logout"), "logged_out"),
    "/policy/{name}": (
        Role.HEAD,
        {"value": "1.5", "why": "agreed"},
        at("/policy/zone_hours.ring1"),
        "policy_changed",
    ),
    "/devices/{device_id}/limits/{fault_code}": (
        Role.HEAD,
        HOT,
        at("/devices/1/limits/TEMP_HIGH"),
        "limit_changed",
    ),
    "/limits/{override_id}/withdraw": (Role.HEAD, {}, limit_of, "limit_withdrawn"),
    "/policy/changes/{change_id}/withdraw": (Role.HEAD, {}, coming_of, "policy_withdrawn"),
    "/remarks": (Role.SALES, {"text": "does not fit"}, at("/remarks"), "rule_remarked"),
    "/remarks/{remark_id}/review": (Role.HEAD, {"outcome": "stays"}, remark_of, "rule_reviewed"),
    "/labels/{site_id}": (Role.ENGINEER, {"points": "site"}, at("/labels/1"), "labels_made"),
    "/stickers/{sticker_id}/{verb}": (Role.HEAD, {}, sticker_of, "label_revoked"),
    "/documents/{document_id}/send": (Role.HEAD, {}, document_of, "document_sent"),
    "/inspections/{inspection_id}/copies": (
        Role.HEAD,
        {"language": "en"},
        issued_of,
        "document_ordered",
    ),
    "/contact-cards/missing": (
        Role.HEAD,
        {},
        at("/contact-cards/missing"),
        "contact_card_issued",
    ),
    "/contact-cards/service-line": (
        Role.HEAD,
        {"service_line": "400-800-1234"},
        at("/contact-cards/service-line"),
        "service_line_set",
    ),
    "/contact-cards/{customer_id}/issue": (
        Role.DISPATCHER,
        {},
        at("/contact-cards/1/issue"),
        "contact_card_issued",
    ),
    "/contact-cards/{customer_id}/copies": (
        Role.HEAD,
        {"language": "en"},
        card_of,
        "document_ordered",
    ),
    "/channels/test": (
        Role.ENGINEER,
        {"channel": "mail", "target": "wang@example.com"},
        at("/channels/test"),
        "channel_tested",
    ),
}
