"""Long lists go by cursor: one more row than is shown tells whether there is an older page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next` is the cursor of the older page, or nothing; `count` is of the whole list."""

    rows: Sequence[T]
    count: int
    next: str = ""


def cut(rows: Sequence[T], limit: int, count: int, cursor: Callable[[T], object]) -> Page[T]:
    """A page out of up to `limit` + 1 rows."""
    if len(rows) <= limit:
        return Page(rows, count)
    return Page(rows[:limit], count, str(cursor(rows[limit - 1])))
