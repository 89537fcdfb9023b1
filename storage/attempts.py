"""What was tried to reach people: the evidence that somebody could not be reached (A02).

And what each provider was asked of late, and who asked to be left alone, whatever process of ours
heard it.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, distinct, func, not_, or_, select

from rules.model import OrderId, PersonId
from rules.notices import Result
from storage.db import Tx
from storage.outbox import Notice
from storage.tables.night import notice_attempts, notices

_SEED = 7_264_646_102  # tells our locks on providers from any other


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """When each letter to one provider had gone, and how many are on their way (or lost there)."""

    gone: tuple[datetime, ...] = ()
    going: int = 0


def channels_tried(tx: Tx, order_id: OrderId, person_id: PersonId) -> int:
    """On how many channels an attempt to reach the person about the order was really made."""
    found = (
        select(func.count(distinct(notices.c.channel)))
        .join_from(notices, notice_attempts, notice_attempts.c.notice_id == notices.c.id)
        .where(notices.c.order_id == order_id, notices.c.person_id == person_id)
    )
    return tx.scalar(found) or 0


def spent(tx: Tx, providers: Collection[str], since: datetime) -> dict[str, Spent]:
    """What each was asked after `since`; who was asked nothing is left out."""
    tried = notice_attempts.c
    mine = (tried.provider, tried.at, func.coalesce(tried.carried_by, -tried.id))
    found = (
        select(tried.provider, func.max(tried.ended_at), func.count(), func.count(tried.ended_at))
        .where(tried.at > since, tried.provider.in_(sorted(providers)))
        .group_by(*mine)  # a letter of several is one
    )
    gone: dict[str, list[datetime]] = {}
    going: Counter[str] = Counter()
    for provider, ended_at, notes, ended in tx.execute(found):
        if ended < notes:
            going[provider] += 1
        else:
            gone.setdefault(provider, []).append(ended_at)
    return {
        name: Spent(gone=tuple(gone.get(name, ())), going=going[name]) for name in {*gone, *going}
    }


def held(tx: Tx, now: datetime) -> set[str]:
    """The providers that asked to be left alone for longer than `now`."""
    tried = notice_attempts.c
    return set(tx.scalars(select(tried.provider).where(tried.held_until > now).distinct()))


def lock(tx: Tx, provider: str) -> None:
    """Until the transaction ends nobody else counts and takes; SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(provider, _SEED))))


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
