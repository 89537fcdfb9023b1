"""How many letters a provider takes in a while: its maker's figures, or those of the address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from notify.channel import ProviderAddressError
from rules import buckets
from rules.buckets import Limit

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


def figure(
    options: Mapping[str, str], name: str, usual: int, *, least: int, most: int = _MOST_FIGURE
) -> int:
    """A whole number of the address. Raises `ProviderAddressError`."""
    value = options.get(name, str(usual))
    if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
        raise ProviderAddressError(f"{name} is a whole number from {least} to {most}")
    return int(value)
