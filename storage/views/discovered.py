"""Devices that speak and are on nobody's list, with the site when we know it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, func, select, tuple_, update

from rules.discovery import Guess
from rules.model import SiteId
from storage.db import Tx
from storage.tables.company import sites
from storage.tables.watch import discovered
from storage.views.pages import Page, cut

_KEY = (discovered.c.site, discovered.c.dialect, discovered.c.device)
_guess = msgspec.json.Decoder(Guess).decode


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """How a stranger is told from others; `device` is its own id in that dialect."""

    site: str
    dialect: str = "native"
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """`site_id` is None when no site of ours has this code."""

    site: str
    dialect: str
    device: str
    first_at: datetime
    last_at: datetime
    messages: int
    topic: str
    sample: str
    ignored: bool
    site_id: SiteId | None
    site_name: str | None
    guess: Guess = field(default_factory=Guess)

    @property
    def key(self) -> Key:
        return Key(site=self.site, dialect=self.dialect, device=self.device)


def listed(tx: Tx, *, ignored: bool, after: Key | None = None, limit: int) -> Page[Stranger]:
    """By site, dialect and device; `after` is the last one seen."""
    found = _strangers().where(discovered.c.ignored.is_(ignored))
    if after:
        found = found.where(tuple_(*_KEY) > (after.site, after.dialect, after.device))
    rows = _all(tx, found.order_by(*_KEY).limit(limit + 1))
    return cut(rows, limit, count(tx, ignored=ignored), lambda one: spelled(one.key))


def of_source(tx: Tx, site: str, dialect: str, *, limit: int) -> list[Stranger]:
    """Those of one site in one dialect that are not set aside."""
    d = discovered.c
    here = (d.site == site) & (d.dialect == dialect) & d.ignored.is_(False)
    return _all(tx, _strangers().where(here).order_by(d.device).limit(limit))


def latest(tx: Tx, *, before: tuple[datetime, Key] | None = None, limit: int) -> list[Stranger]:
    """Those not set aside, newest first; `before` is when and who the last seen was."""
    d = discovered.c
    found = _strangers().where(d.ignored.is_(False))
    if before is not None:
        at, key = before
        place = (at, key.site, key.dialect, key.device)
        found = found.where(tuple_(d.first_at, *_KEY) < place)
    order = (d.first_at.desc(), *(column.desc() for column in _KEY))
    return _all(tx, found.order_by(*order).limit(limit))


def count(tx: Tx, *, ignored: bool = False) -> int:
    counted = select(func.count()).select_from(discovered)
    return tx.scalar(counted.where(discovered.c.ignored.is_(ignored))) or 0


def get(tx: Tx, key: Key) -> Stranger | None:
    return next(iter(_all(tx, _strangers().where(_is(key)))), None)


def newest(tx: Tx) -> Stranger | None:
    """Who spoke first of late: what the first run waits for."""
    found = _strangers().where(discovered.c.ignored.is_(False))
    return next(iter(_all(tx, found.order_by(discovered.c.last_at.desc()).limit(1))), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """The strangers of one site in one dialect that say what they are."""

    site: str
    site_name: str
    dialect: str
    number: int


def sources(tx: Tx) -> list[Heap]:
    """Where many could be enrolled by one click: sites of ours, dialects that tell types."""
    d = discovered.c
    number = func.count().label("number")
    found = select(d.site, sites.c.name.label("site_name"), d.dialect, number)
    found = found.join_from(discovered, sites, sites.c.code == d.site)
    found = found.where(d.ignored.is_(False), d.guess.contains('"type"'))
    grouped = found.group_by(d.site, sites.c.name, d.dialect).having(func.count() > 1)
    grouped = grouped.order_by(d.site, d.dialect)
    return [Heap(**row) for row in tx.execute(grouped).mappings()]


def set_ignored(tx: Tx, key: Key, *, ignored: bool) -> bool:
    return tx.execute(update(discovered).where(_is(key)).values(ignored=ignored)).rowcount == 1


def spelled(key: Key) -> str:
    """A key as an address can carry it; `read` is the way back."""
    return msgspec.json.encode([key.site, key.dialect, key.device]).decode()


def read(text: str) -> Key | None:
    try:
        site, dialect, device = msgspec.json.decode(text, type=tuple[str, str, str])
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return (
        None
        if "\0" in text or "\\u0000" in text
        else Key(site=site, dialect=dialect, device=device)
    )


def _is(key: Key) -> ColumnElement[bool]:
    d = discovered.c
    return (d.site == key.site) & (d.dialect == key.dialect) & (d.device == key.device)


def _strangers() -> Select[Any]:
    return select(
        discovered, sites.c.id.label("site_id"), sites.c.name.label("site_name")
    ).join_from(discovered, sites, sites.c.code == discovered.c.site, isouter=True)


def _all(tx: Tx, chosen: Select[Any]) -> list[Stranger]:
    rows = tx.execute(chosen).mappings()
    return [Stranger(**{**row, "guess": _guess(row["guess"])}) for row in rows]
