"""Push by ntfy, to a real local server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from notify import ntfy
from notify.address import take_apart
from notify.channel import ProviderAddressError, UndeliveredError
from rules.notices import Result
from tests.notify.letters import letter
from tests.notify.receivers import Answer, WebServer, silent_server


def refused(provider: ntfy.NtfyProvider) -> UndeliveredError:
    with pytest.raises(UndeliveredError) as caught:
        provider.send(letter(target="duty-1"))
    return caught.value


def test_the_letter_arrives(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("geheim", encoding="utf-8")
    url = f"ntfy://watch@{web.where}/?password_file={tmp_path}/pw"
    assert ntfy.provider(url).send(letter(target="duty-1")).words == "200"
    request = web.requests[0]
    assert request.path == "/"
    assert request.json["topic"] == "duty-1"
    assert request.json["title"] == letter().subject
    assert request.json["message"].strip() == letter().body.strip()
    assert request.headers["X-Priority"] == "max"
    assert request.headers["X-Click"] == letter().link
    assert request.headers["Authorization"].startswith("Basic ")
    assert "X-Icon" not in request.headers  # it would be fetched from a stranger


def test_a_token_is_a_bearer(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("tk_abcdefghijklmnopqrstuvwxyz123", encoding="utf-8")
    ntfy.provider(f"ntfy://{web.where}?token_file={tmp_path}/token").send(letter(target="duty"))
    assert web.requests[0].headers["Authorization"] == "Bearer tk_abcdefghijklmnopqrstuvwxyz123"


def test_what_is_less_urgent_rings_less(web: WebServer) -> None:
    ntfy.provider(f"ntfy://{web.where}").send(letter(target="duty", rank=1))
    assert web.requests[0].headers["X-Priority"] == "high"


def test_a_redirect_is_not_followed(web: WebServer, other_web: WebServer) -> None:
    web.answers = [Answer(302, {"Location": f"http://{other_web.where}/"})]
    error = refused(ntfy.provider(f"ntfy://{web.where}"))
    assert error.result is Result.REFUSED
    assert (len(web.requests), other_web.requests) == (1, [])


@pytest.mark.parametrize(
    ("status", "for_good", "wait_s"),
    [(403, True, None), (429, False, ntfy.HELD_S), (500, False, None), (507, False, None)],
)
def test_errors(web: WebServer, status: int, for_good: bool, wait_s: float | None) -> None:  # noqa: FBT001
    web.answers = [Answer(status)]
    error = refused(ntfy.provider(f"ntfy://{web.where}"))
    assert (error.result, error.for_good, error.wait_s) == (Result.REFUSED, for_good, wait_s)
    assert str(status) in str(error)
    assert len(web.requests) == 1  # our outbox tries again, apprise must not


def test_nobody_there_is_told_within_the_time_out(free_port: Callable[[], int]) -> None:
    assert refused(ntfy.provider(f"ntfy://127.0.0.1:{free_port()}")).result is Result.UNKNOWN


def test_a_server_that_hangs() -> None:
    with silent_server() as silent:
        address = take_apart(f"ntfy://{silent.where}", options=ntfy.OPTIONS)
        assert refused(ntfy.NtfyProvider(address, timeout_s=0.2)).result is Result.UNKNOWN


@pytest.mark.parametrize("topic", ["", "a/b", "a?x=1", "../x", "a b", "x" * 65, "主题"])
def test_a_person_cannot_aim_at_another_address(web: WebServer, topic: str) -> None:
    provider = ntfy.provider(f"ntfy://{web.where}")
    assert not provider.takes(topic)
    with pytest.raises(UndeliveredError):
        provider.send(letter(target=topic))
    assert web.requests == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ntfy://host/topic", "no topic here"),
        ("ntfy://:pw@host", "needs a user"),
        ("ntfy://host?redirect=yes", "options are"),
        ("ntfy://host:99999", "port"),
        ("ntfy:///", "host is missing"),
    ],
)
def test_wrong_addresses(url: str, why: str) -> None:
    with pytest.raises(ProviderAddressError, match=why):
        ntfy.provider(url)
