"""The receiver over real TCP: checked, kept, then answered (A01, B11, D06)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.db import DatabaseDownError
from tests.collector.dc09 import frames
from tests.collector.dc09.station import Station, heard
from wiring.dc09 import AccountSettings

LATE = timedelta(seconds=41)
EARLY = timedelta(seconds=21)


def test_a_good_message_is_kept_and_acknowledged(station: Station) -> None:
    told = station.calls(frames.said("1301 00 000", 17, at=station.now))
    assert (frames.answer(told).kind, frames.answer(told).sequence) == ("ACK", "0017")
    assert len(station.letters()) == 1


@pytest.mark.parametrize("raw", [*frames.WRONG_CRC, b"0000003B nonsense", b"GET / HTTP/1.1"])
def test_a_wrong_crc_gets_no_answer_at_all(station: Station, raw: bytes) -> None:
    """Conformance C.2.3.5; it is kept with its reason."""
    assert station.calls(frames.whole(raw)) == b""
    assert station.letters() == []
    assert station.refused() == 1


def test_a_wrong_length_is_taken_and_counted(station: Station) -> None:
    right = frames.said("1301 00 000", at=station.now)
    told = station.calls(right[:5] + b"0279" + right[9:])
    assert frames.answer(told).kind == "ACK"
    assert station.account().wrong_length == 1


@pytest.mark.parametrize("off", [-LATE, EARLY])
def test_outside_the_window_the_host_is_told_our_time(station: Station, off: timedelta) -> None:
    told = station.calls(frames.said("1301 00 000", at=station.now + off))
    assert told[9:-1] == b'"NAK"0000R0L0A0[]_01:00:00,11-23-2026'
    assert station.letters() == []
    assert station.account().wrong_clock == 1
    assert station.account().heard_at is None  # a replayed message restarts nothing


@pytest.mark.parametrize("off", [timedelta(seconds=-40), timedelta(seconds=20)])
def test_the_window_itself_belongs_to_it(station: Station, off: timedelta) -> None:
    told = station.calls(frames.said("1301 00 000", at=station.now + off))
    assert frames.answer(told).kind == "ACK"


def test_after_a_nak_the_host_repeats_with_our_time_and_is_heard(station: Station) -> None:
    assert b"NAK" in station.calls(frames.said("1301 00 000", 4, at=station.now - LATE))
    assert b"ACK" in station.calls(frames.said("1301 00 000", 4, at=station.now))
    assert len(station.letters()) == 1


def test_a_message_without_a_time_is_taken(station: Station) -> None:
    assert b"ACK" in station.calls(frames.said("1301 00 000"))


def test_repeats_are_acknowledged_and_have_no_effect(station: Station) -> None:
    """Conformance C.2.3.7: 9995, 9996, 9995 again, 9997 are three events."""
    for number in (9995, 9996, 9995, 9997):
        assert b"ACK" in station.calls(frames.said("1130 01 003", number, at=station.now))
    assert len(station.letters()) == 3
    assert len(station.security()) == 3
    assert station.account().repeated == 1


def test_numbers_begin_anew_after_9999(station: Station) -> None:
    for data, number in (("Nri1/AT0", 9999), ("Nri1/AR0", 1)):
        raw = frames.said(data, number, kind="SIA-DCS", at=station.now)
        assert b"ACK" in station.calls(raw)
    assert len(station.letters()) == 2


def test_the_same_number_says_something_else_in_its_next_round(station: Station) -> None:
    station.calls(frames.said("1301 00 000", 1, at=station.now))
    assert b"ACK" in station.calls(frames.said("3301 00 000", 1, at=station.now))
    station.sleeps(minutes=16)
    assert b"ACK" in station.calls(frames.said("1301 00 000", 1, at=station.now))
    assert len(station.letters()) == 3


def test_link_tests_are_never_repeats(station: Station) -> None:
    for _ in range(3):
        assert b"ACK" in station.calls(frames.link_test(at=station.now))
    assert len(station.letters()) == 3


def test_an_encrypted_message_is_answered_encrypted(station: Station) -> None:
    raw = frames.said("1301 00 000", account="5502", key=frames.KEY, at=station.now)
    told = frames.answer(station.calls(raw))
    assert (told.kind, told.encrypted) == ("ACK", True)
    (letter,) = station.letters()
    assert b"1301 00 000" in letter  # decrypted, and the key is nowhere
    assert frames.KEY not in letter


def test_a_wrong_key_is_told_and_kept(station: Station) -> None:
    raw = frames.said("1301 00 000", account="5502", key=b"B" * 16, at=station.now)
    assert frames.answer(station.calls(raw)).kind == "DUH"
    assert station.letters() == []
    assert station.account("5502").refused == 1


def test_an_account_with_a_key_is_not_heard_without_it(station: Station) -> None:
    assert frames.answer(station.calls(frames.said("1301 00 000", account="5502"))).kind == "DUH"
    assert station.letters() == []


def test_a_stranger_is_told_that_nobody_listens(station: Station) -> None:
    assert frames.answer(station.calls(frames.said("1301 00 000", account="9999"))).kind == "DUH"
    assert station.refused() == 1


def test_accounts_read_anew_count_from_the_next_frame_on(station: Station) -> None:
    """On lines that are open already; one that was taken away is a stranger from then on."""
    ours = AccountSettings.model_validate({"account": "9999", "site": "S1"})
    anew = station.settings.model_copy(update={"account": (ours,)})
    settings = station.parts.settings.model_copy(update={"dc09": anew})
    station.receiver.renew(replace(station.parts, settings=settings))
    for account, kind in (("9999", "ACK"), ("5501", "DUH")):
        raw = frames.said("1301 00 000", account=account, at=station.now)
        assert frames.answer(station.calls(raw)).kind == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [("not contact id", "ADM-CID"), ("1301 00", "ADM-CID"), ("|||", "SIA-DCS"), ("x", "ACM-XX")],
)
def test_what_cannot_be_understood_is_told(station: Station, data: str, kind: str) -> None:
    assert frames.answer(station.calls(frames.said(data, kind=kind, at=station.now))).kind == "DUH"


def test_many_frames_of_one_breath_are_each_answered(station: Station) -> None:
    raws = [frames.said("1130 01 003", number, at=station.now) for number in range(1, 41)]
    told = station.calls(b"".join(raws))
    assert told.count(b'"ACK"') == 40
    assert len(station.letters()) == 40


def test_a_frame_may_come_in_pieces(station: Station) -> None:
    raw = frames.said("1301 00 000", at=station.now)
    for piece in (raw[:7], raw[7:30]):
        station.line.sendall(piece)
        assert station.receiver.step(1) == 0
    assert b"ACK" in station.calls(raw[30:])


def test_slow_frames_are_cut_off(station: Station) -> None:
    """A slow loris: one byte now and then keeps a line busy for ten seconds, not for ever."""
    station.line.sendall(b"\n")
    station.receiver.step(1)
    for byte in frames.said("1301 00 000")[1:7]:
        station.sleeps(2)
        station.line.sendall(bytes([byte]))
        station.receiver.step(1)
    assert station.receiver.connections == 0


def test_a_frame_without_an_end_is_cut_off_and_kept(station: Station) -> None:
    station.line.sendall(b"A" * 5000)
    for _ in range(10):
        station.receiver.step(0.1)
    assert station.receiver.connections == 0
    assert station.refused() == 1


def test_a_thousand_lines_are_bounded_and_a_known_host_keeps_its_own(
    station: Station,
) -> None:
    """Who floods the port pushes out others that never said anything, not a host of ours."""
    small = station.settings.model_copy(update={"connections": 20})
    station.receiver._settings = small  # noqa: SLF001 - the bound itself, made small
    assert b"ACK" in station.calls(frames.link_test(at=station.now))
    flood = [station.dials() for _ in range(60)]
    station.receiver.step(0)
    assert station.receiver.connections == 20
    assert b"ACK" in station.calls(frames.link_test(at=station.now))
    for line in flood:
        line.close()


def test_hundreds_of_refused_frames_leave_a_bounded_number(station: Station) -> None:
    station.line.sendall(b"\nnonsense\r" * 400)
    for _ in range(5):
        station.receiver.step(0.1)
    assert 0 < station.refused() <= 100


def test_nothing_is_taken_while_the_disk_is_full(station: Station) -> None:
    station.receiver._room = type("Full", (), {"full": lambda *_: True})()  # noqa: SLF001
    assert station.calls(frames.said("1301 00 000", at=station.now)) == b""
    assert station.letters() == []


@pytest.mark.parametrize("engine", ["sqlite"])  # its file is taken away
def test_a_dead_database_answers_nothing_and_ends_the_process(station: Station) -> None:
    station.line.sendall(frames.said("1301 00 000", at=station.now))
    station.database.close()
    path = station.parts.settings.data / "ringwatch.db"
    path.rename(path.with_suffix(".gone"))
    path.mkdir()
    with pytest.raises(DatabaseDownError):
        station.receiver.step(1)
    assert heard(station.line) == b""
