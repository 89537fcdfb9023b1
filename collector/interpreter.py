"""Which dialect a message is in, what the dialect remembers, and what it makes of it.

A batch learns into a `Lesson`; it becomes memory only after the commit, like everything else the
batch has thought.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, NamedTuple

import msgspec

from collector.dialects.speech import (
    MOST_MEMORY,
    MOST_NODES,
    Outgoing,
    Registry,
    Said,
    Source,
)
from collector.message import Message
from collector.wire import Reading, Rejected, read
from storage import dialect_memories
from storage.db import Tx
from storage.dialect_memories import Node
from words.refusals import NO_REASON, Reason, because

NATIVE = "ringwatch/"
MOST_WANTED = 1_000  # filters beyond the dialects' own
LONGEST_ID = 128
_CLEAN = r"[^\x00-\x1f\x7f\ud800-\udfff]"
_unkept = re.compile(r"[\x00\ud800-\udfff]").search
_id = re.compile(f"{_CLEAN}{{1,{LONGEST_ID}}}").fullmatch
_name = re.compile(rf"[A-Za-z][A-Za-z0-9_.-]{{0,63}}(:{_CLEAN}{{1,64}})?").fullmatch
_encode = msgspec.json.Encoder().encode


class Understood(NamedTuple):
    """A message and what it means; `rejected` says why some or all of it is not used."""

    message: Message
    readings: Sequence[Reading]
    rejected: Reason = NO_REASON


@dataclass(slots=True)
class Lesson:
    """What the dialects learnt from one batch, want to hear besides, and have to say."""

    memories: dict[Node, Any] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    messages: list[Outgoing] = field(default_factory=list)


class Interpreter:
    """Sources by prefix, and one memory for each node of each of them."""

    def __init__(self, sources: Iterable[Source], dialects: Registry) -> None:
        self._dialects = dialects
        self._sources = {one.prefix: one for one in sources}
        self._receivers = {one.dialect: one for one in self._sources.values()}
        self._deepest = max((one.count("/") + 1 for one in self._sources), default=0)
        self._memories: dict[Node, Any] = {}
        self._nodes: dict[str, int] = {}
        self.wanted: set[str] = set()

    @property
    def filters(self) -> tuple[str, ...]:
        """What to subscribe to besides the native topics, in a steady order."""
        own = (
            topic
            for one in self._sources.values()
            for topic in self._dialects[one.dialect].filters(one.prefix)
        )
        return tuple(sorted({*own, *self.wanted}))

    def owns(self, topic_filter: str) -> bool:
        """Is this a filter below one of our sources?"""
        return self._source_of(topic_filter) is not None

    def load(self, tx: Tx) -> None:
        self._memories, self._nodes = {}, {}
        for (prefix, node), body in dialect_memories.everything(tx).items():
            source = self._sources.get(prefix)
            if source is None:
                continue
            try:
                memory = msgspec.json.decode(body, type=self._dialects[source.dialect].Memory)
            except (ValueError, RecursionError):
                continue  # of another release: learnt anew from what comes
            self._memories[prefix, node] = memory
            self._nodes[prefix] = self._nodes.get(prefix, 0) + 1

    def read(self, message: Message, lesson: Lesson, now: datetime) -> Understood:
        """What a message means. Never raises: what a dialect cannot read is rejected."""
        if message.topic.startswith(NATIVE) and not message.receiver:
            said = read(message.topic, message.body)
            if isinstance(said, Rejected):
                return Understood(message, (), said.reason)
            return Understood(message, (said,))
        receiver = message.receiver
        source = self._receivers.get(receiver) if receiver else self._source_of(message.topic)
        if source is None:
            return Understood(message, (), because("no_source"))
        return self._interpret(source, message, lesson, message.at or now)

    def keep(self, lesson: Lesson) -> None:
        """The batch is durable."""
        for key in lesson.memories:
            if key not in self._memories:
                self._nodes[key[0]] = self._nodes.get(key[0], 0) + 1
        self._memories.update(lesson.memories)
        self.wanted |= lesson.wanted

    def _interpret(
        self, source: Source, message: Message, lesson: Lesson, now: datetime
    ) -> Understood:
        dialect, body = self._dialects[source.dialect], message.body
        if len(body) > dialect.MOST_BYTES:
            too_large = because("too_large", size=len(body), most=dialect.MOST_BYTES)
            return Understood(message, (), too_large)
        if _unkept(message.topic):
            return Understood(message, (), because("topic_text"))
        key = (source.prefix, dialect.node(source, message.topic)[:LONGEST_ID])
        known = lesson.memories.get(key) or self._memories.get(key)
        memory = known or dialect.Memory()
        said = dialect.read(memory, source, message.topic, body, retained=message.retained, now=now)
        unfit = NO_REASON
        if said.memory is not memory:
            unfit = self._learn(key, said.memory, lesson, new=known is None)
        self._listen(said, source, lesson)
        flaws = [_flaw(one) for one in said.readings]
        sound = [one for one, flaw in zip(said.readings, flaws, strict=True) if not flaw]
        rejected = said.rejected or unfit or next(filter(None, flaws), NO_REASON)
        return Understood(message, sound, rejected)

    def _learn(self, key: Node, memory: Any, lesson: Lesson, *, new: bool) -> Reason:
        """Keep what was learnt, unless it is too much; says why not."""
        if new and self._nodes.get(key[0], 0) + len(lesson.memories) >= MOST_NODES:
            return because("nodes", most=MOST_NODES)
        lesson.memories[key] = memory
        return NO_REASON

    def _listen(self, said: Said, source: Source, lesson: Lesson) -> None:
        """Only below its own prefix may a dialect listen and speak."""
        below = f"{source.prefix}/"
        for topic in said.wanted:
            if topic.startswith(below) and len(self.wanted) + len(lesson.wanted) < MOST_WANTED:
                lesson.wanted.add(topic)
        lesson.messages += (one for one in said.messages if one.topic.startswith(below))

    def _source_of(self, topic: str) -> Source | None:
        start = -1
        for _ in range(self._deepest):
            start = topic.find("/", start + 1)
            if start < 0:
                return None
            source = self._sources.get(topic[:start])
            if source is not None:
                return source
        return None


def write(tx: Tx, lesson: Lesson) -> None:
    """What was learnt goes into the transaction of the batch that taught it."""
    encoded = {key: _encode(memory) for key, memory in lesson.memories.items()}
    dialect_memories.put_all(
        tx, {key: body for key, body in encoded.items() if len(body) <= MOST_MEMORY}
    )


def _flaw(reading: Reading) -> Reason:
    """Why a dialect's reading cannot be kept; '' when it can."""
    if not _id(reading.device):
        return because("device_id", most=LONGEST_ID)
    for name in (*reading.metrics, *reading.flags):
        if not _name(name):
            return because("name", name=repr(name[:64]))
    for name, value in reading.metrics.items():
        if not isfinite(value):
            return because("value", name=name, value=value)
    return NO_REASON
