"""How long a text message is, as the operators count (3GPP TS 23.038): by table and property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify import segments

LINK = "https://watch.example.com/l/" + "s" * 43


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("报" * 70, 1),
        ("报" * 71, 2),
        ("报" * 134, 2),
        ("报" * 135, 3),
        ("a" * 69 + "报", 1),
        ("😀" * 35, 1),  # two UTF-16 units each
        ("😀" * 36, 2),
        ("é" * 160, 1),
        ("ê" * 71, 2),
    ],
)
def test_segments(text: str, number: int) -> None:
    assert segments.count(text) == number


def test_what_fits_is_left_alone() -> None:
    assert segments.fitted("报警", LINK, most=3) == f"报警\n{LINK}"
    assert segments.fitted("报警", "", most=1) == "报警"


@given(head=st.text(max_size=400), most=st.integers(2, 5))
def test_the_link_is_whole_and_the_message_no_longer_than_allowed(head: str, most: int) -> None:
    text = segments.fitted(head, LINK, most=most)
    assert text.endswith(LINK)
    assert segments.count(text) <= most


def test_a_link_that_is_too_long_by_itself_goes_alone() -> None:
    assert segments.fitted("报" * 70, "x" * 400, most=1) == "x" * 400
