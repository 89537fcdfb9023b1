"""Tries are counted before they are judged, so that none races past; too many close a door."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta

from storage import throttles
from storage.db import Tx

FORGET_AFTER = timedelta(hours=1)
FIRST_BLOCK = timedelta(seconds=30)
LONGEST_BLOCK = timedelta(minutes=15)


def count(tx: Tx, limits: Mapping[str, int], now: datetime) -> datetime | None:
    """One more try under each key; when it is closed, until when, and the try is not counted."""
    if until := throttles.blocked_until(tx, list(limits), now):
        return until
    for key, limit in limits.items():
        tried = throttles.count(tx, key, now, now - FORGET_AFTER)
        if tried >= limit:
            throttles.block(tx, key, now + _block(tried - limit))
    return None


def network_of(address: str) -> str:
    """An IPv6 customer has 2^64 addresses: they count as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 6:  # noqa: PLR2004 - the version
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


def _block(beyond: int) -> timedelta:
    """30 s, then doubling, at most 15 min."""
    return min(FIRST_BLOCK * (1 << min(beyond, 10)), LONGEST_BLOCK)
