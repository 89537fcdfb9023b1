"""Contact cards are issued, found outdated and issued anew, once for however many edits (A13)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from operations import contact_cards as desk
from operations.refusals import NotNowError
from rules.contact_cards import Issued
from rules.model import CustomerId
from rules.policy import Policy
from scheduler.tick import tick
from storage import company, deadlines, journal
from storage import contact_cards as card_rows
from storage import customers as customer_rows
from storage import people as people_rows
from storage.db import Database, reading, transaction
from storage.deadlines import Kind as Promise
from tests import company as companies
from tests.company import CHEN, LI, Company
from tests.web.conftest import TurnedClock

NOON = datetime.fromisoformat("2026-06-15T12:00:00+08:00")
POLICY = Policy()
CUSTOMER = CustomerId(1)


class Office:
    """A company whose customer hangs a card beside the telephone."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, TurnedClock(NOON)
        with transaction(database) as tx:
            self.company: Company = companies.found(tx)
            for code, phone in ((CHEN, "13800000001"), (LI, "13800000002")):
                people_rows.change(tx, self.company.id_of(code), {"phone": phone})
            company.set_fact(tx, "name", "安信", NOON)

    def person(self, code: str, **columns: Any) -> None:
        with transaction(self.database) as tx:
            people_rows.change(tx, self.company.id_of(code), columns)

    def issue(self) -> Issued:
        with transaction(self.database) as tx:
            by = self.company.id_of(CHEN)
            return desk.issue(tx, CUSTOMER, by=by, now=self.clock())

    def looks(self) -> int:
        """What the clock does each minute."""
        with transaction(self.database) as tx:
            return desk.compare(tx, POLICY, self.clock())

    def passes(self, **span: float) -> None:
        self.clock.passes(**span)
        self.looks()
        tick(self.database, POLICY, self.clock)

    def card(self) -> Issued:
        with reading(self.database) as tx:
            found = card_rows.newest_of(tx, CUSTOMER)
        assert found is not None
        return found

    def due(self) -> datetime | None:
        with reading(self.database) as tx:
            return desk.due_at(tx, self.card())

    def printed(self) -> list[int]:
        """Which cards are owed to the press."""
        with reading(self.database) as tx:
            kinds = frozenset({Promise.RENDER})
            return [one.subject_id for one in deadlines.due(tx, self.clock(), 50, kinds=kinds)]

    def told(self, verb: str) -> list[Mapping[str, Any]]:
        with reading(self.database) as tx:
            return [one.facts for one in journal.after(tx, 0, NOON) if one.verb == verb]


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_a_card_is_issued_once_however_often_it_is_asked_for(office: Office) -> None:
    issued = office.issue()
    assert (issued.version, issued.customer_id) == (1, CUSTOMER)
    assert [one.phone for one in issued.card.people] == ["13800000001", "13800000002"]
    assert office.issue() == issued
    assert office.printed() == [issued.id]
    assert len(office.told("contact_card_issued")) == 1


def test_where_nobody_has_a_number_no_card_is_issued(office: Office) -> None:
    for code in (CHEN, LI):
        office.person(code, phone="")
    with pytest.raises(NotNowError, match=r"contact_card\.refused\.nobody"):
        office.issue()
    with transaction(office.database) as tx:
        assert desk.issue_missing(tx, by=office.company.id_of(CHEN), now=NOON) == 0
        desk.set_service_line(tx, "400-800-1234", by=office.company.id_of(CHEN), now=NOON)
        assert desk.issue_missing(tx, by=office.company.id_of(CHEN), now=NOON) == 1
        assert desk.issue_missing(tx, by=office.company.id_of(CHEN), now=NOON) == 0


def test_five_edits_make_one_new_card(office: Office) -> None:
    """A13: a change issues it anew; what is corrected within the half hour goes out once."""
    first = office.issue()
    for number in range(5):
        office.person(CHEN, phone=f"1390000000{number}")
        office.passes(minutes=10)
        assert office.card().version == 1
    assert office.card().outdated_at == NOON + timedelta(minutes=10)
    assert office.due() == NOON + timedelta(minutes=80)
    office.passes(minutes=31)
    assert office.card().version == 2
    assert office.card().card.people[0].phone == "13900000004"
    assert office.card().issued_by is None
    assert office.card().outdated_at is None
    assert office.printed() == [first.id, office.card().id]
    assert [one["version"] for one in office.told("contact_card_outdated")] == [1]
    assert office.looks() == 0


def test_what_is_put_right_again_makes_no_new_card(office: Office) -> None:
    office.issue()
    office.person(CHEN, phone="13900000000")
    office.passes(minutes=1)
    assert office.due() is not None
    office.person(CHEN, phone="13800000001")
    office.passes(minutes=1)
    assert (office.due(), office.card().outdated_at) == (None, None)
    office.passes(hours=2)
    assert office.card().version == 1


def test_a_change_in_the_last_minute_puts_the_new_card_off(office: Office) -> None:
    """Between two looks of the clock: the promise itself looks again."""
    office.issue()
    office.person(CHEN, phone="13900000000")
    office.passes(minutes=1)
    office.clock.passes(minutes=31)
    office.person(CHEN, phone="13900000009")
    tick(office.database, POLICY, office.clock)
    assert office.card().version == 1
    assert office.due() == office.clock() + timedelta(minutes=30)


def test_a_change_in_the_evening_waits_for_the_morning(office: Office) -> None:
    office.issue()
    office.clock.passes(hours=9)  # 21:00
    office.person(LI, name="李敏")
    office.passes(minutes=1)
    assert office.due() == datetime.fromisoformat("2026-06-16T08:00:00+08:00")


def test_whoever_issues_it_at_once_is_not_followed_by_another(office: Office) -> None:
    office.issue()
    office.person(CHEN, phone="13900000000")
    office.passes(minutes=1)
    assert office.issue().version == 2
    office.passes(hours=1)
    assert office.card().version == 2


def test_a_card_stays_outdated_while_nobody_is_left_to_call(office: Office) -> None:
    office.issue()
    for code in (CHEN, LI):
        office.person(code, phone="")
    office.passes(minutes=1)
    office.passes(hours=1)
    assert (office.card().version, office.due()) == (1, None)
    assert office.card().outdated_at is not None
    office.person(LI, phone="13800000002")
    office.passes(minutes=1)
    office.passes(hours=1)
    assert office.card().version == 2


def test_an_archived_customer_gets_none_any_more(office: Office) -> None:
    office.issue()
    office.person(CHEN, phone="13900000000")
    office.passes(minutes=1)
    with transaction(office.database) as tx:
        customer_rows.change(tx, CUSTOMER, {"archived_at": office.clock()})
    office.passes(hours=1)
    assert office.card().version == 1
    with pytest.raises(NotNowError, match="archived"):
        office.issue()


def test_who_takes_turns_stands_on_the_card_as_such(office: Office) -> None:
    """The rota says who stands in for the head and who is called out; a week's change does not."""
    from operations import rota as rota_desk  # noqa: PLC0415
    from rules.model import Layer  # noqa: PLC0415
    from rules.rotations import Rotation, Turns  # noqa: PLC0415

    office.issue()
    rotation = Rotation(
        name="一线",
        layer=Layer.FIRST,
        kind=Turns.WEEKLY,
        turn_days=7,
        members=(office.company.id_of(LI),),
        starts_on=NOON.date(),
    )
    with transaction(office.database) as tx:
        rota_desk.plan(tx, rotation, by=None, now=office.clock())
    office.passes(minutes=1)
    office.passes(hours=1)
    assert [one.part for one in office.card().card.people] == ["head", "duty"]
