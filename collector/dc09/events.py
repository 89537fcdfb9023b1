"""The data of a message as events: `1301 00 000` (Contact ID), `Nri1/AT0` (SIA). Never raises."""

import re
from dataclasses import dataclass

from collector.dialects import lenient
from rules import contact_id, sia
from rules.alarms import Meaning, Turn
from words.refusals import NO_REASON, Reason, because

MOST_EVENTS = 32  # in one message
_CID = re.compile(r"\s*([136])\s*([0-9]{3})\s*([0-9A-F]{2})\s*([0-9]{3})\s*")
# Words of people: ^so^, *'so'NM, or a block of their own, |Aso.
_TEXT = re.compile(r"\^([^^]*)\^?|\*'([^']*)'(?:NM)?|\|A([^|]*)")
# The slash before an event may be missing (`ri1BA3`): a letter before a letter begins a pair.
_TOKEN = re.compile(
    r"([a-z]{2})([0-9:.-]*(?:[A-F](?![A-Z])[0-9A-F:.-]*)?)|([A-Z]{2})([0-9]{0,6})|\|N|[/ |]+"
)
_AREA, _USER = "ri", "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that was said. `number` counts what the meaning says it does."""

    code: str
    meaning: Meaning
    turn: Turn
    number: int = 0
    partition: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """`unknown` names letters nobody lists; `unreadable` is said of the whole."""

    events: tuple[Event, ...] = ()
    unknown: str = ""
    unreadable: Reason = NO_REASON


NOTHING = Parsed()


def parse(kind: str, data: str, text: str = "") -> Parsed:
    """`kind` is the message's id; `text` the words of its I element, if it has one."""
    if kind == "NULL":
        return NOTHING
    if kind == "ADM-CID":
        return _contact_id(data, lenient.text(text))
    if kind == "SIA-DCS":
        return _sia(data, lenient.text(text))
    return Parsed(unreadable=because("dc09_kind", kind=repr(kind)))


def _contact_id(data: str, text: str) -> Parsed:
    data = data[:_MOST_DATA]
    match = _CID.fullmatch(_TEXT.sub("", data).rstrip("|"))
    turn = contact_id.turn(match[1]) if match else None
    if match is None or turn is None:
        return Parsed(unreadable=because("dc09_contact_id"))
    event = Event(
        code=match[2],
        meaning=contact_id.meaning(int(match[2])),
        turn=turn,
        number=int(match[4]),
        partition=match[3],
        text=text or _words(data),
    )
    return Parsed(events=(event,))


def _sia(data: str, text: str) -> Parsed:
    """Blocks of new events (N). Old ones (O) come out of a log: they were told in their time."""
    if data[:1] not in {"N", "O"} or len(data) > _MOST_DATA:
        return Parsed(unreadable=because("dc09_sia"))
    text = text or _words(data)
    events: list[Event] = []
    unknown, partition = "", ""
    plain, place = _TEXT.sub("", data), 1
    while place < len(plain):
        match = _TOKEN.match(plain, place)
        if match is None or len(events) >= MOST_EVENTS:
            if not events:
                return Parsed(unreadable=because("dc09_sia_from", place=place))
            unknown = unknown or plain[place : place + _SHOWN]
            break  # what was understood counts
        place = match.end()
        modifier, value, pair, number = match.groups()
        if modifier == _AREA:
            partition = value
        meaning = sia.meaning(pair) if pair else None
        if meaning is not None:
            event = Event(
                code=pair,
                meaning=meaning,
                turn=meaning.turn,
                number=int(number or 0),
                partition=partition,
                text=text,
            )
            events.append(event)
        elif pair:
            unknown = pair
    return Parsed(events=tuple(events) if data[0] == "N" else (), unknown=unknown)


def _words(data: str) -> str:
    """The first words of people among the data."""
    said = (lenient.text("".join(each)) for each in _TEXT.findall(data))
    return next(filter(None, said), "")


_MOST_DATA = 1024
_SHOWN = 16  # characters of what was not understood
