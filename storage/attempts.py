"""What was tried to reach a person: the evidence that somebody could not be reached (A02)."""

from datetime import datetime

from sqlalchemy import and_, distinct, func, not_, or_, select

from rules.model import OrderId, PersonId
from rules.notices import Result
from storage.db import Tx
from storage.outbox import Notice
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


def to_one(tx: Tx, provider: str, leased: Notice, since: datetime, now: datetime) -> list[datetime]:
    """When `provider` took, or may have taken, other letters for the address of `leased`."""
    tried = notice_attempts.c
    went = or_(tried.result.not_in((Result.REFUSED, Result.FAILED)), tried.ref != "")
    itself = and_(tried.notice_id == leased.id, tried.lease == leased.lease)
    beside = and_(tried.carried_by.is_not(None), tried.carried_by == leased.id, tried.at == now)
    found = (
        select(tried.at, func.coalesce(tried.carried_by, -tried.id))  # a letter of several is one
        .join_from(notice_attempts, notices, tried.notice_id == notices.c.id)
        .where(tried.at > since, tried.provider == provider, went, not_(itself), not_(beside))
        .where(notices.c.target == leased.target)
    )
    return [at for at, _ in tx.execute(found.distinct())]
