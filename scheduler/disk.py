"""A disk that runs full is told while there is still room to tell it."""

import logging
from datetime import datetime

from operations import alerts as alert_desk
from rules.policy import Policy
from storage.db import ConflictError, Database, transaction
from wiring.room import Room

log = logging.getLogger(__name__)

DISK_FULL = "MON_DISK_FULL"
_SUBJECT = "data"


class DiskWatch:
    """Writes only when the answer changed; at the first look it clears what an end left open."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._told: bool | None = None

    def look(self, database: Database, policy: Policy, now: datetime) -> None:
        full = self._room.full(now)
        if full == self._told:
            return
        try:
            with transaction(database) as tx:
                if full:
                    facts = {"free_mb": self._room.free_mb}
                    alert_desk.raise_alert(tx, DISK_FULL, _SUBJECT, facts, policy, now)
                else:
                    alert_desk.clear_alert(tx, DISK_FULL, _SUBJECT, now)
        except ConflictError:
            return  # at the next look
        self._told = full
        if full:
            log.error("the disk is nearly full: %d MB left", self._room.free_mb)
