"""Numbers in words: thousands set apart, units never torn from their number."""

from words.catalogue import say

_KIB = 1024


def number(language: str, value: float, *, places: int = 0) -> str:
    """`12,480`; both languages group by thousands, as instruments do."""
    del language  # both of ours agree; another one may not
    return f"{value:,.{places}f}"


def percent(language: str, share: float, *, places: int = 1) -> str:
    """`share` is 0..1: `98.6 %` with a space that does not break."""
    return f"{number(language, share * 100, places=places)}\u00a0%"


def byte_size(language: str, size: int) -> str:
    if size < _KIB:
        return say(language, "unit.bytes", n=size)
    return say(language, "unit.kib", n=number(language, size / _KIB, places=1))
