"""JSON by webhook, to a real local server."""

import hashlib
import hmac
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from notify import post, webhook
from notify.address import take_apart
from notify.channel import ProviderAddressError, UndeliveredError
from rules.notices import Result
from tests.notify.letters import NOW, letter
from tests.notify.receivers import Answer, WebServer, silent_server


def refused(web: WebServer, answer: Answer) -> UndeliveredError:
    web.answers = [answer]
    provider = webhook.provider(f"webhook+http://{web.where}/hook")
    with closing(provider), pytest.raises(UndeliveredError) as caught:
        provider.send(letter())
    return caught.value


def test_the_letter_arrives_as_json(web: WebServer) -> None:
    with closing(webhook.provider(f"webhook+http://{web.where}/hook?key=k1")) as provider:
        assert provider.send(letter()).words == "200 OK"
    request = web.requests[0]
    assert (request.method, request.path) == ("POST", "/hook?key=k1")
    assert request.headers["Idempotency-Key"] == "notice-7-1781485323"
    assert "X-Ringwatch-Signature" not in request.headers
    assert request.json == {
        "id": "notice-7-1781485323",
        "kind": "page",
        "severity": "emergency",
        "language": "zh",
        "to": "li",
        "subject": letter().subject,
        "text": letter().body,
        "link": "https://watch.example.com/l/secret",
        "work_order": "2026-00001",
        "work_orders": ["2026-00001"],
        "at": "2026-06-15T01:02:03Z",
    }


def test_a_secret_signs_time_and_body(web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    url = f"webhook+http://{web.where}/hook?secret_file={tmp_path}/secret"
    with closing(webhook.provider(url)) as provider:
        provider.send(letter())
        assert "s3cret" not in provider.label
    request = web.requests[0]
    assert request.path == "/hook"
    signed = request.headers["X-Ringwatch-Timestamp"].encode() + b"." + request.body
    expected = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert request.headers["X-Ringwatch-Signature"] == f"sha256={expected}"


def test_a_redirect_is_refused_and_not_followed(web: WebServer, other_web: WebServer) -> None:
    error = refused(web, Answer(302, {"Location": f"http://{other_web.where}/"}))
    assert (error.result, error.for_good) == (Result.REFUSED, True)
    assert (len(web.requests), other_web.requests) == (1, [])


@pytest.mark.parametrize(
    ("status", "for_good"),
    [(400, True), (401, True), (404, True), (408, False), (409, False), (500, False), (503, False)],
)
def test_what_is_worth_trying_again(web: WebServer, status: int, for_good: bool) -> None:  # noqa: FBT001
    error = refused(web, Answer(status))
    assert error.for_good is for_good
    assert str(error).startswith(str(status))


def test_too_many_says_how_long_to_wait(web: WebServer) -> None:
    error = refused(web, Answer(429, {"Retry-After": "7"}))
    assert (error.wait_s, error.for_good) == (7, False)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("0", 0),
        ("7.5", 7.5),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), post.DEFAULT_WAIT_S),
        ("86400", 600),
        ("", post.DEFAULT_WAIT_S),
        ("soon", post.DEFAULT_WAIT_S),
        ("nan", post.DEFAULT_WAIT_S),
        ("-3", post.DEFAULT_WAIT_S),
    ],
)
def test_retry_after(value: str, wait_s: float) -> None:
    assert post.retry_after(value, NOW) == wait_s


def test_nobody_at_the_port(free_port: Callable[[], int]) -> None:
    with closing(webhook.provider(f"webhook+http://127.0.0.1:{free_port()}/")) as provider:
        with pytest.raises(UndeliveredError) as caught:
            provider.send(letter())
        assert caught.value.result is Result.FAILED


def test_a_server_that_hangs_leaves_the_outcome_open() -> None:
    with silent_server() as silent:
        address = take_apart(f"webhook+http://{silent.where}/", options=webhook.OPTIONS)
        with closing(webhook.WebhookProvider(address, timeout_s=0.2)) as provider:
            with pytest.raises(UndeliveredError) as caught:
                provider.send(letter())
            assert caught.value.result is Result.TIMEOUT


def test_a_missing_secret_is_told_at_the_start() -> None:
    with pytest.raises(ProviderAddressError, match="No such file"):
        webhook.provider("webhook+https://example.com/?secret_file=/nowhere/secret")
