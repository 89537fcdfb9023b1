"""Web push (RFC 8030): a notification to an installed page, encrypted for that browser alone.

`pywebpush` encrypts (RFC 8291) and `py_vapid` signs who we are (RFC 8292); sending is our own, so
that a redirect leads nowhere and every answer is told in the maker's words. 404 and 410 end a
subscription.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2

import words
from notify import post
from notify.channel import CONNECT_S, READ_S, Accepted, Channel, Letter, UndeliveredError
from rules import push as push_rules
from rules.buckets import Limit
from rules.notices import Kind, Result
from storage.push import Subscription

LABEL = "webpush"
LASTS = timedelta(hours=12)  # of our signature; services take a day at most
TTL_S = {0: 900, 1: 3600, 2: 86_400}  # by rank: after it the ladder has called again (ours)
_URGENCY = {0: "high", 1: "high", 2: "normal"}
_MOST_TITLE, _MOST_BODY = 120, 400
_GONE = frozenset({404, 410})
_ANSWERABLE = frozenset({Kind.PAGE, Kind.REPORT, Kind.ALERT})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Desk:
    """What the provider needs of the house: subscriptions, and to say that one is gone."""

    find: Callable[[str], Subscription | None]
    gone: Callable[[int], None]
    sent: Callable[[int], None]


class PushProvider:
    """`key` is the private key of this installation (PEM), `contact` whom a service may write."""

    label = LABEL
    limits: tuple[Limit, ...] = ()
    merges = False
    attaches = False

    def __init__(self, desk: Desk, key: bytes, contact: str, hosts: Collection[str] = ()) -> None:
        self._desk, self._key, self._contact = desk, key, contact
        self._hosts = frozenset(hosts)
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(READ_S, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
        )

    def takes(self, target: str) -> bool:
        return target.isascii() and target.isdigit()

    def send(self, letter: Letter) -> Accepted:
        to = self._desk.find(letter.target)
        if to is None or not push_rules.permitted(to.endpoint, self._hosts):
            raise UndeliveredError(
                "the browser is told no more", result=Result.REFUSED, for_good=True
            )
        body, headers = self._sealed(to, letter)
        reply = post.post(self._client, to.endpoint, body, headers)
        if reply.status in _GONE:
            self._desk.gone(to.id)
        if not reply.ok:
            raise post.refusal(reply, reply.words, letter.at)
        self._desk.sent(to.id)
        return Accepted(words=reply.words)

    def close(self) -> None:
        self._client.close()

    def _sealed(self, to: Subscription, letter: Letter) -> tuple[bytes, dict[str, str]]:
        # Here, not above: every process reads the settings, one of them sends.
        from py_vapid import Vapid02  # noqa: PLC0415
        from pywebpush import WebPusher  # noqa: PLC0415

        keys = {"p256dh": to.p256dh, "auth": to.auth}
        pusher = WebPusher({"endpoint": to.endpoint, "keys": keys})
        sealed = pusher.encode(json.dumps(shown(letter), ensure_ascii=False).encode())
        where = urlsplit(to.endpoint)
        claims = {
            "aud": f"{where.scheme}://{where.netloc}",
            "sub": self._contact,
            "exp": int((letter.at + LASTS).timestamp()),
        }
        headers: dict[str, str] = Vapid02.from_pem(self._key).sign(claims)
        headers |= {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(TTL_S[letter.rank]),
            "Urgency": _URGENCY[letter.rank],
        }
        if letter.about:  # what has not arrived yet of the same matter is replaced
            headers["Topic"] = letter.about[:32]
        return sealed["body"], headers


def shown(letter: Letter) -> dict[str, Any]:
    """What the notification says: its subject and first line, where it leads, what it offers.

    Nothing that the page behind the link does not show, and no phone number or way in.
    """
    first = letter.body.strip().partition("\n")[0]
    said: dict[str, Any] = {
        "title": letter.subject[:_MOST_TITLE],
        "body": first[:_MOST_BODY],
        "link": letter.link,
        "tag": letter.about or letter.id,
        "urgent": letter.rank == 0,
        "language": letter.language,
    }
    if letter.kind in _ANSWERABLE:
        said["notice"] = letter.id.split("-")[1]
        said["take"] = words.say(letter.language, _word(letter.kind))
        report = "_report" if letter.kind == Kind.REPORT else ""  # others are called all the same
        said["noted"] = words.say(letter.language, f"push.noted{report}")
    return said


def _word(kind: str) -> str:
    named = {Kind.REPORT: "link.arrange", Kind.ALERT: "board.alert_acknowledge"}
    return named.get(Kind(kind), "link.acknowledge")


def channel(provider: PushProvider) -> Channel:
    return Channel(name=push_rules.CHANNEL, providers=(provider,))
