"""Mail by SMTP, through `smtplib`: apprise knows neither a stable Message-ID nor reply codes.

`smtp://user@host:587/?from=watch@example.com&password_file=/run/secrets/smtp` (STARTTLS when the
server offers it, and always before a password) or `smtps://...` (TLS from the first byte).
See `docs/adr/0009-senders.md`.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from notify.address import ProviderAddress, take_apart
from notify.channel import READ_S, Accepted, Letter, ProviderAddressError, UndeliveredError
from rules.buckets import Limit
from rules.notices import Result

OPTIONS = ("from", "password_file", "ca_file", "tls")
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]{1,64}@[^\s@<>,;:\"\\]{1,190}")
_REFUSED, _PERMANENT = 400, 500
_LOCAL = {"127.0.0.1", "::1", "localhost"}


class MailProvider:
    """One SMTP server; a connection per letter."""

    limits: tuple[Limit, ...] = ()
    merges = False
    attaches = True

    def __init__(self, address: ProviderAddress, *, timeout_s: float = READ_S) -> None:
        self.label = address.label
        self._address, self._timeout_s = address, timeout_s
        self._password = address.secret("password_file") or address.password
        self._sender = address.options.get("from", "")
        if not _ADDRESS.fullmatch(self._sender):
            raise ProviderAddressError("?from= must name the sender, such as watch@example.com")
        if address.options.get("tls", "auto") not in {"auto", "require"}:
            raise ProviderAddressError("?tls= is auto or require")
        self._tls = address.tls()

    def takes(self, target: str) -> bool:
        return _ADDRESS.fullmatch(target) is not None

    def send(self, letter: Letter) -> Accepted:
        message = self._message(letter)
        with _own_words(), self._connected() as server:
            _accepted(server.mail(self._sender))
            _accepted(server.rcpt(letter.target))
            return Accepted(words=_accepted(server.data(message.as_bytes())))

    def close(self) -> None:
        """Nothing is kept open."""

    def _message(self, letter: Letter) -> EmailMessage:
        domain = self._sender.rpartition("@")[2]
        message = EmailMessage(policy=SMTP)
        message["Subject"] = letter.subject
        message["From"] = formataddr(("Ringwatch", self._sender))
        message["To"] = letter.target
        message["Date"] = format_datetime(letter.at)
        name = f"{letter.id}.{letter.reply_token}" if letter.reply_token else letter.id
        message["Message-ID"] = f"<{name}@{domain}>"
        if letter.reply_to:
            message["Reply-To"] = letter.reply_to
        message["Auto-Submitted"] = "auto-generated"
        if letter.order_number:
            message["References"] = f"<order-{letter.order_number}@{domain}>"
        if letter.rank == 0:
            message["X-Priority"] = "1"
        message["Content-Language"] = letter.language
        message.set_content(letter.body, charset="utf-8")
        if letter.attachment:
            message.add_attachment(
                letter.attachment.content,
                maintype="application",
                subtype="pdf",
                filename=letter.attachment.name,
            )
        return message

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        address = self._address
        if address.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                address.host, address.port or 465, timeout=self._timeout_s, context=self._tls
            )
        else:
            server = smtplib.SMTP(address.host, address.port or 25, timeout=self._timeout_s)
        with contextlib.closing(server):
            self._secure(server)
            if self._password:
                server.login(address.user, self._password)
            yield server
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _secure(self, server: smtplib.SMTP) -> None:
        """TLS where it is offered; a password never travels in clear over a network."""
        if self._address.scheme == "smtps":
            return
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=self._tls)
            server.ehlo()
            return
        needed = self._address.options.get("tls") == "require"
        if needed or (self._password and self._address.host not in _LOCAL):
            raise UndeliveredError("the server offers no STARTTLS, and it is required")


@contextlib.contextmanager
def _own_words() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPResponseException as refused:
        raise _refusal(refused.smtp_code, refused.smtp_error) from None
    except smtplib.SMTPServerDisconnected as error:
        late = isinstance(error.__context__, TimeoutError)  # smtplib wraps it
        result = Result.TIMEOUT if late else Result.UNKNOWN
        raise UndeliveredError(str(error), result=result) from None
    except TimeoutError:
        raise UndeliveredError("no answer in time", result=Result.TIMEOUT) from None
    except ssl.SSLCertVerificationError as error:
        raise UndeliveredError(f"certificate: {error.verify_message}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise UndeliveredError(str(error) or type(error).__name__) from None


def _accepted(reply: tuple[int, bytes]) -> str:
    code, words = reply
    if code >= _REFUSED:
        raise _refusal(code, words)
    return f"{code} {words.decode('utf-8', 'replace')}"


def _refusal(code: int, words: bytes | str) -> UndeliveredError:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    for_good = code >= _PERMANENT
    return UndeliveredError(f"{code} {text}", result=Result.REFUSED, for_good=for_good)


def provider(url: str) -> MailProvider:
    address = take_apart(url, options=OPTIONS)
    if address.query:
        raise ProviderAddressError(f"options are {', '.join(OPTIONS)}")
    return MailProvider(address)
