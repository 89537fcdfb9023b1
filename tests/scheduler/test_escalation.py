"""Plans on the real tick: what a simulation says is what happens (A02), and orders keep theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from operations import escalation_plans as plan_desk
from operations import escalation_simulation as simulation
from operations import site_access as access_desk
from operations import work_orders as order_desk
from operations.escalation_simulation import Question
from rules.escalation_plans import RECEIVER, Binding, Plan, Step
from rules.model import ClockSource, Layer, PersonId, Severity, WorkOrder
from rules.notices import Kind
from rules.policy import Policy
from rules.site_access import AccessCard
from scheduler.tick import tick
from storage import escalations as plan_rows
from storage import ledger
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.tables.night import deadlines, notice_attempts
from tests import company as companies
from tests.company import CHEN, Company
from tests.examples import examples

POLICY = Policy()
T0 = datetime(2026, 6, 15, 1, 2, tzinfo=UTC)
SPAN = timedelta(minutes=75)
SAID = {Kind.PAGE, Kind.REPORT, Kind.GO, Kind.WARNING, Kind.UNDER_WAY, Kind.SET_OUT}
OURS = ("ladder", "head", "under_way", "on_site", "set_out", "minors", "minor")
GONE = PersonId(9999)
Line = tuple[datetime, str, PersonId, frozenset[str]]  # when, what, whom, on which channels


@dataclass
class Night:
    """A company whose orders open one after the other, each with nobody else's promises open."""

    database: Database
    company: Company
    number: int = 0

    def opens(self, at: datetime, severity: Severity = Severity.EMERGENCY) -> WorkOrder:
        with transaction(self.database) as tx:
            companies.opens(tx, self.company, self.number, POLICY, at, severity)
            order = order_rows.all_open(tx)[-1]
        self.number += 1
        return order

    def binds(self, plan: Plan, at: datetime = T0, **whom: object) -> int:
        """A new plan, for this site unless said."""
        with transaction(self.database) as tx:
            by = self.company.id_of(CHEN)
            name = f"plan {len(plan_rows.all_standing(tx))}"
            made = plan_desk.save(tx, name, plan, by=by, now=at)
            about = whom or {"site_id": self.company.site_id}
            plan_desk.bind(tx, Binding(plan_name=name, **about), by=by, now=at)  # type: ignore[arg-type]
            return made.id

    def ticks(self, until: datetime) -> None:
        """At every instant that was promised, no other; the sender carries all at once."""
        while (due := self._next()) and due <= until:
            self.carries(due)
            tick(self.database, POLICY, lambda: due)

    def carries(self, at: datetime) -> None:
        with transaction(self.database) as tx:
            ids = [notice.id for notice in ledger.newest(tx, limit=50)]
            known = ledger.attempts_of(tx, ids)
            row = {"lease": 1, "at": at, "provider": "x", "result": "sent"}
            rows = [{**row, "notice_id": one} for one in ids if not known[one]]
            if rows:
                tx.execute(insert(notice_attempts), rows)

    def told(self, order: WorkOrder) -> list[Line]:
        with reading(self.database) as tx:
            notices = ledger.of_order(tx, order.id)
        lines: dict[tuple[datetime, str, PersonId], set[str]] = {}
        for one in notices:
            if one.kind in SAID:
                lines.setdefault((one.created_at, one.kind, one.person_id), set()).add(one.channel)
        return sorted((*key, frozenset(ways)) for key, ways in lines.items())

    def acknowledges(self, order: WorkOrder, who: PersonId, at: datetime) -> WorkOrder:
        with transaction(self.database) as tx:
            return order_desk.acknowledge(tx, order.id, who, at)

    def drive_takes(self, minutes: int | None, at: datetime) -> None:
        """As the site's card says; None: what is usual in its zone."""
        with transaction(self.database) as tx:
            card = AccessCard(travel_min=minutes)
            by = self.company.id_of(CHEN)
            access_desk.change(tx, self.company.site_id, card, by=by, now=at)

    def ends(self, order: WorkOrder, at: datetime) -> None:
        with transaction(self.database) as tx:
            order_desk.cancel(tx, order.id, self.company.id_of(CHEN), at, "the night is over")

    def _next(self) -> datetime | None:
        ours = deadlines.c.kind.in_(OURS)
        with reading(self.database) as tx:
            found = select(deadlines.c.due_at).where(ours).order_by(deadlines.c.due_at)
            return tx.execute(found.limit(1)).scalar_one_or_none()


@pytest.fixture
def night(database: Database) -> Night:
    with transaction(database) as tx:
        return Night(database, companies.found(tx, devices=60))


def simulated(night: Night, question: Question) -> list[Line]:
    with reading(night.database) as tx:
        course = simulation.ask(tx, question, POLICY).course
    return sorted(
        (one.at, one.kind, one.person.id, frozenset(way.channel for way in one.addresses))
        for one in course.told
        if one.addresses and one.at <= question.at + SPAN
    )


def asked(night: Night, at: datetime = T0, **more: object) -> Question:
    with reading(night.database) as tx:
        site = site_rows.get(tx, night.company.site_id)
    assert site is not None
    told = {"severity": Severity.EMERGENCY, "source": ClockSource.MONITOR, **more}
    return Question(site=site, at=at, **told)  # type: ignore[arg-type]


PEOPLE = st.sampled_from([1, 2, 3, GONE])
TARGETS = st.one_of(st.sampled_from(list(Layer)), st.just(RECEIVER), PEOPLE.map(PersonId))
WAYS = st.lists(st.sampled_from(["mail", "ntfy", "sms"]), max_size=2, unique=True).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    after = sorted(draw(st.lists(st.integers(1, 25), max_size=3)))
    steps = tuple(
        Step(
            after_s=60.0 * minute,
            targets=tuple(draw(st.lists(TARGETS, min_size=1, max_size=3, unique=True))),
            channels=draw(WAYS),
        )
        for minute in (0, *after)
    )
    loop_s = max(60.0 * draw(st.integers(5, 30)), steps[-1].after_s)
    return Plan(steps=steps, loop_s=loop_s, loops=draw(st.integers(0, 2)))


DIRECT = Plan(steps=(Step(after_s=0, targets=(Layer.FIRST,)),), loop_s=1200.0, loops=0)


@settings(
    max_examples=examples(4),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=plans(), taken_after=st.none() | st.integers(0, 20), drive=st.integers(46, 125))
@example(plan=DIRECT, taken_after=10, drive=90)
@example(plan=DIRECT, taken_after=10, drive=121)
def test_what_is_simulated_is_what_happens(
    night: Night, plan: Plan, taken_after: int | None, drive: int
) -> None:
    """A02, E03 under any plan: every call on every channel at its very second, nobody else's."""
    at = T0 + night.number * timedelta(days=1)
    night.binds(plan, at)
    night.drive_takes(drive, at)
    taken_after_s = None if taken_after is None else 60.0 * taken_after + 37
    expected = simulated(night, asked(night, at, taken_after_s=taken_after_s))
    order = night.opens(at)
    if taken_after_s is not None and order.first_paged_id:
        taken_at = at + timedelta(seconds=taken_after_s)
        night.ticks(taken_at)
        night.acknowledges(order, order.first_paged_id, taken_at)
    night.ticks(at + SPAN)
    assert night.told(order) == expected
    assert any(kind == Kind.REPORT for _, kind, _, _ in expected) or CHEN in first_paged(
        night, expected, at
    )
    calls = [when for when, kind, _, _ in expected if kind == Kind.SET_OUT]
    last_moment = order.on_site_by - timedelta(minutes=drive)
    assert calls == [one for one in [last_moment] if one > at]
    night.ends(order, at + SPAN)


def first_paged(night: Night, lines: list[Line], at: datetime) -> set[str]:
    codes = {person.id: code for code, person in night.company.people.items()}
    return {codes[who] for when, kind, who, _ in lines if when == at and kind == Kind.PAGE}
