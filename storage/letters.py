"""Letters that hold several notices: who had how many of late, and what travelled together."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from rules.digests import Reader
from rules.model import NoticeId
from storage import outbox
from storage.db import Tx
from storage.outbox import Notice
from storage.tables.night import notice_attempts, notices


def lately(tx: Tx, since: datetime, *, groups: Collection[str] = ()) -> Counter[Reader]:
    """How many ordinary letters set out to each person's address after `since`.

    Whatever became of them. Those to `groups` (names of channels) are not counted: their robots
    are.
    """
    carried_by = notice_attempts.c.carried_by
    address = (notices.c.channel, notices.c.person_id, notices.c.target)
    found = (
        select(*address, func.count())
        .join_from(notice_attempts, notices, notices.c.id == notice_attempts.c.notice_id)
        .where(
            notice_attempts.c.at > since,
            or_(carried_by.is_(None), carried_by == notice_attempts.c.notice_id),
            notices.c.channel.not_in(sorted(groups)),
            outbox.ordinary(),
        )
        .group_by(*address)
    )
    return Counter(
        {
            Reader(channel=channel, person_id=person_id, target=target): number
            for channel, person_id, target, number in tx.execute(found)
        }
    )


def ordinary_for(tx: Tx, reader: Reader, now: datetime, *, limit: int) -> list[Notice]:
    """What this person's address could have in one letter now, most urgent then oldest first."""
    mine = and_(
        notices.c.channel == reader.channel,
        notices.c.person_id == reader.person_id,
        notices.c.target == reader.target,
    )
    return outbox.in_turn(tx, and_(mine, outbox.ordinary(), outbox.takeable(tx, now)), limit)


def carried(tx: Tx, first_id: NoticeId) -> list[Notice]:
    """All that ever travelled in a letter which began with this notice, oldest first."""
    inside = select(notice_attempts.c.notice_id).where(notice_attempts.c.carried_by == first_id)
    found = select(notices).where(notices.c.id.in_(inside)).order_by(notices.c.id)
    return [Notice(**row) for row in tx.execute(found).mappings()]
