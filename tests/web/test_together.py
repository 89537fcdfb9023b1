"""One answer for all who ask the same at one moment, and never one that was begun before."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.waiting import until
from web.together import Together


class Maker:
    """Works on each answer until it is let go; the answer is its number."""

    def __init__(self) -> None:
        self.begun, self.gates = 0, [threading.Event() for _ in range(3)]
        self.fails = False

    def __call__(self) -> int:
        self.begun += 1
        mine = self.begun
        assert self.gates[mine - 1].wait(60)
        if self.fails:
            raise ValueError("the database is down")
        return mine


@pytest.fixture
def ask() -> Iterator[Callable[..., Future[int]]]:
    together = Together[int]()
    with ThreadPoolExecutor(8) as threads:
        yield lambda key, maker: threads.submit(together.ask, key, maker)


def waiting(futures: list[Future[int]]) -> bool:
    return all(one.running() for one in futures)


def test_who_comes_meanwhile_shares_the_next(ask: Callable[..., Future[int]]) -> None:
    maker = Maker()
    first = ask("board", maker)
    until(lambda: maker.begun == 1)
    others = [ask("board", maker) for _ in range(4)]
    until(lambda: waiting(others))
    maker.gates[0].set()
    assert first.result(60) == 1
    until(lambda: maker.begun == 2)
    late = ask("board", maker)  # the second is under way: this one needs a third
    until(lambda: waiting([late]))
    for gate in maker.gates:
        gate.set()
    assert {one.result(60) for one in others} <= {2, 3}
    assert late.result(60) == 3 or maker.begun == 2
    assert maker.begun <= 3


def test_who_asks_for_something_else_waits_for_nobody(ask: Callable[..., Future[int]]) -> None:
    slow, quick = Maker(), Maker()
    first = ask("board", slow)
    until(lambda: slow.begun == 1)
    quick.gates[0].set()
    assert ask("board of S-1", quick).result(60) == 1
    slow.gates[0].set()
    assert first.result(60) == 1


def test_a_failure_is_told_to_all_who_shared_it_and_is_over_then(
    ask: Callable[..., Future[int]],
) -> None:
    maker = Maker()
    maker.fails = True
    first = ask("board", maker)
    until(lambda: maker.begun == 1)
    second = ask("board", maker)
    until(lambda: waiting([second]))
    for gate in maker.gates:
        gate.set()
    for one in (first, second):
        with pytest.raises(ValueError, match="down"):
            one.result(60)
    maker.fails = False
    assert ask("board", maker).result(60) == maker.begun
