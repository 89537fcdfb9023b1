"""The rota in the database: who would be called, whatever the rota says, and who edits it."""

import itertools
import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from operations import duty as duty_desk
from operations import rota as rota_desk
from operations.rota import RotaError
from rules import rotations as turns
from rules.duty import Span, week_span
from rules.model import Layer, PersonId
from rules.rotations import Gap
from storage import duty as duty_rows
from storage import people as people_rows
from storage.db import Database, Tx, reading, transaction
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company

NOW = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
ALWAYS = Span(starts_at=NOW - timedelta(days=9000), ends_at=NOW + timedelta(days=9000))


def hours(start: float, end: float) -> Span:
    return Span(starts_at=NOW + timedelta(hours=start), ends_at=NOW + timedelta(hours=end))


@pytest.fixture
def company(database: Database) -> Company:
    with transaction(database) as tx:
        return companies.found(tx)


def clear(tx: Tx, company: Company, *layers: Layer) -> None:
    for layer in layers:
        rota_desk.override(tx, layer, None, ALWAYS, by=company.id_of(CHEN), now=NOW)


def names(tx: Tx, at: datetime = NOW) -> tuple[str, str, str, bool]:
    duty = duty_desk.on_duty(tx, at)
    first, second, head = duty.first, duty.second, duty.head
    assert first
    assert second
    assert head
    return first.code, second.code, head.code, duty.nobody_on_duty


def test_the_rota_says_who_is_called(database: Database, company: Company) -> None:
    with reading(database) as tx:
        assert names(tx) == (LI, WANG, CHEN, False)
        assert duty_desk.on_duty(tx, NOW, company.site_id).first == company.people[LI]


def test_in_a_gap_an_engineer_stands_in_and_it_is_said(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        clear(tx, company, Layer.FIRST)
        assert names(tx) == (LI, WANG, CHEN, True)


def test_an_empty_rota_still_calls_everybody(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        clear(tx, company, *Layer)
        assert names(tx) == (LI, WANG, CHEN, True)


def test_without_engineers_the_head_is_called(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        clear(tx, company, *Layer)
        for code in (LI, WANG):
            people_rows.leave(tx, company.id_of(code), NOW)
        assert names(tx) == (CHEN, CHEN, CHEN, True)


def test_an_administrator_is_the_last_to_be_asked(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        clear(tx, company, *Layer)
        people_rows.change(tx, company.id_of(CHEN), {"roles": ["admin"]})
        assert names(tx) == (LI, WANG, CHEN, True)


def test_a_stand_in_who_cannot_be_told_comes_last(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        clear(tx, company, Layer.FIRST)
        people_rows.change(tx, company.id_of(LI), {"channels": []})
        assert names(tx)[0] == WANG


def test_an_override_cuts_a_shift_in_two(database: Database, company: Company) -> None:
    wang = company.id_of(WANG)
    with transaction(database) as tx:
        rota_desk.override(tx, Layer.FIRST, wang, hours(2, 4), by=company.id_of(CHEN), now=NOW)
        codes = [names(tx, NOW + timedelta(hours=hour))[0] for hour in (1, 2, 3.99, 4)]
    assert codes == [LI, WANG, WANG, LI]


def test_taking_it_back_joins_the_pieces(database: Database, company: Company) -> None:
    head = company.id_of(CHEN)
    with transaction(database) as tx:
        rota_desk.settle(tx, NOW)
        before = duty_rows.between(tx, ALWAYS)
        for code in (WANG, LI):
            who = company.id_of(code)
            rota_desk.override(tx, Layer.FIRST, who, hours(2, 4), by=head, now=NOW)
        after = duty_rows.between(tx, ALWAYS)
    whole = [(s.layer, s.person_id, s.starts_at, s.ends_at) for s in before]
    assert [(s.layer, s.person_id, s.starts_at, s.ends_at) for s in after] == whole


def test_a_week_is_given_and_shown_with_its_gaps(database: Database, company: Company) -> None:
    monday = date(2026, 11, 23)
    week = week_span(monday, ZoneInfo("Asia/Shanghai"))
    with transaction(database) as tx:
        clear(tx, company, Layer.FIRST)
        wang, chen = company.id_of(WANG), company.id_of(CHEN)
        rota_desk.override(tx, Layer.FIRST, wang, week, by=chen, now=NOW)
        rota_desk.override(tx, Layer.FIRST, None, hours(24, 30), by=chen, now=NOW)
        slots = turns.within(rota_desk.standing(tx, week, NOW), Layer.FIRST, week)
    codes = {person.id: code for code, person in company.people.items()}
    stands = [codes[slot.person_id] if slot.person_id else slot.gap for slot in slots]
    assert stands == [LI, WANG, Gap.LEFT_EMPTY, WANG]  # who stood until now, did
    assert slots[0].starts_at == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert slots[-1].ends_at == week.ends_at
    assert (slots[2].starts_at, slots[2].ends_at) == (
        NOW + timedelta(hours=24),
        NOW + timedelta(hours=30),
    )


def test_what_the_rota_refuses(database: Database, company: Company) -> None:
    li, head = company.id_of(LI), company.id_of(CHEN)
    with transaction(database) as tx:
        with pytest.raises(RotaError, match=r"rota\.ends_before_it_starts"):
            rota_desk.override(tx, Layer.FIRST, li, hours(4, 4), by=head, now=NOW)
        with pytest.raises(RotaError, match=r"rota\.not_of_our_staff"):
            rota_desk.override(tx, Layer.FIRST, PersonId(4711), hours(2, 4), by=head, now=NOW)


def test_two_editors_at_once_never_make_two_people_stand(
    database: Database, company: Company
) -> None:
    barrier = threading.Barrier(4)

    def _edit(number: int) -> None:
        who = company.id_of((LI, WANG)[number % 2])
        barrier.wait()
        for step in range(5):
            span = hours(number + step, number + step + 3.5)
            with transaction(database) as tx:
                rota_desk.override(tx, Layer.FIRST, who, span, by=who, now=NOW)

    threads = [threading.Thread(target=_edit, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(database) as tx:
        shifts = [s for s in duty_rows.between(tx, ALWAYS) if s.layer is Layer.FIRST]
    for shift, following in itertools.pairwise(shifts):
        assert shift.ends_at == following.starts_at


def test_whoever_has_left_leaves_a_gap(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        people_rows.leave(tx, company.id_of(LI), NOW)
        assert names(tx) == (WANG, WANG, CHEN, True)
