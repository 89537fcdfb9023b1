"""What a way to reach people is: a letter goes in, the provider's own words come out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from rules.buckets import Limit
from rules.notices import Result

CONNECT_S = 4.0
READ_S = 8.0
MOST_WORDS = 300
MOST_WAIT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attachment:
    """A PDF that travels with a letter, where the way can carry one."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Brief:
    """A notice in a few words: what fills a template of the provider's, and what a call says.

    `title` is what is asked, `until` by when, `token` the secret of the personal link. `spoken`:
    the sentences of a call; `keys` says which key does what, empty where none does anything.
    """

    title: str = ""
    place: str = ""
    fault: str = ""
    number: str = ""
    until: str = ""
    token: str = ""
    spoken: str = ""
    keys: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One notice, written out for one reader. `id` stays the same when it is sent again.

    `about` names its order or alert in our house; `over`: that order is closed. `attempt` names
    this try of it, and `hooks` where its provider may tell what became of it; empty: nowhere.
    `order_numbers` are those of all its notices, where it is a letter of several.
    `reply_token`: by which a mail's answer is known, sent to `reply_to`; empty: none is expected.
    """

    id: str
    kind: str
    rank: int
    language: str
    target: str
    subject: str
    body: str
    link: str
    order_number: str
    at: datetime
    about: str = ""
    over: bool = False
    order_numbers: tuple[str, ...] = ()
    attachment: Attachment | None = None
    brief: Brief = field(default_factory=Brief)
    attempt: str = ""
    hooks: str = ""
    reply_token: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took it. `ref` is what it calls the letter when it speaks of it later."""

    words: str
    ref: str = ""


class UndeliveredError(Exception):
    """The provider did not take it; the message is its own words.

    `for_good`: it never will. `wait_s`: it asked us to leave it alone that long.
    """

    def __init__(
        self,
        words: str,
        *,
        result: Result = Result.FAILED,
        for_good: bool = False,
        wait_s: float | None = None,
    ) -> None:
        super().__init__(words)
        self.result, self.for_good, self.wait_s = result, for_good, wait_s


class ProviderAddressError(ValueError):
    """The provider's address in the settings says something we do not understand."""


class Provider(Protocol):
    """One server that carries letters. `label` may be shown and logged: it holds no secret.

    `limits`: how many it takes in a while. `merges`: several notices may travel as one letter.
    `attaches`: a PDF may travel with it.
    """

    label: str
    limits: tuple[Limit, ...]
    merges: bool
    attaches: bool

    def takes(self, target: str) -> bool:
        """Whether `target` is an address of this kind at all."""
        ...

    def send(self, letter: Letter) -> Accepted:
        """Hand it over. Raises `UndeliveredError` with the provider's words."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The first provider, then its fail-over. In a `group` no personal link is sent.

    `rings`: it calls people on the phone.
    """

    name: str
    providers: tuple[Provider, ...]
    group: bool = False
    rings: bool = False

    @property
    def attaches(self) -> bool:
        """Whether a PDF may travel by it, whichever provider takes it."""
        return not self.group and all(provider.attaches for provider in self.providers)

    def provider(self, label: str) -> Provider:
        return next(one for one in self.providers if one.label == label)
