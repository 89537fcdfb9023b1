"""Fire drills: planned or at once, called in earnest's own way, answered, ended and told.

Real notices go out on every channel of whoever stands; each channel is measured for itself, so
an answer on one silences no other. Nothing of it is an order, an alert or a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operations import drill_incidents, notes, notices, refusals
from operations import duty as duty_desk
from operations.refusals import NotNowError
from rules import drills as rules
from rules import duty as duty_rules
from rules.drills import BEGINS, ENDS, TELLS, Call, Drill, DrillId, Report, RuleError, Stand
from rules.model import Layer, NoticeId, Person, PersonId, Severity
from rules.notices import Kind as Notices
from storage import deadlines, ledger, outbox
from storage import drills as drill_rows
from storage import duty as duty_rows
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.deadlines import Kind

LONGEST_NAME = 80
TWICE = timedelta(seconds=30)


class NoSuchDrillError(LookupError):
    """There is no drill of that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`due_at` None: at once. `rule`: by which it repeats; without `people` and `layers` the first.

    `limit_s` is one of `rules.drills.LIMITS_S`.
    """

    name: str
    due_at: datetime | None = None
    rule: str = ""
    people: tuple[PersonId, ...] = ()
    layers: tuple[Layer, ...] = ()
    announced: bool = False
    limit_s: int = rules.USUAL_LIMIT_S


def plan(tx: Tx, wish: Wish, by: PersonId, now: datetime) -> Drill:
    """Promise it, or begin it at once. Raises `NotNowError` beside the field to mend."""
    name = refusals.said(wish.name, "drill.refused.name", field="name", most=LONGEST_NAME)
    if wish.limit_s not in rules.LIMITS_S:
        raise NotNowError("drill.refused.limit", field="limit")
    if wish.due_at and wish.due_at <= now:
        raise NotNowError("drill.refused.past", field="due")
    staff = {person.id for person in people_rows.all_staff(tx)}
    if not set(wish.people) <= staff:
        raise NotNowError("drill.refused.people", field="people")
    due_at = wish.due_at or now
    row = {
        "name": name,
        "due_at": due_at,
        "repeats": _kept(tx, wish.rule, due_at),
        "people": sorted(set(wish.people)),
        "layers": [] if wish.people else list(wish.layers or (Layer.FIRST,)),
        "announced": wish.announced,
        "limit_s": wish.limit_s,
        "made_at": now,
        "made_by": by,
    }
    duty_rows.lock_rota(tx)
    if again := _twice(tx, row):
        return again
    drill = drill_rows.add(tx, row)
    _note(tx, drill, "drill_planned", by, now)
    if wish.due_at is None:
        _plan_next(tx, drill, now)
        return _begin(tx, drill, now)
    deadlines.put(tx, Kind.DRILL, "drill", drill.id, due_at, BEGINS)
    return drill


def _twice(tx: Tx, row: Mapping[str, Any]) -> Drill | None:
    """The same wish of the same person, a moment ago: a button pressed twice makes one drill."""
    at_once = row["due_at"] == row["made_at"]
    wished = (
        "name",
        "limit_s",
        "made_by",
        *(() if at_once else ("due_at", "repeats", "announced")),
    )
    stand = Stand.RUNNING if at_once else Stand.PLANNED
    called = {*row["people"], *row["layers"]}
    for one in drill_rows.open_ones(tx):
        soon = one.stand is stand and row["made_at"] - one.made_at < TWICE
        same = all(getattr(one, name) == row[name] for name in wished)
        if soon and same and {*one.people, *one.layers} == called:
            return one
    return None


def keep(tx: Tx, drill: Drill, step: int, now: datetime) -> datetime | None:
    """The tick's question: when to come again. The caller holds the drill."""
    if step == TELLS:
        _tell_head(tx, drill, now)
    elif step == ENDS and drill.stand is Stand.RUNNING:
        _end(tx, drill, now)
    elif step == BEGINS and drill.stand is Stand.PLANNED:
        waits = order_rows.any_unanswered(tx)
        begins_at = rules.begins(drill.due_at, now, real_calls=waits)
        if begins_at == now:
            _begin(tx, drill, now)
        elif begins_at is None:
            _drop(tx, drill, "drill_missed", None, now)
        else:
            return begins_at
        _plan_next(tx, drill, now)
    return None


def answer(
    tx: Tx, drill_id: DrillId, person_id: PersonId, channel: str, how: str, now: datetime
) -> bool:
    """The person is there; False when it is over, was answered before, or never called there.

    `how`: `link`, `app`, or the way of an answer from outside (`operations.replies`).
    """
    drill = drill_rows.lock(tx, drill_id)
    if drill is None or drill.stand is not Stand.RUNNING:
        return False
    if not drill_rows.answered(tx, drill_id, person_id, channel, how, now):
        return False
    _note(tx, drill, "drill_answered", person_id, now, channel=channel)
    drill_incidents.resolve(tx, drill_id, now, person_id=person_id)
    calls = [one for one in drill_rows.calls(tx, drill_id) if one.channel]
    if all(one.answered_at for one in calls):
        deadlines.put(tx, Kind.DRILL, "drill", drill_id, now, ENDS)
    return True


def answer_notice(tx: Tx, notice_id: NoticeId, how: str, now: datetime) -> bool:
    """The same, for whoever knows the notice only: a mail's reply, a pressed key."""
    called = drill_rows.of_notice(tx, notice_id)
    if called is None:
        return False
    drill_id, person_id, channel = called
    return answer(tx, drill_id, person_id, channel, how, now)


def cancel(tx: Tx, drill_id: DrillId, by: PersonId, now: datetime, *, series: bool = False) -> None:
    """Left out, or broken off if it runs; with its `series` it never comes again.

    Raises `NoSuchDrillError`. What is over stays as it is.
    """
    drill = drill_rows.lock(tx, drill_id)
    if drill is None:
        raise NoSuchDrillError(drill_id)
    if drill.stand not in {Stand.PLANNED, Stand.RUNNING}:
        return
    _drop(tx, drill, "drill_cancelled", by, now)
    if drill.stand is Stand.PLANNED and not series:
        _plan_next(tx, drill, now)


def report(tx: Tx, drill_id: DrillId) -> Report:
    return rules.report(drill_rows.calls(tx, drill_id))


def _begin(tx: Tx, drill: Drill, now: datetime) -> Drill:
    drill = drill_rows.change(tx, drill.id, started_at=now)
    called = _called(tx, drill, now)
    facts = {"drill_id": drill.id, "name": drill.name, "ends_at": drill.ends_at.isoformat()}
    for person in called:
        notices.tell(
            tx,
            person,
            Notices.DRILL,
            key=_reason(drill),
            severity=Severity.MINOR,
            facts=facts,
            now=now,
        )
    sent: dict[tuple[PersonId, str], NoticeId] = {}
    for notice in ledger.of_reason(tx, f"{_reason(drill)}:"):
        sent.setdefault((notice.person_id, notice.channel), notice.id)
    for person in called:
        for channel in sorted({address.channel for address in person.channels}) or [""]:
            number = sent.get((person.id, channel))
            made = Call(person_id=person.id, channel=channel, notice_id=number, told_at=now)
            drill_rows.call(tx, drill.id, made)
    deadlines.put(tx, Kind.DRILL, "drill", drill.id, drill.ends_at, ENDS)
    _note(tx, drill, "drill_started", None, now, people=len(called))
    return drill


def _called(tx: Tx, drill: Drill, now: datetime) -> list[Person]:
    """Each once, however many layers they stand in."""
    if drill.people:
        return [person for person in people_rows.all_staff(tx) if person.id in drill.people]
    duty = duty_desk.on_duty(tx, now)
    found = {person.id: person for layer in drill.layers if (person := duty.of(layer))}
    return list(found.values())


def _end(tx: Tx, drill: Drill, now: datetime) -> None:
    drill = drill_rows.change(tx, drill.id, ended_at=min(now, drill.ends_at))
    _silence(tx, drill, now)
    told = report(tx, drill.id)
    facts = {"answered": told.answered, "people": len(told.people)}
    _note(tx, drill, "drill_ended", None, now, **facts)
    # Nobody's night is worth a report.
    by_day = duty_rules.daytime_from(now, duty_desk.timezone(tx))
    deadlines.put(tx, Kind.DRILL, "drill", drill.id, by_day, TELLS)


def _tell_head(tx: Tx, drill: Drill, now: datetime) -> None:
    head, told = duty_desk.on_duty(tx, now).head, report(tx, drill.id)
    if head is None:
        return
    facts = {
        "page": f"/drills/{drill.id}",
        "name": drill.name,
        "answered": told.answered,
        "people": len(told.people),
        "median_s": told.median_s,
    }
    notices.tell(
        tx,
        head,
        Notices.DRILL_REPORT,
        key=f"{_reason(drill)}:report",
        severity=Severity.MINOR,
        facts=facts,
        now=now,
    )


def _drop(tx: Tx, drill: Drill, verb: str, by: PersonId | None, now: datetime) -> None:
    drill = drill_rows.change(tx, drill.id, cancelled_at=now)
    deadlines.drop(tx, Kind.DRILL, "drill", drill.id)
    _silence(tx, drill, now)
    _note(tx, drill, verb, by, now)


def _silence(tx: Tx, drill: Drill, now: datetime) -> None:
    """What has not gone out yet would come too late, and what was opened is over."""
    outbox.silence_reason(tx, f"{_reason(drill)}:", now, why="settled")
    drill_incidents.resolve(tx, drill.id, now)


def _plan_next(tx: Tx, drill: Drill, now: datetime) -> None:
    """The one after it, if it repeats; what was missed meanwhile is not made up for."""
    zone = duty_desk.timezone(tx)
    due_at = rules.following(drill.repeats, max(drill.due_at, now), zone)
    if due_at is None:
        return
    row: dict[str, Any] = {
        name: getattr(drill, name)
        for name in ("name", "repeats", "announced", "limit_s", "made_at", "made_by")
    }
    lists = {"people": list(drill.people), "layers": list(drill.layers)}
    following = drill_rows.add(tx, {**row, **lists, "due_at": due_at, "follows_id": drill.id})
    deadlines.put(tx, Kind.DRILL, "drill", following.id, due_at, BEGINS)


def _kept(tx: Tx, rule: str, first: datetime) -> str:
    if not rule.strip():
        return ""
    try:
        return rules.repeated(rule, first, duty_desk.timezone(tx))
    except RuleError as error:
        raise NotNowError("drill.refused.rule", field="rule") from error


def _reason(drill: Drill) -> str:
    return f"drill:{drill.id}"


def _note(
    tx: Tx, drill: Drill, verb: str, by: PersonId | None, now: datetime, **facts: Any
) -> None:
    notes.of_act(tx, verb, by, now, {"name": drill.name, **facts}, record=f"drills/{drill.id}")
