"""SMS and calls by a maker's signed HTTP API: what Twilio, Aliyun and Tencent have in common.

Address: `aliyun+sms://host/?key=value…`, with `+http` after the scheme for a relay in the house.
They answer 200 to much that went wrong: the body's code says whether it was taken. What became of
it they tell later, at an address of ours (`hook`); what they say there counts only when it is
signed, or carries the secret of `hook_file` where the maker does not sign.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from notify import allowances, numbers, post
from notify.address import ProviderAddress, take_apart
from notify.allowances import Allowance
from notify.channel import READ_S, Accepted, Letter, ProviderAddressError, UndeliveredError
from notify.post import Reply
from rules.notices import Result
from rules.receipts import Tiding

OPTIONS = ("ca_file", "hook_file", *allowances.OPTIONS, *allowances.OPTIONS_OF_NUMBERS)
MOST_TIDINGS = 500  # in one call of theirs (ours; Tencent sends up to 200 at once)
_MOST_ANSWER = 16_384
_LEAST_SECRET = 16
_CHANGING = frozenset({"key_id", "params"})


class NotTheirsError(Exception):
    """What came to our address is not signed by the maker, or cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Account:
    """What an address says: `options` as given, `secret` and `hook_secret` from their files."""

    host: str
    options: Mapping[str, str]
    secret: str
    hook: str = ""
    hook_secret: str = ""

    def get(self, option: str) -> str:
        return self.options.get(option, "")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ask:
    """One POST: path with query, the body, and headers that are signed or sign."""

    where: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the maker's body says; `ref` is what it calls the letter from now on."""

    taken: bool
    code: str
    words: str
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Call:
    """One request of a maker's to our address, `url` as it is known outside.

    Names of headers in lower case; `secret` from the path.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """What the maker wants to hear; a caller on the phone may be told something."""

    media_type: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Craft:
    """How one product of one maker is spoken to.

    `read` gives None for what is not the maker's answer. `waits_s`: codes that say "not so fast"
    to the whole account, and how long to keep still. `later`: beginnings of codes worth another
    try. `secret` names the option of the secret's file, `needed` what an address must say. `signs`:
    what it tells us is signed by the maker.
    """

    name: str
    secret: str
    needed: tuple[str, ...]
    signs: bool = False
    options: tuple[str, ...] = ()
    allowance: Allowance
    check: Callable[[Mapping[str, str]], None] = lambda _: None
    ask: Callable[[Account, Letter], Ask]
    read: Callable[[Mapping[str, Any]], Answer | None]
    waits_s: Mapping[str, float] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    hear: Callable[[Account, Call], tuple[Tiding, ...]]
    thank: Callable[[str, str], Thanks]


class Reporting(Protocol):
    """A provider that tells what became of a letter, at `/hooks/from/<hook>`."""

    label: str
    hook: str

    def hear(self, call: Call) -> tuple[Tiding, ...]:
        """Raises `NotTheirsError`."""
        ...

    def thank(self, words: str, language: str) -> Thanks: ...


class Carrier:
    """One line of one maker; another one at the same host has another fingerprint."""

    merges = False
    attaches = False

    def __init__(
        self, craft: Craft, address: ProviderAddress, *, timeout_s: float = READ_S
    ) -> None:
        self._craft = craft
        missing = [name for name in (craft.secret, *craft.needed) if not address.options.get(name)]
        if missing:
            raise ProviderAddressError(f"missing in {craft.name}://…: {', '.join(missing)}")
        craft.check(address.options)
        secret = address.secret(craft.secret)
        mark = _mark(craft, address.options)
        self.label = f"{address.label}#{mark}"
        self.hook = f"{craft.name.replace('+', '-')}-{mark}"
        self.limits = allowances.limits(craft.allowance, address.options)
        where = address.label.partition("://")[2]
        self._account = Account(
            host=where,
            options=address.options,
            secret=secret,
            hook=self.hook,
            hook_secret=_hook_secret(address),
        )
        scheme = "http" if address.scheme.endswith("+http") else "https"
        self._base = f"{scheme}://{where}{address.path.rstrip('/')}"
        self._client = post.client(address, timeout_s)

    @property
    def signs(self) -> bool:
        """Whether the maker signs what it tells us; else our secret stands in the address."""
        return self._craft.signs

    @property
    def has_hook_secret(self) -> bool:
        return bool(self._account.hook_secret)

    def takes(self, target: str) -> bool:
        return numbers.is_e164(target)

    def send(self, letter: Letter) -> Accepted:
        ask = self._craft.ask(self._account, letter)
        headers = {"User-Agent": "Ringwatch", **ask.headers}
        url = self._base + ask.where
        reply = post.post(self._client, url, ask.body, headers, most_bytes=_MOST_ANSWER)
        answer = self._craft.read(_json(reply.body))
        if answer is None:
            if reply.ok:  # not the maker's answer: somebody in between spoke
                raise UndeliveredError(f"{reply.words}, no known answer", result=Result.UNKNOWN)
            raise post.refusal(reply, reply.words, letter.at)
        words = f"{reply.words}: {answer.code} {answer.words}".strip()
        words = words.replace(self._account.secret, "•••")
        if reply.ok and answer.taken:
            return Accepted(words=words, ref=answer.ref)
        raise self._refusal(reply, answer.code, words, letter)

    def close(self) -> None:
        self._client.close()

    def hear(self, call: Call) -> tuple[Tiding, ...]:
        """What a request to our address tells. Raises `NotTheirsError`."""
        return self._craft.hear(self._account, call)[:MOST_TIDINGS]

    def thank(self, words: str, language: str) -> Thanks:
        return self._craft.thank(words, language)

    def _refusal(self, reply: Reply, code: str, words: str, letter: Letter) -> UndeliveredError:
        refused = post.refusal(reply, words, letter.at)
        if code in self._craft.waits_s:
            wait_s = refused.wait_s or self._craft.waits_s[code]
            return UndeliveredError(words, result=Result.REFUSED, wait_s=wait_s)
        if refused.wait_s is not None or not (reply.ok or refused.for_good):
            return refused
        for_good = not code.startswith(self._craft.later) if self._craft.later else True
        return UndeliveredError(words, result=Result.REFUSED, for_good=for_good)


def provider(craft: Craft, url: str, *, timeout_s: float = READ_S) -> Carrier:
    """Raises `ProviderAddressError`."""
    accepted = (craft.secret, *craft.needed, *craft.options, *OPTIONS)
    address = take_apart(url, options=accepted)
    if address.query or address.user:
        raise ProviderAddressError(f"secrets come from files; options: {', '.join(accepted)}")
    return Carrier(craft, address, timeout_s=timeout_s)


def with_secret(account: Account, call: Call) -> None:
    """Makers that do not sign are known by the secret in the path, compared by hash.

    Raises `NotTheirsError`, also where no `hook_file` is set: then nothing is believed.
    """
    given, ours = (
        hashlib.sha256(one.encode()).digest() for one in (call.secret, account.hook_secret)
    )
    if not account.hook_secret or not hmac.compare_digest(given, ours):
        raise NotTheirsError("the secret in the path is not ours")


def told_as_json(call: Call) -> Any:
    """Raises `NotTheirsError`."""
    try:
        return json.loads(call.body)
    except (ValueError, RecursionError):
        raise NotTheirsError("that is no JSON") from None


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _mark(craft: Craft, options: Mapping[str, str]) -> str:
    """Tells lines at one host apart.

    The same when keys are renewed or limits changed: consoles know it as part of our address.
    """
    own = [f"{name}={options[name]}" for name in craft.needed if name not in _CHANGING]
    return hashlib.sha256("\n".join(["ringwatch", *own]).encode()).hexdigest()[:6]


def _hook_secret(address: ProviderAddress) -> str:
    secret = address.secret("hook_file")
    if secret and (len(secret) < _LEAST_SECRET or not secret.isascii() or not secret.isalnum()):
        raise ProviderAddressError(f"hook_file: at least {_LEAST_SECRET} letters and digits")
    return secret
