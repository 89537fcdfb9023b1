"""Whether the outside hears from us: one lost ping is no alarm, three minutes of silence are."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.dead_man import Ping, Stand, judge

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URL = "https://hc.example.com/secret"


def ping(ago_s: float, *, taken: bool = True) -> Ping:
    return Ping(at=NOW - timedelta(seconds=ago_s), sent=True, taken=taken)


@pytest.mark.parametrize(
    ("url", "pings", "taken_ago_s", "stand"),
    [
        ("", [], None, Stand.UNSET),
        ("", [ping(30)], 30, Stand.UNSET),  # it was set once
        (URL, [], None, Stand.NEW),
        (URL, [ping(30, taken=False)], None, Stand.NEW),
        (URL, [ping(30, taken=False), ping(200, taken=False)], None, Stand.FAILING),
        (URL, [ping(30)], 30, Stand.WELL),
        (URL, [ping(30, taken=False), ping(90)], 90, Stand.WELL),
        (URL, [ping(180)], 180, Stand.WELL),
        (URL, [ping(30, taken=False), ping(181)], 181, Stand.FAILING),
        (URL, [ping(7200)], 7200, Stand.FAILING),  # the switch itself is gone
    ],
)
def test_how_it_stands(
    url: str, pings: list[Ping], taken_ago_s: float | None, stand: Stand
) -> None:
    taken_at = None if taken_ago_s is None else NOW - timedelta(seconds=taken_ago_s)
    verdict = judge(pings, taken_at, NOW, url=url)
    assert (verdict.stand, verdict.since) == (stand, taken_at)
