"""The policy in force: defaults < TOML file < the company's set-up < changes in the browser (A18).

Each process holds one `Figures`, looks twice a second whether anything was changed, and asks it
by the clock: a change counts from its very instant on, in every process, without a restart.
"""

import logging
import threading
from dataclasses import dataclass, replace
from datetime import datetime

from rules import policy_changes
from rules.policy import Policy
from rules.policy_changes import PolicyChange
from storage import company
from storage import policy as policy_rows
from storage.db import ConflictError, Database, DatabaseDownError, reading
from storage.policy import Mark
from wiring.clock import monotonic

log = logging.getLogger(__name__)

LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class _Known:
    settings: Policy
    city_hours: float | None = None
    changes: tuple[PolicyChange, ...] = ()
    mark: Mark | None = None

    @property
    def base(self) -> Policy:
        if self.city_hours is None:
            return self.settings
        return replace(
            self.settings, zone_hours=replace(self.settings.zone_hours, city=self.city_hours)
        )


@dataclass(frozen=True, slots=True)
class _Spell:
    """The policy from `since` until, not including, `until`."""

    policy: Policy
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class Figures:
    """Threads may share it: what it knows is replaced whole, never altered."""

    def __init__(self, settings: Policy) -> None:
        self._known = _Known(settings)
        self._spell: tuple[_Known, _Spell] | None = None
        self._looked_at = -LOOK_S
        self._lock = threading.Lock()

    @property
    def base(self) -> Policy:
        """What holds where nobody changed anything in the browser."""
        return self._known.base

    def at(self, now: datetime) -> Policy:
        """The same object as long as nothing changes, so `is` tells whether something did."""
        known, held = self._known, self._spell
        if held is not None and held[0] is known and held[1].holds(now):
            return held[1].policy
        policy = policy_changes.in_force(known.base, known.changes, now)
        if held is not None and held[1].policy == policy:
            policy = held[1].policy
        until = policy_changes.next_instant(known.changes, now)
        self._spell = (known, _Spell(policy, now, until))
        return policy

    def changed(self, now: datetime) -> frozenset[str]:
        """The names of the figures that hold by a change in the browser."""
        return policy_changes.names_in_force(self._known.changes, now)

    def read(self, database: Database) -> None:
        """Take up what was changed since. Raises `DatabaseDownError` or `ConflictError`."""
        with reading(database) as tx:
            mark = policy_rows.mark(tx)
            if mark == self._known.mark:
                return
            city = company.fact(tx, policy_rows.CITY_HOURS)
            changes = tuple(policy_rows.everything(tx))
        hours = None if city is None else float(city)
        with self._lock:
            self._known = replace(self._known, city_hours=hours, changes=changes, mark=mark)

    def look(self, database: Database) -> None:
        """`read` for a loop that turns often: twice a second, and a database may be away."""
        if monotonic() - self._looked_at < LOOK_S:
            return
        self._looked_at = monotonic()
        try:
            self.read(database)
        except (DatabaseDownError, ConflictError) as error:
            log.warning("the figures in force could not be read; the known ones stay: %s", error)

    def settings_say(self, policy: Policy) -> None:
        """The settings were read anew (SIGHUP)."""
        with self._lock:
            self._known = replace(self._known, settings=policy)
