"""The figures of being on call: how fast somebody answers, and what it costs whom (B24, C02). Pure.

Every figure is the length of a list, and the list is asked by the same name: so a number and
what stands behind it cannot differ. A drill is no page; what was taken back before it went out
rang nowhere.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from rules.drills import percentile
from rules.duty import NIGHT_FROM, NIGHT_TO
from rules.model import NoticeId, OrderId, PersonId, Severity
from rules.notices import Kind
from rules.policy import Response

CALLS = (Kind.PAGE, Kind.GO, Kind.UNDER_WAY, Kind.ALERT)  # what rings and wants an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order somebody was paged for. `asked_at`: the customer's notice, or the finding (A03).

    `called_at`: the first page. `answered_at`: somebody took it. `repaired`: there was something
    to repair; `merged`: it went into its cause; `again`: the same fault had been there before.
    """

    id: OrderId
    severity: Severity
    asked_at: datetime
    called_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    repaired: bool = False
    merged: bool = False
    again: bool = False

    def response_s(self, now: datetime) -> float:
        """C02: until somebody took it; so far, while nobody has."""
        return ((self.answered_at or self.closed_at or now) - self.asked_at).total_seconds()

    @property
    def took_s(self) -> float | None:
        """From the page to the answer."""
        return (self.answered_at - self.called_at).total_seconds() if self.answered_at else None


class Orders(StrEnum):
    """Lists of orders."""

    CALLED = "called"
    ANSWERED = "answered"
    EMERGENCY = "emergency"  # answered, or not in time: what the share is a share of
    ORDINARY = "ordinary"  # answered: what their average is made of
    EMERGENCY_LATE = "emergency_late"
    ORDINARY_LATE = "ordinary_late"  # later than their average may be
    TOO_LATE = "too_late"  # than anything may be
    A_DAY = "a_day"  # not answered within the time any request has
    FALSE = "false"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One instant at which one person's phones rang about one matter, on however many channels.

    `notice_id`: the first of its notices; None: the person has no channel for it.
    `delivered`: at least one provider took it; None: it is still on its way.
    `answered_at`: the person answered it, or nobody had to any more. `number` counts the pages
    of this person about this order in the span that is asked for.
    """

    notice_id: NoticeId | None
    person_id: PersonId
    at: datetime
    kind: str
    order_id: OrderId | None = None
    delivered: bool | None = True
    answered_at: datetime | None = None
    number: int = 1


class Pages(StrEnum):
    """Lists of pages."""

    ALL = "all"
    NIGHT = "night"
    NIGHTS = "nights"  # the first of each person's night
    REPEATED = "repeated"  # the same person called again about the same order
    UNANSWERED = "unanswered"  # B24; with those that were not delivered
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """By which clocks and limits the lists are drawn, and who stood when.

    `patience_s`: so long after it a page that nobody answered is unanswered.
    """

    now: datetime
    zone: ZoneInfo
    response: Response
    patience_s: float
    on_duty: Callable[[PersonId, datetime], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Seconds from page to answer, of the orders somebody took; None: of none."""

    called: int
    answered: int
    median_s: float | None
    p90_s: float | None
    mean_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """C02. Shares in per cent, of those whose time is up or that were answered; None: of none.

    `ordinary_mean_s` is what `ordinary_s` is held against: it is an average in the rules.
    """

    emergency_pct: float | None
    ordinary_pct: float | None
    ordinary_mean_s: float | None
    too_late: int
    a_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month in short: its orders, C02 as in `Kept`, and how many pages went out."""

    orders: int = 0
    emergency_pct: float | None = None
    ordinary_pct: float | None = None
    ordinary_mean_s: float | None = None
    pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Borne:
    """What one person was called; `nights`: in how many nights the phone rang."""

    person_id: PersonId
    pages: int
    night_pages: int
    nights: int
    repeated: int
    unanswered: int
    undelivered: int


def of_orders(orders: Iterable[Order], which: Orders, asking: Asking) -> list[Order]:
    """The list behind a figure. What is not answered and still has time is not judged."""
    limits, now = asking.response, asking.now
    wanted: dict[Orders, Callable[[Order], bool]] = {
        Orders.CALLED: lambda _: True,
        Orders.ANSWERED: lambda one: one.answered_at is not None,
        Orders.EMERGENCY: lambda one: _urgent(one) and _judged(one, limits.emergency_s, now),
        Orders.ORDINARY: lambda one: not _urgent(one) and one.answered_at is not None,
        Orders.EMERGENCY_LATE: lambda one: (
            _urgent(one) and one.response_s(now) > limits.emergency_s
        ),
        Orders.ORDINARY_LATE: lambda one: (
            not _urgent(one) and one.response_s(now) > limits.ordinary_s
        ),
        Orders.TOO_LATE: lambda one: one.response_s(now) > limits.never_over_s,
        Orders.A_DAY: lambda one: one.response_s(now) > limits.any_s,
        Orders.FALSE: false,
        Orders.AGAIN: lambda one: one.again,
    }
    return [one for one in orders if wanted[which](one)]


def of_pages(pages: Iterable[Page], which: Pages, asking: Asking) -> list[Page]:
    """The list behind a figure, of pages oldest first."""
    if which is Pages.NIGHTS:
        return _first_of_nights(of_pages(pages, Pages.NIGHT, asking), asking.zone)
    wanted: dict[Pages, Callable[[Page], bool]] = {
        Pages.ALL: lambda one: bool(one.delivered),
        Pages.NIGHT: lambda one: bool(one.delivered) and at_night(one.at, asking.zone),
        Pages.REPEATED: lambda one: bool(one.delivered) and one.number > 1,
        Pages.UNANSWERED: lambda one: _unanswered(one, asking),
        Pages.UNDELIVERED: lambda one: one.delivered is False,
    }
    return [one for one in pages if wanted[which](one)]


def answers(orders: Iterable[Order]) -> Answers:
    found = list(orders)
    took = [one.took_s for one in found if one.took_s is not None]
    return Answers(
        called=len(found),
        answered=len(took),
        median_s=percentile(took, 50),
        p90_s=percentile(took, 90),
        mean_s=mean(took),
    )


def kept(orders: Sequence[Order], asking: Asking) -> Kept:
    """Each from the list that stands behind it."""
    limits, now = asking.response, asking.now
    others = [one for one in orders if not _urgent(one) and _judged(one, limits.ordinary_s, now)]
    answered = of_orders(orders, Orders.ORDINARY, asking)
    return Kept(
        emergency_pct=_in_time(
            of_orders(orders, Orders.EMERGENCY, asking), limits.emergency_s, now
        ),
        ordinary_pct=_in_time(others, limits.ordinary_s, now),
        ordinary_mean_s=mean([one.response_s(now) for one in answered]),
        too_late=len(of_orders(orders, Orders.TOO_LATE, asking)),
        a_day=len(of_orders(orders, Orders.A_DAY, asking)),
    )


def borne(pages: Sequence[Page], asking: Asking) -> list[Borne]:
    """Person by person, who was called most first."""
    lists = {which: of_pages(pages, which, asking) for which in Pages}
    count = {which: Counter(page.person_id for page in found) for which, found in lists.items()}
    found = [
        Borne(
            person_id=who,
            pages=count[Pages.ALL][who],
            night_pages=count[Pages.NIGHT][who],
            nights=count[Pages.NIGHTS][who],
            repeated=count[Pages.REPEATED][who],
            unanswered=count[Pages.UNANSWERED][who],
            undelivered=count[Pages.UNDELIVERED][who],
        )
        for who in {page.person_id for page in pages}
    ]
    return sorted(found, key=lambda one: (-one.pages, one.person_id))


def false(order: Order) -> bool:
    """(ours) Called for nothing: it ended without anything to repair, and not in its cause."""
    return order.closed_at is not None and not order.repaired and not order.merged


def at_night(at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone).time()
    return local >= NIGHT_FROM or local < NIGHT_TO


def night_of(at: datetime, zone: ZoneInfo) -> date:
    """The evening a night began in: before 08:00 it is the one of the day before."""
    local = at.astimezone(zone)
    return local.date() - timedelta(days=int(local.time() < NIGHT_TO))


def _unanswered(page: Page, asking: Asking) -> bool:
    """B24: by day everybody is to be reached; at other hours whoever is on duty.

    Whom no provider could reach was not reached, though another may have answered in time.
    """
    until = page.at + timedelta(seconds=asking.patience_s)
    in_time = page.answered_at is not None and page.answered_at <= until
    if page.delivered is not False and (in_time or until > asking.now):
        return False
    return not at_night(page.at, asking.zone) or asking.on_duty(page.person_id, page.at)


def _first_of_nights(pages: Iterable[Page], zone: ZoneInfo) -> list[Page]:
    firsts: dict[tuple[PersonId, date], Page] = {}
    for page in pages:
        firsts.setdefault((page.person_id, night_of(page.at, zone)), page)
    return list(firsts.values())


def _judged(order: Order, limit_s: float, now: datetime) -> bool:
    return order.answered_at is not None or order.response_s(now) > limit_s


def _in_time(judged: Sequence[Order], limit_s: float, now: datetime) -> float | None:
    in_time = sum(one.response_s(now) <= limit_s for one in judged)
    return 100 * in_time / len(judged) if judged else None


def _urgent(order: Order) -> bool:
    return order.severity is Severity.EMERGENCY


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
