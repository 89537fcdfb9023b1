"""What comes and goes, and its chart."""

from datetime import UTC, datetime, timedelta

from rules import flapping
from rules.flapping import Swing, Swings

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def _at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_the_same_again_is_no_change() -> None:
    gone = flapping.change(Swings(), _at(0), up=False)
    assert flapping.change(gone, _at(1), up=False) is gone
    back = flapping.change(gone, _at(2), up=True)
    assert back.changes == (Swing(_at(0), up=False), Swing(_at(2), up=True))


def test_a_day_is_kept_and_never_more_than_the_most() -> None:
    known = Swings()
    for minute in range(3 * 24 * 60):
        known = flapping.change(known, _at(minute), up=bool(minute % 2))
    assert len(known.changes) == flapping.MOST
    once = flapping.change(Swings(), _at(0), up=False)
    assert flapping.change(once, _at(25 * 60), up=True).instants == (_at(25 * 60),)


def test_the_chart_shows_every_stretch_and_what_was_before_the_first_change() -> None:
    changes = [Swing(_at(15), up=False), Swing(_at(30), up=True), Swing(_at(45), up=False)]
    chart = flapping.chart(changes, _at(0), _at(60))
    assert [(one.start, one.share, one.up) for one in chart] == [
        (0, 0.25, True),
        (0.25, 0.25, False),
        (0.5, 0.25, True),
        (0.75, 0.25, False),
    ]
    assert flapping.chart(changes, _at(50), _at(60)) == [], "nothing changed: nothing to draw"
