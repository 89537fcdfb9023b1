"""Devices that speak and are on nobody's list: one click from being enrolled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import case, delete, func, select

from storage.db import Tx, insert_into
from storage.tables.company import devices, sites
from storage.tables.watch import discovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An unknown device as a batch heard it: how often, its last message, what it says it is."""

    site: str
    device: str
    at: datetime
    messages: int
    topic: str
    sample: str
    dialect: str = "native"
    guess: Mapping[str, Any] = field(default_factory=dict)


def heard(tx: Tx, strangers: Sequence[Heard], *, keep: int) -> None:
    """Count the strangers of a batch; new ones only while fewer than `keep` are known."""
    known = {
        (row.site, row.dialect, row.device)
        for row in tx.execute(
            select(discovered.c.site, discovered.c.dialect, discovered.c.device).where(
                discovered.c.device.in_([stranger.device for stranger in strangers])
            )
        )
    }
    room = keep - (tx.scalar(select(func.count()).select_from(discovered)) or 0)
    for stranger in strangers:
        if (stranger.site, stranger.dialect, stranger.device) not in known:
            if room <= 0:
                continue
            room -= 1
        _put(tx, stranger)


def forget(tx: Tx, site: str, dialect: str, device: str) -> None:
    """It has been enrolled."""
    d = discovered.c
    here = (d.site == site) & (d.dialect == dialect) & (d.device == device)
    tx.execute(delete(discovered).where(here))


def forget_listed(tx: Tx) -> None:
    """Devices were added to the list some other way: they are no strangers any more."""
    d, c = discovered.c, devices.c
    speaks_as = case((c.dialect_id == "", c.code), else_=c.dialect_id)
    listed = (
        select(c.id)
        .join_from(devices, sites)
        .where(sites.c.code == d.site, c.dialect == d.dialect, speaks_as == d.device)
    )
    tx.execute(delete(discovered).where(listed.exists()))


def _put(tx: Tx, stranger: Heard) -> None:
    row = insert_into(tx, discovered).values(
        site=stranger.site,
        dialect=stranger.dialect,
        device=stranger.device,
        first_at=stranger.at,
        last_at=stranger.at,
        messages=stranger.messages,
        topic=stranger.topic,
        sample=stranger.sample,
        guess=msgspec.json.encode(stranger.guess).decode(),
    )
    again = {
        "last_at": stranger.at,
        "messages": discovered.c.messages + stranger.messages,
        "topic": stranger.topic,
        "sample": stranger.sample,
    }
    if stranger.guess:
        again["guess"] = msgspec.json.encode(stranger.guess).decode()
    tx.execute(row.on_conflict_do_update(index_elements=["site", "dialect", "device"], set_=again))
