"""The cookie of a browser that is on its way to the identity provider: sealed, for ten minutes."""

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response

from web.provider import Journey
from web.wired import local_path
from wiring import secret
from wiring.parts import Parts

LASTS = timedelta(minutes=10)
_ABOUT = "journey to the provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """`invitation` is the link that is used up when its holder comes back."""

    journey: Journey
    next_path: str
    invitation: int | None


def pack(
    request: Request,
    response: Response,
    parts: Parts,
    journey: Journey,
    *,
    next_path: str = "/",
    invitation: int | None = None,
) -> None:
    ends = parts.clock() + LASTS
    packed = {"next": next_path, "invitation": invitation, "until": ends.isoformat()}
    sealed = secret.seal(parts.settings).close(json.dumps(packed | asdict(journey)), _ABOUT)
    response.set_cookie(
        _name(request),
        sealed,
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
        secure=request.url.scheme == "https",
        path="/",
        max_age=int(LASTS.total_seconds()),
    )


def unpack(request: Request, parts: Parts, state: str) -> Packed | None:
    """None when this browser never set out, too long ago, or for another answer."""
    sealed = request.cookies.get(_name(request), "")
    opened = secret.seal(parts.settings).open(sealed, _ABOUT) if sealed else None
    if opened is None:
        return None
    held = json.loads(opened)
    if parts.clock() >= datetime.fromisoformat(held["until"]):
        return None
    if not hmac.compare_digest(held["state"].encode(), state.encode()):
        return None
    journey = Journey(state=held["state"], nonce=held["nonce"], verifier=held["verifier"])
    return Packed(
        journey=journey, next_path=local_path(held["next"]), invitation=held["invitation"]
    )


def drop(request: Request, response: Response) -> None:
    response.delete_cookie(
        _name(request), httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def _name(request: Request) -> str:
    secure = request.url.scheme == "https"
    return "__Host-ringwatch-journey" if secure else "ringwatch-journey"
