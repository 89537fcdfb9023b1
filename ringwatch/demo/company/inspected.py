"""Three months of inspections of the demo company, and this one half done (A09, B11).

The sheets are frozen and compared by the same code as real ones; only their time lies in the
past. One of this month is in work, one waits for a signature, and one says all is normal where
the device reported otherwise: it waits for the head.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from operations import documents as document_desk
from operations import planning
from ringwatch.demo.company.past import Cast, Incident
from ringwatch.demo.company.records import Chronicle
from ringwatch.demo.company.sheets import How, Sheets, Stores
from rules.documents import Language
from rules.inspections import Stand
from rules.model import DeviceId, Person, Role, SystemId
from rules.periods import Month, month_of
from storage import checklists, deadlines
from storage import customers as customer_rows
from storage import inspections as inspection_rows
from storage import people as people_rows
from storage import systems as system_rows
from storage.deadlines import Kind
from storage.views import under_contract
from storage.views.under_contract import Covered

MONTHS_BACK = 3
WHOLE_DAY = timedelta(hours=10)  # what began later than that ago is not finished yet
IN_WORK_FOR = timedelta(minutes=50)
TO_SIGN = 1  # the number of the system whose customer was out this month
PRINTED = "S01"  # whose newest reports are printed and mailed when the demo begins
QUIET_FOR, ONE_EVERY = timedelta(minutes=2), timedelta(seconds=10)
_DAYTIME = range(8, 18)
_LONG_ENOUGH = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blind:
    """Where an engineer looked away: what denied him, in which month, when."""

    system_id: SystemId
    period: str
    device_id: DeviceId
    at: datetime


def fill(
    stores: Stores,
    chronicle: Chronicle,
    cast: Cast,
    incidents: Sequence[Incident],
    now: datetime,
) -> None:
    """After faults, orders and curves: the sheets are held against them."""
    covered = under_contract.systems(stores.tx)
    crew = people_rows.with_role(stores.tx, Role.ENGINEER)
    desk = Sheets(stores, chronicle, cast)
    blind = _looked_away(incidents, {one.system_id for one in covered}, now)
    shown = _shown(stores, cast)
    for back in range(MONTHS_BACK, -1, -1):
        for number, one in enumerate(covered):
            month = month_of(now, one.timezone).after(-back)
            how = How(by=crew[(number + back) % len(crew)].id, begun=_slot(one, number, month))
            if blind and (one.system_id, str(month)) == (blind.system_id, blind.period):
                how = replace(how, begun=blind.at, blind=blind.device_id, blind_at=blind.at)
            elif back == 0 and one.system_id == shown:
                begun = max(now - IN_WORK_FOR, month.span(one.timezone)[0])
                how = How(by=crew[0].id, begun=begun, until=now)
            elif back == 0 and number == TO_SIGN:
                how = replace(how, signed=False)
            planned = planning.owed(one, month)
            if planned and (how.until or how.begun < now - WHOLE_DAY):
                desk.make(planned, how, now)
    while planning.plan(stores.tx, now):
        pass
    _hand_out(stores, crew, now)
    _promise_to_print(stores, cast, now)


def _slot(one: Covered, number: int, month: Month) -> datetime:
    """Every system has its day of the month and its hour of the day."""
    day = month.first_day + timedelta(days=1 + number * 5 % 26)
    hour = (9, 11, 14)[number % 3]
    local = datetime(day.year, day.month, day.day, hour, 5, tzinfo=ZoneInfo(one.timezone))
    return local.astimezone(UTC)


def _looked_away(
    incidents: Sequence[Incident], systems: Collection[SystemId], now: datetime
) -> _Blind | None:
    """The youngest fault of a working day that a sheet might have hidden; the same each time."""
    checklist = checklists.newest()
    for one in sorted(incidents, key=lambda one: one.opened_at, reverse=True):
        middle = one.opened_at + (one.cleared_at - one.opened_at) / 2
        local = middle.astimezone(ZoneInfo(one.site.timezone))
        checks = checklist.devices[one.device.type].checks
        if (
            one.device.system_id in systems
            and any(one.tale.code in check.against for check in checks)
            and local.hour in _DAYTIME
            and one.cleared_at - one.opened_at >= _LONG_ENOUGH
            and one.cleared_at < now - WHOLE_DAY
        ):
            assert one.device.system_id is not None  # noqa: S101 - it is in the set
            return _Blind(
                system_id=one.device.system_id,
                period=str(month_of(middle, one.site.timezone)),
                device_id=one.device.id,
                at=middle.replace(microsecond=0),
            )
    return None


def _shown(stores: Stores, cast: Cast) -> SystemId | None:
    """The video system whose sheet of this month is in work."""
    site = next((one for one in cast.sites.values() if one.code == PRINTED), None)
    here = system_rows.of_site(stores.tx, site.id) if site else []
    return next((one.id for one in here if one.kind == "video"), None)


def _hand_out(stores: Stores, crew: Sequence[Person], now: datetime) -> None:
    """What is left of the month has somebody to do it."""
    waiting = inspection_rows.of_periods(stores.tx, [f"{now:%Y-%m}"])
    for number, one in enumerate(waiting.values()):
        if one.stand is Stand.PLANNED:
            who = crew[number % len(crew)].id
            inspection_rows.change(stores.tx, one.id, assignee_id=who)


def _promise_to_print(stores: Stores, cast: Cast, now: datetime) -> None:
    """Every issued sheet becomes a report: those of one site at once and by mail, the newest.

    The others quietly, one after the other: a demo's first minutes belong to its newcomer.
    """
    systems = system_rows.all_systems(stores.tx)
    issued = [
        one
        for system in systems
        for one in inspection_rows.of_system(stores.tx, system.id)
        if one.issued_at
    ]
    shown = next((one.id for one in cast.sites.values() if one.code == PRINTED), None)
    fresh = {one.system_id: one for one in reversed(issued) if one.site_id == shown}
    due_at = now + QUIET_FOR
    for one in sorted(issued, key=lambda one: (one.period, one.id), reverse=True):
        if fresh.get(one.system_id) == one:
            deadlines.put(stores.tx, Kind.RENDER, "inspection", one.id, now)
            continue
        customer = customer_rows.get(stores.tx, cast.sites[one.site_id].customer_id)
        step = document_desk.STEPS[Language(customer.language if customer else "zh")]
        deadlines.put(stores.tx, Kind.RENDER, "inspection", one.id, due_at, step)
        due_at += ONE_EVERY
