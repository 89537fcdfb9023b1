"""The rows of the site access cards."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from rules.model import PersonId, SiteId
from rules.site_access import AccessCard
from storage.db import Tx, insert_into
from storage.tables.telling import access_cards


def get(tx: Tx, site_id: SiteId) -> AccessCard:
    """An empty card for a site that has none."""
    return of_sites(tx, [site_id]).get(site_id, AccessCard())


def of_sites(tx: Tx, site_ids: Collection[SiteId]) -> dict[SiteId, AccessCard]:
    found = select(access_cards).where(access_cards.c.site_id.in_(site_ids))
    return {SiteId(row.site_id): _card(row) for row in tx.execute(found)}


def put(tx: Tx, site_id: SiteId, card: AccessCard, *, by: PersonId, now: datetime) -> None:
    row = {"site_id": site_id, **asdict(card), "changed_at": now, "changed_by": by}
    asked = insert_into(tx, access_cards).values(row)
    tx.execute(asked.on_conflict_do_update(index_elements=["site_id"], set_=row))


def _card(row: Row[Any]) -> AccessCard:
    told = row._asdict()
    for name in ("site_id", "changed_at", "changed_by"):
        del told[name]
    return AccessCard(**told)
