"""One POST to a provider: what it answered, or why there is no answer."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx2

from notify.address import ProviderAddress
from notify.channel import CONNECT_S, MOST_WAIT_S, UndeliveredError
from rules.notices import Result

DEFAULT_WAIT_S = 30.0
_AGAIN_LATER = {408, 409, 423, 425, 429}
_TOO_MANY, _SERVER_ERROR = 429, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`body` is its beginning, as much of it as was asked for. `words`: status and reason."""

    status: int
    words: str
    retry_after: str
    body: bytes = b""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own


def client(address: ProviderAddress, timeout_s: float) -> httpx2.Client:
    """Connections are kept and shared by the senders; no redirect leads us to another host."""
    return httpx2.Client(
        timeout=httpx2.Timeout(timeout_s, connect=CONNECT_S),
        follow_redirects=False,
        trust_env=False,
        auth=(address.user, address.password) if address.user else None,
        verify=address.tls(),
    )


def post(
    via: httpx2.Client, url: str, body: bytes, headers: dict[str, str], *, most_bytes: int = 0
) -> Reply:
    """Raises `UndeliveredError` when nothing was answered."""
    try:
        with via.stream("POST", url, content=body, headers=headers) as response:
            return Reply(
                status=response.status_code,
                words=f"{response.status_code} {response.reason_phrase}",
                retry_after=response.headers.get("Retry-After", ""),
                body=_beginning(response, most_bytes) if most_bytes else b"",
            )
    except httpx2.ConnectTimeout:
        raise UndeliveredError("no connection in time") from None
    except httpx2.TimeoutException:
        raise UndeliveredError("no answer in time", result=Result.TIMEOUT) from None
    except httpx2.ConnectError as error:
        raise UndeliveredError(str(error) or "no connection") from None
    except httpx2.HTTPError as error:
        words = str(error) or type(error).__name__
        raise UndeliveredError(words, result=Result.UNKNOWN) from None


def refusal(reply: Reply, words: str, now: datetime) -> UndeliveredError:
    """What a status other than 2xx means for the notice."""
    if reply.status == _TOO_MANY:
        wait_s = retry_after(reply.retry_after, now)
        return UndeliveredError(words, result=Result.REFUSED, wait_s=wait_s)
    for_good = reply.status < _SERVER_ERROR and reply.status not in _AGAIN_LATER
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


def _beginning(response: httpx2.Response, most_bytes: int) -> bytes:
    body = b""
    for piece in response.iter_bytes():
        body += piece
        if len(body) >= most_bytes:
            break
    return body[:most_bytes]
