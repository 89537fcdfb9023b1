"""C02 and B24 as lists: who answered too late, whom it rang at night, who was not to be reached."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.model import NoticeId, OrderId, PersonId, Severity
from rules.notices import Kind
from rules.oncall import (
    Asking,
    Order,
    Orders,
    Page,
    Pages,
    answers,
    borne,
    kept,
    night_of,
    of_orders,
    of_pages,
)
from rules.policy import Response

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
NOW = NOON + timedelta(days=20)
LI, WANG = PersonId(1), PersonId(2)
URGENT = {Orders.EMERGENCY, Orders.ANSWERED}
OTHER = {Orders.ORDINARY, Orders.ANSWERED}
UNANSWERED = {Orders.EMERGENCY, Orders.EMERGENCY_LATE}
RUNG = {Pages.ALL, Pages.NIGHT, Pages.NIGHTS}


def asking(*, on_duty: bool = False, now: datetime = NOW) -> Asking:
    return Asking(
        now=now,
        zone=SHANGHAI,
        response=Response(),
        patience_s=300,
        on_duty=lambda _, __: on_duty,
    )


def order(
    number: int = 1,
    *,
    severity: Severity = Severity.EMERGENCY,
    answered_min: float | None = None,
    closed_min: float | None = None,
    asked_min: float = 0,
) -> Order:
    """Called at noon; other times in minutes from then."""

    def at(minutes: float | None) -> datetime | None:
        return None if minutes is None else NOON + timedelta(minutes=minutes)

    return Order(
        id=OrderId(number),
        severity=severity,
        asked_at=NOON + timedelta(minutes=asked_min),
        called_at=NOON,
        answered_at=at(answered_min),
        closed_at=at(closed_min),
    )


def page(
    *,
    hour: float = 12,
    answered_min: float | None = None,
    delivered: bool | None = True,
    number: int = 1,
) -> Page:
    """At that hour in Shanghai."""
    at = NOON + timedelta(hours=hour - 12)
    answered = None if answered_min is None else at + timedelta(minutes=answered_min)
    return Page(
        notice_id=NoticeId(1),
        person_id=LI,
        at=at,
        kind=Kind.PAGE,
        order_id=OrderId(1),
        delivered=delivered,
        answered_at=answered,
        number=number,
    )


@pytest.mark.parametrize(
    ("one", "lists"),
    [
        (order(answered_min=5), URGENT),
        (order(answered_min=5.1), URGENT | {Orders.EMERGENCY_LATE}),
        (order(answered_min=4, asked_min=-3), URGENT | {Orders.EMERGENCY_LATE}),  # who asks waits
        (order(severity=Severity.MAJOR, answered_min=14), OTHER),
        (order(severity=Severity.MINOR, answered_min=16), OTHER | {Orders.ORDINARY_LATE}),
        (
            order(severity=Severity.MAJOR, answered_min=31),
            OTHER | {Orders.ORDINARY_LATE, Orders.TOO_LATE},
        ),
        (order(), UNANSWERED | {Orders.TOO_LATE, Orders.A_DAY}),
        (order(closed_min=2), {Orders.FALSE}),  # over before anybody took it: called for nothing
        (order(closed_min=9), UNANSWERED | {Orders.FALSE}),
        (replace(order(answered_min=1, closed_min=60), repaired=True), URGENT),
        (replace(order(answered_min=1, closed_min=60), merged=True), URGENT),
        (replace(order(answered_min=1), again=True), URGENT | {Orders.AGAIN}),
    ],
)
def test_in_which_lists_an_order_stands(one: Order, lists: set[Orders]) -> None:
    found = {which for which in Orders if of_orders([one], which, asking())}
    assert found == lists | {Orders.CALLED}


def test_what_still_has_time_is_not_judged() -> None:
    soon = asking(now=NOON + timedelta(minutes=4))
    assert kept([order()], soon).emergency_pct is None
    assert kept([order(answered_min=3), order(2)], soon).emergency_pct == 100
    late = asking(now=NOON + timedelta(minutes=6))
    assert kept([order(answered_min=3), order(2)], late).emergency_pct == 50


def test_the_ordinary_are_held_against_an_average() -> None:
    some = [order(n, severity=Severity.MAJOR, answered_min=m) for n, m in enumerate((1, 2, 40))]
    told = kept([*some, order(9), order(8, severity=Severity.MAJOR, closed_min=1)], asking())
    assert [one.id for one in of_orders(some, Orders.ORDINARY, asking())] == [0, 1, 2]
    assert told.ordinary_mean_s == pytest.approx(43 * 60 / 3)
    assert (told.too_late, told.a_day) == (2, 1)
    assert told.ordinary_pct == pytest.approx(200 / 3)


def test_time_to_answer_counts_from_the_page() -> None:
    some = [order(n, answered_min=n, asked_min=-60) for n in range(1, 11)]
    told = answers([*some, order(99)])
    assert (told.called, told.answered) == (11, 10)
    assert (told.median_s, told.p90_s, told.mean_s) == (300, 540, 330)


@pytest.mark.parametrize(
    ("one", "on_duty", "lists"),
    [
        (page(answered_min=5), False, {Pages.ALL}),
        (page(), False, {Pages.ALL, Pages.UNANSWERED}),
        (page(answered_min=6), False, {Pages.ALL, Pages.UNANSWERED}),
        (page(hour=22), False, RUNG),  # B24: not his to answer at night
        (page(hour=22), True, RUNG | {Pages.UNANSWERED}),
        (page(hour=7.99, answered_min=1), True, RUNG),
        (page(hour=8), False, {Pages.ALL, Pages.UNANSWERED}),
        (page(delivered=False), False, {Pages.UNDELIVERED, Pages.UNANSWERED}),
        (page(delivered=False, answered_min=1), False, {Pages.UNDELIVERED, Pages.UNANSWERED}),
        (page(delivered=False, hour=23), False, {Pages.UNDELIVERED}),
        (page(delivered=False, hour=23), True, {Pages.UNDELIVERED, Pages.UNANSWERED}),
        (page(delivered=None, answered_min=1), True, set()),  # on its way still
        (page(delivered=None), True, {Pages.UNANSWERED}),
        (page(answered_min=1, number=2), True, {Pages.ALL, Pages.REPEATED}),
    ],
)
def test_in_which_lists_a_page_stands(one: Page, on_duty: bool, lists: set[Pages]) -> None:  # noqa: FBT001
    found = {which for which in Pages if of_pages([one], which, asking(on_duty=on_duty))}
    assert found == lists


def test_a_page_of_this_minute_is_not_unanswered_yet() -> None:
    assert of_pages([page()], Pages.UNANSWERED, asking(now=NOON + timedelta(minutes=4))) == []


def test_a_night_belongs_to_the_evening_it_began_in() -> None:
    assert night_of(NOON + timedelta(hours=11), SHANGHAI) == date(2026, 11, 10)
    assert night_of(NOON + timedelta(hours=19), SHANGHAI) == date(2026, 11, 10)
    assert night_of(NOON + timedelta(hours=20), SHANGHAI) == date(2026, 11, 11)


def test_two_calls_of_one_night_are_one_night() -> None:
    some = [page(hour=23), page(hour=25, number=2), page(hour=47)]
    [told] = borne(some, asking(on_duty=True))
    assert (told.pages, told.night_pages, told.nights, told.repeated) == (3, 3, 2, 1)


@given(
    pages=st.lists(
        st.builds(
            page,
            hour=st.floats(0, 300),
            answered_min=st.none() | st.floats(0, 60),
            delivered=st.none() | st.booleans(),
            number=st.integers(1, 3),
        )
    ),
    who=st.lists(st.sampled_from([LI, WANG]), min_size=200, max_size=200),
)
def test_every_number_is_as_long_as_its_list(pages: list[Page], who: list[PersonId]) -> None:
    some = [replace(one, person_id=person) for one, person in zip(pages, who, strict=False)]
    told = borne(some, asking(on_duty=True))
    for which, name in (
        (Pages.ALL, "pages"),
        (Pages.NIGHT, "night_pages"),
        (Pages.NIGHTS, "nights"),
        (Pages.REPEATED, "repeated"),
        (Pages.UNANSWERED, "unanswered"),
        (Pages.UNDELIVERED, "undelivered"),
    ):
        listed = of_pages(some, which, asking(on_duty=True))
        assert sum(getattr(one, name) for one in told) == len(listed)
