"""DC-09 frames: strict on the CRC, lenient on the length (A01, D06)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dc09 import frame
from collector.dc09.frame import Content, Flaw, Frame
from tests.collector.dc09 import frames

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def _read(raw: bytes) -> Frame:
    read = frame.read(raw)
    assert isinstance(read, Frame), read
    return read


def _content(raw: bytes, key: bytes | None = None) -> Content:
    content = frame.open_content(_read(raw), key)
    assert isinstance(content, Content), content
    return content


@pytest.mark.parametrize(
    ("raw", "data", "t"),
    [
        (frames.CLOSING, "Nri1/CL501", datetime(2019, 9, 25, 14, 12, 4, tzinfo=UTC)),
        (frames.WRONG_LENGTH, "Nri2/JC12", datetime(2021, 9, 15, 12, 58, 23, tzinfo=UTC)),
        (frames.AC_LOSS, "1301 00 000", datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)),
        (frames.LOW_BATTERY, "1384 01 012", datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)),
        (frames.STILL_TAMPERED, "6383 01 012", datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)),
        (frames.AT, "Nri1/AT0", datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)),
        (frames.AR, "Nri1/AR0", datetime(2026, 6, 15, 1, 32, 3, tzinfo=UTC)),
    ],
)
def test_verified_frames_are_read(raw: bytes, data: str, t: datetime) -> None:
    content = _content(raw)
    assert (content.data, content.t) == (data, t)


def test_the_published_encrypted_null_is_read_with_its_key() -> None:
    content = _content(frames.ENCRYPTED, frames.KEY)
    assert content.data == ""
    assert content.t == datetime(2020, 7, 5, 18, 24, 52, tzinfo=UTC)


@pytest.mark.parametrize("raw", frames.WRONG_CRC)
def test_a_wrong_crc_is_not_to_be_answered(raw: bytes) -> None:
    read = frame.read(raw)
    assert isinstance(read, Flaw)
    assert not read.answerable


def test_a_wrong_length_is_noted_and_forgiven() -> None:
    assert not _read(frames.CLOSING).length_right
    assert not _read(frames.WRONG_LENGTH).length_right
    assert _read(frames.AC_LOSS).length_right


@pytest.mark.parametrize("size", [16, 24, 32])
def test_all_three_key_lengths(size: int) -> None:
    key = bytes(range(size))
    content = _content(frames.said("1384 01 012", at=NOON, key=key)[1:-1], key)
    assert (content.data, content.t) == ("1384 01 012", NOON)


def test_a_wrong_key_is_a_flaw_that_may_be_told() -> None:
    read = _read(frames.said("1384 01 012", at=NOON, key=frames.KEY)[1:-1])
    flaw = frame.open_content(read, b"B" * 16)
    assert isinstance(flaw, Flaw)
    assert flaw.answerable


def test_an_encrypted_message_must_bear_a_time() -> None:
    read = _read(frames.said("1384 01 012", key=frames.KEY)[1:-1])
    assert isinstance(frame.open_content(read, frames.KEY), Flaw)


def test_encryption_can_not_be_left_off_once_there_is_a_key() -> None:
    assert isinstance(frame.open_content(_read(frames.AC_LOSS), frames.KEY), Flaw)
    encrypted = _read(frames.said("1301 00 000", at=NOON, key=frames.KEY)[1:-1])
    assert isinstance(frame.open_content(encrypted, None), Flaw)


def test_padding_and_account_before_the_data_are_left_out() -> None:
    raw = frame.write(
        f'"*SIA-DCS"0007L0#5501[{frame.encrypt("x|#5501|NFA129]_12:00:00,06-15-2026", frames.KEY)}'
    )
    content = _content(raw[1:-1], frames.KEY)
    assert (content.data, content.account) == ("NFA129", "5501")


def test_extras_are_kept_with_their_letters() -> None:
    extras = "[H11:59:00,06-15-2026][J2][IEntr\u00e9e]"
    content = _content(frames.said("1301 00 000", extras=extras, at=NOON)[1:-1])
    assert content.extras == {"H": "11:59:00,06-15-2026", "J": "2", "I": "Entrée"}


def test_answers_echo_the_number_and_the_account() -> None:
    read = _read(frames.AC_LOSS)
    assert frame.ack(read, None, NOON)[9:-1] == b'"ACK"0001L0#5501[]'
    assert frame.duh(read)[9:-1] == b'"DUH"0001L0#5501[]'
    assert frame.nak(NOON)[9:-1] == b'"NAK"0000R0L0A0[]_12:00:00,06-15-2026'
    assert frames.answer(frame.ack(read, None, NOON)).kind == "ACK"


def test_the_answer_to_an_encrypted_message_is_encrypted() -> None:
    read = _read(frames.said("1301 00 000", at=NOON, key=frames.KEY)[1:-1])
    told = frames.answer(frame.ack(read, frames.KEY, NOON))
    assert told.encrypted
    opened = frame.open_content(told, frames.KEY)
    assert isinstance(opened, Content)
    assert opened.t == NOON


@given(st.binary(max_size=300))
def test_random_bytes_never_raise_and_never_pass(raw: bytes) -> None:
    read = frame.read(raw)
    assert isinstance(read, Flaw)


@given(st.text(st.characters(codec="cp1252", exclude_characters="\r\n"), max_size=200))
def test_anything_behind_a_right_crc_never_raises(words: str) -> None:
    for quoted in (words, f'"SIA-DCS"0001L0#5501[{words}', f'"*ADM-CID"0001L0#5501[{words}'):
        read = frame.read(frame.write(quoted)[1:-1])
        if isinstance(read, Frame):
            for key in (None, frames.KEY):
                opened = frame.open_content(read, key)
                assert isinstance(opened, Content | Flaw)


@given(st.text("0123456789 NriBATUEH/^abc", max_size=60), st.sampled_from([None, frames.KEY]))
def test_what_is_written_is_read_again(data: str, key: bytes | None) -> None:
    content = _content(frames.said(data, at=NOON, key=key)[1:-1], key)
    assert content.data == data


@given(st.integers(0, 10_000))
def test_one_flipped_bit_is_always_noticed(where: int) -> None:
    """In the quoted part; the length before it is not covered by the CRC."""
    raw = bytearray(frames.AC_LOSS)
    raw[8 + where % (len(raw) - 8)] ^= 1 << where % 8
    assert isinstance(frame.read(bytes(raw)), Flaw)
