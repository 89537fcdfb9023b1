"""Who of the company's identity provider is who of ours."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from rules.model import PersonId
from storage.db import Tx
from storage.tables.access import outside_identities


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideIdentity:
    id: int
    issuer: str
    subject: str
    person_id: PersonId
    linked_at: datetime


def find(tx: Tx, issuer: str, subject: str) -> OutsideIdentity | None:
    table = outside_identities.c
    mine = (table.issuer == issuer) & (table.subject == subject)
    row = tx.execute(select(outside_identities).where(mine)).mappings().one_or_none()
    return OutsideIdentity(**row) if row else None


def of_person(tx: Tx, person_id: PersonId) -> list[OutsideIdentity]:
    found = select(outside_identities).where(outside_identities.c.person_id == person_id)
    rows = tx.execute(found.order_by(outside_identities.c.id)).mappings()
    return [OutsideIdentity(**row) for row in rows]


def link(tx: Tx, issuer: str, subject: str, person_id: PersonId, now: datetime) -> None:
    row = {"issuer": issuer, "subject": subject, "person_id": person_id, "linked_at": now}
    tx.execute(insert(outside_identities), row)


def unlink(tx: Tx, person_id: PersonId) -> int:
    mine = outside_identities.c.person_id == person_id
    return tx.execute(delete(outside_identities).where(mine)).rowcount
