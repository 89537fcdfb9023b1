"""What the broker hands over, before anybody has read it."""

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    body: bytes
    mid: int = 0
    qos: int = 1
    dup: bool = False
    retained: bool = False

    @property
    def pair(self) -> tuple[int, int]:
        return self.mid, crc32(self.body, crc32(self.topic.encode("utf-8", "surrogateescape")))
