"""What the broker or another receiver hands over, before anybody has read it."""

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from storage.inbox import Letter


@dataclass(frozen=True, slots=True)
class Message:
    """`letter`, `receiver` and `at` are those of the inbox, for what did not come by MQTT."""

    topic: str
    body: bytes
    mid: int = 0
    qos: int = 1
    dup: bool = False
    retained: bool = False
    letter: int = 0
    receiver: str = ""
    at: datetime | None = None

    @property
    def pair(self) -> tuple[int, int]:
        return self.mid, crc32(self.body, crc32(self.topic.encode("utf-8", "surrogateescape")))


def of_letter(letter: Letter) -> Message:
    """What another receiver took in, with the time at which it did."""
    return Message(
        letter.topic,
        letter.body,
        qos=0,
        letter=letter.id,
        receiver=letter.receiver,
        at=letter.at,
    )
