"""Mail, received by a real SMTP server."""

import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from notify import mail
from notify.address import take_apart
from notify.channel import ProviderAddressError, UndeliveredError
from rules.notices import Result
from tests.mailbox import Mailbox, opened
from tests.notify.letters import letter
from tests.notify.receivers import silent_server


@pytest.fixture
def post() -> Iterator[Mailbox]:
    with opened(Mailbox(words="250 2.0.0 queued as 4711")) as box:
        yield box


@pytest.fixture
def port(post: Mailbox) -> int:
    return post.port


def url(port: int, host: str = "127.0.0.1", more: str = "") -> str:
    return f"smtp://{host}:{port}/?from=watch@example.com{more}"


def refused(provider: mail.MailProvider) -> UndeliveredError:
    with pytest.raises(UndeliveredError) as caught:
        provider.send(letter(target="li@example.com"))
    return caught.value


def test_the_letter_arrives_in_plain_chinese(post: Mailbox, port: int) -> None:
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


def test_a_repeat_has_the_same_message_id(post: Mailbox, port: int) -> None:
    for _ in range(2):
        mail.provider(url(port)).send(letter(target="li@example.com"))
    first, second = post.received
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    ("words", "for_good"), [("550 5.1.1 no such user", True), ("451 4.7.1 later", False)]
)
def test_the_server_s_own_words(post: Mailbox, port: int, words: str, for_good: bool) -> None:  # noqa: FBT001
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


def test_a_password_never_travels_in_clear(post: Mailbox, port: int, tmp_path: Path) -> None:
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


def test_tls_is_verified_and_a_login_goes_through_it(tmp_path: Path) -> None:
    key, cert = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    logins = []

    def _authenticate(*args: Any) -> AuthResult:
        logins.append((args[4].login, args[4].password))
        return AuthResult(success=True)

    (tmp_path / "pw").write_text("geheim\n", encoding="utf-8")
    more = f"&password_file={tmp_path}/pw"
    with opened(
        Mailbox(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_authenticate,
    ) as post:
        stranger = refused(mail.provider(url(post.port, "watch@127.0.0.1", more)))
        assert "certificate" in str(stranger)
        known = mail.provider(url(post.port, "watch@127.0.0.1", f"{more}&ca_file={cert}"))
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
