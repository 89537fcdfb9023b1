"""Browsers that asked to be told: each is an address of its person on the channel `push`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from rules.model import PersonId
from storage.db import Tx, insert_into
from storage.tables.oncall import push_subscriptions


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Subscription:
    """`endpoint` and the two keys are its secrets; `device` is for people's eyes."""

    id: int
    person_id: PersonId
    endpoint: str
    p256dh: str
    auth: str
    device: str
    created_at: datetime
    last_sent_at: datetime | None
    gone_at: datetime | None


def add(  # noqa: PLR0913, PLR0917 - one argument a column
    tx: Tx,
    person_id: PersonId,
    endpoint: str,
    p256dh: str,
    auth: str,
    device: str,
    now: datetime,
) -> Subscription:
    """Whoever used this browser before is told there no more: it is this person's now."""
    row = insert_into(tx, push_subscriptions).values(
        person_id=person_id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        device=device,
        created_at=now,
    )
    anew = {"person_id": person_id, "p256dh": p256dh, "auth": auth, "device": device}
    once = row.on_conflict_do_update(
        index_elements=["endpoint"], set_={**anew, "created_at": now, "gone_at": None}
    ).returning(push_subscriptions)
    return Subscription(**tx.execute(once).mappings().one())


def get(tx: Tx, subscription_id: int) -> Subscription | None:
    """Only while it holds."""
    found = select(push_subscriptions).where(
        push_subscriptions.c.id == subscription_id, push_subscriptions.c.gone_at.is_(None)
    )
    row = tx.execute(found).mappings().one_or_none()
    return Subscription(**row) if row else None


def of_people(tx: Tx, person_ids: Sequence[int]) -> dict[int, list[Subscription]]:
    """Those that hold, oldest first."""
    table = push_subscriptions.c
    found = select(push_subscriptions).where(
        table.person_id.in_(person_ids), table.gone_at.is_(None)
    )
    held: dict[int, list[Subscription]] = {}
    for row in tx.execute(found.order_by(table.id)).mappings():
        held.setdefault(row["person_id"], []).append(Subscription(**row))
    return held


def end(tx: Tx, subscription_id: int, now: datetime) -> None:
    """The browser wants no more, or is no more."""
    tx.execute(
        update(push_subscriptions)
        .where(push_subscriptions.c.id == subscription_id, push_subscriptions.c.gone_at.is_(None))
        .values(gone_at=now)
    )


def sent(tx: Tx, subscription_id: int, now: datetime) -> None:
    tx.execute(
        update(push_subscriptions)
        .where(push_subscriptions.c.id == subscription_id)
        .values(last_sent_at=now)
    )
