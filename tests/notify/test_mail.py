"""Mail, received by a real SMTP server."""

import email
import ssl
import subprocess
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from notify import mail
from notify.address import take_apart
from notify.channel import ProviderAddressError, UndeliveredError
from rules.notices import Result
from tests.notify.letters import letter
from tests.notify.receivers import silent_server

if TYPE_CHECKING:
    from email.message import EmailMessage


class Post:
    """A post office: keeps what it takes; `refuses` is said to every recipient."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refuses = ""

    async def handle_RCPT(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd's name
        _, _, envelope, address, _ = args
        if not self.refuses:
            envelope.rcpt_tos.append(address)
        return self.refuses or "250 OK"

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(args[2].content, policy=default)
        self.received.append(message)
        return "250 2.0.0 queued as 4711"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post, free_port: Callable[[], int]) -> Iterator[int]:
    yield from _served(Controller(post, hostname="127.0.0.1", port=free_port()))


def _served(controller: Controller) -> Iterator[int]:
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def url(port: int, host: str = "127.0.0.1", more: str = "") -> str:
    return f"smtp://{host}:{port}/?from=watch@example.com{more}"


def refused(provider: mail.MailProvider) -> UndeliveredError:
    with pytest.raises(UndeliveredError) as caught:
        provider.send(letter(target="li@example.com"))
    return caught.value


def test_the_letter_arrives_in_plain_chinese(post: Post, port: int) -> None:
    words = mail.provider(url(port)).send(letter(target="li@example.com")).words
    assert words == "250 2.0.0 queued as 4711"
    (message,) = post.received
    assert message["Subject"] == letter().subject
    assert message["To"] == "li@example.com"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == letter().body
    assert message["Message-ID"] == "<notice-7-1781485323@example.com>"
    assert message["References"] == "<order-2026-00001@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Priority"] == "1"


def test_a_repeat_has_the_same_message_id(post: Post, port: int) -> None:
    for _ in range(2):
        mail.provider(url(port)).send(letter(target="li@example.com"))
    first, second = post.received
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    ("words", "for_good"), [("550 5.1.1 no such user", True), ("451 4.7.1 later", False)]
)
def test_the_server_s_own_words(post: Post, port: int, words: str, for_good: bool) -> None:  # noqa: FBT001
    post.refuses = words
    error = refused(mail.provider(url(port)))
    assert (str(error), error.for_good, error.result) == (words, for_good, Result.REFUSED)
    assert post.received == []


def test_nobody_at_the_port(free_port: Callable[[], int]) -> None:
    assert refused(mail.provider(url(free_port()))).result is Result.FAILED


def test_a_server_that_hangs_leaves_the_outcome_open() -> None:
    with silent_server() as silent:
        address = take_apart(url(silent.port), options=mail.OPTIONS)
        assert refused(mail.MailProvider(address, timeout_s=0.2)).result is Result.TIMEOUT


def test_a_password_never_travels_in_clear(post: Post, port: int, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("geheim", encoding="utf-8")
    more = f"&password_file={tmp_path}/pw"
    provider = mail.provider(url(port, "watch@0.0.0.0", more))  # reaches us, but is not loopback
    assert "STARTTLS" in str(refused(provider))
    assert "STARTTLS" in str(refused(mail.provider(url(port, more="&tls=require"))))
    assert post.received == []


def certificate(folder: Path) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return key, cert


def test_tls_is_verified_and_a_login_goes_through_it(
    post: Post, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    key, cert = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    logins = []

    def _authenticate(*args: Any) -> AuthResult:
        logins.append((args[4].login, args[4].password))
        return AuthResult(success=True)

    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_authenticate,
    )
    (tmp_path / "pw").write_text("geheim\n", encoding="utf-8")
    more = f"&password_file={tmp_path}/pw"
    for port in _served(controller):
        stranger = refused(mail.provider(url(port, "watch@127.0.0.1", more)))
        assert "certificate" in str(stranger)
        known = mail.provider(url(port, "watch@127.0.0.1", f"{more}&ca_file={cert}"))
        known.send(letter(target="li@example.com"))
    assert logins == [(b"watch", b"geheim")]
    assert len(post.received) == 1


@pytest.mark.parametrize("target", ["li@example.com\r\nBcc: x@y.z", "li", "a b@c.de", "<a@b.c>"])
def test_an_address_is_only_an_address(target: str, port: int) -> None:
    assert not mail.provider(url(port)).takes(target)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("smtp://host/", "from="),
        ("smtp://host/?from=a@b.c&verify=no", "options are"),
        ("smtp://host/?from=a@b.c&tls=no", "tls="),
        ("smtp://host/?from=a@b.c&password_file=/nowhere", "No such file"),
    ],
)
def test_wrong_addresses(given: str, why: str) -> None:
    with pytest.raises(ProviderAddressError, match=why):
        mail.provider(given)
