"""A08: an event is planned, prepared, guarded; who must do something hears of it in time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from operations import occasions as occasion_desk
from operations import preparations as preparation_desk
from operations.occasions import Post, Wish
from operations.preparations import Item
from operations.refusals import NotNowError
from rules.model import CustomerId, SiteId
from rules.occasions import Kind, Occasion
from rules.policy import Policy
from scheduler.tick import tick
from storage import customers as customer_rows
from storage import deadlines, outbox
from storage import occasions as occasion_rows
from storage import people as people_rows
from storage.db import Database, Tx, reading, transaction
from storage.outbox import Notice
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company
from tests.storage.assets import a_customer, a_site

NOW = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)  # Sunday 10:00 in Shanghai
STARTS, ENDS = NOW + timedelta(days=10), NOW + timedelta(days=12)


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx, channels=1)


def wish(tx: Tx, company: Company, **changed: object) -> Wish:
    customer = customer_rows.by_code(tx, "C1")
    assert customer is not None
    whole = Wish(name="Expo", customer_id=customer.id, starts_at=STARTS, ends_at=ENDS)
    return replace(whole, site_ids=(company.site_id,), **changed)  # type: ignore[arg-type]


def planned(tx: Tx, company: Company) -> Occasion:
    return occasion_desk.plan(tx, wish(tx, company), company.id_of(CHEN), NOW)


def a_post(company: Company, *, hours: float = 4, who: str = WANG) -> Post:
    return Post(
        site_id=company.site_id,
        person_id=company.id_of(who),
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=hours),
    )


def told(tx: Tx, company: Company, who: str, now: datetime) -> list[Notice]:
    waiting = outbox.due(tx, now, each=50)
    return [one for one in waiting if one.person_id == company.id_of(who)]


def an_item(company: Company, day: date, who: str | None = WANG) -> Item:
    person_id = company.id_of(who) if who else None
    return Item(kind=Kind.PARTS, text="two spare cameras", due_on=day, person_id=person_id)


def test_a_guard_stands_at_that_site_for_that_time(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        occasion = planned(tx, company)
        occasion_desk.post_guard(tx, occasion.id, a_post(company), company.id_of(CHEN), NOW)
        elsewhere = a_site(tx, "S2")
    with reading(database) as tx:
        at = occasion_desk.guards_at
        assert at(tx, company.site_id, STARTS) == [company.people[WANG]]
        assert at(tx, company.site_id, STARTS - timedelta(seconds=1)) == []
        assert at(tx, company.site_id, STARTS + timedelta(hours=4)) == []
        assert at(tx, elsewhere, STARTS) == []
        assert [one.facts["what"] for one in told(tx, company, WANG, NOW)] == ["posted"]


def test_who_has_left_or_looks_after_it_no_more_guards_nothing(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        occasion = planned(tx, company)
        occasion_desk.post_guard(tx, occasion.id, a_post(company), company.id_of(CHEN), NOW)
        people_rows.change(tx, company.id_of(WANG), {"all_sites": False})
        assert occasion_desk.guards_at(tx, company.site_id, STARTS) == []
        people_rows.set_sites(tx, company.id_of(WANG), [company.site_id])
        assert len(occasion_desk.guards_at(tx, company.site_id, STARTS)) == 1
        people_rows.leave(tx, company.id_of(WANG), NOW)
        assert occasion_desk.guards_at(tx, company.site_id, STARTS) == []


def test_an_event_put_away_calls_its_guards_back(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        occasion = planned(tx, company)
        occasion_desk.post_guard(tx, occasion.id, a_post(company), company.id_of(CHEN), NOW)
        occasion_desk.archive(tx, occasion.id, company.id_of(CHEN), NOW)
        assert occasion_desk.guards_at(tx, company.site_id, STARTS) == []
        whats = [one.facts["what"] for one in told(tx, company, WANG, NOW)]
        assert whats == ["posted", "stood_down"]
        with pytest.raises(NotNowError, match="archived"):
            occasion_desk.archive(tx, occasion.id, company.id_of(CHEN), NOW)


def test_a_guard_outside_the_changed_event_stands_down(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        occasion = planned(tx, company)
        by = company.id_of(CHEN)
        occasion_desk.post_guard(tx, occasion.id, a_post(company), by, NOW)
        later = wish(tx, company, starts_at=STARTS + timedelta(hours=5))
        occasion_desk.change(tx, occasion.id, later, by, NOW)
        assert occasion_rows.guards_of(tx, occasion.id) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"ends_at": ENDS + timedelta(days=9)}, "outside"),
        ({"ends_at": STARTS}, "guard_span"),
        ({"site_id": SiteId(99)}, "outside"),
        ({"person_id": 99}, "person"),
    ],
)
def test_a_guard_must_fit_the_event(
    database: Database, company: Company, changed: dict[str, object], why: str
) -> None:
    with transaction(database) as tx:
        occasion = planned(tx, company)
        post = replace(a_post(company), **changed)  # type: ignore[arg-type]
        with pytest.raises(NotNowError, match=why):
            occasion_desk.post_guard(tx, occasion.id, post, company.id_of(CHEN), NOW)


def test_nobody_guards_two_places_at_once(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        occasion = planned(tx, company)
        by = company.id_of(CHEN)
        occasion_desk.post_guard(tx, occasion.id, a_post(company), by, NOW)
        with pytest.raises(NotNowError, match="elsewhere"):
            occasion_desk.post_guard(tx, occasion.id, a_post(company, hours=1), by, NOW)
        occasion_desk.post_guard(tx, occasion.id, a_post(company, who=LI), by, NOW)


def test_what_is_due_is_told_each_morning_until_it_is_done(
    database: Database, company: Company
) -> None:
    """The one who must do it the day before; the head once it is overdue."""
    day, by = date(2026, 9, 23), company.id_of(CHEN)
    with transaction(database) as tx:
        occasion = planned(tx, company)
        preparation_desk.prepare(tx, occasion.id, an_item(company, day), by, NOW)
        [item] = occasion_rows.preparations_of(tx, [occasion.id])
    heard: dict[str, list[str]] = {}
    for morning in range(21, 27):
        at = datetime(2026, 9, morning, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
        tick(database, Policy(), lambda at=at: at)  # type: ignore[misc]
        tick(database, Policy(), lambda at=at: at)  # type: ignore[misc]
        if morning == 25:
            with transaction(database) as tx:
                preparation_desk.tick_off(tx, item.id, "", company.id_of(WANG), at)
    with reading(database) as tx:
        for who in (WANG, CHEN, LI):
            heard[who] = [
                f"{one.created_at:%d} {one.facts['what']}" for one in told(tx, company, who, at)
            ]
        owed = deadlines.of_subject(tx, "occasion", occasion.id)
    assert heard == {
        WANG: ["22 due", "23 due", "24 due", "25 due"],
        CHEN: ["24 overdue", "25 overdue"],
        LI: [],
    }
    assert owed == []


def test_what_is_nobodys_is_the_planners(database: Database, company: Company) -> None:
    day, by = date(2026, 9, 21), company.id_of(LI)
    with transaction(database) as tx:
        occasion = occasion_desk.plan(tx, wish(tx, company), by, NOW)
        preparation_desk.prepare(tx, occasion.id, an_item(company, day, None), by, NOW)
    at = datetime(2026, 9, 21, 0, 0, tzinfo=UTC)
    tick(database, Policy(), lambda: at)
    with reading(database) as tx:
        [letter] = told(tx, company, LI, at)
    assert letter.facts["items"] == ["two spare cameras"]


def test_what_was_ticked_off_by_mistake_is_owed_again(database: Database, company: Company) -> None:
    by = company.id_of(CHEN)
    with transaction(database) as tx:
        occasion = planned(tx, company)
        preparation_desk.prepare(tx, occasion.id, an_item(company, date(2026, 9, 23)), by, NOW)
        [item] = occasion_rows.preparations_of(tx, [occasion.id])
        preparation_desk.tick_off(tx, item.id, "in the van", by, NOW)
        assert deadlines.of_subject(tx, "occasion", occasion.id) == []
        preparation_desk.take_back(tx, item.id, by, NOW)
        assert deadlines.of_subject(tx, "occasion", occasion.id) != []
        preparation_desk.strike(tx, item.id, by, NOW)
        assert deadlines.of_subject(tx, "occasion", occasion.id) == []


def test_what_presses_is_the_overdue_first(database: Database, company: Company) -> None:
    by = company.id_of(CHEN)
    with transaction(database) as tx:
        calm, soon, late = (planned(tx, company) for _ in range(3))
        for occasion, day in ((calm, 29), (soon, 21), (late, 1)):
            one = an_item(company, date(2026, 9, day))
            preparation_desk.prepare(tx, occasion.id, one, by, NOW)
        found = preparation_desk.pressing(tx, [calm, soon, late], NOW)
    assert [(one.occasion.id, one.overdue) for one in found] == [(late.id, 1), (soon.id, 0)]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"name": " "}, "name"),
        ({"ends_at": STARTS}, "span"),
        ({"ends_at": STARTS + timedelta(days=100)}, "too_long"),
        ({"starts_at": NOW - timedelta(days=9), "ends_at": NOW - timedelta(days=8)}, "span"),
        ({"site_ids": (SiteId(99),)}, "sites"),
        ({"customer_id": None, "site_ids": (SiteId(1),)}, "sites"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    database: Database, company: Company, changed: dict[str, object], why: str
) -> None:
    with transaction(database) as tx:
        wanted = replace(wish(tx, company), **changed)  # type: ignore[arg-type]
        with pytest.raises(NotNowError, match=rf"occasion\.refused\.{why}"):
            occasion_desk.plan(tx, wanted, company.id_of(CHEN), NOW)


def test_a_customer_without_sites_has_no_event(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        bare: CustomerId = a_customer(tx, "C7")
        wanted = replace(wish(tx, company), customer_id=bare, site_ids=())
        with pytest.raises(NotNowError, match="no_sites"):
            occasion_desk.plan(tx, wanted, company.id_of(CHEN), NOW)
