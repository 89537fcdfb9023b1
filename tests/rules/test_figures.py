"""A18: every figure by its name, what it may be, and what holds when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import figures, policy_changes
from rules.figures import Unfit, Value
from rules.model import PersonId
from rules.policy import Limit, Policy
from rules.policy_changes import PolicyChange

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("figure", figures.every(), ids=lambda figure: figure.name)
def test_every_figure_is_read_set_and_found_again(figure: figures.Figure) -> None:
    assert figures.find(figure.name) is figure
    assert figures.value_of(Policy(), figure.name) == figure.default
    if figure.default is not None:
        assert figures.fits(figure, figure.default)
    other: Value = (0.25, 1.0) if figure.kind is figures.Kind.SHARES else 7
    changed = figures.with_value(Policy(), figure.name, other)
    assert figures.value_of(changed, figure.name) == other
    back = figures.with_value(changed, figure.name, None if figure.code else figure.default)
    assert figures.value_of(back, figure.name) == figure.default


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("zone_hours.ring1", "1.5", 1.5),
        ("zone_hours.ring1", " １．５ ", 1.5),
        ("ladder.again_s", "90", 90),
        ("ladder.again_s", "5 min", 300),
        ("ladder.again_s", "5分钟", 300),
        ("ladder.again_s", "1.5h", 5400),
        ("silence.battery_sensor_s", "2 天", 172_800),
        ("hold.at_most_s", "0", 0),
        ("ladder.head_channels", "3", 3),
        ("rejects_kept", "1e4", 10_000),
        ("warn_at", "50 % 75% 100", (0.5, 0.75, 1)),
        ("warn_at", "50、80；100", (0.5, 0.8, 1)),
        ("limits.SIGNAL_WEAK.raise_at", "-85", -85),
        ("common_causes.share_pct", "20", 20),
        ("common_causes.share_pct", "12.5 %", 12.5),
        ("common_causes.dark_pct", "50％", 50),
    ],
)
def test_what_people_type_is_understood(name: str, typed: str, value: Value) -> None:
    figure = figures.find(name)
    assert figure is not None
    assert figures.read(figure, typed) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("zone_hours.ring1", ""),
        ("zone_hours.ring1", "two"),
        ("zone_hours.ring1", "0"),
        ("zone_hours.ring1", "-1"),
        ("zone_hours.ring1", "2 h"),
        ("zone_hours.ring1", "nan"),
        ("zone_hours.ring1", "9999999"),
        ("ladder.again_s", "5 weeks"),
        ("ladder.again_s", "400 d"),
        ("ladder.head_channels", "1.5"),
        ("common_causes.share_pct", "101 %"),
        ("common_causes.most", "20 %"),
        ("warn_at", "75 50"),
        ("warn_at", "50 101"),
        ("warn_at", ""),
        ("limits.TEMP_HIGH.raise_after_s", "-1"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, typed: str) -> None:
    figure = figures.find(name)
    assert figure is not None
    assert isinstance(figures.read(figure, typed), Unfit)


def test_the_refusal_says_what_is_taken_in_plain_digits() -> None:
    figure = figures.find("limits.CLOCK_DRIFT.raise_at")
    assert figure is not None
    refused = figures.read(figure, "x")
    assert isinstance(refused, Unfit)
    assert refused.facts == {"least": "-10000000", "most": "10000000"}


@given(st.text(max_size=30))
def test_whatever_is_typed_the_reader_never_fails(typed: str) -> None:
    for name in ("zone_hours.ring1", "ladder.again_s", "warn_at", "rejects_kept"):
        figure = figures.find(name)
        assert figure is not None
        read = figures.read(figure, typed)
        assert isinstance(read, Unfit) or figures.fits(figure, read)


@pytest.mark.parametrize(
    ("name", "value", "fine"),
    [
        ("limits.TEMP_HIGH.raise_at", 46, True),
        ("limits.TEMP_HIGH.raise_at", 45, False),
        ("limits.BATT_LOW.raise_at", 29, True),
        ("limits.BATT_LOW.raise_at", 31, False),
        ("limits.BATT_LOW.clear_at", 19, False),
        ("ladder.again_s", 1, True),
    ],
)
def test_a_fault_ends_on_the_other_side_of_where_it_begins(
    name: str, value: float, *, fine: bool
) -> None:
    policy = figures.with_value(Policy(), name, value)
    assert (figures.contradiction(policy, name) is None) is fine


def change(number: int, value: Value, days: float, name: str = "zone_hours.ring1") -> PolicyChange:
    return PolicyChange(
        id=number,
        name=name,
        value=value,
        before=2.0,
        why="why",
        changed_by=PersonId(1),
        changed_at=NOW,
        effective_from=NOW + days * DAY,
    )


def ring1(changes: list[PolicyChange], days: float) -> float:
    return policy_changes.in_force(Policy(), changes, NOW + days * DAY).zone_hours.ring1


def test_each_change_holds_from_its_instant_until_the_next() -> None:
    changes = [change(1, 1.0, 2), change(2, 1.5, 1), change(3, None, 3)]
    assert [ring1(changes, days) for days in (0.9, 1, 1.9, 2, 2.9, 3)] == [2, 1.5, 1.5, 1, 1, 2]
    assert policy_changes.next_instant(changes, NOW) == NOW + DAY
    assert policy_changes.next_instant(changes, NOW + 3 * DAY) is None


def test_of_two_at_one_instant_the_one_written_last_holds() -> None:
    assert ring1([change(2, 1.5, 1), change(1, 1.0, 1)], 1) == 1.5


def test_a_name_this_program_no_longer_has_harms_nothing() -> None:
    policy = policy_changes.in_force(Policy(), [change(1, 3.0, 0, "gone.figure")], NOW)
    assert policy == Policy()


@given(st.lists(st.tuples(st.floats(0.5, 9), st.integers(-5, 5)), max_size=8), st.integers(-6, 6))
def test_what_began_keeps_what_held_then(given_: list[tuple[float, int]], began: int) -> None:
    """Undoing every change since then leaves exactly the policy of that moment."""
    changes: list[PolicyChange] = []
    for number, (value, days) in enumerate(sorted(given_, key=lambda one: one[1])):
        before = ring1(changes, days)
        made = change(number, value, days)
        changes.append(
            PolicyChange(**{**{n: getattr(made, n) for n in made.__slots__}, "before": before})
        )
    then, now = NOW + began * DAY, NOW + 6 * DAY
    current = policy_changes.in_force(Policy(), changes, now)
    since = [one for one in changes if one.effective_from > then]
    kept = policy_changes.kept_from(current, since, then)
    assert kept.zone_hours == policy_changes.in_force(Policy(), changes, then).zone_hours


def test_a_limit_given_back_is_the_catalogues() -> None:
    policy = figures.with_value(Policy(), "limits.TEMP_HIGH.raise_at", 48.0)
    assert policy.limits["TEMP_HIGH"] == Limit(raise_at=48.0)
    assert figures.value_of(policy, "limits.TEMP_HIGH.clear_at") == 45
