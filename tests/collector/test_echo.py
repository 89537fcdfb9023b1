"""Our own echo: what counts, what does not, and when it is late."""

from datetime import UTC, datetime, timedelta

from collector.echo import Echo

T0 = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def an_echo() -> Echo:
    return Echo(every=SECOND / 4, late_after=10 * SECOND)


def call(echo: Echo, at: datetime) -> bytes:
    body = echo.call(at)
    assert body is not None
    return body


def test_the_watermark_is_when_it_was_sent() -> None:
    echo = an_echo()
    first = call(echo, T0)
    assert echo.call(T0 + SECOND / 5) is None
    second = call(echo, T0 + SECOND / 4)
    assert echo.heard(first)
    assert echo.watermark == T0
    assert echo.heard(second)
    assert echo.watermark == T0 + SECOND / 4
    assert echo.waiting == {}


def test_strangers_repeats_and_nonsense_move_nothing() -> None:
    echo, other = an_echo(), an_echo()
    ours, theirs = call(echo, T0), call(other, T0 + 9 * SECOND)
    assert not echo.heard(theirs)
    assert not echo.heard(b"\xff")
    assert not echo.heard(b'{"name": "x", "number": 1}')
    assert echo.watermark is None
    assert echo.heard(ours)
    assert not echo.heard(ours)


def test_late_after_ten_seconds() -> None:
    echo = an_echo()
    assert not echo.late(T0 + timedelta(hours=1))  # nothing was called
    body = call(echo, T0)
    assert not echo.late(T0 + 10 * SECOND)
    assert echo.late(T0 + 11 * SECOND)
    echo.heard(body)
    assert not echo.late(T0 + 11 * SECOND)


def test_only_a_call_over_this_connection_settles_it() -> None:
    """An older one may come back in the middle of what a reborn broker still holds."""
    echo = an_echo()
    before = call(echo, T0)
    echo.lost()
    after = call(echo, T0)
    said = []
    for body in (before, after):
        echo.heard(body)
        said.append(echo.settled)
    echo.lost()
    assert [*said, echo.settled] == [False, True, False]


def test_catching_up() -> None:
    echo = an_echo()
    assert echo.behind(T0)
    echo.heard(call(echo, T0))
    assert not echo.behind(T0 + 2 * SECOND)
    assert echo.behind(T0 + 3 * SECOND)
