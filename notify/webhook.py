"""A notice as JSON to an address of the settings: `webhook+https://host/path`.

With `?secret_file=` each request carries `X-Ringwatch-Signature: sha256=<hex>`, the HMAC-SHA256
of `<X-Ringwatch-Timestamp>.<body>`. `Idempotency-Key` is the same when a notice is repeated.
Sent is what was answered 2xx; a redirect is a refusal (it would lead us to any host).
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from notify.address import ProviderAddress, take_apart
from notify.channel import CONNECT_S, MOST_WAIT_S, READ_S, Letter, UndeliveredError
from rules.model import Severity
from rules.notices import Result

OPTIONS = ("secret_file", "ca_file")
DEFAULT_WAIT_S = 30.0
_MOST_TARGET = 200
_AGAIN_LATER = {408, 409, 423, 425, 429}
_TOO_MANY, _BAD_REQUEST, _SERVER_ERROR = 429, 400, 500
_SEVERITIES = {severity.rank: severity.value for severity in Severity}


class WebhookProvider:
    """One address; connections are kept and shared by the senders."""

    def __init__(self, address: ProviderAddress, *, timeout_s: float = READ_S) -> None:
        self.label = address.label
        self._secret = address.secret("secret_file").encode()
        scheme = address.scheme.removeprefix("webhook+")
        where = address.label.partition("://")[2]
        self._url = f"{scheme}://{where}{address.path or '/'}"
        if address.query:
            self._url += f"?{address.query}"
        self._client = httpx2.Client(
            timeout=httpx2.Timeout(timeout_s, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
            auth=(address.user, address.password) if address.user else None,
            verify=address.tls(),
        )

    def takes(self, target: str) -> bool:
        return 0 < len(target) <= _MOST_TARGET and target.isprintable()

    def send(self, letter: Letter) -> str:
        body = json.dumps(_payload(letter), ensure_ascii=False).encode()
        headers = self._headers(letter, body)
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as response:
                words = f"{response.status_code} {response.reason_phrase}"
                if response.is_success:
                    return words
                raise _refusal(response, words, letter.at)
        except httpx2.ConnectTimeout:
            raise UndeliveredError("no connection in time") from None
        except httpx2.TimeoutException:
            raise UndeliveredError("no answer in time", result=Result.TIMEOUT) from None
        except httpx2.ConnectError as error:
            raise UndeliveredError(str(error) or "no connection") from None
        except httpx2.HTTPError as error:
            words = str(error) or type(error).__name__
            raise UndeliveredError(words, result=Result.UNKNOWN) from None

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


def _payload(letter: Letter) -> dict[str, str]:
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
        "at": letter.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def _refusal(response: httpx2.Response, words: str, now: datetime) -> UndeliveredError:
    status = response.status_code
    if status == _TOO_MANY:
        wait_s = retry_after(response.headers.get("Retry-After", ""), now)
        return UndeliveredError(words, result=Result.REFUSED, wait_s=wait_s)
    for_good = status < _SERVER_ERROR and status not in _AGAIN_LATER
    return UndeliveredError(words, result=Result.REFUSED, for_good=for_good)


def retry_after(value: str, now: datetime) -> float:
    """Seconds to leave the provider alone, from seconds or a date; at most ten minutes."""
    try:
        wait_s = float(value)
    except ValueError:
        try:
            wait_s = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError):
            wait_s = DEFAULT_WAIT_S
    return min(wait_s, MOST_WAIT_S) if wait_s >= 0 else DEFAULT_WAIT_S  # NaN is not >= 0


def provider(url: str) -> WebhookProvider:
    return WebhookProvider(take_apart(url, options=OPTIONS))
