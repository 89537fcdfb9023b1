"""Which notices are still wanted, and who carries them next: by table and by property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import notices as rules
from rules.model import PersonId
from rules.notices import Kind, Retry, Standing

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
LI, WANG = PersonId(1), PersonId(2)
RETRY = Retry(waits_s=(5, 20))


@pytest.mark.parametrize(
    ("kind", "standing", "why"),
    [
        (Kind.PAGE, Standing(), None),
        (Kind.PAGE, Standing(received_at=NOW), "received"),
        (Kind.PAGE, Standing(arranged_at=NOW), None),
        (Kind.PAGE, Standing(closed_at=NOW), "closed"),
        (Kind.REPORT, Standing(received_at=NOW), None),
        (Kind.REPORT, Standing(arranged_at=NOW), "arranged"),
        (Kind.REPORT, Standing(self_dispatched_at=NOW), "self_dispatched"),
        (Kind.GO, Standing(self_dispatched_at=NOW), None),
        (Kind.GO, Standing(departed_at=NOW), "departed"),
        (Kind.WARNING, Standing(departed_at=NOW), None),
        (Kind.WARNING, Standing(arrived_at=NOW), "arrived"),
        (Kind.ASSIGNED, Standing(assignee_id=LI), None),
        (Kind.ASSIGNED, Standing(assignee_id=WANG), "somebody_else"),
        (Kind.RELIEVED, Standing(closed_at=NOW, assignee_id=LI), None),
        (Kind.RELIEVED, Standing(assignee_id=WANG), None),
        (Kind.RELIEVED, Standing(assignee_id=LI), "sent_again"),
        (Kind.ALERT, Standing(alert_answered_at=NOW), "answered"),
        (Kind.DEAD_LETTER, Standing(received_at=NOW), None),
        (Kind.RESTORED, Standing(arrived_at=NOW), None),
        (Kind.RESTORED, Standing(closed_at=NOW), None),
        (Kind.DEAD_LETTER, Standing(closed_at=NOW), "closed"),
    ],
)
def test_what_ends_a_notice(kind: Kind, standing: Standing, why: str | None) -> None:
    assert rules.unwanted(kind, LI, standing) == why


@pytest.mark.parametrize(
    ("attempts", "ill", "held", "chosen"),
    [
        (0, set(), set(), "a"),
        (1, set(), set(), "b"),
        (2, set(), set(), "a"),
        (0, {"a"}, set(), "b"),
        (0, {"a", "b"}, set(), "a"),
        (0, set(), {"a"}, "b"),
        (0, {"b"}, {"a"}, "b"),
        (0, set(), {"a", "b"}, None),
    ],
)
def test_whose_turn_it_is(attempts: int, ill: set[str], held: set[str], chosen: str | None) -> None:
    assert rules.choose(["a", "b"], attempts, ill=ill, held=held) == chosen


@pytest.mark.parametrize(
    ("attempts", "providers", "wait_s"),
    [(1, 1, 5), (2, 1, 20), (3, 1, None), (1, 2, 0), (2, 2, 5), (3, 2, 0), (6, 2, None)],
)
def test_when_it_goes_out_again(attempts: int, providers: int, wait_s: float | None) -> None:
    again_at = rules.try_again_at(NOW, attempts, providers, RETRY)
    assert again_at == (None if wait_s is None else NOW + timedelta(seconds=wait_s))


def test_a_refusal_for_good_leaves_only_those_not_yet_asked() -> None:
    assert rules.try_again_at(NOW, 1, 1, RETRY, for_good=True) is None
    assert rules.try_again_at(NOW, 1, 2, RETRY, for_good=True) == NOW
    assert rules.try_again_at(NOW, 2, 2, RETRY, for_good=True) is None


@given(
    providers=st.integers(1, 4),
    waits=st.lists(st.floats(0.1, 600), max_size=5),
    for_good=st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_every_notice_ends_after_each_provider_had_its_chance(
    providers: int, waits: list[float], for_good: list[bool]
) -> None:
    retry, now, attempts = Retry(waits_s=tuple(waits)), NOW, 0
    while True:
        attempts += 1
        again_at = rules.try_again_at(now, attempts, providers, retry, for_good=for_good[attempts])
        if again_at is None:
            break
        assert again_at >= now
        now = again_at
    assert providers <= attempts <= providers * retry.rounds()
