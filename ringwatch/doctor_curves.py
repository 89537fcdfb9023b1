"""What the doctor says of InfluxDB: does it answer, and does it have what devices measured?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rules.model import DeviceId
from storage import shipping
from storage.curves import CurvesDownError, Span
from storage.db import DatabaseDownError, reading
from storage.influx import Influx
from storage.shipping import Standing
from wiring.parts import Parts

_BEHIND = timedelta(minutes=15)
_NOBODY = DeviceId(0)


def look(parts: Parts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(how bad, message id, facts) of each finding; nothing where no InfluxDB is named."""
    store = parts.settings.influx
    if store is None:
        return
    yield _asked(store, parts)
    try:
        with reading(parts.telemetry) as tx:
            found = shipping.standing(tx)
    except DatabaseDownError:
        return
    if found is not None:
        yield from _shipped(found, parts)


def _asked(store: Influx, parts: Parts) -> tuple[str, str, dict[str, Any]]:
    now = parts.clock()
    span = Span(starts_at=now - timedelta(minutes=1), ends_at=now, step=timedelta(minutes=1))
    try:
        store.steps(_NOBODY, ["none"], span)
    except CurvesDownError as error:
        return "bad", "influx_down", {"url": store.url, "why": error}
    return "good", "influx", {"url": store.url, "bucket": store.bucket}


def _shipped(found: Standing, parts: Parts) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if found.ailing_since and parts.clock() - found.ailing_since > _BEHIND:
        since = f"{found.ailing_since:%Y-%m-%d %H:%M}Z"
        days = parts.settings.retention.spool or "∞"
        yield "bad", "influx_behind", {"since": since, "why": found.why, "days": days}
    if found.refused:
        yield "odd", "influx_refused", {"n": found.refused, "points": found.points}
    if found.lost:
        yield "odd", "influx_lost", {"n": found.lost}
