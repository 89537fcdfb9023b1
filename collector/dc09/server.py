"""The TCP side: many quiet connections, one thread, one transaction for all that has come.

Nothing is answered before it is durable. Everything is bounded: connections (the one that has
been quiet for longest makes room), bytes of a frame, the time a frame may take, frames in one
transaction, refused frames that are kept.
"""

import contextlib
import logging
import selectors
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.dc09 import frame
from collector.dc09.frame import Frame
from collector.dc09.reception import Desk, Outcome, Window, account_of
from storage import alarms, inbox, rejects
from storage.alarms import Account, SecurityEvent
from storage.db import ConflictError, Tx, transaction
from storage.inbox import Letter
from storage.rejects import Reject
from wiring.dc09 import Dc09Settings
from wiring.parts import Parts
from wiring.room import Room
from words.refusals import Reason, because

log = logging.getLogger(__name__)

RECEIVER = "dc09"
SLOWEST_FRAME = timedelta(seconds=10)
MOST_FRAMES = 500  # in one transaction
MOST_REFUSED = 50  # of them kept with their reason; the others are only counted
MOST_ACCEPTED = 100  # in one round
TRIES = 5
_CHUNK = 4096


@dataclass(slots=True, eq=False)
class Caller:
    """One connection: what it has sent of a frame, since when, and when it was last heard.

    `known`: something it said was taken from an account of ours.
    """

    line: socket.socket
    peer: str
    heard_at: datetime
    known: bool = False
    begun_at: datetime | None = None
    buffer: bytearray = field(default_factory=bytearray)


class Receiver:
    """`step` again and again; not thread-safe. Raises `DatabaseDownError`."""

    def __init__(self, parts: Parts, settings: Dc09Settings) -> None:
        self._parts, self._settings = parts, settings
        self._desk = _desk(settings)
        self._room = Room(parts.settings.data)
        self._selector = selectors.DefaultSelector()
        self._door = _listen(settings)
        self._selector.register(self._door, selectors.EVENT_READ)
        self._callers: dict[socket.socket, Caller] = {}

    @property
    def port(self) -> int:
        return int(self._door.getsockname()[1])

    @property
    def connections(self) -> int:
        return len(self._callers)

    @property
    def full(self) -> bool:
        """No room on the disk: nothing is taken, so that the hosts keep it and ask again."""
        return self._room.full(self._parts.clock())

    def renew(self, parts: Parts) -> None:
        """Accounts, keys and window count from the next frame on; the address stays as it is."""
        settings = parts.settings.dc09
        if settings is None or settings.address != self._settings.address:
            log.warning("where alarm hosts are received changes only after a restart")
        if settings is not None:
            self._parts, self._settings = parts, settings
            self._desk = _desk(settings)

    def step(self, wait_s: float = 0.25) -> int:
        """Hear who speaks, take in what is whole, answer. Returns the number of frames."""
        now = self._parts.clock()
        whole: list[tuple[Caller, bytes]] = []
        for key, _ in self._selector.select(wait_s):
            if key.data is None:
                self._accept(now)
            elif key.data.line in self._callers:
                whole += ((key.data, raw) for raw in self._hear(key.data, now))
        self._drop_slow(now)
        for start in range(0, len(whole), MOST_FRAMES):
            self._take(whole[start : start + MOST_FRAMES])
        return len(whole)

    def close(self) -> None:
        for caller in list(self._callers.values()):
            self._drop(caller)
        self._selector.close()
        self._door.close()

    def _accept(self, now: datetime) -> None:
        for _ in range(MOST_ACCEPTED):
            try:
                line, address = self._door.accept()
            except BlockingIOError:
                return
            except OSError:  # no more descriptors
                self._make_room()
                return
            if len(self._callers) >= self._settings.connections:
                self._make_room()
            line.setblocking(False)  # noqa: FBT003 - the library's own order
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # an answer waits for none
            caller = self._callers[line] = Caller(line, str(address[0]), now)
            self._selector.register(line, selectors.EVENT_READ, caller)

    def _make_room(self) -> None:
        """Who never said anything we took goes first, then who has been quiet for longest."""
        if self._callers:
            self._drop(min(self._callers.values(), key=lambda one: (one.known, one.heard_at)))

    def _hear(self, caller: Caller, now: datetime) -> Sequence[bytes]:
        """The frames that are whole now."""
        try:
            came = caller.line.recv(_CHUNK)
        except BlockingIOError:
            return ()
        except OSError:
            came = b""
        if not came:
            self._drop(caller)
            return ()
        caller.begun_at = caller.begun_at or now
        caller.buffer += came
        *whole, rest = bytes(caller.buffer).split(b"\r")
        caller.buffer = bytearray(rest)
        if whole:
            caller.heard_at, caller.begun_at = now, now if rest.strip(b"\n") else None
        if len(rest) > frame.MOST_BYTES:
            self._refuse(caller, rest)
        return [raw.rpartition(b"\n")[2] for raw in whole if raw.strip(b"\n")]

    def _refuse(self, caller: Caller, rest: bytes) -> None:
        reason = because("dc09_endless", size=len(rest))
        self._drop(caller)
        with transaction(self._parts.database) as tx:
            self._keep_refused(tx, [_reject(caller.peer, rest, reason, self._parts.clock())])

    def _drop_slow(self, now: datetime) -> None:
        late = now - SLOWEST_FRAME
        for caller in [one for one in self._callers.values() if _stuck(one, late)]:
            self._drop(caller)

    def _drop(self, caller: Caller) -> None:
        if self._callers.pop(caller.line, None):
            self._selector.unregister(caller.line)
            caller.line.close()

    def _take(self, whole: Sequence[tuple[Caller, bytes]]) -> None:
        """Durable first, then answered."""
        if self.full:
            return
        now = self._parts.clock()
        outcomes = _insist(lambda: self._one_transaction(whole, now))
        for (caller, _), outcome in zip(whole, outcomes, strict=True):
            self._answer(caller, outcome)

    def _one_transaction(
        self, whole: Sequence[tuple[Caller, bytes]], now: datetime
    ) -> list[Outcome]:
        said = (frame.read(raw) for _, raw in whole)
        named = {account_of(one) for one in said if isinstance(one, Frame)}
        outcomes: list[Outcome] = []
        with transaction(self._parts.database) as tx:
            known = alarms.take(tx, named & self._desk.accounts.keys())
            for _, raw in whole:
                outcome = self._desk.weigh(raw, known, now)
                outcomes.append(outcome)
                if outcome.account:
                    known[outcome.account.account] = outcome.account
            alarms.put(tx, known.values())
            inbox.put(tx, [_letter(one, now) for one in outcomes if one.letter])
            self._record(tx, outcomes, now)
            refused = [
                _reject(_topic(caller, one), raw, one.rejected, now)
                for (caller, raw), one in zip(whole, outcomes, strict=True)
                if one.rejected
            ]
            self._keep_refused(tx, refused)
        return outcomes

    def _record(self, tx: Tx, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Security events of sites that are in the list."""
        told = [one for one in outcomes if one.events and one.account]
        if not told:
            return
        codes = {one.account: one.site for one in self._settings.account}
        site_ids = alarms.site_ids(tx, set(codes.values()))
        alarms.record(
            tx,
            [
                SecurityEvent(
                    at=now,
                    occurred_at=one.occurred_at,
                    site_id=site_ids[codes[account.account]],
                    account=account.account,
                    event=event.code,
                    sort=event.meaning.sort,
                    turn=event.turn,
                    partition=event.partition,
                    number=f"{event.number:03d}",
                    text=event.text,
                )
                for one in told
                for event in one.events
                if (account := one.account) and codes[account.account] in site_ids
            ],
        )

    def _keep_refused(self, tx: Tx, refused: Sequence[Reject]) -> None:
        rejects.add_all(tx, refused[:MOST_REFUSED], keep=self._parts.policy.rejects_kept)

    def _answer(self, caller: Caller, outcome: Outcome) -> None:
        """Answers are small; who does not read them is no caller of ours."""
        if not outcome.answer or caller.line not in self._callers:
            return
        caller.known = caller.known or bool(outcome.letter)
        try:
            sent = caller.line.send(outcome.answer)
        except OSError:
            sent = 0
        if sent < len(outcome.answer):
            self._drop(caller)


def _desk(settings: Dc09Settings) -> Desk:
    ahead, behind = timedelta(seconds=settings.ahead_s), timedelta(seconds=settings.behind_s)
    return Desk(settings.accounts, Window(ahead=ahead, behind=behind))


def _listen(settings: Dc09Settings) -> socket.socket:
    host, port = settings.address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.create_server((host, port), family=family, backlog=1024)
    door.setblocking(False)  # noqa: FBT003 - the library's own order
    return door


def _stuck(caller: Caller, late: datetime) -> bool:
    return caller.begun_at is not None and caller.begun_at < late


def _insist(work: Callable[[], list[Outcome]]) -> list[Outcome]:
    for _ in range(TRIES - 1):
        with contextlib.suppress(ConflictError):
            return work()
    return work()


def _letter(one: Outcome, now: datetime) -> Letter:
    account: Account | None = one.account
    topic = account.account if account else ""
    return Letter(at=now, receiver=RECEIVER, topic=topic, body=one.letter)


def _topic(caller: Caller, one: Outcome) -> str:
    return f"{RECEIVER}/{one.account.account if one.account else caller.peer}"


def _reject(topic: str, raw: bytes, reason: Reason, now: datetime) -> Reject:
    return Reject(at=now, topic=topic, body=raw, reason=reason)
