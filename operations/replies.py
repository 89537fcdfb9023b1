"""Somebody answers a notice from outside our pages: by a key, a mail, another program.

The same verbs as behind the personal link, with the same permits; each answer counts once.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial

from operations import alerts as alert_desk
from operations import drills as drill_desk
from operations import work_orders as order_desk
from operations.refusals import NotNowError
from rules import permits
from rules.drills import DrillId
from rules.model import Person, WorkOrder
from rules.notices import Kind
from rules.permits import Verb as Permit
from rules.policy import Policy
from rules.replies import Said
from storage import people as people_rows
from storage import replies as reply_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.outbox import Notice
from storage.replies import Reply


class Became(StrEnum):
    """What became of an answer; `not_now`: it is too late, or there is nothing to answer.

    The last four come by mail: nobody's yes or no, kept all the same.
    """

    DONE = "done"
    NOT_NOW = "not_now"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    NOT_UNDERSTOOD = "not_understood"
    STRANGER = "stranger"  # not from the reader's own address
    AUTOMATIC = "automatic"  # no person wrote it
    BOUNCED = "bounced"


def reply(  # noqa: PLR0913 - the answer and how it came, all but three by name
    tx: Tx,
    notice: Notice,
    said: Said,
    *,
    key: str,
    way: str,
    reason: str = "",
    policy: Policy,
    now: datetime,
) -> Became:
    """`notice`'s reader answers; `key` names the answer, heard again it changes nothing.

    `way`: call, mail, push, webhook; it stands in the journal. `reason`: why one cannot. A head
    who takes his report has arranged the response; anybody else who takes it receives the order.
    """
    heard = Reply(key=key, way=way, verb=said, notice_id=notice.id, person_id=notice.person_id)
    act = partial(_done, tx, notice, said, way, reason, policy, now)
    return _once(tx, heard, act, now)


def reply_about(  # noqa: PLR0913 - the same of an order nobody told this person of
    tx: Tx,
    order: WorkOrder,
    person: Person,
    said: Said,
    *,
    key: str,
    way: str,
    reason: str = "",
    policy: Policy,
    now: datetime,
) -> Became:
    """`person` answers for an order itself, told of it or not; else as `reply`."""
    heard = Reply(key=key, way=way, verb=said, person_id=person.id)
    act = partial(_of_order, tx, order, person, said, way, reason, policy, now)
    return _once(tx, heard, act, now)


def _once(tx: Tx, heard: Reply, act: Callable[[], Became], now: datetime) -> Became:
    """Heard again, what became of it the first time."""
    if not reply_rows.put(tx, heard, now):
        return Became(reply_rows.result_of(tx, heard.key) or Became.UNKNOWN)
    try:
        became = act()
    except NotNowError:
        became = Became.NOT_NOW
    reply_rows.end(tx, heard.key, became)
    return became


def asks(notice: Notice) -> str:
    """The kind of notice whose question it asks: an answer to an answer repeats the first one's."""
    return str(notice.facts.get("asks", notice.kind))


def _done(  # noqa: PLR0913, PLR0917 - what `reply` was told
    tx: Tx, notice: Notice, said: Said, way: str, reason: str, policy: Policy, now: datetime
) -> Became:
    person = people_rows.present(tx, notice.person_id)
    if person is None:
        return Became.UNKNOWN
    order = order_rows.get(tx, notice.order_id) if notice.order_id else None
    if order is None:
        return Became.DONE if _heard(tx, notice, said, way, now) else Became.NOT_NOW
    if asks(notice) == Kind.REPORT:
        return _arranged(tx, order, person, said, now)
    return _of_order(tx, order, person, said, way, reason, policy, now)


def _of_order(  # noqa: PLR0913, PLR0917 - who says what of it
    tx: Tx,
    order: WorkOrder,
    person: Person,
    said: Said,
    way: str,
    reason: str,
    policy: Policy,
    now: datetime,
) -> Became:
    if not _may(tx, order, person, Permit.ACKNOWLEDGE):
        return Became.FORBIDDEN
    if said is Said.CANNOT:
        order_desk.decline(tx, order.id, person.id, reason or way, policy, now)
    elif order.received_by != person.id:  # said twice, by two ways, is said
        order_desk.acknowledge(tx, order.id, person.id, now, how=way)
    return Became.DONE


def _heard(tx: Tx, notice: Notice, said: Said, way: str, now: datetime) -> bool:
    """What is about no order asks for no more: a yes to an alert of ours, to a drill any word."""
    if drill_id := notice.facts.get("drill_id"):
        me, channel = notice.person_id, notice.channel
        return drill_desk.answer(tx, DrillId(drill_id), me, channel, way, now)
    alert_id = notice.facts.get("alert_id")
    if said is not Said.TAKE or alert_id is None:
        return False
    return alert_desk.acknowledge_alert(tx, int(alert_id), notice.person_id, now)


def _arranged(tx: Tx, order: WorkOrder, head: Person, said: Said, now: datetime) -> Became:
    """His report has been heard; nobody else can be the head in his place."""
    if said is Said.CANNOT:
        return Became.NOT_NOW
    if not _may(tx, order, head, Permit.ARRANGE):
        return Became.FORBIDDEN
    if order.arranged_by != head.id:
        order_desk.arrange(tx, order.id, head.id, now)
    return Became.DONE


def _may(tx: Tx, order: WorkOrder, person: Person, verb: Permit) -> bool:
    site = site_rows.get(tx, order.site_id)
    return bool(site and permits.may(person, verb, order.site_id, site.customer_id))
