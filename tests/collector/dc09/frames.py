"""Frames for tests: real ones from public documents, and such as a host would make."""

from datetime import datetime

from collector.dc09 import frame

KEY = b"AAAAAAAAAAAAAAAA"

# A public document's own frames; the CRC of the first three was computed anew.
CLOSING = b'E5D50078"SIA-DCS"6002L0#AAA[|Nri1/CL501]_14:12:04,09-25-2019'
WRONG_LENGTH = b'97F90078"SIA-DCS"6002L0#AAA[|Nri2/JC12]_12:58:23,09-15-2021'
ENCRYPTED = (
    b'76D80055"*NULL"0000R0L0#AAAB[B4BC8B40D0E6D959D6BEA78E88CC0B2155741A3C44FBB96D476A3E557CAD64D9'
)
WRONG_CRC = (
    b'9618004D"SIA-DCS"7960L0#123456[#123456|Nri1CL0^VX FRONTE ^]_22:40:48,04-11-2021',
    b'C4160279"SIA-DCS"5268L0#AAA[Nri1/WA000]_08:40:47,07-08-2020',
)
# CRC and length are right.
AC_LOSS = b'AC7F003B"ADM-CID"0001L0#5501[#5501|1301 00 000]_01:02:03,06-15-2026'
LOW_BATTERY = b'08FE003B"ADM-CID"0003L0#5501[#5501|1384 01 012]_01:02:03,06-15-2026'
STILL_TAMPERED = b'A0D7003B"ADM-CID"0005L0#5501[#5501|6383 01 012]_01:02:03,06-15-2026'
AT = b'2A8E0038"SIA-DCS"9999L0#5501[#5501|Nri1/AT0]_01:02:03,06-15-2026'
AR = b'CC690038"SIA-DCS"0001L0#5501[#5501|Nri1/AR0]_01:32:03,06-15-2026'


def said(  # noqa: PLR0913 - a frame has so many parts
    data: str,
    sequence: int = 1,
    *,
    account: str = "5501",
    kind: str = "ADM-CID",
    at: datetime | None = None,
    key: bytes | None = None,
    extras: str = "",
) -> bytes:
    """A whole frame with LF and CR, as a host would send it."""
    stamp = frame.stamp(at) if at else ""
    head = f'"{"*" if key else ""}{kind}"{sequence:04d}L0#{account}['
    if key:
        return frame.write(head + frame.encrypt(f"|{data}]{extras}{stamp}", key))
    return frame.write(f"{head}#{account}|{data}]{extras}{stamp}")


def link_test(account: str = "5501", **more: object) -> bytes:
    return said("", 0, account=account, kind="NULL", **more)  # type: ignore[arg-type]


def whole(raw: bytes) -> bytes:
    return b"\n" + raw + b"\r"


def answer(raw: bytes) -> frame.Frame:
    """An answer of ours, its CRC and length checked."""
    assert raw[:1] == b"\n"
    assert raw[-1:] == b"\r"
    read = frame.read(raw[1:-1])
    assert isinstance(read, frame.Frame), read
    assert read.length_right
    return read
