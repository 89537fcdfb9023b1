"""What becomes of a frame: taken, a repeat, too early or late, refused. Pure; says the answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

from collector.dc09 import events, frame
from collector.dc09.events import Event, Parsed
from collector.dc09.frame import Content, Flaw, Frame
from collector.dialects import lenient
from storage.alarms import RECENT, Account, Known
from wiring.dc09 import AccountSettings
from words.refusals import NO_REASON, Reason, because

# A host that got no answer sends the same number and words again within minutes; later, the
# same number is another round of 9,999, or a host that began anew.
REPEATS_FOR = timedelta(minutes=15)
_LINK_TEST = "NULL"
_UNCOUNTED = "0000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How far a host's clock may be from ours."""

    ahead: timedelta
    behind: timedelta

    def holds(self, t: datetime | None, now: datetime) -> bool:
        return t is None or now - self.behind <= t <= now + self.ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`answer` b'': nothing is said. `letter` is what the collector is to judge, if anything."""

    answer: bytes
    account: Account | None = None
    letter: bytes = b""
    events: tuple[Event, ...] = ()
    occurred_at: datetime | None = None
    rejected: Reason = NO_REASON


@dataclass(frozen=True, slots=True)
class Desk:
    """The accounts and the window of the settings in force."""

    accounts: Mapping[str, AccountSettings]
    window: Window

    def weigh(self, raw: bytes, known: Mapping[str, Account], now: datetime) -> Outcome:
        """`known` holds the account of the message, if it is one of ours."""
        said = frame.read(raw)
        if isinstance(said, Flaw):
            return Outcome(answer=b"", rejected=said.reason)
        ours = self.accounts.get(account_of(said))
        if ours is None:
            return Outcome(answer=frame.duh(said), rejected=because("dc09_account"))
        before = known[ours.account]
        if not said.length_right:
            before = replace(before, wrong_length=before.wrong_length + 1)
        content = frame.open_content(said, ours.key_bytes)
        if isinstance(content, Flaw):
            return _refuse(said, before, content.reason, now)
        if not self.window.holds(content.t, now):
            slower = replace(before, wrong_clock=before.wrong_clock + 1)
            return Outcome(answer=frame.nak(now), account=slower)
        parsed = events.parse(said.kind, content.data, content.extras.get("I", ""))
        if parsed.unreadable:
            return _refuse(said, before, parsed.unreadable, now)
        return _take(said, content, parsed, ours, before, now)


def account_of(said: Frame) -> str:
    """In the head, or, where that is left out, in a content that is not encrypted."""
    if said.account or said.encrypted:
        return said.account
    return said.body.partition("|")[0].removeprefix("#").upper()


def _refuse(said: Frame, before: Account, why: Reason, now: datetime) -> Outcome:
    after = replace(before, refused=before.refused + 1, refused_at=now, refused_why=why)
    return Outcome(answer=frame.duh(said), account=after, rejected=why)


def _take(
    said: Frame,
    content: Content,
    parsed: Parsed,
    ours: AccountSettings,
    before: Account,
    now: datetime,
) -> Outcome:
    answer = frame.ack(said, ours.key_bytes, now)
    this = Known(said.sequence, crc32(f"{said.kind}{content.data}".encode()), int(now.timestamp()))
    test = said.kind == _LINK_TEST
    # A host that does not count says 0000 each time: only the very last may be the same again.
    told = before.recent[-1:] if said.sequence == _UNCOUNTED else before.recent
    if not test and any(_same(this, each) for each in told):
        return Outcome(answer=answer, account=replace(before, repeated=before.repeated + 1))
    recent = before.recent if test else (*before.recent, this)[-RECENT:]
    return Outcome(
        answer=answer,
        account=replace(before, heard_at=now, taken=before.taken + 1, recent=recent),
        letter=_letter(said, content, ours, now),
        events=tuple(each for each in parsed.events if each.meaning.recorded),
        occurred_at=lenient.instant(content.extras.get("H", "")) or content.t,
    )


def _same(this: Known, before: Known) -> bool:
    again = this.sequence == before.sequence and this.digest == before.digest
    return again and this.at_s - before.at_s <= REPEATS_FOR.total_seconds()


def _letter(said: Frame, content: Content, ours: AccountSettings, now: datetime) -> bytes:
    """The decrypted message, as `collector/dialects/dc09.py` reads it."""
    told = {
        "site": ours.site,
        "account": ours.account,
        "kind": said.kind,
        "sequence": said.sequence,
        "receiver": said.receiver,
        "line": said.line,
        "data": content.data,
        "extras": content.extras,
        "category": ours.category,
        "tested": ours.test_interval_h is not None,
        "t": content.t.isoformat() if content.t else None,
        "at": now.isoformat(),
    }
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
