"""The outside address hears from us while all is well, and only then; each ping is written down."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from notify.dead_man import DeadMan
from rules.dead_man import Ping
from tests.notify.receivers import Answer, WebServer
from tests.waiting import until

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def switch_to(
    url: str, checks: Mapping[str, Callable[[], bool]], *, every_s: float = 60
) -> tuple[DeadMan, list[Ping]]:
    kept: list[Ping] = []
    made = DeadMan(url, checks, clock=lambda: NOW, record=kept.append, every_s=every_s)
    return made, kept


def test_it_pings_while_all_is_well(web: WebServer) -> None:
    switch, kept = switch_to(f"http://{web.where}/ping", {"beat": lambda: True}, every_s=0.05)
    switch.start()
    until(lambda: len(kept) >= 3)
    switch.stop()
    assert {(request.method, request.path) for request in web.requests} == {("GET", "/ping")}
    assert kept[0] == Ping(at=NOW, sent=True, taken=True, words="200 OK", checks={"beat": True})


def test_it_is_silent_when_one_is_ill_and_says_which(web: WebServer) -> None:
    checks = {"beat": lambda: True, "echo": lambda: False}
    switch, kept = switch_to(f"http://{web.where}/", checks)
    assert not switch.ping()
    assert web.requests == []
    assert [(one.sent, one.taken, one.ailing) for one in kept] == [(False, False, ("echo",))]


def test_a_check_that_fails_is_ill(web: WebServer) -> None:
    def _broken() -> bool:
        raise RuntimeError("no database")

    assert not switch_to(f"http://{web.where}/", {"echo": _broken})[0].ping()
    assert web.requests == []


def test_an_outside_that_is_away_harms_nobody(web: WebServer, free_port: Callable[[], int]) -> None:
    away, kept = switch_to(f"http://127.0.0.1:{free_port()}/secret", {})
    assert not away.ping()
    assert [(one.sent, one.taken, one.words) for one in kept] == [(True, False, "ConnectError")]
    web.always = Answer(500)
    ill, kept = switch_to(f"http://{web.where}/", {})
    assert not ill.ping()
    assert kept[0].words.startswith("500")
    assert not switch_to("http://[bad", {})[0].ping()


def test_a_ping_that_cannot_be_written_down_still_goes_out(web: WebServer) -> None:
    def _full(_: Ping) -> None:
        raise RuntimeError("disk full")

    assert DeadMan(f"http://{web.where}/", {}, clock=lambda: NOW, record=_full).ping()
    assert len(web.requests) == 1
