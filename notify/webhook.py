"""A notice as JSON to an address of the settings: `webhook+https://host/path`.

With `?secret_file=` each request carries `X-Ringwatch-Signature: sha256=<hex>`, the HMAC-SHA256
of `<X-Ringwatch-Timestamp>.<body>`. `Idempotency-Key` is the same when a notice is repeated.
Sent is what was answered 2xx; a redirect is a refusal (it would lead us to any host).
"""

import hashlib
import hmac
import json
from datetime import UTC

from notify import post
from notify.address import ProviderAddress, take_apart
from notify.channel import READ_S, Accepted, Letter
from rules.buckets import Limit
from rules.model import Severity

OPTIONS = ("secret_file", "ca_file")
_MOST_TARGET = 200
_SEVERITIES = {severity.rank: severity.value for severity in Severity}


class WebhookProvider:
    """One address; connections are kept and shared by the senders."""

    limits: tuple[Limit, ...] = ()
    merges = False
    attaches = False

    def __init__(self, address: ProviderAddress, *, timeout_s: float = READ_S) -> None:
        self.label = address.label
        self._secret = address.secret("secret_file").encode()
        scheme = address.scheme.removeprefix("webhook+")
        where = address.label.partition("://")[2]
        self._url = f"{scheme}://{where}{address.path or '/'}"
        if address.query:
            self._url += f"?{address.query}"
        self._client = post.client(address, timeout_s)

    def takes(self, target: str) -> bool:
        return 0 < len(target) <= _MOST_TARGET and target.isprintable()

    def send(self, letter: Letter) -> Accepted:
        body = self.body(letter)
        headers = self._headers(letter, body)
        reply = post.post(self._client, self._url, body, headers)
        if not reply.ok:
            raise post.refusal(reply, reply.words, letter.at)
        return Accepted(words=reply.words)

    def body(self, letter: Letter) -> bytes:
        return json.dumps(_payload(letter), ensure_ascii=False).encode()

    def close(self) -> None:
        self._client.close()

    def _headers(self, letter: Letter, body: bytes) -> dict[str, str]:
        stamp = str(int(letter.at.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": letter.id,
            "X-Ringwatch-Timestamp": stamp,
            "User-Agent": "Ringwatch",
        }
        if self._secret:
            signed = hmac.new(self._secret, f"{stamp}.".encode() + body, hashlib.sha256)
            headers["X-Ringwatch-Signature"] = f"sha256={signed.hexdigest()}"
        return headers


def _payload(letter: Letter) -> dict[str, str | list[str]]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "severity": _SEVERITIES[letter.rank],
        "language": letter.language,
        "to": letter.target,
        "subject": letter.subject,
        "text": letter.body,
        "link": letter.link,
        "work_order": letter.order_number,
        "work_orders": list(letter.order_numbers),
        "at": letter.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def provider(url: str) -> WebhookProvider:
    return WebhookProvider(take_apart(url, options=OPTIONS))
