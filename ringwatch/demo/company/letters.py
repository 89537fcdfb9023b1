"""What people were told in the past, written as the outbox and its senders would have left it.

The words are made by those who always make them. Nothing is sent, and nothing waits.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from notify import messages
from notify.matter import Matter
from operations import notices
from ringwatch.demo.company.past import SEED
from rules.assets import Device, Site
from rules.model import Fault, Person, WorkOrder
from rules.notices import Kind, Result, Retry, State
from storage import ledger, outbox
from storage.db import Tx
from storage.outbox import Ending, Notice

PROVIDER = "webhook+http://127.0.0.1"
WORDS = {
    Result.SENT: "204 No Content",
    Result.TIMEOUT: "timed out",
    Result.FAILED: "503 Service Unavailable",
}
_STUMBLES = 0.04  # of letters that take a second try
_LEASE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An order at its first moment: all that a letter about it knows."""

    order: WorkOrder
    fault: Fault
    device: Device
    site: Site
    behind: tuple[Device, ...] = ()
    timezone: str

    def to(self, reader: Person, *others: Person, missed: Person | None = None) -> Matter:
        """`others` were told at the same time; `missed` is whom a dead letter was for."""
        named = tuple(one.name or one.code for one in self.behind)
        return Matter(
            reader=reader,
            home_timezone=self.timezone,
            site=self.site,
            device=self.device,
            fault=self.fault,
            order=self.order,
            others=tuple(sorted(one.name for one in others)),
            missed=missed,
            behind=len(named),
            named_behind=named,
        )


class Letters:
    """Tells people on all their channels; how each try went is thrown with dice of its own."""

    def __init__(self, tx: Tx, base_url: str) -> None:
        self._tx = tx
        self._base_url = base_url
        self._dice = random.Random(SEED)  # noqa: S311 - a show, no secret

    def tell(
        self, matter: Matter, kind: Kind, key: str, facts: dict[str, Any], at: datetime
    ) -> datetime:
        """It arrives, sometimes at the second try; returns when everything had arrived."""
        return self._tell(matter, kind, key, facts, at, lost=False)

    def lose(
        self, matter: Matter, kind: Kind, key: str, facts: dict[str, Any], at: datetime
    ) -> datetime:
        """No try arrives; returns when the last was given up."""
        return self._tell(matter, kind, key, facts, at, lost=True)

    def missing(self, share: float) -> bool:
        """Whether somebody's phone cannot be reached, in that share of cases."""
        return self._dice.random() < share

    def _tell(
        self,
        matter: Matter,
        kind: Kind,
        key: str,
        facts: dict[str, Any],
        at: datetime,
        *,
        lost: bool,
    ) -> datetime:
        notices.tell(
            self._tx,
            matter.reader,
            kind,
            key=key,
            severity=matter.severity,
            order=matter.order,
            facts=facts,
            now=at,
        )
        told = ledger.of_order(self._tx, matter.order.id) if matter.order else []
        mine = [one for one in told if one.key.startswith(f"{key}:{matter.reader.id}:")]
        return max((self._carry(one, matter, at, lost=lost) for one in mine), default=at)

    def _carry(self, notice: Notice, matter: Matter, at: datetime, *, lost: bool) -> datetime:
        text = messages.render(notice, matter, self._link(notice), at)
        written = f"{text.subject}\n\n{text.body}"
        tries = self._tries(lost=lost)
        for result, wait_s in zip(tries, (0, *Retry().waits_s), strict=False):
            at += timedelta(seconds=wait_s)
            notice = outbox.lease(self._tx, notice, PROVIDER, at, lease_s=_LEASE_S)
            at += timedelta(seconds=round(self._dice.uniform(0.1, 1.4), 3))
            ending = Ending(state=State.FAILED, result=result, words=WORDS[result], text=written)
            if result is Result.SENT or len(tries) == notice.lease:
                state = State.SENT if result is Result.SENT else State.DEAD
                ending = replace(ending, state=state)
            outbox.record(self._tx, notice, ending, at)
        return at

    def _link(self, notice: Notice) -> str:
        """None to a customer, who has no login yet; else a personal one, that is never written."""
        if notice.kind == Kind.TELLING:
            return ""
        return messages.personal_link(self._base_url, messages.MASK)

    def _tries(self, *, lost: bool) -> list[Result]:
        if lost:
            return [Result.FAILED] * Retry().rounds()
        stumbles = self._dice.random() < _STUMBLES
        return [*([Result.TIMEOUT] if stumbles else []), Result.SENT]
