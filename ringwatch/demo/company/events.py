"""Customers' events past and to come, notes between shifts, and an offer that waits for somebody.

Written as rows: nobody is told of what is made up. What is to come promises its own reminders.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from operations import occasions as occasion_desk
from rules import duty as duty_rules
from rules.duty import Shift
from rules.model import Layer, Person, PersonId, Role
from rules.occasions import Kind, Occasion
from rules.rota_swaps import State, Stretch, Swap
from storage import deadlines
from storage import handovers as note_rows
from storage import occasions as occasion_rows
from storage import people as people_rows
from storage import rota_swaps as swap_rows
from storage import sites as site_rows
from storage.db import Tx

MEETING = ("年度股东大会", "S02", "一楼会议厅与金库通道不能有任何盲区。")
EXAM = ("全国考试考点保障", "S06", "考场走廊摄像机须全程录像。")
# What is prepared, for how many days before, and by whom: 0 and 1 are engineers.
ITEMS = (
    (Kind.CHECK, "对总行营业部视频与报警系统逐点检查", 7, 0, True),
    (Kind.CHECK, "抽查录像回放：画面、时间、保存天数", 6, 1, False),
    (Kind.PARTS, "备用摄像机 2 台、电源 2 只送到监控室", 3, 0, False),
    (Kind.CONTACTS, "与安保部确认当天夜间联络人和电话", 2, None, False),
)
NOTES = (
    (
        "交班时未结：\n- 仁和医院住院部 3 号摄像机已约周四更换，备件在车上。\n"
        "- 川西学院门卫换人，新电话已记入进场卡。"
    ),
    "没有未结事项。\n蜀安银行周末有装修，可能触发二楼探测器，已与保卫处说明。",
)


def fill(tx: Tx, shifts: list[Shift], now: datetime, timezone: ZoneInfo) -> None:
    engineers = people_rows.with_role(tx, Role.ENGINEER)
    planner = people_rows.with_role(tx, Role.DISPATCHER)[0]
    today = now.astimezone(timezone).date()

    def at(days: int, hour: int) -> datetime:
        return datetime.combine(today + timedelta(days=days), time(hour), timezone)

    exam = _occasion(tx, EXAM, (at(-40, 7), at(-38, 19)), planner, at(-60, 9))
    meeting = _occasion(tx, MEETING, (at(4, 8), at(4, 20)), planner, at(-6, 10))
    for one in (exam, meeting):
        _guard(tx, one, engineers[2])
    _prepare(tx, meeting, engineers, planner.id, now, timezone)
    occasion_desk.promise(tx, meeting, now)
    _notes(tx, shifts, now)
    _offer(tx, shifts, now)


def _occasion(
    tx: Tx,
    told: tuple[str, str, str],
    span: tuple[datetime, datetime],
    planner: Person,
    made_at: datetime,
) -> Occasion:
    name, code, note = told
    site = site_rows.by_code(tx, code)
    assert site is not None  # noqa: S101 - of the lists in this folder
    row: dict[str, Any] = {"name": name, "note": note, "site_ids": [site.id]}
    row |= {"customer_id": site.customer_id, "starts_at": span[0], "ends_at": span[1]}
    occasion = occasion_rows.add(tx, {**row, "made_at": made_at, "made_by": planner.id})
    occasion_desk.note(tx, occasion, "occasion_planned", planner.id, made_at)
    return occasion


def _guard(tx: Tx, occasion: Occasion, person: Person) -> None:
    span = {"starts_at": occasion.starts_at, "ends_at": occasion.ends_at}
    site = {"site_id": occasion.site_ids[0], "person_id": person.id}
    occasion_rows.add_guard(tx, {"occasion_id": occasion.id, **site, **span})


def _prepare(
    tx: Tx,
    occasion: Occasion,
    engineers: list[Person],
    planner: PersonId,
    now: datetime,
    timezone: ZoneInfo,
) -> None:
    first = occasion.starts_at.astimezone(timezone).date()
    for kind, text, days, who, done in ITEMS:
        person_id = None if who is None else engineers[who].id
        row = {"kind": kind, "text": text, "due_on": first - timedelta(days=days)}
        row |= {"person_id": person_id, "occasion_id": occasion.id}
        done_by = {"done_at": now - timedelta(days=2), "done_by": person_id or planner}
        occasion_rows.add_preparations(tx, [{**row, **(done_by if done else {})}])


def _notes(tx: Tx, shifts: list[Shift], now: datetime) -> None:
    """Of the last two changes of the first line; the younger waits to be read."""
    known = duty_rules.merged(shifts)  # what ran when the rota was planned is one shift
    first = [one for one in known if one.layer is Layer.FIRST and one.starts_at <= now]
    for (before, after), text in zip(
        zip(first[-3:-1], first[-2:], strict=True), NOTES, strict=True
    ):
        written_at = after.starts_at - timedelta(minutes=40)
        row: dict[str, Any] = {"layer": Layer.FIRST, "changes_at": after.starts_at, "text": text}
        row |= {"from_id": before.person_id, "to_id": after.person_id, "written_at": written_at}
        if after is not first[-1]:
            read_at = after.starts_at + timedelta(minutes=12)
            row |= {"read_at": read_at, "read_by": after.person_id}
        note_rows.add(tx, row)


def _offer(tx: Tx, shifts: list[Shift], now: datetime) -> None:
    """The second of the week after next would like the Saturday off."""
    coming = [one for one in shifts if one.layer is Layer.SECOND and one.starts_at > now]
    whole = coming[1]
    saturday = whole.starts_at + timedelta(days=5)
    day = min(saturday + timedelta(days=1), whole.ends_at)
    given = Stretch(layer=Layer.SECOND, starts_at=saturday, ends_at=day)
    wanted = Swap(
        from_id=whole.person_id,
        given=given,
        note="孩子学校开放日",
        state=State.OFFERED,
        offered_at=now - timedelta(hours=5),
    )
    swap = swap_rows.add(tx, wanted)
    deadlines.put(tx, deadlines.Kind.SWAP, "swap", swap.id, swap.expires_at)
