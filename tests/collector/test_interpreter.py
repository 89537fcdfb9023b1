"""Other dialects before the real intake: memories, letters, hearsay and what is refused (A01)."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
import pytest

from collector import interpreter
from collector.dialects import speech
from collector.dialects.speech import Outgoing, Said, Source
from collector.interpreter import Interpreter
from collector.message import Message, of_letter
from collector.wire import Guess, Reading
from rules.model import DeviceType, Fault
from storage import dialect_memories, inbox, rejects
from storage.db import reading, transaction
from storage.inbox import Letter
from storage.views import discovered as discovered_view
from storage.views import rejects as reject_view
from storage.views.discovered import Key
from tests.collector.field import Field
from words.refusals import Reason

PREFIX = "site/counters"


class Counting(msgspec.Struct, frozen=True):
    count: int = 0


class Counter:
    """A dialect for these tests: `<prefix>/<device>/<what>`; it remembers how often each spoke."""

    NAME = "counter"
    MOST_BYTES = 1024
    Memory = Counting

    def filters(self, prefix: str) -> tuple[str, ...]:
        return (f"{prefix}/#",)

    def node(self, _source: Source, topic: str) -> str:
        return topic.removeprefix(f"{PREFIX}/").split("/")[0]

    def read(
        self,
        memory: Counting,
        source: Source,
        topic: str,
        body: bytes,
        *,
        retained: bool,
        now: datetime,
    ) -> Said:
        del now
        device, _, what = topic.removeprefix(f"{source.prefix}/").partition("/")
        site = source.site or "S1"
        one = Reading(site, device, "health", dialect=self.NAME)
        known = memory if retained else Counting(memory.count + 1)
        if what == "refuse":
            return Said(memory=memory, rejected=Reason("it says nothing"))
        if what == "many":
            one.metrics = {"count": float(known.count)}
            other = Reading(site, f"{device}-b", "alive", dialect=self.NAME)
            return Said(memory=known, readings=(one, other), rejected=Reason("half is unknown"))
        if what == "ask":
            asks = (Outgoing(f"{PREFIX}/{device}/get", b"{}"), Outgoing("elsewhere/x"))
            return Said(memory=known, wanted=(f"{PREFIX}/deep/#", "all/#"), messages=asks)
        if what == "gone":
            one.gone = ("video_loss",)
        elif what == "odd":
            one.metrics = {"temperature_c": float("inf")}
        elif what == "guess":
            one.guess = Guess(type=DeviceType.SENSOR, via="hub")
        else:
            one.flags = {"video_loss": body == b"1"}
        return Said(memory=known, readings=(one,))


DIALECTS: Mapping[str, Counter] = {"counter": Counter()}
SOURCE = Source(site="S1", dialect="counter", prefix=PREFIX)


@pytest.fixture
def counting(field: Field) -> Field:
    field.has("door", dialect="counter", dialect_id="d1")
    return _again(field)


def _again(field: Field) -> Field:
    """The same database, a new process."""
    field.intake.interpreter = Interpreter([SOURCE], DIALECTS)
    with reading(field.database) as tx:
        field.intake.interpreter.load(tx)
    return field


def _says(
    field: Field, what: str, body: bytes = b"0", device: str = "d1", *, retained: bool = False
) -> None:
    field.takes(Message(f"{PREFIX}/{device}/{what}", body, qos=0, retained=retained))


def _memory(field: Field, node: str = "d1") -> object:
    with reading(field.database) as tx:
        body = dialect_memories.everything(tx).get((PREFIX, node), b"null")
    return msgspec.json.decode(body)


def _refused(field: Field) -> list[str]:
    with reading(field.database) as tx:
        return [one.reason for one in reject_view.newest(tx, limit=9).rows]


def test_a_memory_is_kept_with_its_batch_and_outlives_a_restart(counting: Field) -> None:
    _says(counting, "many")
    _says(counting, "many")
    assert _memory(counting) == {"count": 2}
    _says(_again(counting), "many")
    assert counting.last("door").metrics == {"count": 3}


def test_a_batch_that_fails_teaches_nothing(
    counting: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    _says(counting, "many")

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(interpreter, "write", broken)
    with pytest.raises(RuntimeError):
        _says(counting, "many")
    monkeypatch.undo()
    assert _memory(counting) == {"count": 1}
    _says(counting, "many")
    assert _memory(counting) == {"count": 2}


def test_a_memory_of_another_release_is_learnt_anew(counting: Field) -> None:
    with transaction(counting.database) as tx:
        dialect_memories.put_all(tx, {(PREFIX, "d1"): b'["something else"]', ("gone", ""): b"{}"})
    _says(_again(counting), "many")
    assert _memory(counting) == {"count": 1}


def test_the_usable_part_counts_and_the_rest_is_kept_with_its_reason(counting: Field) -> None:
    _says(counting, "many")
    assert counting.last("door").metrics == {"count": 1}
    assert _refused(counting) == ["half is unknown"]
    with reading(counting.database) as tx:
        assert discovered_view.get(tx, Key(site="S1", dialect="counter", device="d1-b"))


def test_what_a_stranger_says_it_is_stays_with_it(counting: Field) -> None:
    _says(counting, "guess", device="new")
    _says(counting, "alarm", device="new")
    with reading(counting.database) as tx:
        found = discovered_view.get(tx, Key(site="S1", dialect="counter", device="new"))
    assert found
    assert found.guess == Guess(type=DeviceType.SENSOR, via="hub")
    assert found.messages == 2


@pytest.mark.parametrize(
    ("what", "device", "reason"),
    [
        ("odd", "d1", "not a number that can be kept"),
        ("x", "a\x1fb", "none of them a control character"),
        ("x", "a" * 129, "1 to 128 characters"),
        ("refuse", "d1", "it says nothing"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(
    counting: Field, what: str, device: str, reason: str
) -> None:
    _says(counting, what, device=device)
    assert reason in _refused(counting)[0]


def test_a_body_beyond_the_dialects_size_is_refused_unread(counting: Field) -> None:
    _says(counting, "x", b"1" * 1025)
    assert _refused(counting) == ["the body has 1025 bytes; at most 1024 are accepted"]


def test_a_topic_of_no_source_is_refused(counting: Field) -> None:
    counting.takes(Message("site/countersx/d1/x", b"1", qos=0), Message("site", b"1", qos=0))
    assert _refused(counting) == ["the topic belongs to no source of ours"] * 2


def test_nodes_are_bounded(counting: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "MOST_NODES", 5)
    for number in range(8):
        _says(counting, "x", device=f"d{number}")
    with reading(counting.database) as tx:
        assert len(dialect_memories.everything(tx)) == 5
    assert "has 5 nodes already" in _refused(counting)[0]


def test_ten_thousand_distinct_topics_leave_memory_bounded(counting: Field) -> None:
    for start in range(0, 10_000, 1_000):
        some = (f"{PREFIX}/n{number}/x" for number in range(start, start + 1_000))
        counting.takes(*(Message(topic, b"1", qos=0) for topic in some))
    for number in range(50):
        _says(counting, "x", device=f"more{number}")
    with reading(counting.database) as tx:
        assert len(dialect_memories.everything(tx)) == speech.MOST_NODES
        assert discovered_view.count(tx) == counting.parts.policy.discovered_kept
        assert rejects.count(tx) == 50
    _says(counting, "x", b"0")
    assert counting.last("door").last_heard_at == counting.now


def test_a_dialect_listens_and_speaks_below_its_prefix_only(counting: Field) -> None:
    _says(counting, "ask")
    assert counting.intake.interpreter.wanted == {f"{PREFIX}/deep/#"}
    assert counting.intake.interpreter.filters == (f"{PREFIX}/#", f"{PREFIX}/deep/#")
    assert counting.intake.outgoing == [Outgoing(f"{PREFIX}/d1/get", b"{}")]


# Letters: what other receivers took in


def _letter(field: Field, what: str) -> None:
    one = Letter(at=field.now, receiver="counter", topic=f"{PREFIX}/d1/{what}", body=b"1")
    with transaction(field.database) as tx:
        inbox.put(tx, [one])


def test_a_letter_has_its_effect_once_and_is_gone(counting: Field) -> None:
    _letter(counting, "many")
    with reading(counting.database) as tx:
        letters = inbox.oldest(tx, 10)
    taken_at = counting.now
    counting.passes(30)
    counting.takes(*map(of_letter, letters))
    assert counting.last("door").metrics == {"count": 1}
    assert counting.last("door").last_heard_at == taken_at  # when it came, not when it was read
    with reading(counting.database) as tx:
        assert inbox.waiting(tx) == 0


# Hearsay: retained messages are not news


def _lost(field: Field) -> list[Fault]:
    return [fault for fault in field.faults("door") if fault.code == "CAM_VIDEO_LOSS"]


def test_a_retained_fault_is_shown_but_judged_only_when_the_device_speaks(counting: Field) -> None:
    _says(counting, "alarm", b"1", retained=True)
    counting.passes(minutes=5)
    assert counting.last("door").flags == {"video_loss": True}
    assert _lost(counting) == []
    _says(counting, "guess")  # it lives: what it last said is still so
    counting.passes(55)
    assert _lost(counting) == []
    counting.passes(10)
    assert _lost(counting)


def test_a_retained_word_opens_no_second_fault_and_does_not_restart_its_clock(
    counting: Field,
) -> None:
    _says(counting, "alarm", b"1")
    counting.passes(65)
    before = _lost(counting)
    assert len(before) == 1
    counting.passes(30)
    _says(counting, "alarm", b"1", retained=True)
    _says(counting, "guess")
    counting.passes(65)
    assert _lost(counting) == before


def test_what_was_gone_is_neither_good_nor_bad(counting: Field) -> None:
    """An empty retained payload clears what was known; it is no recovery."""
    _says(counting, "alarm", b"1")
    counting.passes(65)
    _says(counting, "gone", retained=True)
    assert counting.last("door").flags == {}
    _says(counting, "guess")
    assert len(_lost(counting)) == 1
