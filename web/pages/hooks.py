"""Where makers of SMS and calls tell what became of a letter, and which key was pressed.

No login: what they say counts when they signed it, or when the path holds our secret.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response

import words
from notify import channels
from notify.carrier import Call, NotTheirsError, Reporting
from notify.channels import HOOKS
from operations import receipts
from operations.replies import Became
from rules.receipts import Tiding
from storage.db import transaction
from web.posted import Posted
from web.wired import NotFoundError, Wired
from wiring.parts import Parts
from wiring.settings import Settings, channel_plans

log = logging.getLogger(__name__)
router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Who may tell us something, as `settings` have it, and how many carry each channel."""

    settings: Settings
    reporting: Mapping[str, Reporting]
    carriers: Callable[[str], int]


@router.post(f"{HOOKS}/{{hook}}")
@router.post(f"{HOOKS}/{{hook}}/{{secret}}")
def hear(request: Request, parts: Wired, body: Posted, hook: str, secret: str = "") -> Response:
    doors = _doors(request, parts)
    provider = doors.reporting.get(hook)
    if provider is None:
        raise NotFoundError
    try:
        tidings = provider.hear(_call(request, parts, body, secret))
    except NotTheirsError as error:
        log.warning("%s: refused what came to its address: %s", provider.label, error)
        return Response(status_code=403)
    told = list(_taken(parts, doors, provider, tidings))
    if tidings and not told:
        return Response(status_code=404)  # it may come again, when the letter is known
    language = request.query_params.get("language", "")
    became = next((one for one in told if one), None)
    thanks = provider.thank(_said(became, language), language)
    return Response(thanks.body, media_type=thanks.media_type)


def _taken(
    parts: Parts, doors: Doors, provider: Reporting, tidings: Iterable[Tiding]
) -> Iterator[Became | None]:
    """Each in a transaction of its own: told again, what stands already changes nothing."""
    for one in tidings:
        try:
            with transaction(parts.database) as tx:
                became = receipts.take(
                    tx, provider.label, one, doors.carriers, parts.policy, parts.clock()
                )
        except LookupError as error:
            log.info("%s", error)
        else:
            yield became


def _said(became: Became | None, language: str) -> str:
    known = language if language in words.LANGUAGES else words.LANGUAGES[0]
    return words.say(known, f"call.became.{became}") if became else ""


def _call(request: Request, parts: Parts, body: bytes, secret: str) -> Call:
    """The address as the maker knows it: a proxy before us may have changed host and scheme."""
    query = f"?{request.url.query}" if request.url.query else ""
    return Call(
        url=f"{parts.settings.base_url}{request.url.path}{query}",
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        secret=secret,
    )


def _doors(request: Request, parts: Parts) -> Doors:
    """Made when the first one knocks, and anew when the settings were read anew."""
    known: Doors | None = getattr(request.app.state, "doors", None)
    if known is None or known.settings is not parts.settings:
        made = channels.build(channel_plans(parts.settings))
        known = Doors(
            settings=parts.settings,
            reporting=channels.reporting(made.values()),
            carriers=partial(channels.carriers, made),
        )
        request.app.state.doors = known
    return known
