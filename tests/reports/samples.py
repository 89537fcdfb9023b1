"""Sheets as they come back from a month: small or large, with photos and with users' own words."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from PIL import Image, ImageDraw

from reports.stamps import Stamp
from rules import statistics
from rules.assets import Contract, Customer, Site, System
from rules.evidence import Evidence, Told, as_facts
from rules.inspections import (
    Area,
    Decision,
    Doubt,
    Inspection,
    InspectionId,
    Item,
    ItemId,
    Photo,
    PhotoId,
    Point,
    PointId,
    Result,
    Sheet,
    Why,
)
from rules.model import (
    ClockSource,
    ContractId,
    CustomerId,
    DeviceId,
    Fault,
    FaultId,
    OrderId,
    PersonId,
    Severity,
    SiteId,
    SystemId,
    WorkOrder,
    Zone,
)
from rules.silence import Spell
from storage.views.inspection_sheets import Material

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MONTH = (datetime(2026, 10, 31, 16, tzinfo=UTC), NOW)
MONTH_WHOLE = (MONTH[0], datetime(2026, 11, 30, 16, tzinfo=UTC))
ZONE = "Asia/Shanghai"
LI, CHEN = PersonId(1), PersonId(2)
WELL = Result.NORMAL
_PLACES = ("大堂", "一层营业厅", "二层走廊东侧", "金库前室", "地下车库 B2 出口", "后院围墙")
_KINDS: Sequence[tuple[Area, str, str, Sequence[tuple[str, str, float | None, float | None]]]] = (
    (Area.FRONT_END, "camera", "摄像机", (
        ("housing", "", None, None),
        ("view", "", None, None),
        ("sharpness", "", None, None),
        ("overlay", "", None, None),
        ("supply_v", "V", 10.8, 13.2),
    )),
    (Area.FRONT_END, "detector", "双鉴探测器", (
        ("walk_test", "", None, None),
        ("tamper_switch", "", None, None),
        ("battery", "%", 20, None),
    )),
    (Area.LINES, "switch", "接入交换机", (
        ("ports", "", None, None),
        ("packet_loss", "%", None, 1),
    )),
    (Area.CENTRE, "recorder", "网络录像机", (
        ("recording", "", None, None),
        ("retention", "d", 30, None),
        ("playback", "", None, None),
    )),
)  # fmt: skip


def picture(number: int = 0, *, words: str = "") -> bytes:
    """A photo as it lies in the store: RGB JPEG, 1280 × 960."""
    shade = (60 + 37 * number % 150, 90 + 53 * number % 120, 120)
    canvas = Image.effect_noise((320, 240), 40).resize((1280, 960)).convert("RGB")
    canvas = Image.blend(canvas, Image.new("RGB", (1280, 960), shade), 0.6)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((380, 260, 900, 700), outline=(230, 230, 230), width=14)
    draw.text((420, 300), words or f"photo {number}", fill=(255, 255, 255), font_size=60)
    held = io.BytesIO()
    canvas.save(held, "JPEG", quality=82)
    return held.getvalue()


def signature() -> bytes:
    canvas = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    strokes = [(30, 150), (90, 40), (120, 160), (200, 60), (260, 150), (330, 70), (560, 120)]
    ImageDraw.Draw(canvas).line(strokes, fill=(20, 30, 90, 255), width=7, joint="curve")
    held = io.BytesIO()
    canvas.save(held, "PNG")
    return held.getvalue()


def material(
    points: int,
    *,
    bad: Sequence[int] = (),
    left: Sequence[int] = (),
    photos: Sequence[int] = (),
    words: Mapping[int, str] | None = None,
    signed: bool = True,
) -> Material:
    """`bad`, `left`, `photos` are numbers of points from one on; `words`: notes of the bad ones."""
    frozen = tuple(
        _point(n, n in bad, n in left, n in photos, (words or {}).get(n, "护罩破裂，已拍照"))
        for n in range(1, points + 1)
    )
    sheet = Sheet(inspection=_inspection(signed=signed), points=frozen)
    lived = {point.device_id: _faults(point) for point in frozen if point.device_id}
    spells = [Spell(MONTH[0] + timedelta(days=9), MONTH[0] + timedelta(days=9, hours=3))]
    return Material(
        sheet=sheet,
        customer=Customer(id=CustomerId(1), code="C1", name="成都某某商业银行股份有限公司"),
        site=_site(),
        system=System(
            id=SystemId(1), site_id=SiteId(1), code="V", name="视频监控系统", kind="video"
        ),
        contract=_contract(),
        company="四川蓉安科技有限公司",
        month=MONTH_WHOLE,
        until=NOW,
        visits=tuple(_order(n) for n in bad if n % 2 == 1),
        running=statistics.running(list(lived), lived, spells, MONTH, ZONE),
        names={LI: "李敏", CHEN: "陈涛"},
        faults={FaultId(n): _found(n, open_=n % 2 == 1) for n in bad},
        orders={OrderId(n): _order(n) for n in bad if n % 2 == 1},
    )


STAMP = Stamp(
    number="MI-2026-11-S1-V", verify_url="https://ringwatch.example.com/verify/q7Xw2Lr9Tt0ZkPvNbS4y"
)


def store(made: Material) -> Callable[[str], bytes]:
    """The file store as the report asks it: by the name of a picture."""
    held = {one.file: picture(one.id) for one in made.sheet.photos} | {"signature": signature()}
    return held.__getitem__


def _inspection(*, signed: bool) -> Inspection:
    return Inspection(
        id=InspectionId(1),
        system_id=SystemId(1),
        site_id=SiteId(1),
        kind="month",
        period="2026-11",
        due_on=date(2026, 11, 30),
        planned_at=MONTH[0],
        checklist_version="2026-11",
        frozen_at=NOW - timedelta(hours=5),
        started_at=NOW - timedelta(hours=5),
        started_by=LI,
        finished_at=NOW,
        finished_by=LI,
        remarks="门卫室钥匙由王师傅保管，下月请提前一天联系。",
        signer_name="赵建国" if signed else "",
        signature="signature" if signed else "",
        signed_at=NOW if signed else None,
        unsigned_reason="" if signed else "客户负责人出差",
        decided_at=NOW,
        decided_by=CHEN,
        issued_at=NOW,
    )


def _point(n: int, bad: bool, left: bool, photo: bool, note: str) -> Point:  # noqa: FBT001
    area, kind, name, items = _KINDS[(n - 1) % len(_KINDS)]
    doubts = (_doubt(items[0][0]),) if n == 2 else ()
    return Point(
        id=PointId(n),
        inspection_id=InspectionId(1),
        position=n,
        area=area,
        device_id=DeviceId(n),
        code=f"{kind[:3].upper()}-{n:03}",
        name=f"{_PLACES[n % len(_PLACES)]}{name}",
        type=kind,
        location=_PLACES[n % len(_PLACES)],
        carried_from=PointId(900) if n == 3 else None,
        evidence=as_facts(_evidence(n)),
        evidence_at=NOW,
        doubts=doubts,
        decision=Decision.STANDS if doubts else None,
        decision_reason="现场复核正常，设备误报已消除" if doubts else "",
        items=tuple(
            _item(n, at, bad=bad and at == 1, left=left, note=note, item=item)
            for at, item in enumerate(items, 1)
        ),
        photos=tuple(_photo(n, k) for k in range(2 if photo and bad else int(photo))),
    )


def _item(
    n: int,
    at: int,
    *,
    bad: bool,
    left: bool,
    note: str,
    item: tuple[str, str, float | None, float | None],
) -> Item:
    key, unit, low, high = item
    result = Result.ABNORMAL if bad else Result.NOT_CHECKED if left else WELL
    measured = unit and not left
    return Item(
        id=ItemId(n * 10 + at),
        point_id=PointId(n),
        position=at,
        item=key,
        unit=unit,
        low=low,
        high=high,
        result=result,
        note=note if bad else "金库在清点，无法进入" if left else "",
        value=(low or high or 0) + 0.7 if measured else None,
        checked_at=NOW - timedelta(minutes=n),
        checked_by=LI,
        fault_id=FaultId(n) if bad else None,
        order_id=OrderId(n) if bad and n % 2 == 1 else None,
    )


def _photo(n: int, k: int) -> Photo:
    number = n * 10 + k
    return Photo(
        id=PhotoId(number),
        inspection_id=InspectionId(1),
        point_id=PointId(n),
        file=f"photo-{number}",
        fingerprint="0" * 16,
        width=1280,
        height=960,
        caption="护罩裂纹" if k == 0 else "",
        taken_at=NOW,
        taken_by=LI,
    )


def _doubt(item: str) -> Doubt:
    since = (NOW - timedelta(days=2)).isoformat()
    return Doubt(
        item=item,
        why=Why.DEVICE_SAID,
        facts={
            "code": "CAM_VIDEO_LOSS",
            "since": since,
            "until": None,
            "checked_at": NOW.isoformat(),
        },
    )


def _evidence(n: int) -> Evidence:
    off = n % 7 == 0
    told = (Told(code="CLOCK_DRIFT", times=1, lasted_s=9e5, last_at=NOW, open=True),)
    return Evidence(
        watched_s=1.9e6,
        deaf_s=10800,
        heard=None if n % 11 == 0 else True,
        offline_times=2 if off else 0,
        offline_s=5400 if off else 0,
        offline_last_at=NOW if off else None,
        told=told if n % 13 == 0 else (),
    )


def _faults(point: Point) -> list[Fault]:
    n = point.position
    device = point.device_id
    assert device is not None
    started = MONTH[0] + timedelta(days=n % 20, hours=n % 24)
    rows = []
    if n % 7 == 0:
        rows.append(
            _fault(n * 100, device, "DEV_OFFLINE", started, started + timedelta(hours=n % 9 + 1))
        )
    if n % 13 == 0:
        rows.append(_fault(n * 100 + 1, device, "CLOCK_DRIFT", started, None))
    return rows


def _fault(
    number: int, device: DeviceId, code: str, opened: datetime, cleared: datetime | None
) -> Fault:
    return Fault(
        id=FaultId(number),
        device_id=device,
        site_id=SiteId(1),
        code=code,
        point="",
        severity=Severity.MAJOR,
        opened_at=opened,
        source=ClockSource.MONITOR,
        why="flag",
        cleared_at=cleared,
    )


def _found(n: int, *, open_: bool) -> Fault:
    cleared = None if open_ else NOW
    return _fault(n, DeviceId(n), "INSPECTION_FOUND", NOW - timedelta(hours=2), cleared)


def _order(n: int) -> WorkOrder:
    return WorkOrder(
        id=OrderId(n),
        number=f"2026-{n:05}",
        site_id=SiteId(1),
        root_fault_id=FaultId(n),
        severity=Severity.MAJOR,
        opened_at=NOW,
        clock_started_at=NOW,
        clock_source=ClockSource.MONITOR,
        zone=Zone.RING1,
        on_site_hours=4,
        on_site_rule="zone",
        on_site_by=NOW + timedelta(hours=4),
    )


def _site() -> Site:
    return Site(
        id=SiteId(1),
        code="S1",
        name="春熙路支行",
        customer_id=CustomerId(1),
        contract_id=ContractId(1),
        zone=Zone.RING1,
        on_site_hours=4,
        on_site_rule="zone",
        timezone=ZONE,
        address="成都市锦江区春熙路 88 号",
    )


def _contract() -> Contract:
    return Contract(
        id=ContractId(1),
        number="HT-2026-018",
        customer_id=CustomerId(1),
        tier="advanced",
        scope="",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
