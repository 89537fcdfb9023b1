"""A dialect that is told messages one by one and keeps its memories as the intake does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collector.dialects.registry import DIALECTS
from collector.dialects.speech import Said, Source
from collector.wire import Reading

DAWN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Told:
    """`now` moves by `passes` only. Every memory goes through JSON: so a restart finds it."""

    def __init__(self, dialect: str, prefix: str = "") -> None:
        self.dialect = DIALECTS[dialect]
        self.source = Source(site="S1", dialect=dialect, prefix=prefix or dialect)
        self.now = DAWN
        self.memories: dict[str, Any] = {}

    def passes(self, seconds: float = 0, *, hours: float = 0) -> None:
        self.now += timedelta(seconds=seconds, hours=hours)

    def hears(self, topic: str, body: object = b"", *, retained: bool = False) -> Said:
        """`topic` is that below the prefix; a body that is not bytes is sent as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        whole = f"{self.source.prefix}/{topic}"
        node = self.dialect.node(self.source, whole)
        memory = self.memories.get(node) or self.dialect.Memory()
        said = self.dialect.read(memory, self.source, whole, raw, retained=retained, now=self.now)
        kept = msgspec.json.encode(said.memory)
        self.memories[node] = msgspec.json.decode(kept, type=self.dialect.Memory)
        return said

    def understands(self, topic: str, body: object = b"", *, retained: bool = False) -> Reading:
        """The one reading of a message that is read without complaint."""
        said = self.hears(topic, body, retained=retained)
        assert not said.rejected
        (reading,) = said.readings
        return reading

    def refuses(self, topic: str, body: object = b"") -> str:
        said = self.hears(topic, body)
        assert said.rejected
        return said.rejected
