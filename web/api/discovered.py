"""Devices that speak and are on nobody's list."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from rules.permits import Verb
from storage.db import reading
from storage.views import discovered as discovered_view
from storage.views.discovered import Key, Stranger
from web.api.asked import MOST_ITEMS, Filter
from web.api.callers import IntakeReader
from web.api.problems import refused
from web.wired import Wired

router = APIRouter(tags=["intake"])


class Page(Filter):
    limit: int = Field(50, ge=1, le=MOST_ITEMS)
    cursor: Annotated[str, Field(max_length=500, pattern=r"^[A-Za-z0-9_=-]*$")] | None = None


class Discovered(BaseModel):
    """`site` and `device` as they were heard; `known_site`: the site is on our list.

    `device` is the device's own id in its dialect; `type` and `model` are what it says it is.
    """

    id: str
    site: str
    dialect: str
    device: str
    type: str
    model: str
    known_site: bool
    first_at: datetime
    last_at: datetime
    messages: int
    topic: str
    sample: str


class AllDiscovered(BaseModel):
    items: list[Discovered]
    next: str | None


class _Place(msgspec.Struct, array_like=True, frozen=True):
    at: datetime
    site: str
    dialect: str
    device: str


@router.get("/discovered")
def discovered(
    parts: Wired, caller: IntakeReader, asked: Annotated[Page, Query()]
) -> AllDiscovered:
    caller.must(Verb.SEE_DISCOVERED)
    beyond = _read(asked.cursor)
    with reading(parts.database) as tx:
        found = discovered_view.latest(tx, before=beyond, limit=asked.limit + 1)
    shown = found[: asked.limit]
    following = _written(shown[-1]) if len(found) > asked.limit else None
    return AllDiscovered(items=[_one(each) for each in shown], next=following)


def _one(each: Stranger) -> Discovered:
    return Discovered(
        id=f"{each.site}/{each.dialect}/{each.device}",
        site=each.site,
        dialect=each.dialect,
        device=each.device,
        type=each.guess.type or "",
        model=each.guess.model,
        known_site=each.site_id is not None,
        first_at=each.first_at,
        last_at=each.last_at,
        messages=each.messages,
        topic=each.topic,
        sample=each.sample,
    )


def _written(last: Stranger) -> str:
    place = _Place(at=last.first_at, site=last.site, dialect=last.dialect, device=last.device)
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def _read(cursor: str | None) -> tuple[datetime, Key] | None:
    if cursor is None:
        return None
    try:
        place = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=_Place)
        clean = "\0" not in place.site + place.dialect + place.device
        at = place.at.astimezone(UTC)
    except (binascii.Error, msgspec.MsgspecError, OverflowError, ValueError):
        clean = False
    if not clean:
        raise refused(("cursor", cursor, "api.accepts.cursor"))
    return at, Key(site=place.site, dialect=place.dialect, device=place.device)
