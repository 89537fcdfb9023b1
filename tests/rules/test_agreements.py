"""What may be agreed before the work (B14, C07)."""

from datetime import UTC, datetime, timedelta

import pytest

from rules import agreements as agreement_rules

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", []),
        ("\n \n", []),
        ("new plug: in the van", [("new plug", "in the van")]),
        ("更换水晶头：车上有备件\n", [("更换水晶头", "车上有备件")]),
        ("at 10:30: ok", [("at 10", "30: ok")]),
        ("new plug", [("new plug", "")]),
        ("a：b: c\nd: e", [("a", "b: c"), ("d", "e")]),
    ],
)
def test_one_a_line(typed: str, read: list[tuple[str, str]]) -> None:
    found = agreement_rules.solutions_in(typed)
    assert [(one.what, one.feasible) for one in found] == read


@pytest.mark.parametrize(
    ("typed", "least", "why"),
    [
        ("a: b", 1, None),
        ("a: b", 0, None),
        ("", 0, "too_few_solutions"),
        ("a: b", 2, "too_few_solutions"),
        ("a: b\nA : c", 2, "too_few_solutions"),
        ("a: b\nc: d", 2, None),
        ("a: b\nc: d\ne", 2, "solution_not_whole"),
        (": b\nc: d", 2, "solution_not_whole"),
    ],
)
def test_what_is_proposed_is_whole_and_enough(typed: str, least: int, why: str | None) -> None:
    some = agreement_rules.solutions_in(typed)
    assert agreement_rules.refusal_of_solutions(some, least) == why


@pytest.mark.parametrize(
    ("ahead", "fits"),
    [
        (timedelta(), False),
        (timedelta(seconds=-1), False),
        (timedelta(seconds=1), True),
        (timedelta(days=90), True),
        (timedelta(days=90, seconds=1), False),
    ],
)
def test_an_appointment_lies_ahead_and_not_too_far(ahead: timedelta, *, fits: bool) -> None:
    assert agreement_rules.appointment_fits(NOW + ahead, NOW) is fits


def test_the_reminder_comes_before_it_or_at_once() -> None:
    at = NOW + timedelta(hours=3)
    assert agreement_rules.remind_at(at, 7200, NOW) == NOW + timedelta(hours=1)
    assert agreement_rules.remind_at(at, 5 * 3600, NOW) == NOW
