"""Push messages by ntfy, through apprise: `ntfy://[user@]host[:port]/` or `ntfys://` (TLS).

Options: `password_file` (with a user) or `token_file`. The target is the topic.
"""

import re

from notify.address import ProviderAddress, take_apart
from notify.channel import (
    CONNECT_S,
    READ_S,
    Accepted,
    Letter,
    ProviderAddressError,
    UndeliveredError,
)
from rules.buckets import Limit
from rules.notices import Result

OPTIONS = ("password_file", "token_file")
HELD_S = 60.0  # apprise does not hand on Retry-After
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATUS = re.compile(r"error=(\d{3})")
_PRIORITIES = ("max", "high", "default")
_MOST_BYTES = 3800  # beyond 4,096 ntfy makes an attachment of it
_TOO_MANY, _SERVER_ERROR, _REQUEST_TIMEOUT, _BAD_REQUEST = 429, 500, 408, 400


class NtfyProvider:
    """One ntfy server."""

    limits: tuple[Limit, ...] = ()
    merges = False
    attaches = False

    def __init__(self, address: ProviderAddress, *, timeout_s: float = READ_S) -> None:
        self.label = address.label
        self._address, self._timeout_s = address, timeout_s
        self._password = address.secret("password_file") or address.password
        self._token = address.secret("token_file")
        if self._password and not address.user:
            raise ProviderAddressError("a password needs a user: ntfys://user@host/")
        if address.path not in {"", "/"}:
            raise ProviderAddressError("no topic here: a person's address names it (ntfy:topic)")

    def takes(self, target: str) -> bool:
        return _TOPIC.fullmatch(target) is not None

    def send(self, letter: Letter) -> Accepted:
        if not self.takes(letter.target):
            raise UndeliveredError("not a topic", result=Result.REFUSED, for_good=True)
        refusal = self._push(letter)
        if refusal is None:
            return Accepted(words="200")
        raise _refusal(refusal)

    def close(self) -> None:
        """Nothing is kept open."""

    def _push(self, letter: Letter) -> str | None:
        """What apprise said of its failure; None when it went well."""
        # Here, not above: every process reads the settings, few of them carry 28 MB of apprise.
        from apprise import Apprise  # noqa: PLC0415
        from apprise.plugins.ntfy import NotifyNtfy  # noqa: PLC0415

        # The plugin itself, not an URL of it: no secret is ever written into a string that
        # is logged, and the 170 other services stay unloaded.
        secret = {"token": self._token, "auth": "token"} if self._token else {}
        plugin = NotifyNtfy(  # type: ignore[no-untyped-call]
            targets=[letter.target],
            host=self._address.host,
            port=self._address.port,
            secure=self._address.scheme == "ntfys",
            user=self._address.user or None,
            password=self._password or None,
            mode="private",
            priority=_PRIORITIES[letter.rank],
            click=letter.link or None,
            include_image=False,  # the icon would be fetched from a stranger
            redirect="no",  # a 302 followed as GET would count as sent
            cto=CONNECT_S,
            rto=self._timeout_s,
            retry=0,
            **secret,
        )
        messenger = Apprise()
        messenger.add(plugin)
        result = messenger.notify(
            title=letter.subject, body=_shortened(letter.body), body_format="text"
        )
        return None if result else "; ".join(entry.message for entry in result.logs())


def _refusal(words: str) -> UndeliveredError:
    found = _STATUS.search(words)
    if found is None:  # refused, cut off or silent: apprise tells them not apart
        return UndeliveredError(words or "no answer", result=Result.UNKNOWN)
    status = int(found.group(1))
    if status == _TOO_MANY:
        return UndeliveredError(words, result=Result.REFUSED, wait_s=HELD_S)
    for_good = _BAD_REQUEST <= status < _SERVER_ERROR and status != _REQUEST_TIMEOUT
    return UndeliveredError(words, result=Result.REFUSED, for_good=for_good)


def _shortened(body: str) -> str:
    return body.encode()[:_MOST_BYTES].decode(errors="ignore")


def provider(url: str) -> NtfyProvider:
    address = take_apart(url, options=OPTIONS)
    if address.query:
        raise ProviderAddressError(f"options are {', '.join(OPTIONS)}")
    return NtfyProvider(address)
