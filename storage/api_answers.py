"""What a POST was answered, by the key its sender gave it: sent twice it is done once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from storage.db import Tx, insert_into
from storage.tables.access import api_answers

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`request` tells requests under one key apart."""

    request: str
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


def begin(tx: Tx, token_id: int, key: str, request: str, now: datetime) -> Answer | None:
    """The answer given before; None when this is the first, and its answer is owed.

    A second sender of the same key waits here until the first has committed.
    """
    here = (api_answers.c.token_id == token_id) & (api_answers.c.key == key)
    tx.execute(delete(api_answers).where(here, api_answers.c.at <= now - KEPT))
    row = {"token_id": token_id, "key": key, "request": request, "at": now, "headers": {}}
    asked = insert_into(tx, api_answers).values(row).on_conflict_do_nothing()
    if tx.execute(asked.returning(api_answers.c.key)).one_or_none():
        return None
    known = tx.execute(select(api_answers).where(here)).one()
    return Answer(
        request=known.request, status=known.status, body=known.body, headers=known.headers
    )


def keep(tx: Tx, token_id: int, key: str, answer: Answer) -> None:
    here = (api_answers.c.token_id == token_id) & (api_answers.c.key == key)
    values = {"status": answer.status, "body": answer.body, "headers": answer.headers}
    tx.execute(update(api_answers).where(here).values(values))


def sweep(tx: Tx, now: datetime) -> None:
    tx.execute(delete(api_answers).where(api_answers.c.at <= now - KEPT))
