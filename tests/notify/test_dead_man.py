"""The outside address hears from us while all is well, and only then."""

from collections.abc import Callable

from notify.dead_man import DeadMan
from tests.notify.receivers import Answer, WebServer
from tests.waiting import until


def test_it_pings_while_all_is_well(web: WebServer) -> None:
    switch = DeadMan(f"http://{web.where}/ping", {"beat": lambda: True}, every_s=0.05)
    switch.start()
    until(lambda: len(web.requests) >= 3)
    switch.stop()
    assert {(request.method, request.path) for request in web.requests} == {("GET", "/ping")}


def test_it_is_silent_when_one_is_ill(web: WebServer) -> None:
    checks = {"beat": lambda: True, "echo": lambda: False}
    assert not DeadMan(f"http://{web.where}/", checks).ping()
    assert web.requests == []


def test_a_check_that_fails_is_ill(web: WebServer) -> None:
    def _broken() -> bool:
        raise RuntimeError("no database")

    assert not DeadMan(f"http://{web.where}/", {"echo": _broken}).ping()
    assert web.requests == []


def test_an_outside_that_is_away_harms_nobody(web: WebServer, free_port: Callable[[], int]) -> None:
    assert not DeadMan(f"http://127.0.0.1:{free_port()}/", {}).ping()
    web.always = Answer(500)
    assert not DeadMan(f"http://{web.where}/", {}).ping()
    assert not DeadMan("http://[bad", {}).ping()
