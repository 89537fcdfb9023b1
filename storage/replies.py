"""Each answer from outside once, whatever became of it: a key on a phone, a mail, a webhook."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from rules.model import NoticeId, PersonId
from storage.db import Tx, insert_into
from storage.tables.oncall import answers_received


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`key` names the answer itself (`mail:<message id>`, `call:<sid>`); `way`: how it came."""

    key: str
    way: str
    verb: str
    notice_id: NoticeId | None = None
    person_id: PersonId | None = None


def put(tx: Tx, reply: Reply, now: datetime, result: str = "") -> bool:
    """False when this very answer was heard before. `result`: what became of it, if known."""
    row = insert_into(tx, answers_received).values(
        key=reply.key,
        way=reply.way,
        at=now,
        notice_id=reply.notice_id,
        person_id=reply.person_id,
        verb=reply.verb,
        result=result,
    )
    once = row.on_conflict_do_nothing(index_elements=["key"]).returning(answers_received.c.id)
    return tx.execute(once).first() is not None


def end(tx: Tx, key: str, result: str) -> None:
    """What became of it."""
    tx.execute(update(answers_received).where(answers_received.c.key == key).values(result=result))


def result_of(tx: Tx, key: str) -> str | None:
    """What became of this answer; None when it was never heard."""
    return tx.scalar(select(answers_received.c.result).where(answers_received.c.key == key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer as it was kept, and what became of it."""

    way: str
    at: datetime
    person_id: PersonId | None
    verb: str
    result: str


def of_notice(tx: Tx, notice_id: NoticeId) -> list[Heard]:
    """Oldest first."""
    columns = [answers_received.c[name] for name in Heard.__slots__]
    found = select(*columns).where(answers_received.c.notice_id == notice_id)
    return [Heard(**row) for row in tx.execute(found.order_by(answers_received.c.id)).mappings()]
