"""The live stream: says only *what* changed; the page fetches the fragment it was made of.

One thread of the process reads the journal for everybody, twice a second and five seconds back,
because ids commit out of order. A viewer is a small set of topics that wait to be said: however
slow the reader, it never grows. The one `async def` of the house is here (habit 13).
"""

import asyncio
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from rules import permits
from rules.model import SiteId
from rules.permits import Verb
from rules.policy import Policy
from storage import journal
from storage.db import ConflictError, DatabaseDownError, Tx, reading
from storage.journal import Entry
from storage.views import reach as reaches
from web import sessions
from web.lists import cursor
from web.wired import Stranger, Wired
from wiring.parts import Parts

log = logging.getLogger(__name__)
router = APIRouter()

EVERY_S, OVERLAP = 0.5, timedelta(seconds=5)
STILL_HERE_S, ASK_AGAIN = 15.0, timedelta(seconds=30)
NEXT_WORD_S = 1.0  # however much happens, a page is made anew once a second
MOST_TOPICS, MOST_VIEWERS, MISSED = 12, 2000, 500
TOPIC = re.compile(r"board|(order|site|device)-\d{1,18}")
_SILENT = frozenset(
    {
        "contacts_seen",
        "personal_seen",
        "targets_seen",
        "document_seen",
        "imported",
        "rings_imported",
    }
)
HELLO = b"retry: 2000\nevent: hello\ndata: -\n\n"
BREATH = b": still here\n\n"


@dataclass(eq=False, slots=True)
class Listener:
    """One open page: what it wants to hear, what it may hear, and what waits to be said."""

    wanted: frozenset[str]
    sites: frozenset[SiteId] | None  # None: all of them
    board: bool
    token: str
    ends_at: datetime
    holder: Callable[[Tx, str, Policy, datetime], object] = sessions.find  # None: no longer
    loop: asyncio.AbstractEventLoop = field(init=False)
    pending: set[str] = field(default_factory=set)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def hears(self, entry: Entry, topics: Iterable[str]) -> frozenset[str]:
        """Our own affairs (no site) are for those who see the board."""
        if entry.site_id is None:
            return self.wanted & {"board"} if self.board else frozenset()
        if self.sites is not None and entry.site_id not in self.sites:
            return frozenset()
        heard = self.wanted.intersection(topics)
        return heard if self.board else heard - {"board"}

    def tell(self, topics: set[str]) -> None:
        """From the reader's thread."""
        self.loop.call_soon_threadsafe(self._ring, topics)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self._end)

    def _ring(self, topics: set[str]) -> None:
        self.pending |= topics
        self.bell.set()

    def _end(self) -> None:
        self.over = True
        self.bell.set()


def topics_of(entry: Entry) -> list[str]:
    """What an entry is news for."""
    if entry.verb in _SILENT:
        return []
    named = {"order": entry.order_id, "site": entry.site_id, "device": entry.device_id}
    return ["board", *(f"{kind}-{number}" for kind, number in named.items() if number)]


class Pulse:
    """The one reader of the journal in this process. Its thread lives while somebody listens."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def join(self, listener: Listener) -> bool:
        """False when the house is full or closing."""
        with self._lock:
            if self._stop.is_set() or len(self._listeners) >= MOST_VIEWERS:
                return False
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
                self._thread.start()
            return True

    def leave(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)

    def stop(self) -> None:
        """Every stream ends at once: an open page must not hold up a stop of the server."""
        self._stop.set()
        for listener in self._present():
            listener.end()

    def _present(self) -> Sequence[Listener]:
        with self._lock:
            return list(self._listeners)

    def _run(self) -> None:
        seen = Seen()
        asked_at = self._parts.clock()
        while not self._stop.is_set() and not self._nobody_left():
            try:
                entries = self._news(seen)
                if (now := self._parts.clock()) - asked_at >= ASK_AGAIN:
                    asked_at = now
                    self._see_out(now)
            except (DatabaseDownError, ConflictError) as error:
                log.warning("the stream cannot read the journal: %s", error)
                entries = []
            self._say(entries)
            self._stop.wait(EVERY_S)

    def _nobody_left(self) -> bool:
        with self._lock:
            if not self._listeners:
                self._thread = None
            return not self._listeners

    def _news(self, seen: "Seen") -> list[Entry]:
        since = self._parts.clock() - OVERLAP
        with reading(self._parts.database) as tx:
            if seen.last_id is None:
                seen.last_id = journal.last_id(tx)
            return seen.fresh(journal.after(tx, seen.last_id, since), since)

    def _say(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        named = [(entry, topics_of(entry)) for entry in entries]
        for listener in self._present():
            heard: set[str] = set()
            for entry, topics in named:
                heard |= listener.hears(entry, topics)
            if heard:
                listener.tell(heard)

    def _see_out(self, now: datetime) -> None:
        """Whoever has logged out, left or been idle hears no more."""
        with reading(self._parts.database) as tx:
            for listener in self._present():
                if listener.holder(tx, listener.token, self._parts.policy, now) is None:
                    listener.end()


@dataclass(slots=True)
class Seen:
    """Which entries of the overlap have been said already."""

    last_id: int | None = None
    ids: dict[int, datetime] = field(default_factory=dict)

    def fresh(self, entries: Sequence[Entry], since: datetime) -> list[Entry]:
        new = [entry for entry in entries if entry.id not in self.ids]
        self.ids = {number: at for number, at in self.ids.items() if at >= since}
        self.ids |= {entry.id: max(entry.at, since) for entry in entries}
        if entries:
            self.last_id = max(self.last_id or 0, entries[-1].id)
        return new


def listening(
    request: Request, parts: Wired, viewer: Stranger, on: str = "", since: str = ""
) -> Listener | None:
    """Who listens, to what; None for whoever is not logged in.

    `since` is the last journal id the page knew: what came between its making and this moment,
    or while the tab slept, is said at once.
    """
    topics = frozenset(topic for topic in on.split(",") if TOPIC.fullmatch(topic))
    locked = viewer.lacks_second_factor or (viewer.login and viewer.login.must_change)
    if viewer.session is None or viewer.person is None or locked or not topics:
        return None
    with reading(parts.database) as tx:
        sites = reaches.site_ids(tx, permits.reach(viewer.person))
        known = cursor(since)
        missed = journal.after(tx, known, viewer.now, limit=MISSED) if known is not None else []
    listener = Listener(
        wanted=frozenset(sorted(topics)[:MOST_TOPICS]),
        sites=sites,
        board=viewer.may(Verb.SEE_BOARD).ok,
        token=sessions.token_of(request),
        ends_at=viewer.session.expires_at,
    )
    for entry in missed:
        listener.pending |= listener.hears(entry, topics_of(entry))
    if listener.pending:
        listener.bell.set()
    return listener


@router.get("/stream")
async def stream(
    request: Request, parts: Wired, who: Annotated[Listener | None, Depends(listening)]
) -> Response:
    """401 and 503 make the browser wait longer each time; its poll leads on to the login page."""
    if who is None:
        return Response(status_code=401)
    return opened(request, parts, who, await running_loop())


async def running_loop() -> asyncio.AbstractEventLoop:
    """For a handler that runs in a thread: where its listener is to be rung."""
    return asyncio.get_running_loop()


def opened(
    request: Request, parts: Parts, who: Listener, loop: asyncio.AbstractEventLoop
) -> Response:
    pulse: Pulse = request.app.state.pulse
    who.loop = loop
    if not pulse.join(who):
        return Response(status_code=503, headers={"Retry-After": "10"})
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    said = _said(parts, pulse, who)
    return StreamingResponse(said, media_type="text/event-stream", headers=headers)


async def _said(parts: Parts, pulse: Pulse, who: Listener) -> AsyncIterator[bytes]:
    try:
        yield HELLO
        while not who.over and parts.clock() < who.ends_at:
            try:
                await asyncio.wait_for(who.bell.wait(), STILL_HERE_S)
            except TimeoutError:
                yield BREATH
                continue
            who.bell.clear()
            topics, who.pending = sorted(who.pending), set()
            if topics:
                yield b"".join(f"event: {topic}\ndata: -\n\n".encode() for topic in topics)
                await asyncio.sleep(NEXT_WORD_S)
    finally:
        pulse.leave(who)
