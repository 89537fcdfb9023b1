"""Take, send, record. Sending happens outside every transaction, on threads of its own."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notify import allowances, delivery, errands, turns
from notify.channel import Channel
from notify.delivery import Outcome
from notify.errands import Errand, Links, Office
from notify.slots import Pace, Slots
from notify.turns import House
from rules import notices as rules
from rules.notices import Kind, Result, State
from storage import attempts, outbox
from storage.db import (
    ConflictError,
    Database,
    DatabaseDownError,
    Tx,
    reading,
    savepoint,
    transaction,
)
from storage.files import Files
from storage.outbox import Ending, Notice

log = logging.getLogger(__name__)

_TRIES = 5
_PAUSE_S = 1.0
_ALIVE_S = 10.0
_STOP_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What the house does about a notice's end, inside the transaction that records it.

    `recorded`: it stands as sent now; its provider may have told of it before.
    """

    dead: Callable[[Tx, Notice, str, datetime], None]
    sent: Callable[[Tx, Notice, datetime], None]
    recorded: Callable[[Tx, Notice, datetime], None] = lambda *_: None


class _LeaseLostError(Exception):
    """Somebody else has the notice by now; what we know of it counts no more."""


class Sender:
    """Looks for what is due and sends it. Any number of them may run on one database."""

    def __init__(  # noqa: PLR0913 - what it works with, all but three by name
        self,
        database: Database,
        clock: Callable[[], datetime],
        channels: Mapping[str, Channel],
        *,
        links: Links,
        aftermath: Aftermath,
        pace: Pace | None = None,
        files: Files | None = None,
    ) -> None:
        self._database, self._clock, self._channels = database, clock, channels
        self._aftermath = aftermath
        self._pace = pace or Pace()
        self._office = Office(
            channels=channels, links=links, lease_s=self._pace.lease_s, files=files
        )
        self._slots = Slots(channels, self._pace)
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._looked_at: datetime | None = None
        self._thread = threading.Thread(target=self._watch, name="sender", daemon=True)

    def start(self) -> None:
        self._looked_at = self._clock()
        self._thread.start()

    def wake(self) -> None:
        """Something was put into the outbox: look now."""
        self._woken.set()

    def stop(self, *, within_s: float = _STOP_S) -> None:
        """Let what is being sent end; what hangs is left to its lease."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(within_s)
        pause = threading.Event()
        for _ in range(int(within_s / self._pace.look_s)):
            if not self._slots.busy():
                break
            pause.wait(self._pace.look_s)
        for channel in self._channels.values():
            for provider in channel.providers:
                provider.close()

    def healthy(self) -> bool:
        """Whether it has looked lately; for the dead-man's switch and `/healthz`."""
        late = timedelta(seconds=_ALIVE_S)
        return self._looked_at is not None and self._clock() - self._looked_at < late

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except ConflictError:
                log.debug("sender: another one was in the way")
            except DatabaseDownError as error:
                log.error("sender: the database is down: %s", error)  # noqa: TRY400 - said in full
                self._stopping.wait(_PAUSE_S)
            except Exception:
                log.exception("sender: looking failed")
                self._stopping.wait(_PAUSE_S)
            self._woken.wait(self._pace.look_s)
            self._woken.clear()

    def look(self) -> bool:
        """Set out with what may go now; `start` does it again and again. Whether a letter went.

        Raises `ConflictError` or `DatabaseDownError`.
        """
        now = self._clock()
        went = 0
        if not self._slots.full():
            with reading(self._database) as tx:
                spent = allowances.spent(tx, self._slots.limited, now)
                self._slots.remember(spent, attempts.held(tx, now))
                letters = turns.letters(tx, self._house(now), now)
            went = sum(self._set_out(together) for together in letters)
        self._looked_at = now
        return went > 0

    def idle(self) -> bool:
        """Whether nothing is on its way: how each letter ended is on record."""
        return not self._slots.busy()

    def _house(self, now: datetime) -> House:
        return House(
            storm=self._pace.storm,
            each=2 * self._pace.senders,
            groups=[name for name, channel in self._channels.items() if channel.group],
            rooms=self._slots.rooms(now),
        )

    def _set_out(self, together: Sequence[Notice]) -> bool:
        now = self._clock()
        slot = self._slots.claim(together[0], now)
        if slot is None:
            return False
        errand = None
        try:
            with transaction(self._database) as tx:
                errand = errands.take(tx, self._office, together, slot, now)
        except BaseException:
            self._slots.give_back(slot)
            raise
        if errand is None:
            self._slots.give_back(slot)
            return False
        threading.Thread(
            target=self._run, args=(errand,), name=f"send-{errand.notice.id}", daemon=True
        ).start()
        return True

    def _run(self, errand: Errand) -> None:
        try:
            outcome = delivery.deliver(errand, self._clock())
            self._learn(errand.slot.provider, outcome)
            for notice in errand.notices:
                self._note(notice, errand, outcome)
        finally:
            self._slots.leave(errand.slot)
            self.wake()

    def _learn(self, provider: str, outcome: Outcome) -> None:
        now = self._clock()
        if outcome.result == Result.SENT:
            self._slots.went_well(provider)
        elif outcome.result != Result.REFUSED:
            self._slots.fell_ill(provider, now)

    def _note(self, notice: Notice, errand: Errand, outcome: Outcome) -> None:
        try:
            self._record(notice, errand, outcome)
        except Exception:
            log.exception("notice %s: its outcome is not recorded", notice.id)

    def _record(self, notice: Notice, errand: Errand, outcome: Outcome) -> None:
        """Write it down, again if somebody is in the way: a lost outcome is a repeated page."""
        ending = self._ending(notice, errand, outcome)
        level = logging.INFO if ending.state == State.SENT else logging.WARNING
        said = (notice.id, notice.kind, errand.slot.provider, outcome.result, ending.state)
        log.log(level, "notice %s (%s) by %s: %s, now %s", *said)
        for attempt in range(1, _TRIES + 1):
            try:
                self._write(notice, ending)
            except ConflictError:
                self._stopping.wait(0.02 * attempt)
            except _LeaseLostError:
                log.warning("notice %s: somebody else has it by now", notice.id)
                return
            else:
                return
        raise ConflictError(f"notice {notice.id}: not recorded in {_TRIES} tries")

    def _ending(self, notice: Notice, errand: Errand, outcome: Outcome) -> Ending:
        now, wait_s = self._clock(), outcome.wait_s
        state, again_at = State.SENT, None
        if outcome.result != Result.SENT:
            event = notice.kind == Kind.EVENT
            again_at = rules.try_again_at(
                now,
                notice.attempts,
                len(errand.channel.providers) if errand.channel else 1,
                self._pace.event_retry if event else self._pace.retry,
                for_good=outcome.for_good and not (event and errand.channel),
            )
            state = State.FAILED if again_at else State.DEAD
        return Ending(
            state=state,
            result=outcome.result,
            words=outcome.words,
            text=outcome.text,
            again_at=again_at,
            ref=outcome.ref,
            alone=outcome.alone,
            held_until=None if wait_s is None else now + timedelta(seconds=wait_s),
        )

    def _write(self, notice: Notice, ending: Ending) -> None:
        """What follows from it first, the notice last: the order of locks of the house."""
        now = self._clock()
        with transaction(self._database) as tx:
            self._follow(tx, notice, ending, now)
            if not outbox.record(tx, notice, ending, now):
                raise _LeaseLostError
            if ending.state == State.SENT:
                self._aftermath.recorded(tx, notice, now)

    def _follow(self, tx: Tx, notice: Notice, ending: Ending, now: datetime) -> None:
        try:
            with savepoint(tx):
                if ending.state == State.DEAD:
                    self._aftermath.dead(tx, notice, ending.words, now)
                elif ending.state == State.SENT:
                    self._aftermath.sent(tx, notice, now)
        except (ConflictError, DatabaseDownError):
            raise
        except Exception:  # unrecorded, the same page would go out again and again
            log.exception("notice %s: what should follow failed", notice.id)
