"""Turns planned and decided otherwise in the database: the past stays, the future follows (1)."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from operations import calendars
from operations import duty as duty_desk
from operations import rota as rota_desk
from operations import rota_preview as preview_desk
from operations.calendars import CalendarError
from operations.rota import RotaError
from rules import rotations as turns
from rules.duty import Shift, Span
from rules.holidays import Entered
from rules.model import Layer, PersonId
from rules.policy import RotaFigures
from rules.rota_quality import Flaw
from rules.rotations import Days, Gap, Override, Rotation, Turns, Why
from storage import company as company_rows
from storage import duty as duty_rows
from storage import journal
from storage import people as people_rows
from storage.db import Database, Tx, reading, transaction
from tests import company as companies
from tests.company import CHEN, LI, WANG, Company

NOW = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
ALWAYS = Span(starts_at=NOW - timedelta(days=9000), ends_at=NOW + timedelta(days=9000))
FIGURES = RotaFigures()
A_SOAK = [pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 42)]


def hours(start: float, end: float, now: datetime = NOW) -> Span:
    return Span(starts_at=now + timedelta(hours=start), ends_at=now + timedelta(hours=end))


@pytest.fixture
def company(database: Database) -> Company:
    """Li first, Wang second and Chen head for years: one decision each."""
    with transaction(database) as tx:
        return companies.found(tx)


def weekly(company: Company, *codes: str, layer: Layer = Layer.FIRST) -> Rotation:
    return Rotation(
        name="Weeks",
        layer=layer,
        kind=Turns.WEEKLY,
        turn_days=7,
        members=tuple(company.id_of(code) for code in codes),
        starts_on=date(2026, 11, 23),
        handover=time(9),
    )


def emptied(tx: Tx, company: Company, now: datetime = NOW) -> None:
    """Take back whoever stood for years."""
    for one in rota_desk.planned(tx, hours(0, 1, now)).overrides:
        rota_desk.revoke(tx, one.id, by=company.id_of(CHEN), now=now)


def code_at(tx: Tx, company: Company, at: datetime, now: datetime = NOW) -> str | Gap | None:
    slot = rota_desk.at(tx, at, now)[Layer.FIRST]
    names = {person.id: code for code, person in company.people.items()}
    return names[slot.person_id] if slot.person_id else slot.gap


def as_derived(tx: Tx, now: datetime) -> bool:
    """Is what is written down for the future exactly what follows from the plans?"""
    until = turns.horizon(now, company_rows.timezone(tx))
    future = Span(starts_at=now, ends_at=until)
    follows = turns.shifts_of(rota_desk.derived(tx, future))
    stored = [_within(one, future) for one in duty_rows.since(tx, now)]
    return stored == [_within(one, future) for one in follows]


def _within(shift: Shift, span: Span) -> tuple[Layer, PersonId, datetime, datetime]:
    begins = max(shift.starts_at, span.starts_at)
    return shift.layer, shift.person_id, begins, shift.ends_at


def test_a_rotation_is_called_by_from_its_first_hand_over_on(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        emptied(tx, company)
        rota_desk.plan(tx, weekly(company, LI, WANG), by=company.id_of(CHEN), now=NOW)
        handover = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, two minutes ago
        found = [duty_desk.on_duty(tx, handover + timedelta(days=n)).first for n in (1, 8, 15)]
        assert [person.code for person in found if person] == [LI, WANG, LI]
        assert as_derived(tx, NOW)


def test_settling_twice_changes_nothing_and_a_day_later_one_more_day(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        emptied(tx, company)
        rota_desk.plan(tx, weekly(company, LI, WANG), by=company.id_of(CHEN), now=NOW)
        before = duty_rows.between(tx, ALWAYS)
        assert rota_desk.settle(tx, NOW) == 0
        assert rota_desk.settle(tx, NOW + timedelta(hours=1)) == 0
        assert duty_rows.between(tx, ALWAYS) == before
        assert rota_desk.settle(tx, NOW + timedelta(days=1)) == 2  # one goes on, one begins
        assert as_derived(tx, NOW + timedelta(days=1))


def test_the_past_stays_whatever_is_planned_later(database: Database, company: Company) -> None:
    """Who was on duty at any past instant can be answered (1)."""
    later, head = NOW + timedelta(days=10), company.id_of(CHEN)
    with transaction(database) as tx:
        emptied(tx, company)
        number = rota_desk.plan(tx, weekly(company, LI, WANG), by=head, now=NOW)
        instants = [NOW - timedelta(days=30), NOW + timedelta(days=1), NOW + timedelta(days=9)]
        before = [code_at(tx, company, at, later) for at in instants]
        assert before == [LI, LI, WANG]
        turned = weekly(company, WANG, LI, WANG)
        rota_desk.edit(tx, _numbered(turned, number), by=head, now=later)
        rota_desk.override(tx, Layer.FIRST, None, ALWAYS, by=head, now=later)
        rota_desk.archive(tx, number, by=head, now=later)
        people_rows.leave(tx, company.id_of(LI), later)
        rota_desk.settle(tx, later)
        assert [code_at(tx, company, at, later) for at in instants] == before
        assert code_at(tx, company, later + timedelta(days=1), later) is Gap.LEFT_EMPTY


def _numbered(rotation: Rotation, number: int) -> Rotation:
    return Rotation(
        id=number,
        name=rotation.name,
        layer=rotation.layer,
        kind=rotation.kind,
        turn_days=rotation.turn_days,
        members=rotation.members,
        starts_on=rotation.starts_on,
        handover=rotation.handover,
    )


def test_a_decision_of_the_past_is_refused_and_one_that_began_counts_from_now(
    database: Database, company: Company
) -> None:
    wang, head = company.id_of(WANG), company.id_of(CHEN)
    with transaction(database) as tx:
        with pytest.raises(RotaError, match=r"rota\.is_past"):
            rota_desk.override(tx, Layer.FIRST, wang, hours(-4, 0), by=head, now=NOW)
        made = rota_desk.override(tx, Layer.FIRST, wang, hours(-4, 4), by=head, now=NOW)
        assert made.starts_at == NOW
        assert code_at(tx, company, NOW - timedelta(hours=1)) == LI
        assert duty_desk.on_duty(tx, NOW).first == company.people[WANG]


def test_taking_back_a_decision_brings_back_what_was_below(
    database: Database, company: Company
) -> None:
    head = company.id_of(CHEN)
    with transaction(database) as tx:
        below = rota_desk.override(
            tx, Layer.FIRST, company.id_of(WANG), hours(2, 8), by=head, now=NOW
        )
        above = rota_desk.override(tx, Layer.FIRST, None, hours(4, 6), by=head, now=NOW)
        assert code_at(tx, company, NOW + timedelta(hours=5)) is Gap.LEFT_EMPTY
        rota_desk.revoke(tx, above.id, by=head, now=NOW)
        assert code_at(tx, company, NOW + timedelta(hours=5)) == WANG
        rota_desk.revoke(tx, below.id, by=head, now=NOW + timedelta(hours=3))
        later = NOW + timedelta(hours=5)
        assert code_at(tx, company, later, later) == LI
        assert code_at(tx, company, NOW + timedelta(hours=2.5), later) == WANG
        with pytest.raises(RotaError, match=r"rota\.already_revoked"):
            rota_desk.revoke(tx, below.id, by=head, now=NOW)
        assert as_derived(tx, NOW + timedelta(hours=3))


def test_a_swap_of_two_is_written_together_or_not_at_all(
    database: Database, company: Company
) -> None:
    wang, head = company.id_of(WANG), company.id_of(CHEN)
    fine = _decided(wang, hours(2, 4), Why.SWAP)
    with transaction(database) as tx:
        before = duty_rows.between(tx, ALWAYS)
        with pytest.raises(RotaError, match=r"rota\.not_of_our_staff"):
            rota_desk.override_all(
                tx, [fine, _decided(PersonId(4711), hours(5, 6))], by=head, now=NOW
            )
        assert duty_rows.between(tx, ALWAYS) == before
        made = rota_desk.override_all(tx, [fine], by=None, now=NOW)
        assert [one.kind for one in made] == [Why.SWAP]


def _decided(person_id: PersonId, span: Span, kind: Why = Why.OVERRIDE) -> Override:
    return Override(
        layer=Layer.FIRST,
        person_id=person_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        kind=kind,
    )


def test_whoever_leaves_makes_room_at_the_next_settling(
    database: Database, company: Company
) -> None:
    with transaction(database) as tx:
        people_rows.leave(tx, company.id_of(LI), NOW)
        assert rota_desk.settle(tx, NOW)
        assert code_at(tx, company, NOW + timedelta(hours=1)) is Gap.HAS_LEFT
        assert Layer.FIRST not in duty_rows.standing(tx, NOW)


def test_beyond_the_horizon_it_is_told_who_will_stand(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        emptied(tx, company)
        rota_desk.plan(tx, weekly(company, LI, WANG), by=company.id_of(CHEN), now=NOW)
        found = {code_at(tx, company, NOW + timedelta(days=7 * n + 1)) for n in range(40, 42)}
        assert found == {LI, WANG}
        assert duty_rows.standing(tx, NOW + timedelta(days=300)) == {}


@pytest.mark.parametrize("seed", [0, 1, *A_SOAK])
def test_whatever_is_done_the_past_stays_and_the_future_follows(
    database: Database, company: Company, seed: int
) -> None:
    """A quarter of planning at random: each answer once given for the past is given for ever."""
    dice, now = random.Random(seed), NOW  # noqa: S311 - a test's dice
    people = [company.id_of(code) for code in (LI, WANG, CHEN)]
    told: dict[datetime, dict[Layer, PersonId | None]] = {}
    for _ in range(20):
        with transaction(database) as tx:
            _does_something(tx, dice, people, now)
            assert as_derived(tx, now)
        now += timedelta(hours=dice.choice((1, 7, 30, 150)), minutes=dice.randrange(60))
        with transaction(database) as tx:
            rota_desk.settle(tx, now)
            assert as_derived(tx, now)
            told[now - timedelta(minutes=dice.randrange(1, 60))] = {}
            for instant, answer in told.items():
                found = rota_desk.at(tx, instant, now)
                again = {layer: slot.person_id for layer, slot in found.items()}
                assert (answer or again) == again
                told[instant] = again


def _does_something(tx: Tx, dice: random.Random, people: list[PersonId], now: datetime) -> None:
    by, planned = people[2], rota_desk.planned(tx, hours(0, 2000, now))
    begins = now + timedelta(hours=dice.randrange(-50, 300))
    span = Span(starts_at=begins, ends_at=begins + timedelta(hours=dice.randrange(60, 200)))
    turns_anew = Rotation(
        name="x",
        layer=dice.choice((Layer.FIRST, Layer.SECOND)),
        kind=dice.choice(list(Turns)),
        turn_days=dice.randrange(1, 9),
        members=tuple(dice.choices(people, k=dice.randrange(1, 4))),
        starts_on=(now + timedelta(days=dice.randrange(-20, 20))).date(),
        handover=time(dice.randrange(24)),
        days=dice.choice(list(Days)),
        hours=dice.choice((None, (time(22), time(6)), (time(9), time(17)))),
    )
    rotation = dice.choice(planned.rotations) if planned.rotations else None
    match dice.randrange(6):
        case 0 if rotation:
            rota_desk.edit(tx, replace(turns_anew, id=rotation.id), by=by, now=now)
        case 1 if rotation and dice.random() < 0.5:
            rota_desk.archive(tx, rotation.id, by=by, now=now)
        case 2 if planned.overrides:
            rota_desk.revoke(tx, dice.choice(planned.overrides).id, by=by, now=now)
        case 3 | 4:
            whom = dice.choice([*people, None])
            rota_desk.override(tx, turns_anew.layer, whom, span, by=by, now=now)
        case _:
            rota_desk.plan(tx, turns_anew, by=by, now=now)


def test_what_a_rotation_refuses(database: Database, company: Company) -> None:
    head = company.id_of(CHEN)
    plain = weekly(company, LI)
    wrong = {
        "rota.rotation.nobody": weekly(company),
        "rota.not_of_our_staff": _but(plain, members=(PersonId(4711),)),
        "rota.ends_before_it_starts": _but(plain, ends_on=date(2026, 11, 22)),
        "rota.rotation.no_hours": _but(plain, hours=(time(8), time(8))),
        "rota.rotation.archived": _but(plain, id=4711),
    }
    with transaction(database) as tx:
        for message, rotation in wrong.items():
            with pytest.raises(RotaError) as refused:
                (rota_desk.edit if rotation.id else rota_desk.plan)(tx, rotation, by=head, now=NOW)
            assert refused.value.message_id == message
        with pytest.raises(RotaError, match=r"rota\.rotation\.archived"):
            rota_desk.archive(tx, 4711, by=head, now=NOW)


def _but(rotation: Rotation, **changed: object) -> Rotation:
    fields = {name: getattr(rotation, name) for name in rotation.__slots__}
    return Rotation(**{**fields, "id": 0, **changed})


def test_the_journal_tells_each_change(database: Database, company: Company) -> None:
    head = company.id_of(CHEN)
    with transaction(database) as tx:
        number = rota_desk.plan(tx, weekly(company, LI), by=head, now=NOW)
        rota_desk.edit(tx, _numbered(weekly(company, LI, WANG), number), by=head, now=NOW)
        rota_desk.edit(tx, _numbered(weekly(company, LI, WANG), number), by=head, now=NOW)
        rota_desk.archive(tx, number, by=head, now=NOW)
        told = journal.of_record(tx, f"rotations/{number}", limit=9)
    assert [entry.verb for entry in told] == [
        "rotation_archived",
        "rotation_changed",
        "rotation_planned",
    ]
    assert told[1].facts["before"]["members"] == [company.id_of(LI)]


def test_a_preview_says_who_changes_and_what_is_wrong_and_writes_nothing(
    database: Database, company: Company
) -> None:
    wang = company.id_of(WANG)
    with reading(database) as tx:
        before = duty_rows.between(tx, ALWAYS)
        told = preview_desk.of_overrides(tx, [_decided(wang, hours(2, 4))], FIGURES, NOW)
        assert duty_rows.between(tx, ALWAYS) == before
    [change] = told.changes
    assert (change.before, change.after) == (company.id_of(LI), wang)
    assert [one.flaw for one in told.new] == [Flaw.DOUBLE]  # Wang stands second as well
    assert [one.flaw for one in told.before.concerns] == [Flaw.TOO_LONG]
    assert told.provisional == []


def test_a_preview_of_turns_weighs_them(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        emptied(tx, company)
        told = preview_desk.of_rotation(tx, weekly(company, LI, WANG), FIGURES, NOW)
        assert told.before.score is None
        assert told.after.score is not None
        assert told.after.score > 80
        assert told.provisional == [2027]
        number = rota_desk.plan(tx, weekly(company, LI), by=company.id_of(CHEN), now=NOW)
        swapped = _numbered(weekly(company, WANG), number)
        [change] = preview_desk.of_rotation(tx, swapped, FIGURES, NOW).changes
        assert (change.before, change.after) == (company.id_of(LI), company.id_of(WANG))
        [gone] = preview_desk.of_archiving(tx, number, FIGURES, NOW).changes
        assert (gone.before, gone.after) == (company.id_of(LI), None)


def test_taking_back_is_previewed_too(database: Database, company: Company) -> None:
    with transaction(database) as tx:
        made = rota_desk.override(
            tx, Layer.FIRST, None, hours(2, 4), by=company.id_of(CHEN), now=NOW
        )
        told = preview_desk.of_revoking(tx, made, FIGURES, NOW)
    assert [one.flaw for one in told.gone] == [Flaw.GAP]
    assert [(one.before, one.after) for one in told.changes] == [(None, company.id_of(LI))]


def test_what_begins_beyond_two_months_is_checked_too(database: Database, company: Company) -> None:
    """The check covers the change, however far ahead it begins."""
    later = NOW + timedelta(days=100)
    wang, far = company.id_of(WANG), Span(starts_at=later, ends_at=later + timedelta(hours=2))
    with transaction(database) as tx:
        emptied(tx, company)
        turning = _but(weekly(company, LI, WANG), starts_on=later.date())
        told = preview_desk.of_rotation(tx, turning, FIGURES, NOW)
        assert {one.after for one in told.changes} == {company.id_of(LI), wang}
        number = rota_desk.plan(tx, turning, by=wang, now=NOW)
        assert preview_desk.of_archiving(tx, number, FIGURES, NOW).changes
        made = rota_desk.override(tx, Layer.HEAD, wang, far, by=wang, now=NOW)
        assert preview_desk.of_revoking(tx, made, FIGURES, NOW).changes


def test_a_day_entered_by_hand_moves_the_turns_of_workdays(
    database: Database, company: Company
) -> None:
    """Years whose make-up workdays are not published: who knows them enters them."""
    head, saturday = company.id_of(CHEN), date(2027, 1, 9)
    duty = _but(weekly(company, LI), days=Days.WORKDAY, hours=(time(9), time(17)))
    noon = datetime(2027, 1, 9, 4, tzinfo=UTC)
    with transaction(database) as tx:
        emptied(tx, company)
        rota_desk.plan(tx, duty, by=head, now=NOW)
        assert code_at(tx, company, noon) is Gap.NOT_PLANNED
        calendars.enter(tx, saturday, Entered(rest=False, name="调休"), by=head, now=NOW)
        assert code_at(tx, company, noon) == LI
        assert as_derived(tx, NOW)
        calendars.enter(tx, saturday, None, by=head, now=NOW)
        assert code_at(tx, company, noon) is Gap.NOT_PLANNED


def test_the_companys_country_decides_which_days_are_worked(
    database: Database, company: Company
) -> None:
    head = company.id_of(CHEN)
    with transaction(database) as tx:
        assert company_rows.calendar(tx).country == "CN"
        calendars.choose(tx, "DE", "BY", by=head, now=NOW)
        assert not company_rows.calendar(tx).is_workday(date(2027, 1, 6))
        with pytest.raises(CalendarError, match=r"rota\.calendar\.unknown_country"):
            calendars.choose(tx, "DE", "Bavaria", by=head, now=NOW)
