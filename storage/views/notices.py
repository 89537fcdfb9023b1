"""The delivery ledger: who was told what, by which way, and what the provider said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from rules.model import FaultId, NoticeId, OrderId, PersonId
from rules.permits import Reach
from storage.db import Tx
from storage.ledger import Attempt, attempts_of
from storage.receipts import Receipt, of_notices
from storage.replies import Heard, of_notice
from storage.tables.company import people, sites
from storage.tables.night import notice_attempts, notices, personal_links, work_orders
from storage.tables.watch import faults
from storage.views.pages import Page, cut

MOST_BESIDE = 50  # of the notices shown beside one


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One notice with its attempts, oldest first."""

    id: NoticeId
    kind: str
    rank: int
    channel: str
    target: str
    state: str
    created_at: datetime
    not_before: datetime
    done_at: datetime | None
    text: str
    person_id: PersonId
    person: str
    order_id: OrderId | None
    order: str | None
    site: str | None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One notice with all that is known of it.

    `why` it was taken back; `facts` say why it was written. `carried`: the notices that travelled
    in one letter with it. `elsewhere`: the same reason, to the same person by other ways. `links`:
    when its personal link's button was pressed. `receiver`: who took the order, and when.
    """

    line: Line
    key: str
    why: str
    facts: dict[str, Any]
    fault_code: str = ""
    receipts: tuple[Receipt, ...] = ()
    answers: tuple[Heard, ...] = ()
    links: tuple[datetime, ...] = ()
    carried: tuple[Line, ...] = ()
    elsewhere: tuple[Line, ...] = ()
    receiver: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filter of the page; empty means all."""

    reach: Reach
    state: str = ""
    person_id: PersonId | None = None


def newest(tx: Tx, wanted: Wanted, *, before: int | None = None, limit: int) -> Page[Line]:
    """Newest first; `before` is the id to go on from."""
    chosen = _chosen(wanted)
    found = _lines().where(chosen).order_by(notices.c.id.desc()).limit(limit + 1)
    if before is not None:
        found = found.where(notices.c.id < before)
    rows = tx.execute(found).mappings().all()
    attempts = attempts_of(tx, [row["id"] for row in rows])
    lines = [Line(**row, attempts=tuple(attempts[row["id"]])) for row in rows]
    count = tx.scalar(select(func.count()).select_from(notices).where(chosen)) or 0
    return cut(lines, limit, count, lambda line: line.id)


def whole(tx: Tx, notice_id: NoticeId, reach: Reach) -> Whole | None:
    """None where there is none, or not for this viewer to know."""
    mine = notices.c.id == notice_id
    found = _listed(tx, and_(mine, _in_reach(reach)))
    row = tx.execute(select(notices).where(mine)).mappings().one_or_none()
    if not found or row is None:
        return None
    [line] = found
    letters = {one.carried_by for one in line.attempts if one.carried_by}
    reason = row["key"].removesuffix(f":{line.channel}:{line.target}")
    same = notices.c.key.startswith(f"{reason}:", autoescape=True)
    return Whole(
        line=line,
        key=row["key"],
        why=row["why"],
        facts=row["facts"],
        fault_code=_code(tx, row["fault_id"]),
        receipts=tuple(of_notices(tx, [line.id])[line.id]),
        answers=tuple(of_notice(tx, line.id)),
        links=_pressed(tx, line.id),
        carried=tuple(one for one in _listed(tx, _carried(letters)) if one.id != line.id),
        elsewhere=tuple(
            _listed(tx, and_(same, notices.c.person_id == line.person_id, notices.c.id != line.id))
        ),
        receiver=_receiver(tx, line.order_id),
    )


def _listed(tx: Tx, which: ColumnElement[bool]) -> list[Line]:
    found = _lines().where(which).order_by(notices.c.id).limit(MOST_BESIDE)
    rows = tx.execute(found).mappings().all()
    attempts = attempts_of(tx, [row["id"] for row in rows])
    return [Line(**row, attempts=tuple(attempts[row["id"]])) for row in rows]


def _carried(letters: set[NoticeId]) -> ColumnElement[bool]:
    within = select(notice_attempts.c.notice_id).where(
        notice_attempts.c.carried_by.in_(sorted(letters))
    )
    return notices.c.id.in_(within)


def _code(tx: Tx, fault_id: FaultId | None) -> str:
    return tx.scalar(select(faults.c.code).where(faults.c.id == fault_id)) or ""


def _pressed(tx: Tx, notice_id: NoticeId) -> tuple[datetime, ...]:
    used = personal_links.c.used_at
    mine = select(used).where(personal_links.c.notice_id == notice_id, used.is_not(None))
    return tuple(at for at in tx.scalars(mine.order_by(used)) if at)


def _receiver(tx: Tx, order_id: OrderId | None) -> tuple[str, datetime] | None:
    found = (
        select(people.c.name, work_orders.c.received_at)
        .join_from(work_orders, people, people.c.id == work_orders.c.received_by)
        .where(work_orders.c.id == order_id, work_orders.c.received_at.is_not(None))
    )
    row = tx.execute(found).one_or_none()
    return (row[0], row[1]) if row else None


def readers(tx: Tx, reach: Reach) -> list[tuple[PersonId, str]]:
    """Whoever was ever told something this viewer may see, by name."""
    told = select(notices.c.id).where(notices.c.person_id == people.c.id, _in_reach(reach))
    found = select(people.c.id, people.c.name).where(told.exists()).order_by(people.c.name)
    return [(PersonId(number), name) for number, name in tx.execute(found)]


def _lines() -> Any:
    names = ("id", "kind", "rank", "channel", "target", "state", "created_at", "not_before")
    more = ("done_at", "text", "person_id", "order_id")
    return (
        select(
            *(notices.c[name] for name in (*names, *more)),
            people.c.name.label("person"),
            work_orders.c.number.label("order"),
            sites.c.name.label("site"),
        )
        .join_from(notices, people)
        .join(work_orders, work_orders.c.id == notices.c.order_id, isouter=True)
        .join(sites, sites.c.id == notices.c.site_id, isouter=True)
    )


def _chosen(wanted: Wanted) -> ColumnElement[bool]:
    where = [_in_reach(wanted.reach)]
    if wanted.state:
        where.append(notices.c.state == wanted.state)
    if wanted.person_id is not None:
        where.append(notices.c.person_id == wanted.person_id)
    return and_(*where)


def _in_reach(reach: Reach) -> ColumnElement[bool]:
    """What is about no site (our own alerts) is shown to all who may see the ledger.

    Not so a customer's invitation or login link: whose contact it is, is not everybody's to know.
    """
    if reach.everything:
        return true()
    ours = select(people.c.id).where(people.c.customer_id.is_(None))
    of_the_house = and_(notices.c.site_id.is_(None), notices.c.person_id.in_(ours))
    return or_(notices.c.site_id.in_(reach.site_ids), of_the_house)
