"""Frames as hosts of many makers really send them, through the receiver to the fault (A01, A07)."""

import pytest

from collector.dc09 import frame
from collector.dc09.events import parse
from tests.collector.dc09 import frames
from tests.collector.dc09.station import Station


@pytest.fixture
def engine() -> str:
    """What is judged is the same over both; the receiver was proven on each."""
    return "sqlite"


@pytest.fixture
def panel(station: Station) -> Station:
    station.host()
    station.zone(3)
    return station


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("Nri1CL0^VX FRONTE ^", [("CL", 0, "VX FRONTE")]),
        ("Nri1BT003", [("BT", 3, "")]),
        ("NBT003", [("BT", 3, "")]),
        ("N/ri0/YC1", [("YC", 1, "")]),
        ("Nti14:12:04/da09-25-26/ri1/id001/pi010/BT3", [("BT", 3, "")]),
        ("NriA/BT3", [("BT", 3, "")]),
        ("Nri1/AT0/YT0", [("AT", 0, ""), ("YT", 0, "")]),
        ("Nri1/BA001/BT002", [("BA", 1, ""), ("BT", 2, "")]),
        ("Nri1/BT001|Nri2/BT002", [("BT", 1, ""), ("BT", 2, "")]),
        ("Nri1/BT001*'Front door'NM", [("BT", 1, "Front door")]),
        ("Nri1/BT001|AFront door", [("BT", 1, "Front door")]),
    ],
)
def test_sia_in_the_ways_it_is_written(data: str, told: list[tuple[str, int, str]]) -> None:
    parsed = parse("SIA-DCS", data)
    assert (parsed.unreadable, parsed.unknown) == ("", "")
    assert [(one.code, one.number, one.text) for one in parsed.events] == told


@pytest.mark.parametrize("data", ["1384 01 003", "138401003", " 1384  01  003 "])
def test_contact_id_with_blanks_or_without(data: str) -> None:
    (event,) = parse("ADM-CID", data).events
    assert (event.code, event.number, event.partition) == ("384", 3, "01")


def test_what_was_understood_counts_and_the_rest_is_told(panel: Station) -> None:
    assert panel.says("Nri1/XT003/%%", kind="SIA-DCS") == "ACK"
    assert panel.open() == [("Z-3", "DET_BATT_LOW")]
    assert panel.refused() == 1


def test_the_crc_may_be_in_small_letters(panel: Station) -> None:
    raw = frames.said("1384 01 003", at=panel.now)
    small = raw[:1] + raw[1:9].lower() + raw[9:]
    assert frames.answer(panel.calls(small)).kind == "ACK"


@pytest.mark.parametrize(
    "quoted",
    [
        '"ADM-CID"0001L0#5501[#5501|1384 01 003]',  # no receiver, no time
        '"ADM-CID"0001R1L2#5501[|1384 01 003]',
        '"ADM-CID"0001L0#5501[1384 01 003]',  # no account before the data
        '"ADM-CID"0001L0[#5501|1384 01 003]',  # and none in the head
        '"ADM-CID"0001#5501[#5501|1384 01 003]',
        '"ADM-CID"0001RL0#5501[#5501|1384 01 003|]',
        '"ADM-CID"0001L0#5501[#5501|1384 01 003^Front door^]_ ',
        '"ADM-CID"0001L0#5501[#5501|1384 01 003][M001122AABBCC][Ifront][X104E03.9][Q?]',
    ],
)
def test_parts_that_may_be_left_out_or_added(panel: Station, quoted: str) -> None:
    assert frames.answer(panel.calls(frame.write(quoted))).kind == "ACK"
    panel.judges()
    assert panel.open() == [("Z-3", "DET_BATT_LOW")]


def test_an_encrypted_message_with_its_account_or_without(station: Station) -> None:
    station.host("5502")
    for number, data in enumerate(("#5502|Nri1/AT0", "Nri1/AT0", "#5502|Nri1/AT0/YT0"), start=1):
        told = {"account": "5502", "kind": "SIA-DCS", "key": frames.KEY}
        assert station.says(data, number, **told) == "ACK"
    station.goes_on(minutes=6)
    assert {code for _, code in station.open()} == {"MAINS_LOSS", "BATT_FAULT"}


def test_two_faults_of_one_block_are_two(panel: Station) -> None:
    panel.says("Nri1/AT0/YT0", kind="SIA-DCS")
    panel.goes_on(minutes=6)
    assert sorted(panel.open()) == [("H-5501", "BATT_FAULT"), ("H-5501", "MAINS_LOSS")]


def test_a_host_that_does_not_count_is_not_repeating_itself(panel: Station) -> None:
    """A trouble, its end and the same trouble again, all of them with the number 0000."""
    for data in ("1380 01 003", "3380 01 003", "1380 01 003"):
        assert panel.says(data, 0) == "ACK"
    panel.goes_on(minutes=2)
    assert panel.open() == [("Z-3", "ZONE_TROUBLE")]


def test_its_very_last_word_again_is_a_repeat(panel: Station) -> None:
    for _ in range(2):
        assert panel.says("1380 01 003", 0) == "ACK"
    assert panel.account().repeated == 1


def test_a_frame_in_pieces_and_two_in_one(panel: Station) -> None:
    """A line feed behind the end, frames one after the other, and one cut in two."""
    one, two = (
        frames.said(data, number, at=panel.now)
        for number, data in enumerate(("1384 01 003", "1301 00 000"), start=1)
    )
    first = panel.calls(one + b"\n" + two[:11])
    assert frames.answer(first).sequence == "0001"
    assert frames.answer(panel.calls(two[11:] + b"\n")).sequence == "0002"
