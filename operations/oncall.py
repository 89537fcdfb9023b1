"""The figures of being on call, of a month on the company's calendar (C02, B24, A08)."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from operations import duty as duty_desk
from rules import oncall as rules
from rules import rota_fairness
from rules.duty import Shift, Span
from rules.model import PersonId
from rules.oncall import Asking, Month, Order, Orders, Page, Pages
from rules.periods import Month as Period
from rules.permits import Reach
from rules.policy import Policy
from rules.rota_fairness import Portion, Share
from storage import company
from storage import duty as duty_rows
from storage.db import Tx
from storage.views import oncall as oncall_view

TREND = 12  # months


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the page of a month shows; every number is a list of `orders` or `pages`."""

    period: Period
    asking: Asking
    orders: Sequence[Order]
    pages: Sequence[Page]

    def listed(self, which: Orders) -> list[Order]:
        return rules.of_orders(self.orders, which, self.asking)

    def paged(self, which: Pages) -> list[Page]:
        return rules.of_pages(self.pages, which, self.asking)


def month(tx: Tx, period: Period, reach: Reach, policy: Policy, now: datetime) -> Figures:
    """A month that runs still is told as far as it has come."""
    zone = duty_desk.timezone(tx)
    span = period.span(zone.key)
    return Figures(
        period=period,
        asking=_asking(tx, span, zone, policy, now),
        orders=oncall_view.orders(tx, reach, span),
        pages=oncall_view.pages(tx, reach, span),
    )


def trend(
    tx: Tx, last: Period, reach: Reach, policy: Policy, now: datetime
) -> list[tuple[Period, Month]]:
    """The months up to `last`, oldest first."""
    timezone = duty_desk.timezone(tx).key
    periods = [last.after(n - TREND + 1) for n in range(TREND)]
    edges = [*(one.span(timezone)[0] for one in periods), last.span(timezone)[1]]
    found = oncall_view.months(tx, reach, edges, policy.response, now)
    return list(zip(periods, found, strict=True))


def portions(tx: Tx, period: Period) -> list[Portion]:
    """The month's shifts as they stood and stand, with what each weighs."""
    zone = duty_desk.timezone(tx)
    span = _span(period.span(zone.key))
    shifts = duty_rows.between(tx, span)
    return rota_fairness.portions(shifts, company.calendar(tx).day, zone, span)


def fairness(tx: Tx, period: Period) -> list[Share]:
    """Who bears how much of the month's rota."""
    return rota_fairness.shares(rota_fairness.loads(portions(tx, period)), ())


def _asking(
    tx: Tx, span: tuple[datetime, datetime], zone: ZoneInfo, policy: Policy, now: datetime
) -> Asking:
    stood = _Stood(duty_rows.between(tx, _span(span)))
    return Asking(
        now=now,
        zone=zone,
        response=policy.response,
        patience_s=policy.ladder.again_s,
        on_duty=stood.at,
    )


def _span(ends: tuple[datetime, datetime]) -> Span:
    return Span(starts_at=ends[0], ends_at=ends[1])


class _Stood:
    """Who stood when, in any layer; asked once for each page of a month."""

    def __init__(self, shifts: Sequence[Shift]) -> None:
        self._starts: dict[PersonId, list[datetime]] = {}
        self._ends: dict[PersonId, list[datetime]] = {}
        for one in sorted(shifts, key=lambda shift: shift.starts_at):
            ends = self._ends.setdefault(one.person_id, [])
            self._starts.setdefault(one.person_id, []).append(one.starts_at)
            ends.append(max(one.ends_at, ends[-1] if ends else one.ends_at))

    def at(self, person_id: PersonId, at: datetime) -> bool:
        """Their shifts may overlap (two layers): whether any that has begun has not ended."""
        place = bisect_right(self._starts.get(person_id, ()), at)
        return place > 0 and at < self._ends[person_id][place - 1]
