"""One answer for all who ask the same at one moment, and never one that was begun before."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.waiting import until
from web import together
from web.together import Together


class Maker:
    """Works on each answer until it is let go; the answer is its number."""

    def __init__(self) -> None:
        self.begun, self.gates = 0, [threading.Event() for _ in range(3)]
        self.fails = False

    def __call__(self) -> int:
        self.begun += 1
        mine = self.begun
        assert self.gates[mine - 1].wait(300)
        if self.fails:
            raise ValueError("the database is down")
        return mine


class Asked:
    """One who asks, in a thread of their own."""

    def __init__(self, threads: ThreadPoolExecutor, ask: Callable[[], int]) -> None:
        self._thread = 0
        self._told = threads.submit(self._ask, ask)

    def _ask(self, ask: Callable[[], int]) -> int:
        self._thread = threading.get_ident()
        return ask()

    def waits(self) -> bool:
        """Whether they have joined a round and wait for it: running alone says neither."""
        frame = sys._current_frames().get(self._thread)  # noqa: SLF001 - where a thread stands
        while frame is not None and frame.f_back is not None:
            in_a_round = frame.f_back.f_code.co_filename == together.__file__
            if frame.f_code is threading.Event.wait.__code__ and in_a_round:
                return True
            frame = frame.f_back
        return False

    def result(self) -> int:
        return self._told.result(120)


Ask = Callable[[str, Maker], Asked]


@pytest.fixture
def ask() -> Iterator[Ask]:
    rounds = Together[int]()
    with ThreadPoolExecutor(8) as threads:
        yield lambda key, maker: Asked(threads, partial(rounds.ask, key, maker))


def test_who_comes_meanwhile_shares_the_next(ask: Ask) -> None:
    maker = Maker()
    first = ask("board", maker)
    until(lambda: maker.begun == 1)
    others = [ask("board", maker) for _ in range(4)]
    until(lambda: all(one.waits() for one in others))
    maker.gates[0].set()
    assert first.result() == 1
    until(lambda: maker.begun == 2)
    late = ask("board", maker)  # the second is under way: this one needs a third
    until(late.waits)
    for gate in maker.gates:
        gate.set()
    assert {one.result() for one in others} == {2}
    assert late.result() == maker.begun == 3


def test_who_asks_for_something_else_waits_for_nobody(ask: Ask) -> None:
    slow, quick = Maker(), Maker()
    first = ask("board", slow)
    until(lambda: slow.begun == 1)
    quick.gates[0].set()
    assert ask("board of S-1", quick).result() == 1
    slow.gates[0].set()
    assert first.result() == 1


def test_a_failure_is_told_to_all_who_shared_it_and_is_over_then(
    ask: Ask,
) -> None:
    maker = Maker()
    maker.fails = True
    first = ask("board", maker)
    until(lambda: maker.begun == 1)
    second = ask("board", maker)
    until(second.waits)
    for gate in maker.gates:
        gate.set()
    for one in (first, second):
        with pytest.raises(ValueError, match="down"):
            one.result()
    maker.fails = False
    assert ask("board", maker).result() == maker.begun
