"""What a rota is checked for before it is saved (1): gaps, double shifts, rest, balance."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.duty import Shift, Span, midnight
from rules.holidays import Calendar
from rules.model import Layer, PersonId
from rules.policy import RotaFigures
from rules.rota_quality import Flaw, changes, concerns
from rules.rotations import Ground, Override, Slot, derive

LI, WANG, CHEN = PersonId(1), PersonId(2), PersonId(3)
SHANGHAI = ZoneInfo("Asia/Shanghai")
T0 = midnight(date(2026, 6, 15), SHANGHAI)  # a Monday
GROUND = Ground(
    zone=SHANGHAI, is_workday=Calendar().is_workday, present=frozenset({LI, WANG, CHEN})
)
WEEK = Span(starts_at=T0, ends_at=T0 + timedelta(days=7))
FIGURES = RotaFigures()


def stands(person: PersonId | None, layer: Layer, begins: float, ends: float) -> Override:
    return Override(
        id=1 + int(begins),
        layer=layer,
        person_id=person,
        starts_at=T0 + timedelta(hours=begins),
        ends_at=T0 + timedelta(hours=ends),
    )


def rota(*decided: Override) -> list[Slot]:
    return derive([], decided, GROUND, WEEK)


FULL = (
    stands(LI, Layer.FIRST, 0, 168),
    stands(WANG, Layer.SECOND, 0, 168),
    stands(CHEN, Layer.HEAD, 0, 168),
)


def flaws(*decided: Override) -> list[tuple[Flaw, Layer, float, float]]:
    return [
        (
            one.flaw,
            one.layer,
            (one.starts_at - T0) / timedelta(hours=1),
            (one.ends_at - T0) / timedelta(hours=1),
        )
        for one in concerns(rota(*decided), FIGURES)
    ]


def test_a_full_week_has_nothing_wrong() -> None:
    assert flaws(*FULL) == []


def test_a_gap_is_found_in_layers_needed_and_layers_used() -> None:
    assert flaws(*FULL[1:]) == [(Flaw.GAP, Layer.FIRST, 0, 168)]
    assert flaws(*FULL, stands(None, Layer.FIRST, 6, 8)) == [(Flaw.GAP, Layer.FIRST, 6, 8)]
    lead = stands(PersonId(3), Layer.LEAD, 0, 12)
    assert (Flaw.GAP, Layer.LEAD, 12, 168) in flaws(*FULL, lead)


def test_a_deputy_fills_the_heads_place() -> None:
    """A02: the head or the deputy of that time."""
    deputy = stands(CHEN, Layer.DEPUTY, 0, 168)
    assert flaws(*FULL[:2], deputy) == []


def test_one_person_in_two_layers_at_once_is_a_double_shift() -> None:
    assert flaws(*FULL, stands(LI, Layer.SECOND, 10, 20)) == [(Flaw.DOUBLE, Layer.FIRST, 10, 20)]


@pytest.mark.parametrize(("pause", "short"), [(10.9, True), (11, False), (0, False)])
def test_rest_between_two_shifts_is_measured_across_layers(pause: float, short: bool) -> None:  # noqa: FBT001
    begins = stands(WANG, Layer.FIRST, 0, 12)
    again = stands(WANG, Layer.SECOND, 12 + pause, 30)
    found = flaws(begins, again, stands(CHEN, Layer.HEAD, 0, 168))
    assert ((Flaw.SHORT_REST, Layer.SECOND, 12, 12 + pause) in found) == short


def test_longer_than_a_week_first_in_line_is_too_long_but_not_for_a_change_of_clocks() -> None:
    span = Span(starts_at=T0, ends_at=T0 + timedelta(days=9))
    for hours, wrong in ((169, False), (170, True)):
        slots = derive([], [stands(LI, Layer.FIRST, 0, hours)], GROUND, span)
        assert (Flaw.TOO_LONG in {one.flaw for one in concerns(slots, FIGURES)}) == wrong


def test_what_a_change_does_is_told_span_by_span() -> None:
    after = (*FULL, stands(WANG, Layer.FIRST, 10, 20), stands(None, Layer.FIRST, 20, 30))
    told = [
        (one.layer, one.before, one.after, (one.ends_at - one.starts_at) / timedelta(hours=1))
        for one in changes(rota(*FULL), rota(*after))
    ]
    assert told == [(Layer.FIRST, LI, WANG, 10), (Layer.FIRST, LI, None, 10)]
    assert changes(rota(*FULL), rota(*FULL)) == []


def test_rest_is_a_figure_of_the_company() -> None:
    slots = rota(stands(WANG, Layer.FIRST, 0, 10), stands(WANG, Layer.FIRST, 15, 30))
    strict, mild = (concerns(slots, RotaFigures(rest_s=s)) for s in (6 * 3600, 4 * 3600))
    assert Flaw.SHORT_REST in {one.flaw for one in strict}
    assert Flaw.SHORT_REST not in {one.flaw for one in mild}
    assert T0.tzinfo is UTC


def test_rest_is_counted_from_what_was_stood_before() -> None:
    """Li came off at midnight; a week that goes on is one shift."""
    hour = timedelta(hours=1)
    night = Shift(layer=Layer.FIRST, person_id=LI, starts_at=T0 - 12 * hour, ends_at=T0)
    back_at_six = (stands(WANG, Layer.FIRST, 0, 6), stands(LI, Layer.FIRST, 6, 18))
    found = concerns(rota(*back_at_six), FIGURES, [night])
    [rest] = [one for one in found if one.flaw is Flaw.SHORT_REST]
    assert (rest.person_id, rest.starts_at, rest.ends_at) == (LI, T0, T0 + 6 * hour)
    days = replace(night, starts_at=T0 - 36 * hour)
    found = concerns(rota(*FULL), FIGURES, [days])
    assert [(one.flaw, one.starts_at) for one in found] == [(Flaw.TOO_LONG, days.starts_at)]
    over = replace(night, starts_at=T0 - 30 * hour, ends_at=T0 - 20 * hour)
    again = replace(night, starts_at=T0 - 16 * hour, ends_at=T0 - 14 * hour)
    assert concerns(rota(*FULL), FIGURES, [over, again]) == []  # that is over
