"""Values as devices really write them: read where they are certain, left out where they are not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dialects.lenient import Unreadable, body, flag, instant, number, record, text

MORNING = datetime(2024, 1, 22, 11, 46, 31, tzinfo=UTC)


@pytest.mark.parametrize("said", [True, 1, 1.0, "1", "true", "True", " ON ", "yes", "1.0"])
def test_true_in_its_many_forms(said: object) -> None:
    assert flag(said) is True


@pytest.mark.parametrize("said", [False, 0, 0.0, "0", "false", "OFF", "no"])
def test_false_in_its_many_forms_above_all_the_text_0(said: object) -> None:
    assert flag(said) is False


@pytest.mark.parametrize("said", [None, "", 2, -1, "maybe", [], {}, float("nan"), 10**400])
def test_what_is_neither_true_nor_false_is_not_said(said: object) -> None:
    assert flag(said) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [("42.500", 42.5), (15, 15.0), ("15", 15.0), (-3.5, -3.5), ("-3", -3.0), ("1e3", 1000.0)],
)
def test_numbers_also_come_as_text(said: object, value: float) -> None:
    assert number(said) == value


@pytest.mark.parametrize(
    "said",
    ["", None, True, "nan", "inf", "1_000", "12 V", 10**400, "1e999", "9" * 100, float("inf"), []],
)
def test_what_is_no_finite_number_is_not_said(said: object) -> None:
    assert number(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "2024-01-22T11:46:31Z",
        "2024-01-22T19:46:31+08:00",
        "2024-01-22T03:46:31-8:00",  # an hour of one digit
        "2024-01-22T11:46:3100:00",  # the sign of the zone is lost
        "2024-01-22 11:46:31+00:00",
        1705923991,  # seconds
        1705923991.0,
        "1705923991",
        1705923991000,  # milliseconds
        "1705923991000",
        1705923991000000,
        1705923991000000000,
        "_11:46:31,01-22-2024",  # SIA DC-09: GMT
        "11:46:31,01-22-2024",
    ],
)
def test_one_instant_in_every_form_that_was_seen(said: object) -> None:
    assert instant(said) == MORNING


@pytest.mark.parametrize(
    "said",
    [
        "2026-09-09T17:02:40",  # no zone: nobody knows where
        "2024-01-22T11:46:3108:00",  # a zone, but east or west?
        "2024-13-22T11:46:31Z",
        "_25:00:00,01-01-2024",
        "",
        None,
        True,
        {},
        "yesterday",
        -1,
        10**400,
        "9" * 60,
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2024-01-22T11:46:31Z" + " " * 100,
    ],
)
def test_a_time_that_nobody_can_place_is_no_time(said: object) -> None:
    assert instant(said) is None


def test_1970_is_given_back_it_is_what_a_clock_never_set_says() -> None:
    assert instant("1970-01-01T00:00:09Z") == datetime(1970, 1, 1, 0, 0, 9, tzinfo=UTC)
    assert instant(0) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("a\x00b\nc", "abc"),
        ("  门口 ", "门口"),
        (7, "7"),
        (5.5, "5.5"),
        (None, ""),
        (True, ""),
        ([], ""),
    ],
)
def test_text_is_one_printable_line(said: object, line: str) -> None:
    assert text(said) == line


def test_text_is_bounded() -> None:
    assert text("x" * 70_000) == "x" * 128
    assert text("x" * 70_000, 5) == "xxxxx"
    assert text(10**5000) == ""


@pytest.mark.parametrize(
    "raw",
    [b'{"a":1}', b'\xef\xbb\xbf{"a":1}', b'{"a":1}\x00\x00', b' {"a":1}\r\n', b'{"a":1}\n\x00'],
)
def test_a_document_with_a_mark_before_or_nuls_behind(raw: bytes) -> None:
    assert body(raw, most_bytes=100) == {"a": 1}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"\xff\xfe{\x00}\x00",  # UTF-16
        '{"a":"门"}'.encode("gbk"),
        b'{"a":' * 20_000,
        b"[" * 65_536,
        b"1e400",
        b"9" * 60_000,
        b"NaN",
        b"{'a':1}",
        b'"\\ud800"',
    ],
)
def test_what_is_no_document_says_why(raw: bytes) -> None:
    said = body(raw, most_bytes=200_000)
    assert isinstance(said, Unreadable)
    assert 0 < len(said.reason) <= 200


def test_a_body_that_is_too_large_is_not_even_read() -> None:
    said = body(b'"' + b"x" * 100 + b'"', most_bytes=100)
    assert isinstance(said, Unreadable)
    assert "102 bytes" in said.reason


def test_a_record_is_an_object_or_empty() -> None:
    assert record({"a": 1}) == {"a": 1}
    assert record(123) == record(None) == record([1]) == {}


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(_anything)
def test_no_value_is_too_odd(value: object) -> None:
    flag(value)
    number(value)
    record(value)
    line = text(value)
    assert len(line) <= 128
    assert line.isprintable()
    at = instant(value)
    assert at is None or (at.tzinfo is UTC and 1970 <= at.year < 9999)


@given(st.binary(max_size=4096))
def test_no_bytes_are_too_odd(raw: bytes) -> None:
    body(raw, most_bytes=2048)
