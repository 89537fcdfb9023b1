"""Bytes from the field: understood, or refused with a reason; never an exception."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.wire import MAX_BYTES, MAX_NAMES, Reading, Rejected, named_well, read

HEALTH, EVENT, STATE = (f"ringwatch/v1/S1/cam-1/{kind}" for kind in ("health", "event", "state"))
T = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)


def understood(topic: str, body: bytes | str) -> Reading:
    said = read(topic, body.encode() if isinstance(body, str) else body)
    assert isinstance(said, Reading), said
    return said


def refused(topic: str, body: bytes | str) -> str:
    said = read(topic, body.encode() if isinstance(body, str) else body)
    assert isinstance(said, Rejected), said
    return said.reason


def test_health_as_documented() -> None:
    said = understood(
        HEALTH,
        '{"t": "2026-06-15T01:02:03Z", "seq": 7, "interval": 60,'
        ' "metrics": {"battery_pct": 88, "temperature_c": 41.5},'
        ' "flags": {"tamper": false, "mains": true}, "of a later version": [1]}',
    )
    assert (said.site, said.device, said.kind) == ("S1", "cam-1", "health")
    assert (said.t, said.seq, said.interval_s) == (T, 7, 60)
    assert said.metrics == {"battery_pct": 88, "temperature_c": 41.5}
    assert said.flags == {"tamper": False, "mains": True}


def test_null_is_absent_not_false() -> None:
    said = understood(HEALTH, '{"metrics": {"a": null, "b": 1}, "flags": {"tamper": null}}')
    assert (said.metrics, said.flags) == ({"b": 1}, {})
    assert understood(HEALTH, "{}").metrics == {}


@pytest.mark.parametrize(
    ("written", "t"),
    [
        ('"2026-06-15T09:02:03+08:00"', T),
        ('"2026-06-15T01:02:03"', None),  # naive: nobody knows where
        ('"yesterday"', None),
        ("1781485323", None),
        ('{"a": 1}', None),
        ("null", None),
        ('"0001-01-01T00:00:00+14:00"', None),  # before the year 1 in UTC
        ('"9999-12-31T23:59:59-12:00"', None),  # after the year 9999 in UTC
        (
            '"1970-01-01T00:00:09Z"',
            T.replace(year=1970, month=1, day=1, hour=0, minute=0, second=9),
        ),
    ],
)
def test_a_time_nobody_can_read_still_gives_the_reading(written: str, t: datetime | None) -> None:
    health = understood(HEALTH, f'{{"t": {written}, "metrics": {{"luma": 3}}, "seq": 1}}')
    assert (health.t, health.metrics, health.seq) == (t, {"luma": 3}, 1)
    event = understood(EVENT, f'{{"t": {written}, "code": "TAMPER", "active": true}}')
    assert (event.t, event.code, event.active) == (t, "TAMPER", True)
    state = understood(STATE, f'{{"t": {written}, "state": "online"}}')
    assert (state.t, state.word) == (t, "online")


def test_times_are_kept_in_utc() -> None:
    said = understood(HEALTH, '{"t": "2026-06-15T09:02:03+08:00"}')
    assert said.t is not None
    assert said.t.tzinfo is UTC


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("online", "online"),
        ("Online", "online"),
        (" ONLINE\n", "online"),
        ('"online"', "online"),
        ("true", "online"),
        ("1", "online"),
        ("ready", "online"),
        ("Connected", "online"),
        ("offline", "offline"),
        ("lost", "offline"),
        ("disconnected", "offline"),
        ("sleeping", "sleeping"),
        ("stopped", "stopped"),
        ('{"state": "Offline"}', "offline"),
        ('{"state": "sleeping", "t": "2026-06-15T01:02:03Z"}', "sleeping"),
        ("well, mostly", "unknown"),
        ('{"state": "fine"}', "unknown"),
        ("[1]", "unknown"),
        ("", "removed"),
    ],
)
def test_one_word_for_one_thing(body: str, word: str) -> None:
    assert understood(STATE, body).word == word


@pytest.mark.parametrize(
    ("topic", "body", "why"),
    [
        ("ringwatch/v2/S1/d/health", "{}", "topic"),
        ("ringwatch/v1/S1/d", "{}", "topic"),
        ("ringwatch/v1/S1/d/health/x", "{}", "topic"),
        ("other/v1/S1/d/health", "{}", "topic"),
        ("ringwatch/v1/S1/d/picture", "{}", "picture"),
        (HEALTH, "", "truncated"),
        (HEALTH, "no json", "malformed"),
        (HEALTH, "[]", "object"),
        (HEALTH, b"\xff\xfe{\x00}\x00", "JSON"),
        (HEALTH, '{"metrics": {"温度": 1}}'.encode("gb18030"), "utf-8"),
        (HEALTH, '{"metrics": {"温度": 1}}', "name"),
        (HEALTH, '{"metrics": {"a b": 1}}', "name"),
        (HEALTH, r'{"metrics": {"a\u0000": 1}}', "name"),
        (HEALTH, '{"metrics": {"a": "1"}}', "float"),
        (HEALTH, '{"metrics": {"a": true}}', "float"),
        (HEALTH, '{"metrics": {"a": NaN}}', "malformed"),
        (HEALTH, '{"metrics": {"a": 1e999}}', "range"),
        (HEALTH, '{"flags": {"tamper": 1}}', "bool"),
        (HEALTH, '{"seq": -1}', "seq"),
        (HEALTH, '{"seq": 9223372036854775808}', "seq"),
        (HEALTH, '{"interval": 0}', "interval"),
        (HEALTH, '{"interval": 1e12}', "interval"),
        (HEALTH, '{"t": "yesterday", "seq": "x"}', "seq"),
        (EVENT, '{"code": "TAMPER"}', "active"),
        (EVENT, '{"code": "", "active": true}', "code"),
        (EVENT, '{"code": "TAMPER", "active": 1}', "bool"),
        (EVENT, r'{"code": "TAMPER", "active": true, "point": "a\u0000"}', "point"),
        (EVENT, r'{"code": "TAMPER", "active": true, "point": "a\n"}', "point"),
        (EVENT, r'{"code": "TA\ud800", "active": true}', "malformed"),
        (EVENT, '{"code": "TAMPER", "active": true, "point": "' + "x" * 65 + '"}', "point"),
        (STATE, b"\xff\xfe", "utf-8"),
        (STATE, '{"state": 1}', "state"),
        (STATE, '{"stat": "online"}', "state"),
    ],
)
def test_refused_with_its_reason(topic: str, body: bytes | str, why: str) -> None:
    assert why.lower() in refused(topic, body).lower()


def test_sixty_four_kibibytes_and_not_one_more() -> None:
    body = b'{"metrics": {"a": 1}' + b" " * (MAX_BYTES - 21) + b"}"
    assert len(body) == MAX_BYTES
    assert understood(HEALTH, body).metrics == {"a": 1}
    assert str(MAX_BYTES) in refused(HEALTH, body + b" ")


@pytest.mark.parametrize("topic", [HEALTH, EVENT, STATE])
def test_deep_nesting_is_a_reason_not_a_crash(topic: str) -> None:
    deep = b"[" * 30_000 + b"]" * 30_000
    for field in (b"t", b"metrics", b"of a later version"):
        said = b'{"code": "TAMPER", "active": true, "state": "online", "%s": %s}' % (field, deep)
        read(topic, said)
    read(topic, b'{"t":' * 10_000)


def test_bounded_names() -> None:
    many = json.dumps({"metrics": {f"m{n}": n for n in range(MAX_NAMES + 1)}})
    assert str(MAX_NAMES) in refused(HEALTH, many)


@given(st.text(max_size=80), st.binary(max_size=200))
def test_never_raises_for_any_bytes(topic: str, body: bytes) -> None:
    assert isinstance(read(topic, body), Rejected)
    for known in (HEALTH, EVENT, STATE):
        read(known, body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.datetimes(timezones=st.just(timezone(timedelta(hours=14)))).map(lambda at: at.isoformat()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
FIELDS = ("t", "seq", "interval", "metrics", "flags", "code", "active", "point", "state")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_never_raises_for_any_json(said: dict[str, object]) -> None:
    body = json.dumps(said).encode()
    for known in (HEALTH, EVENT, STATE):
        understood_or_not = read(known, body)
        if isinstance(understood_or_not, Reading) and understood_or_not.t:
            assert understood_or_not.t.tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "well"),
    [
        ("S1", True),
        ("a.b_c-9", True),
        ("", False),
        ("a b", False),
        ("x" * 65, False),
        ("门", False),
    ],
)
def test_ids(name: str, *, well: bool) -> None:
    assert named_well(name, "d") is well
    assert named_well("S1", name) is well
