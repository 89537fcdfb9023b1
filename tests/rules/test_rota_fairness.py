"""Who bears how much of the rota: hours, nights, weekend days, holidays, and the shifts behind."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.duty import Shift, Span, midnight
from rules.holidays import Calendar
from rules.model import Layer, PersonId
from rules.rota_fairness import Load, Measure, balance, loads, portions, shares, weighing

LI, WANG, CHEN = PersonId(1), PersonId(2), PersonId(3)
SHANGHAI = ZoneInfo("Asia/Shanghai")
T0 = midnight(date(2026, 6, 15), SHANGHAI)  # a Monday
WEEK = Span(starts_at=T0, ends_at=T0 + timedelta(days=7))


def shift(person: PersonId, begins: datetime, ends: datetime, layer: Layer = Layer.FIRST) -> Shift:
    return Shift(layer=layer, person_id=person, starts_at=begins, ends_at=ends)


def test_load_counts_hours_nights_weekends_and_holidays() -> None:
    """Friday 2026-06-19 is Dragon Boat; Saturday and Sunday are a weekend."""
    whole = shift(LI, T0, T0 + timedelta(days=7))
    [load] = loads(portions([whole], Calendar().day, SHANGHAI, WEEK)).values()
    assert (load.hours, load.nights, load.weekends, load.holidays) == (168, 7, 2, 1)


def test_a_night_is_shared_by_those_who_stand_in_it_and_a_heads_hours_do_not_weigh() -> None:
    ten = T0 + timedelta(hours=22)
    rotas = [
        shift(LI, ten, ten + timedelta(hours=5)),
        shift(WANG, ten + timedelta(hours=5), ten + timedelta(hours=10)),
        shift(CHEN, T0, T0 + timedelta(days=7), Layer.HEAD),
    ]
    found = loads(portions(rotas, Calendar().day, SHANGHAI, WEEK))
    assert {who: load.nights for who, load in found.items()} == {LI: 0.5, WANG: 0.5}


def test_a_shift_is_counted_only_within_the_span() -> None:
    long = shift(LI, T0 - timedelta(days=30), T0 + timedelta(days=30))
    assert loads(portions([long], Calendar().day, SHANGHAI, WEEK))[LI].hours == 168
    assert portions([long], Calendar().day, SHANGHAI, Span(starts_at=T0, ends_at=T0)) == []


def test_balance_says_how_much_need_not_change_hands() -> None:
    same = Load(hours=100, nights=5, weekends=2)
    assert balance({LI: same, WANG: same}, ()) == 100
    assert balance({LI: same}, {LI, WANG}) == 50
    assert balance({LI: Load(hours=75), WANG: Load(hours=25)}, ()) == 75
    assert balance({LI: same, WANG: same, CHEN: Load(hours=1)}, {LI, WANG}) == 100
    assert balance({}, {LI}) is None


def test_who_bears_more_than_the_mean_and_who_less() -> None:
    told = shares({LI: Load(hours=300, nights=20), WANG: Load(hours=100, nights=20)}, ())
    assert [one.person_id for one in told] == [LI, WANG]
    assert [one.off for one in told] == [{"hours": 50, "nights": 0}, {"hours": -50, "nights": 0}]
    idle = shares({LI: Load(hours=10)}, {WANG})
    assert idle[-1].off == {"hours": -100}


@given(
    drawn=st.lists(
        st.tuples(
            st.sampled_from([LI, WANG]),
            st.integers(-50, 180),
            st.integers(1, 60),
            st.sampled_from(list(Layer)),
        ),
        max_size=20,
    )
)
def test_every_number_is_the_sum_of_the_shifts_behind_it(
    drawn: list[tuple[PersonId, int, int, Layer]],
) -> None:
    hour = timedelta(hours=1)
    shifts = [
        shift(who, T0 + first * hour, T0 + (first + some) * hour, layer)
        for who, first, some, layer in drawn
    ]
    found = portions(shifts, Calendar().day, SHANGHAI, WEEK)
    for who, load in loads(found).items():
        for measure in Measure:
            listed = [one for one in weighing(found, measure) if one.shift.person_id == who]
            assert load.of(measure) == pytest.approx(sum(one.load.of(measure) for one in listed))
            assert all(one.shift.starts_at >= WEEK.starts_at for one in listed)
            assert all(one.shift.ends_at <= WEEK.ends_at for one in listed)


def test_what_was_written_in_pieces_is_one_shift_to_people() -> None:
    """The rota's past is cut where it was changed or settled."""
    middle = T0 + timedelta(hours=30)
    pieces = [shift(LI, T0, middle), shift(LI, middle, T0 + timedelta(hours=48))]
    [one] = portions(pieces, Calendar().day, SHANGHAI, WEEK)
    assert (one.load.hours, one.load.nights) == (48, 2)
