"""A02: which plan holds, what a plan may be, and when quiet hours end; by table and property."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.escalation import Cast, next_calls, pages
from rules.escalation_plans import (
    RECEIVER,
    Binding,
    Plan,
    Quiet,
    Rung,
    Step,
    Unfit,
    chosen,
    default_plan,
    long_waits,
    may_wait,
    rung_at,
    unfit,
)
from rules.model import (
    Address,
    ClockSource,
    ContractId,
    Layer,
    Person,
    PersonId,
    Role,
    Severity,
    SiteId,
)
from rules.policy import Ladder
from tests.rules.test_escalation import ORDER, T0

SITE, CONTRACT = SiteId(1), ContractId(7)
EMERGENCY, MINOR = Severity.EMERGENCY, Severity.MINOR
AT_ONCE = Step(after_s=0, targets=(Layer.FIRST,))
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def step(after_s: float, *targets: Layer) -> Step:
    return Step(after_s=after_s, targets=targets or (Layer.SECOND,))


ALL = [
    Binding(id=1, plan_name="all"),
    Binding(id=2, plan_name="severity", severity=EMERGENCY),
    Binding(id=3, plan_name="contract", contract_id=CONTRACT),
    Binding(id=4, plan_name="contract+severity", contract_id=CONTRACT, severity=EMERGENCY),
    Binding(id=5, plan_name="site", site_id=SITE),
    Binding(id=6, plan_name="site+severity", site_id=SITE, severity=EMERGENCY),
]


@pytest.mark.parametrize("known", range(len(ALL) + 1))
def test_the_most_particular_wins(known: int) -> None:
    """In the order of `ALL`: each beats all before it, and none of them is the own ladder."""
    found = chosen(reversed(ALL[:known]), SITE, CONTRACT, EMERGENCY)
    assert (found.id if found else 0) == known


@pytest.mark.parametrize(
    ("site", "contract", "severity", "name"),
    [
        (SITE, CONTRACT, MINOR, "site"),
        (SiteId(2), CONTRACT, MINOR, "contract"),
        (SiteId(2), None, EMERGENCY, "severity"),
        (SiteId(2), None, MINOR, "all"),
    ],
)
def test_what_does_not_hold_does_not_win(
    site: SiteId, contract: ContractId | None, severity: Severity, name: str
) -> None:
    found = chosen(ALL, site, contract, severity)
    assert found is not None
    assert found.plan_name == name


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        (Plan(steps=(), loop_s=60), (Unfit.NO_STEPS, 0)),
        (Plan(steps=(step(60),), loop_s=60), (Unfit.NOT_AT_ONCE, 1)),
        (Plan(steps=(AT_ONCE, step(9), step(8)), loop_s=60), (Unfit.NOT_RISING, 3)),
        (Plan(steps=(Step(after_s=0, targets=()),), loop_s=60), (Unfit.NOBODY, 1)),
        (Plan(steps=(AT_ONCE, step(90_000)), loop_s=60), (Unfit.TOO_LONG, 2)),
        (Plan(steps=(AT_ONCE, step(61)), loop_s=60), (Unfit.LOOP_SHORT, 0)),
        (Plan(steps=(AT_ONCE,), loop_s=0), (Unfit.LOOP_SHORT, 0)),
        (Plan(steps=(AT_ONCE, *[step(1)] * 12), loop_s=60), (Unfit.TOO_MANY, 0)),
        (Plan(steps=(AT_ONCE, step(60)), loop_s=60), None),
        (default_plan(Ladder()), None),
    ],
)
def test_what_a_plan_may_be(plan: Plan, wrong: tuple[Unfit, int] | None) -> None:
    assert unfit(plan) == wrong


@pytest.mark.parametrize(
    ("minutes", "rung"),
    [
        (0, Rung(round=1, step=1)),
        (4.9, Rung(round=1, step=1)),
        (5.1, Rung(round=1, step=2)),  # the tick may be late
        (16, Rung(round=2, step=1)),
        (29, Rung(round=2, step=2)),
        (30, None),
    ],
)
def test_at_which_step_of_its_plan_a_call_is(minutes: float, rung: Rung | None) -> None:
    plan = Plan(steps=(AT_ONCE, step(300)), loop_s=900, loops=2)
    assert rung_at(plan, T0, T0 + timedelta(minutes=minutes)) == rung


def test_waits_longer_than_half_an_hour_are_seen() -> None:
    """C02: never over 30 minutes."""
    assert list(long_waits(Plan(steps=(AT_ONCE, step(1801)), loop_s=3601))) == [1]
    assert list(long_waits(default_plan(Ladder()))) == []


@pytest.mark.parametrize(
    ("severity", "source", "waits"),
    [
        (MINOR, ClockSource.MONITOR, True),
        (MINOR, ClockSource.CUSTOMER_NOTICE, False),
        (Severity.MAJOR, ClockSource.MONITOR, False),
        (EMERGENCY, ClockSource.MONITOR, False),
    ],
)
def test_only_minor_faults_of_the_monitor_wait(
    severity: Severity, source: ClockSource, *, waits: bool
) -> None:
    assert may_wait(severity, source) is waits


NIGHT = Quiet(starts=time(20), ends=time(8))


@pytest.mark.parametrize(
    ("local", "over"),
    [
        (
            datetime(2026, 6, 15, 19, 59, tzinfo=SHANGHAI),
            datetime(2026, 6, 15, 19, 59, tzinfo=SHANGHAI),
        ),
        (
            datetime(2026, 6, 15, 20, 0, tzinfo=SHANGHAI),
            datetime(2026, 6, 16, 8, 0, tzinfo=SHANGHAI),
        ),
        (
            datetime(2026, 6, 16, 3, 0, tzinfo=SHANGHAI),
            datetime(2026, 6, 16, 8, 0, tzinfo=SHANGHAI),
        ),
        (
            datetime(2026, 6, 16, 8, 0, tzinfo=SHANGHAI),
            datetime(2026, 6, 16, 8, 0, tzinfo=SHANGHAI),
        ),
    ],
)
def test_quiet_hours_span_the_night(local: datetime, over: datetime) -> None:
    assert NIGHT.over_at(local, SHANGHAI) == over


def test_the_same_time_twice_is_no_quiet_at_all() -> None:
    at = datetime(2026, 6, 15, 3, tzinfo=UTC)
    assert Quiet(starts=time(8), ends=time(8)).over_at(at, SHANGHAI) == at


@given(
    hours=st.integers(0, 24 * 800),
    starts=st.times().map(lambda at: at.replace(microsecond=0)),
    ends=st.times().map(lambda at: at.replace(microsecond=0)),
)
def test_whatever_the_clocks_do_quiet_ends_within_two_days(
    hours: int, starts: time, ends: time
) -> None:
    """Nights of a clock change have 23 or 25 hours."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    quiet = Quiet(starts=starts, ends=ends)
    over = quiet.over_at(at, BERLIN)
    assert at <= over <= at + timedelta(hours=26)
    assert at < quiet.next_end(at, BERLIN) <= at + timedelta(hours=26)


def person(number: int, *channels: str) -> Person:
    return Person(
        id=PersonId(number),
        code=str(number),
        name=str(number),
        roles=frozenset({Role.ENGINEER}),
        all_sites=True,
        site_ids=frozenset(),
        language="zh",
        channels=tuple(Address(one, f"{number}@{one}") for one in channels),
    )


LI, MUTE, CHEN, GUARD = person(1, "mail", "sms"), person(2), person(3, "mail"), person(4, "sms")


def called(plan: Plan, cast: Cast, **more: PersonId) -> list[tuple[int, str, int]]:
    calls = next_calls(ORDER, plan, plan, T0, T0).calls
    made = pages(calls, plan, cast, **more)
    return [(page.person.id, page.place, len(page.addresses)) for page in made]


def test_guards_stand_before_the_first_layer() -> None:
    """A08: whoever stands by on site is called first, with the first layer."""
    cast = Cast(layers={Layer.FIRST: LI}, guards=(GUARD,))
    assert called(Plan(steps=(AT_ONCE,), loop_s=60), cast) == [(4, "guard", 1), (1, "first", 2)]


def test_who_cannot_be_told_is_followed_at_the_same_moment() -> None:
    plan = Plan(steps=(Step(after_s=0, targets=(MUTE.id, PersonId(9))),), loop_s=60)
    cast = Cast(layers={Layer.HEAD: CHEN}, people={MUTE.id: MUTE})
    assert called(plan, cast) == [(2, "named", 0), (3, "head", 1)]


def test_whoever_is_passed_over_is_not_called() -> None:
    plan = Plan(steps=(Step(after_s=0, targets=(RECEIVER, Layer.FIRST)),), loop_s=60)
    cast = Cast(layers={Layer.FIRST: LI, Layer.HEAD: CHEN}, receiver=LI)
    assert called(plan, cast, but=LI.id) == [(3, "head", 1)]
    assert called(plan, cast) == [(1, "receiver", 2)]
