"""What every dialect is: a pure reading of one message against a small, frozen memory.

`read(memory, source, topic, body, retained=..., now=...) -> Said`. It never raises and never
looks at a clock. The memory (one per node, `node` says which) is kept in the transaction of the
batch that changed it, so that a restart forgets nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

from collector.wire import Reading
from words.refusals import NO_REASON, Reason

MOST_NODES = 10_000  # memories of one source; a node beyond is refused
MOST_MEMORY = 1024 * 1024  # encoded bytes of one memory; a dialect keeps within it by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A topic prefix of one site, read in one dialect (`[[source]]`). No slash at its end."""

    site: str
    dialect: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of ours; sent after the commit, at QoS 1, at most once for each reading."""

    topic: str
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a message means. `readings` and `rejected` may both be there: the usable part counts.

    `memory` is what to know from now on (the same object when nothing was learnt). `wanted` are
    topic filters to subscribe to besides the dialect's own.
    """

    memory: Any
    readings: tuple[Reading, ...] = ()
    rejected: Reason = NO_REASON
    wanted: tuple[str, ...] = ()
    messages: tuple[Outgoing, ...] = ()


class Dialect(Protocol):
    """A module under `collector/dialects/` with these names.

    `MOST_BYTES`: the largest body it reads. `Memory`: a frozen msgspec struct that can be made
    without arguments.
    """

    NAME: str
    MOST_BYTES: int

    @property
    def Memory(self) -> type[msgspec.Struct]: ...  # noqa: N802 - a class of the module

    def filters(self, prefix: str) -> tuple[str, ...]:
        """The topic filters to subscribe to, all below the prefix."""

    def node(self, source: Source, topic: str) -> str:
        """Which memory a topic belongs to; '' for the one of the whole source."""

    def read(
        self,
        memory: Any,
        source: Source,
        topic: str,
        body: bytes,
        *,
        retained: bool,
        now: datetime,
    ) -> Said: ...


Registry = Mapping[str, Dialect]
EMPTY: Registry = MappingProxyType({})
