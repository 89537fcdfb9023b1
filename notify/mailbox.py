"""The mailbox where people's answers arrive, read by IMAP: `imaps://user@host:993/INBOX?…`.

Read, never emptied: a letter that was dealt with gets a mark of ours where the server keeps such
marks, so that whoever else reads the box changes nothing. `imap://` goes on by STARTTLS, and
without it only to this very machine.
"""

import contextlib
import imaplib
import ssl
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import unquote

from imap_tools import (
    A,
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from notify import incoming
from notify.address import ProviderAddress, take_apart
from notify.channel import READ_S, ProviderAddressError
from rules.incoming import Mail

OPTIONS = ("password_file", "ca_file")
DONE = "Ringwatch"  # a keyword of our own
SINCE = timedelta(days=3)  # tokens end after a day; mail servers may hold a letter back
MOST = 200  # letters of one look
MOST_BYTES = 512 * 1024  # of one letter; a yes is shorter
_TLS_PORT, _PORT = 993, 143
_LOCAL = {"127.0.0.1", "::1", "localhost"}


class MailboxDownError(Exception):
    """It cannot be read now; the message is the server's own words."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Box:
    """A mailbox that can be opened. `label` may be shown."""

    address: ProviderAddress
    password: str
    tls: ssl.SSLContext
    folder: str = "INBOX"

    @property
    def label(self) -> str:
        return self.address.label

    @contextlib.contextmanager
    def opened(self) -> Iterator["Reader"]:
        """Raises `MailboxDownError`, also for what goes wrong within."""
        try:
            box = self._connected()
        except _TROUBLES as error:
            raise MailboxDownError(_words(error)) from error
        try:
            box.login(self.address.user, self.password, initial_folder=self.folder)
            yield Reader(box)
        except _TROUBLES as error:
            raise MailboxDownError(_words(error)) from error
        finally:
            with contextlib.suppress(*_TROUBLES):
                box.logout()

    def _connected(self) -> BaseMailBox:
        host, port = self.address.host, self.address.port
        if self.address.scheme == "imaps":
            return MailBox(host, port or _TLS_PORT, READ_S, ssl_context=self.tls)
        if host in _LOCAL:
            return MailBoxUnencrypted(host, port or _PORT, READ_S)
        return MailBoxStartTls(host, port or _PORT, READ_S, ssl_context=self.tls)


_TROUBLES = (OSError, ImapToolsError, imaplib.IMAP4.error)


class Reader:
    """An open mailbox."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box

    def letters(self, today: date, known: Collection[str]) -> Iterator[tuple[str, Mail]]:
        """What nobody has dealt with yet, each with its uid, oldest first; but for the `known`."""
        asked = A(date_gte=today - SINCE, no_keyword=DONE)
        uids = [uid for uid in self._box.uids(asked) if uid not in known]
        for uid in uids[-MOST:]:
            yield from self._letter(uid)

    def done(self, uid: str) -> None:
        """Marked, where the server keeps marks of ours; elsewhere it is known by its key."""
        with contextlib.suppress(ImapToolsError, imaplib.IMAP4.error):
            self._box.flag(uid, DONE, value=True)

    def _letter(self, uid: str) -> Iterator[tuple[str, Mail]]:
        for head in self._box.fetch(uid_list=[uid], headers_only=True, mark_seen=False):
            if head.size_rfc822 > MOST_BYTES:
                yield uid, incoming.read(head.obj)
                return
        for whole in self._box.fetch(uid_list=[uid], mark_seen=False):
            yield uid, incoming.read(whole.obj)


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]


def opened_at(url: str) -> Box:
    """Raises `ProviderAddressError`."""
    address = take_apart(url, options=OPTIONS)
    if address.scheme not in {"imap", "imaps"}:
        raise ProviderAddressError("imap:// or imaps://")
    if address.query:
        raise ProviderAddressError(f"options are {', '.join(OPTIONS)}")
    password = address.secret("password_file") or address.password
    if not (address.user and password):
        raise ProviderAddressError(
            "user and password are needed: imaps://user@host/?password_file="
        )
    folder = unquote(address.path.strip("/")) or "INBOX"
    return Box(address=address, password=password, tls=address.tls(), folder=folder)
