"""A program of the company answers for a person: a chat bot, another pager, a duty phone."""

from dataclasses import dataclass
from datetime import datetime

from operations import replies as reply_desk
from operations.replies import Became
from rules.model import NoticeId
from rules.policy import Policy
from rules.replies import MOST_REASON, Said
from storage import ledger
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Tx

WAY = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What it said: `person` by code, about a notice (by id) or a work order (by number)."""

    person: str
    said: Said
    notice: str = ""
    order: str = ""
    reason: str = ""


def take(tx: Tx, word: Word, key: str, policy: Policy, now: datetime) -> Became:
    """As the person's own answer; `key` names this very message, so that it counts once."""
    person = people_rows.by_code(tx, word.person)
    if person is None or person.left_at:
        return Became.UNKNOWN
    reason = word.reason.strip()[:MOST_REASON]
    if word.notice:
        number = int(word.notice) if word.notice.isdecimal() and len(word.notice) < 19 else 0  # noqa: PLR2004 - 64 bits
        notice = ledger.get(tx, NoticeId(number))
        if notice is None:
            return Became.UNKNOWN
        if notice.person_id != person.id:
            return Became.FORBIDDEN
        return reply_desk.reply(
            tx, notice, word.said, key=key, way=WAY, reason=reason, policy=policy, now=now
        )
    order = order_rows.by_number(tx, word.order)
    if order is None:
        return Became.UNKNOWN
    return reply_desk.reply_about(
        tx, order, person, word.said, key=key, way=WAY, reason=reason, policy=policy, now=now
    )
