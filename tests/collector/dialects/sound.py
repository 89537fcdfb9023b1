"""What must hold of every answer of every dialect, whatever it was told."""

from datetime import UTC
from typing import Any

import msgspec

from collector.dialects.registry import DIALECTS
from collector.dialects.speech import MOST_MEMORY, Said, Source
from collector.wire import Reading
from tests.collector.dialects.told import DAWN

KINDS = {"state", "health", "event", "alive", "about"}
WORDS = {"online", "offline", "sleeping", "stopped", "removed", "unknown"}
MOST_REASON = 1_000


def tell(name: str, memory: Any, topic: str, body: bytes, *, retained: bool = False) -> Any:
    """Tell it and look at the answer; returns what it remembers. Raises if anything is unsound."""
    dialect = DIALECTS[name]
    source = Source(site="S1", dialect=name, prefix=name)
    whole = f"{name}/{topic}"
    dialect.node(source, whole)
    known = dialect.Memory() if memory is None else memory
    said = dialect.read(known, source, whole, body, retained=retained, now=DAWN)
    _look(said, name)
    if said.memory is not known:
        kept = msgspec.json.encode(said.memory)
        assert len(kept) <= MOST_MEMORY, f"{len(kept)} bytes of memory"
        assert msgspec.json.decode(kept, type=dialect.Memory) == said.memory
    return said.memory


def _look(said: Said, name: str) -> None:
    assert isinstance(said.rejected, str)
    assert len(said.rejected) <= MOST_REASON
    for reading in said.readings:
        _look_at(reading, name)
    for topic in (*said.wanted, *(one.topic for one in said.messages)):
        assert topic.startswith(f"{name}/")
        assert "\x00" not in topic


def _look_at(reading: Reading, name: str) -> None:
    assert reading.dialect == name
    assert reading.site == "S1" or not DIALECTS[name].filters(name)  # a letter names its site
    assert reading.kind in KINDS
    assert (reading.word in WORDS) if reading.kind == "state" else not reading.word
    assert isinstance(reading.device, str)
    assert all(type(value) in {int, float} for value in reading.metrics.values())
    assert all(type(value) is bool for value in reading.flags.values())
    assert reading.interval_s is None or reading.interval_s > 0
    if reading.t is not None:
        assert reading.t.tzinfo is UTC
