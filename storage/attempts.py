"""What was tried to reach a person: the evidence that somebody could not be reached (A02)."""

from datetime import datetime

from sqlalchemy import distinct, func, select

from rules.model import OrderId, PersonId
from storage.db import Tx
from storage.tables.night import notice_attempts, notices


def channels_tried(tx: Tx, order_id: OrderId, person_id: PersonId) -> int:
    """On how many channels an attempt to reach the person about the order was really made."""
    found = (
        select(func.count(distinct(notices.c.channel)))
        .join_from(notices, notice_attempts, notice_attempts.c.notice_id == notices.c.id)
        .where(notices.c.order_id == order_id, notices.c.person_id == person_id)
    )
    return tx.scalar(found) or 0


def since(tx: Tx, when: datetime, *, limit: int = 500) -> list[tuple[str, datetime]]:
    """Who was asked after that, and when it ended (when it began, if that is not known)."""
    newest = select(notice_attempts).order_by(notice_attempts.c.id.desc()).limit(limit).subquery()
    ended = func.coalesce(newest.c.ended_at, newest.c.at, type_=notice_attempts.c.at.type)
    found = select(newest.c.provider, ended).where(ended > when).order_by(newest.c.id)
    return [(provider, at) for provider, at in tx.execute(found)]
