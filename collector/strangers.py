"""Devices that speak and are on nobody's list, as one batch hears them."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from collector.message import Message
from collector.wire import Guess, Reading, named_well
from storage import discovered
from storage.db import Tx
from storage.discovered import Heard
from words.refusals import Reason, because

SAMPLE = 512  # bytes of the last message, shown to whoever enrols it


@dataclass(slots=True)
class Strangers:
    _heard: dict[tuple[str, str, str], Heard] = field(default_factory=dict)

    def hear(self, message: Message, reading: Reading, now: datetime) -> Reason | None:
        """Count it; says why it cannot be kept, if it cannot."""
        if reading.dialect == "native" and not named_well(reading.site, reading.device):
            return because("ids")
        key = (reading.site, reading.dialect, reading.device)
        known = self._heard.get(key)
        guess = _facts(reading.guess) or (known.guess if known else {})
        self._heard[key] = Heard(
            site=reading.site,
            dialect=reading.dialect,
            device=reading.device,
            at=now,
            messages=known.messages + 1 if known else 1,
            topic=message.topic,
            sample=message.body[:SAMPLE].decode("utf-8", "replace").replace("\x00", ""),
            guess=guess,
        )
        return None

    def write(self, tx: Tx, *, keep: int) -> None:
        if self._heard:
            discovered.heard(tx, list(self._heard.values()), keep=keep)


def _facts(guess: Guess | None) -> dict[str, Any]:
    return {name: value for name, value in asdict(guess).items() if value} if guess else {}
