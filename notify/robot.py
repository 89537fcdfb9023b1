"""What chat robots share. They answer 200 to nearly everything: the body says whether it went well.

Address: `dingtalk://host/?token_file=FILE`, with `+http` after the scheme for a relay in the
house. A robot speaks to a group: its letters carry a link behind login, never a personal one.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notify import allowances, post
from notify.address import ProviderAddress, take_apart
from notify.allowances import Allowance
from notify.channel import READ_S, Accepted, Letter, ProviderAddressError, UndeliveredError
from notify.post import Reply
from rules.notices import INCIDENT, Result

OPTIONS = ("token_file", "secret_file", "keyword", "ca_file", *allowances.OPTIONS)
_MOST_TARGET = 200
_MOST_ANSWER = 16_384
_CUT = "…\n"
_HEADERS = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Ringwatch"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Keys:
    """`secret` and `keyword` are empty when the robot has none."""

    token: str
    secret: str
    keyword: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ask:
    """One request: path with query, and the JSON."""

    where: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Craft:
    """How one maker's robots are spoken to.

    `read`: the answer's code (0 is well, None is none) and words. `waits_s`: codes that say "not
    so fast", and how long to keep still. `later`: codes worth another try. `per_min`, `per_s`:
    the maker's limits; 0 is none. `incident`: what the maker calls the one that a letter is about.
    """

    name: str
    ask: Callable[[Keys, Letter], Ask]
    read: Callable[[Mapping[str, Any]], tuple[int | None, str]]
    per_min: int
    per_s: int = 0
    waits_s: Mapping[int, float]
    later: frozenset[int] = frozenset()
    options: tuple[str, ...] = OPTIONS
    merges: bool = True
    incident: Callable[[Letter], str] | None = None


class Robot:
    """One robot, told from others at the same host by a fingerprint of its token."""

    attaches = False

    def __init__(
        self, craft: Craft, address: ProviderAddress, *, timeout_s: float = READ_S
    ) -> None:
        self._craft = craft
        self._keys = Keys(
            token=_token(craft, address),
            secret=address.secret("secret_file"),
            keyword=address.options.get("keyword", ""),
        )
        mark = hashlib.sha256(f"ringwatch {self._keys.token}".encode()).hexdigest()[:6]
        self.label = f"{address.label}#{mark}"
        usual = Allowance(per_min=craft.per_min, per_s=craft.per_s)
        self.limits = allowances.limits(usual, address.options)
        self.merges = craft.merges
        scheme = "http" if address.scheme.endswith("+http") else "https"
        where = address.label.partition("://")[2]
        self._base = f"{scheme}://{where}{address.path.rstrip('/')}"
        self._client = post.client(address, timeout_s)

    def takes(self, target: str) -> bool:
        """The group is the robot's own; a target only tells addresses apart."""
        return 0 < len(target) <= _MOST_TARGET and target.isprintable()

    def send(self, letter: Letter) -> Accepted:
        ask = self._craft.ask(self._keys, letter)
        body = json.dumps(ask.body, ensure_ascii=False).encode(errors="replace")
        url = self._base + ask.where
        reply = post.post(self._client, url, body, _HEADERS, most_bytes=_MOST_ANSWER)
        code, said = self._craft.read(_json(reply))
        words = self._masked(f"{reply.words}: {code} {said}" if code is not None else reply.words)
        if reply.ok and code == 0:
            incident = self._craft.incident
            return Accepted(words=words, ref=INCIDENT + incident(letter) if incident else "")
        raise self._refusal(reply, code, words, letter)

    def close(self) -> None:
        self._client.close()

    def _refusal(
        self, reply: Reply, code: int | None, words: str, letter: Letter
    ) -> UndeliveredError:
        if code is not None and code in self._craft.waits_s:
            wait_s = self._craft.waits_s[code]
            return UndeliveredError(words, result=Result.REFUSED, wait_s=wait_s)
        if not reply.ok:
            return post.refusal(reply, words, letter.at)
        if code is None:  # not the robot's answer: somebody in between spoke
            return UndeliveredError(f"{words}, not a robot's answer", result=Result.UNKNOWN)
        for_good = code not in self._craft.later
        return UndeliveredError(words, result=Result.REFUSED, for_good=for_good)

    def _masked(self, words: str) -> str:
        for secret in (self._keys.token, self._keys.secret):
            words = words.replace(secret, "•••") if secret else words
        return words


def provider(craft: Craft, url: str) -> Robot:
    address = take_apart(url, options=craft.options)
    if address.query or address.user:
        raise ProviderAddressError(f"secrets come from files; options: {', '.join(craft.options)}")
    return Robot(craft, address)


def code_and_words(code: str, words: str) -> Callable[[Mapping[str, Any]], tuple[int | None, str]]:
    """How to read an answer that keeps them under these names."""

    def _read(said: Mapping[str, Any]) -> tuple[int | None, str]:
        found = said.get(code)
        return (found if type(found) is int else None), str(said.get(words, ""))

    return _read


def text(
    keys: Keys, letter: Letter, *, most_bytes: int, plain: dict[int, int] | None = None
) -> str:
    """Subject, body and the robot's keyword; where it is too long the link at its end is kept.

    `plain` replaces what the robot would take for markup.
    """
    head = f"{letter.subject}\n{letter.body}".strip().translate(plain or {})
    if keys.keyword and keys.keyword not in head:
        head = f"{keys.keyword} {head}"
    if len(head.encode(errors="replace")) <= most_bytes:
        return head
    tail = f"{_CUT}{letter.link}"
    return cut(head, most_bytes - len(tail.encode())) + tail


def cut(words: str, most_bytes: int) -> str:
    """As many whole characters as fit."""
    return words.encode(errors="replace")[: max(0, most_bytes)].decode(errors="ignore")


def _token(craft: Craft, address: ProviderAddress) -> str:
    token = address.secret("token_file")
    if not token:
        raise ProviderAddressError(f"the robot's key is missing: {craft.name}://…?token_file=FILE")
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in token):
        raise ProviderAddressError("token_file: the key alone, not the whole address")
    return token


def _json(reply: Reply) -> Mapping[str, Any]:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
