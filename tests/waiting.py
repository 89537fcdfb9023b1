"""Wait on a condition, never on the clock."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(condition: Callable[[], Found], timeout_s: float = 60, every_s: float = 0.02) -> Found:
    """The first truthy answer of `condition`; fails with its last answer after `timeout_s`."""
    end = time.monotonic() + timeout_s
    nobody = threading.Event()
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout_s} s; the last answer was {found!r}")
        nobody.wait(every_s)
    return found
