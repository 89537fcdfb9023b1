"""How many letters a provider takes in a while: its maker's figures, or those of the address.

Counted from the attempts in the database: the outbox may have any number of senders, and one that
was killed knows nothing any more.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from notify.channel import Provider, ProviderAddressError
from rules import buckets
from rules.buckets import Limit
from storage import attempts
from storage.attempts import Spent
from storage.db import Tx

RESERVED_PCT = 25
OPTIONS = ("per_min", "per_s", "reserved_pct")
OPTIONS_OF_NUMBERS = ("number_per_min", "number_per_hour", "number_per_day")
_WINDOWS_S = {
    "per_min": 60.0,
    "per_s": 1.0,
    "number_per_min": 60.0,
    "number_per_hour": 3600.0,
    "number_per_day": 86_400.0,
}
_MOST_FIGURE = 10_000
_LATELY = timedelta(seconds=120)  # the longest window of all addresses, and a lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A maker's own limits, in all and to one number; 0 is none."""

    per_min: int = 0
    per_s: int = 0
    number_per_min: int = 0
    number_per_hour: int = 0
    number_per_day: int = 0


def limits(usual: Allowance, options: Mapping[str, str]) -> tuple[Limit, ...]:
    """What the address says, else the maker's. Raises `ProviderAddressError`."""
    return tuple(_limits(usual, options))


def _limits(usual: Allowance, options: Mapping[str, str]) -> Iterator[Limit]:
    reserved_pct = figure(options, "reserved_pct", RESERVED_PCT, least=0, most=90)
    for name, window_s in _WINDOWS_S.items():
        most = figure(options, name, getattr(usual, name), least=0)
        to_one = name in OPTIONS_OF_NUMBERS
        if most:
            yield buckets.limit(
                most, window_s, reserved_pct=0 if to_one else reserved_pct, to_one=to_one
            )


def of_all(providers: Iterable[Provider]) -> dict[str, tuple[Limit, ...]]:
    """What holds for all addresses together, by provider; those without limits are left out."""
    found = {one.label: buckets.of_all(one.limits) for one in providers}
    return {label: limits for label, limits in found.items() if limits}


def spent(tx: Tx, labels: Collection[str], now: datetime) -> dict[str, Spent]:
    """What these providers were asked of late, by whichever process."""
    return attempts.spent(tx, labels, now - _LATELY) if labels else {}


def grants(tx: Tx, provider: Provider, rank: int, now: datetime) -> bool:
    """Whether one more letter may set out now.

    Its last place is held until the transaction ends: two senders never take the same.
    """
    if provider.label in attempts.held(tx, now):
        return False
    if not provider.limits:
        return True
    attempts.lock(tx, provider.label)
    limits = buckets.of_all(provider.limits)
    if not limits:
        return True
    had = spent(tx, [provider.label], now).get(provider.label, Spent())
    return buckets.room(limits, had.gone, had.going, now, rank=rank) > 0


def figure(
    options: Mapping[str, str], name: str, usual: int, *, least: int, most: int = _MOST_FIGURE
) -> int:
    """A whole number of the address. Raises `ProviderAddressError`."""
    value = options.get(name, str(usual))
    if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
        raise ProviderAddressError(f"{name} is a whole number from {least} to {most}")
    return int(value)
