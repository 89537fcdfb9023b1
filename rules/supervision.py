"""How long an alarm host may be quiet before it counts as cut off, by its category.

The figures are the reporting times of EN 50136-1:2012: by then the receiving side must know that
a path, or the whole connection, has failed. DP categories have two paths.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from rules.limits import ALLOWANCE

TEST_DUE = "limits.TEST_MISSED.raise_after_s"
TEST_LATE = timedelta(hours=1)  # a periodic test may be so late (TEST_MISSED)


class Category(StrEnum):
    SP1 = "SP1"
    SP2 = "SP2"
    SP3 = "SP3"
    SP4 = "SP4"
    SP5 = "SP5"
    SP6 = "SP6"
    DP1 = "DP1"
    DP2 = "DP2"
    DP3 = "DP3"
    DP4 = "DP4"


@dataclass(frozen=True, slots=True)
class Times:
    """Until the primary path, the alternative one (None: there is none) and all are missed."""

    primary: timedelta
    alternative: timedelta | None
    everything: timedelta

    def of_path(self, number: str) -> timedelta:
        """Path 1 is the primary one."""
        return self.primary if number == "1" or self.alternative is None else self.alternative


def _single(**span: float) -> Times:
    return Times(timedelta(**span), None, timedelta(**span))


def _dual(primary: timedelta, alternative_h: float) -> Times:
    return Times(primary, timedelta(hours=alternative_h), 2 * primary)


TIMES: Mapping[Category, Times] = MappingProxyType(
    {
        Category.SP1: _single(days=32),
        Category.SP2: _single(hours=25),
        Category.SP3: _single(minutes=30),
        Category.SP4: _single(minutes=3),
        Category.SP5: _single(seconds=90),
        Category.SP6: _single(seconds=20),
        Category.DP1: _dual(timedelta(hours=25), 50),
        Category.DP2: _dual(timedelta(minutes=30), 25),
        Category.DP3: _dual(timedelta(minutes=3), 25),
        Category.DP4: _dual(timedelta(seconds=90), 5),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """What is expected of one account: by its category, and by its periodic test."""

    category: Category | None = None
    test_interval: timedelta | None = None

    @property
    def times(self) -> Times | None:
        return TIMES[self.category] if self.category else None

    @property
    def allowance(self) -> timedelta:
        """For how long it may be quiet: by its category, else for two tests, else as SP2."""
        if self.times:
            return self.times.everything
        if self.test_interval:
            return 2 * self.test_interval + TEST_LATE
        return TIMES[Category.SP2].everything

    @property
    def figures(self) -> dict[str, float]:
        """The figures of the device that follow from it, by their names, in seconds."""
        found = {ALLOWANCE: self.allowance.total_seconds()}
        if self.test_interval:
            found[TEST_DUE] = (self.test_interval + TEST_LATE).total_seconds()
        return found
