"""Swaps held against every rota: what is taken changes those two spans and nothing else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from operations.rota_swaps import overrides
from rules import rota_swaps as rules
from rules import rotations as turns
from rules.duty import Span
from rules.model import Layer, Person, PersonId, Role
from rules.rota_swaps import State, Stretch, Swap
from rules.rotations import Ground, Override, Slot

NOW = datetime(2026, 3, 27, tzinfo=UTC)  # the clocks of Berlin change two days later
WHOLE = Span(starts_at=NOW, ends_at=NOW + timedelta(hours=120))
PEOPLE = [PersonId(n) for n in (1, 2, 3)]
LAYERS = [Layer.FIRST, Layer.SECOND]
GROUND = Ground(
    zone=ZoneInfo("Europe/Berlin"), is_workday=lambda _: True, present=frozenset(PEOPLE)
)


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    begins = draw(st.integers(0, 100))
    return Stretch(
        layer=draw(st.sampled_from(LAYERS)),
        starts_at=NOW + timedelta(hours=begins),
        ends_at=NOW + timedelta(hours=begins + draw(st.integers(1, 20))),
    )


@st.composite
def decided(draw: st.DrawFn) -> list[Override]:
    """Any rota: spans over each other, some left empty."""
    found = draw(st.lists(stretches(), min_size=4, max_size=14))
    return [
        Override(
            id=number + 1,
            layer=one.layer,
            person_id=draw(st.sampled_from(PEOPLE)),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for number, one in enumerate(found)
    ]


def person(number: int, *roles: Role) -> Person:
    return Person(
        id=PersonId(number),
        code=str(number),
        name=str(number),
        roles=frozenset(roles or {Role.ENGINEER}),
        all_sites=True,
        site_ids=frozenset(),
        language="zh",
    )


def stretch_of(slot: Slot) -> Stretch:
    return Stretch(layer=slot.layer, starts_at=slot.starts_at, ends_at=slot.ends_at)


def stands(slots: list[Slot], layer: Layer, at: datetime) -> PersonId | None:
    return next(s.person_id for s in slots if s.layer == layer and s.starts_at <= at < s.ends_at)


@given(decided(), st.data())
def test_what_is_taken_changes_its_spans_and_nothing_else(
    known: list[Override], data: st.DataObject
) -> None:
    before = turns.derive([], known, GROUND, WHOLE)
    wanted = data.draw(st.sampled_from([slot for slot in before if slot.person_id]))
    giver = wanted.person_id
    assert giver is not None
    theirs = [slot for slot in before if slot.person_id not in {None, giver}]
    back = data.draw(st.sampled_from([None, *theirs]))
    others = sorted(set(PEOPLE) - {giver})
    taker = back.person_id if back else data.draw(st.sampled_from(others))
    assert taker is not None
    swap = Swap(
        from_id=giver,
        given=stretch_of(wanted),
        back=stretch_of(back) if back else None,
        offered_at=NOW,
    )
    shifts, earlier = turns.shifts_of(before), NOW - timedelta(hours=1)
    assert rules.refusal_of_taking(swap, person(taker), shifts, earlier) is None
    above = [
        Override(
            id=100 + number,
            layer=one.layer,
            person_id=one.person_id,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for number, one in enumerate(overrides(swap, taker))
    ]
    after = turns.derive([], [*known, *above], GROUND, WHOLE)
    for hour in range(120):
        at = NOW + timedelta(hours=hour)
        for layer in LAYERS:
            was, now = stands(before, layer, at), stands(after, layer, at)
            if layer == wanted.layer and wanted.starts_at <= at < wanted.ends_at:
                assert (was, now) == (giver, taker)
            elif back and layer == back.layer and back.starts_at <= at < back.ends_at:
                assert (was, now) == (taker, giver)
            else:
                assert was == now


@given(decided(), stretches())
def test_only_what_is_wholly_ones_own_is_offered(known: list[Override], wanted: Stretch) -> None:
    slots = turns.derive([], known, GROUND, WHOLE)
    holders = {
        stands(slots, wanted.layer, wanted.starts_at + timedelta(hours=n))
        for n in range(int((wanted.ends_at - wanted.starts_at) / timedelta(hours=1)))
    }
    for who in PEOPLE:
        swap = Swap(from_id=who, given=wanted, offered_at=NOW)
        why = rules.refusal_of_offer(swap, turns.shifts_of(slots), NOW)
        assert why == (None if holders == {who} else "not_yours")


def test_it_ends_with_the_first_of_its_spans() -> None:
    given_up = Stretch(layer=Layer.FIRST, starts_at=NOW + timedelta(2), ends_at=NOW + timedelta(3))
    back = Stretch(layer=Layer.FIRST, starts_at=NOW + timedelta(1), ends_at=NOW + timedelta(2))
    swap = Swap(from_id=PEOPLE[0], given=given_up, offered_at=NOW)
    assert swap.expires_at == given_up.starts_at
    assert Swap(from_id=PEOPLE[0], given=given_up, back=back, offered_at=NOW).expires_at == (
        back.starts_at
    )


def test_heads_stand_anywhere_and_engineers_not_for_heads() -> None:
    """A02: the head's report is the head's or the deputy's."""
    engineer, head, sales = person(1), person(2, Role.HEAD), person(3, Role.SALES)
    assert [layer for layer in Layer if rules.may_stand(engineer, layer)] == [
        *(Layer.FIRST, Layer.SECOND, Layer.LEAD)
    ]
    assert all(rules.may_stand(head, layer) for layer in Layer)
    assert not any(rules.may_stand(sales, layer) for layer in Layer)


def test_an_answered_offer_is_over() -> None:
    given_up = Stretch(layer=Layer.FIRST, starts_at=NOW + timedelta(1), ends_at=NOW + timedelta(2))
    for state in set(State) - {State.OFFERED}:
        swap = Swap(from_id=PEOPLE[0], given=given_up, offered_at=NOW, state=state)
        assert rules.refusal_of_taking(swap, person(2), [], NOW) == "over"


@given(st.integers(0, 7200))
def test_a_quarter_at_least_is_left_to_take_it(seconds: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    found = rules.soonest(now)
    assert timedelta(minutes=15) <= found - now < timedelta(minutes=30)
    assert (found.minute % 15, found.second) == (0, 0)
