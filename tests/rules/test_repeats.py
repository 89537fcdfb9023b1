"""The same fault again (REPEAT_FAULT, domain rules §3.1)."""

from datetime import UTC, datetime, timedelta

import pytest

from rules import repeats
from rules.codes import CATALOGUE
from rules.faults import effective
from rules.model import FaultId
from rules.repeats import Earlier, Repeat

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RULE = effective(CATALOGUE["REPEAT_FAULT"], {})


def _earlier(*days: float, repaired: float | None = None) -> list[Earlier]:
    mended = None if repaired is None else NOW - timedelta(days=repaired)
    return [
        Earlier(FaultId(n), NOW - timedelta(days=age), mended)
        for n, age in enumerate(sorted(days, reverse=True), 1)
    ]


@pytest.mark.parametrize(
    ("earlier", "found"),
    [
        (_earlier(), None),
        (_earlier(31), None),
        (_earlier(3), Repeat(FaultId(1), 2, fault=False)),
        (_earlier(20, 3), Repeat(FaultId(2), 3, fault=True)),
        (_earlier(31, 3), Repeat(FaultId(2), 2, fault=False)),
        (_earlier(8, repaired=6), Repeat(FaultId(1), 2, fault=True)),
        (_earlier(9, repaired=8), Repeat(FaultId(1), 2, fault=False)),
        (_earlier(40, repaired=6), Repeat(FaultId(1), 1, fault=True)),
    ],
)
def test_three_times_in_a_month_or_again_within_a_week_of_a_repair(
    earlier: list[Earlier], found: Repeat | None
) -> None:
    assert repeats.weigh(earlier, RULE, NOW) == found


def test_its_point_names_what_it_repeats() -> None:
    for code, point in (("TAMPER", ""), ("REC_GAP", "ch-1"), ("STO_MISSING", "bay:2")):
        assert repeats.code_and_point(repeats.point_of(code, point)) == (code, point)
