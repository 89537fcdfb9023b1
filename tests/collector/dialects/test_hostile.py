"""Hostile input, for every dialect: nothing dies, memory stays bounded, refusals say why.

The same questions to each of them; a dialect that is added to the registry is asked too.
"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dialects.registry import DIALECTS
from collector.dialects.speech import MOST_MEMORY
from tests.collector.dialects.seeds import SEEDS
from tests.collector.dialects.sound import tell
from tests.collector.dialects.told import Told

every = pytest.mark.parametrize("name", sorted(DIALECTS))

LARGE = 64 * 1024
ODD_BODIES = {
    "nothing": b"",
    "a NUL": b"\x00",
    "64 KiB of NUL": b"\x00" * LARGE,
    "64 KiB of one letter": b'"' + b"a" * LARGE + b'"',
    "lists in lists": b"[" * LARGE,
    "lists in lists, closed": b"[" * 30_000 + b"]" * 30_000,
    "objects in objects": b'{"a":' * 13_000,
    "a huge number": b'{"state":1e400,"Data":{"Value":1e400}}',
    "a huge whole number": b'{"battery":' + b"9" * 4_000 + b',"timestamp":' + b"9" * 4_000 + b"}",
    "not a number": b'{"battery":NaN,"timestamp":Infinity}',
    "many names": json.dumps({f"name-{n}": n for n in range(3_000)}).encode(),
    "a NUL within": b'{"topic":"a\\u0000b","Data":{"Failed":"\\u0000"},"state":"\\u0000"}',
    "UTF-16": '{"state":"online"}'.encode("utf-16"),
    "GBK": '{"state":"在线"}'.encode("gbk"),
    "half a character": b'{"state":"\xe5\x9c"}',
    "half a surrogate": b'{"state":"\\ud800"}',
    "two documents": b"{}{}",
    "the same name twice": b'{"state":"online","state":"offline"}',
    "an empty name": b'{"":{"":{"":1}}}',
    "a list": b"[{},[],null,1,true]",
    "null": b"null",
    "a word": b"online",
}
ODD_TOPICS = (
    "",
    "/",
    "//",
    "a",
    "event",
    "onvif-ej",
    "bridge",
    "x" * 60_000,
    "a/b/c/d/e/f/g/h",
    "é\x00",
)


def _topics(name: str) -> list[str]:
    return [*dict.fromkeys(topic for topic, _ in SEEDS[name]), *ODD_TOPICS]


@every
@pytest.mark.parametrize("what", ODD_BODIES)
def test_an_odd_body_on_every_topic(name: str, what: str) -> None:
    memory = None
    for topic in _topics(name):
        memory = tell(name, memory, topic, ODD_BODIES[what])
        tell(name, memory, topic, ODD_BODIES[what], retained=True)


@every
def test_ten_thousand_topics_leave_a_memory_that_is_bounded(name: str) -> None:
    told = Told(name)
    last = ""
    for number in range(10_000):
        topic, body = SEEDS[name][number % len(SEEDS[name])]
        last = f"{number}{topic}" if number % 2 else f"{topic}/{number}"
        told.hears(last, body)
    for memory in told.memories.values():
        assert len(msgspec.json.encode(memory)) <= MOST_MEMORY
    assert told.hears(last, b"")


@every
def test_ten_thousand_names_leave_a_memory_that_is_bounded(name: str) -> None:
    memory = None
    for number in range(0, 10_000, 50):
        for topic, body in SEEDS[name]:
            said = body.replace(b"SD_DISK", b"D%d" % number).replace(b"eth0", b"e%d" % number)
            memory = tell(name, memory, topic.replace("&1", f"&{number}"), said)


_words = ["1", "0", "true", "online", "offline", "1970-01-01T00:00:00Z", "-3"]
_numbers = st.integers() | st.floats(allow_nan=False)
_value = st.recursive(
    st.none() | st.booleans() | _numbers | st.text(max_size=20) | st.sampled_from(_words),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


def _bent(draw: st.DrawFn, document: Any) -> Any:
    """The same document with a value here or there put in place of another."""
    if draw(st.integers(0, 5)) == 0:
        return draw(_value)
    if isinstance(document, dict):
        return {key: _bent(draw, value) for key, value in document.items()}
    if isinstance(document, list):
        return [_bent(draw, value) for value in document]
    return document


@st.composite
def _talks(draw: st.DrawFn, name: str) -> list[tuple[str, bytes, bool]]:
    """Messages nearly as devices send them."""
    talk = []
    for topic, body in draw(st.lists(st.sampled_from(SEEDS[name]), max_size=6)):
        try:
            said = json.dumps(_bent(draw, json.loads(body))).encode()
        except ValueError:
            said = draw(st.sampled_from([body, b""]) | st.binary(max_size=64))
        talk.append((topic, said, draw(st.booleans())))
    return talk


@every
@given(data=st.data())
def test_nearly_right_messages(name: str, data: st.DataObject) -> None:
    memory = None
    for topic, body, retained in data.draw(_talks(name)):
        memory = tell(name, memory, topic, body, retained=retained)


@every
@given(topic=st.text(max_size=100), body=st.binary(max_size=1_000), retained=st.booleans())
def test_any_bytes_on_any_topic(name: str, topic: str, body: bytes, retained: bool) -> None:  # noqa: FBT001
    memory = tell(name, None, topic, body, retained=retained)
    for known, _ in SEEDS[name]:
        memory = tell(name, memory, known, body, retained=retained)


@every
def test_a_body_beyond_what_it_reads_is_refused_with_the_size(name: str) -> None:
    dialect = DIALECTS[name]
    told = Told(name)
    topic = SEEDS[name][2][0]
    said = told.hears(topic, b'"' + b"x" * dialect.MOST_BYTES + b'"')
    assert not any(one.metrics or one.flags for one in said.readings)
