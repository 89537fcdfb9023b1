"""SIA DC-09 frames: bytes to a Frame or a Flaw and back. Never an exception, no clock.

`<LF> crc 0LLL "id" seq [Rrcvr] Lpref [#acct] [ data ] [xdata]... [_HH:MM:SS,MM-DD-YYYY] <CR>`

The CRC is taken strictly, the length leniently: real transmitters count it in their own ways.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from collector.dialects import lenient
from words.refusals import Reason, because

MOST_BYTES = 4096  # of one frame; the length field ends at 0x0FFF
KEY_BYTES = frozenset({16, 24, 32})
KINDS = frozenset({"SIA-DCS", "ADM-CID", "NULL"})
_IV = bytes(16)
_TEXT = "cp1252"  # what the I element is written in; everything else is ASCII
_HEAD = re.compile(
    r'"(\*?)([A-Z-]{3,10})"(\d{4})(R[0-9A-Fa-f]{0,6})?(L[0-9A-Fa-f]{0,6})?'
    r"(?:#([0-9A-Fa-f]{1,16}))?\[(.*)",
    re.DOTALL,
)
_CONTENT = re.compile(r"([^\]]*)\]((?:\[[^\]]*\])*)(_[\d:,-]{0,19})?[\s\x00]*", re.DOTALL)
_EXTRA = re.compile(r"\[([A-Z])([^\]]*)\]")
_PREFIX = re.compile(rb"[0-9A-Fa-f]{8}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{32})+")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a frame is not used. `answerable`: its CRC is right, so that it may be told."""

    reason: Reason
    answerable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame whose CRC is right. `body`: what follows the first bracket, encrypted or not."""

    kind: str
    encrypted: bool
    sequence: str
    receiver: str
    line: str
    account: str
    body: str = field(repr=False)
    length_right: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`account` as the content has it, if it does; `t` is when it says it was sent, GMT."""

    data: str
    account: str = ""
    t: datetime | None = None
    extras: Mapping[str, str] = field(default_factory=dict)


def crc16(body: bytes) -> int:
    """Polynomial 0x8005, reflected, beginning with 0.

    >>> f'{crc16(b"123456789"):04X}'
    'BB3D'
    """
    crc = 0
    for byte in body:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = tuple(_crc_of(byte) for byte in range(256))


def read(raw: bytes) -> Frame | Flaw:
    """The bytes between LF and CR. What fails its CRC gets no answer at all (C.2.3.5)."""
    quoted = raw[8:]
    if not _PREFIX.fullmatch(raw[:8]):
        return Flaw(because("dc09_prefix"), answerable=False)
    said_crc, said_length = int(raw[:4], 16), int(raw[4:8], 16)
    if said_crc != crc16(quoted):
        return Flaw(because("dc09_crc", reckoned=f"{crc16(quoted):04X}"), answerable=False)
    match = _HEAD.fullmatch(quoted.decode(_TEXT, "replace"))
    if match is None:
        return Flaw(because("dc09_head"))
    star, kind, sequence, receiver, line, account, body = match.groups(default="")
    return Frame(
        kind=kind,
        encrypted=bool(star),
        sequence=sequence,
        receiver=receiver,
        line=line,
        account=account.upper(),
        body=body,
        length_right=said_length == len(quoted),
    )


def open_content(frame: Frame, key: bytes | None) -> Content | Flaw:
    """Data, extras and time, decrypted where need be; a wrong key is a Flaw."""
    if frame.encrypted != (key is not None):
        return Flaw(because("dc09_no_key" if frame.encrypted else "dc09_plain"))
    plain = frame.body if key is None else _decrypt(frame.body, key)
    match = _CONTENT.fullmatch(plain)
    if match is None:
        return Flaw(because("dc09_wrong_key" if key else "dc09_content"))
    head, extras, stamp = match.groups(default="")
    parts = head.split("|")[1 if frame.encrypted else 0 :]  # behind the padding
    account = ""
    if parts and (not parts[0] or parts[0].startswith("#")):
        account = parts.pop(0).removeprefix("#").upper()
    t = lenient.instant(stamp) if stamp else None
    if key is not None and t is None:
        return Flaw(because("dc09_unstamped"))
    named = dict(_EXTRA.findall(extras))
    return Content(data="|".join(parts), account=account, t=t, extras=named)


def _decrypt(body: str, key: bytes) -> str:
    hexadecimal = body.removesuffix("]")
    if not _HEX.fullmatch(hexadecimal):
        return ""
    decryptor = Cipher(AES(key), CBC(_IV)).decryptor()
    plain = decryptor.update(bytes.fromhex(hexadecimal)) + decryptor.finalize()
    return plain.decode(_TEXT, "replace")


def encrypt(content: str, key: bytes) -> str:
    """Padded in front with what is no delimiter, then AES in CBC mode, as hex."""
    plain = content.encode(_TEXT, "replace")
    padding = b"0" * (-len(plain) % 16)
    encryptor = Cipher(AES(key), CBC(_IV)).encryptor()
    return (encryptor.update(padding + plain) + encryptor.finalize()).hex().upper()


def write(quoted: str) -> bytes:
    """A whole frame around what stands from the first quote on."""
    body = quoted.encode(_TEXT, "replace")
    return b"\n%04X%04X%s\r" % (crc16(body), len(body), body)


def stamp(now: datetime) -> str:
    return f"_{now:%H:%M:%S,%m-%d-%Y}"


def ack(frame: Frame, key: bytes | None, now: datetime) -> bytes:
    """Taken, and durable. Encrypted where the message was."""
    if key is None:
        return write(f'"ACK"{_address(frame)}[]')
    return write(f'"*ACK"{_address(frame)}[{encrypt("]" + stamp(now), key)}')


def duh(frame: Frame) -> bytes:
    """Understood as a frame; what it says cannot be used. Never encrypted."""
    return write(f'"DUH"{_address(frame)}[]')


def nak(now: datetime) -> bytes:
    """Your clock is wrong, and this is our time. Never encrypted."""
    return write(f'"NAK"0000R0L0A0[]{stamp(now)}')


def _address(frame: Frame) -> str:
    account = f"#{frame.account}" if frame.account else ""
    return f"{frame.sequence}{frame.receiver}{frame.line}{account}"
