"""A mail answers a notice: `1`, ok or 收到 takes it, `2` and a reason passes it on (A02, D05).

Only by a token of a letter of ours, only from an address of the letter's own reader, never by an
automatic reply; each mail once. What was not understood is answered, once.
"""

from datetime import datetime

from operations import receipts as receipt_desk
from operations import replies as reply_desk
from operations.receipts import Providers
from operations.replies import Became
from rules import replies as reply_rules
from rules.incoming import Bounce, Mail
from rules.model import Person, PersonId, Severity
from rules.notices import Kind
from rules.policy import Policy
from rules.receipts import Status, Tiding
from rules.replies import Said
from storage import ledger, outbox, reply_tokens
from storage import people as people_rows
from storage import replies as reply_rows
from storage import work_orders as order_rows
from storage.db import Tx
from storage.outbox import Notice
from storage.replies import Reply

_WAY = "mail"
_ABOUT = frozenset({"alert_id", "drill_id", "name"})
_TOLD_BACK = frozenset({Became.DONE, Became.NOT_NOW, Became.FORBIDDEN, Became.NOT_UNDERSTOOD})


def take(tx: Tx, mail: Mail, providers: Providers, policy: Policy, now: datetime) -> Became | None:
    """Do what it says. None: this mail was taken before, or it is not for us."""
    found = about(tx, mail.tokens, now)
    if found is None:
        return None
    notice, token = found
    if mail.bounce:
        return _came_back(tx, mail, mail.bounce, notice, providers, policy, now)
    reader = people_rows.present(tx, notice.person_id)
    if mail.automatic or reader is None or not _from(reader, notice, mail.sender):
        became = Became.AUTOMATIC if mail.automatic else Became.STRANGER
        return became if keep(tx, mail.key, notice, became, now) else None
    answer = reply_rules.read(mail.text)
    if answer is None:
        if not keep(tx, mail.key, notice, Became.NOT_UNDERSTOOD, now):
            return None
        became = Became.NOT_UNDERSTOOD
    elif reply_rows.result_of(tx, mail.key) is not None:
        return None
    else:
        became = reply_desk.reply(
            tx,
            notice,
            answer.said,
            key=mail.key,
            way=_WAY,
            reason=answer.reason,
            policy=policy,
            now=now,
        )
    reply_tokens.use(tx, token, now)
    if became in _TOLD_BACK:
        tell_back(tx, notice, became, now, answer.said if answer else None)
    return became


def _came_back(  # noqa: PLR0913, PLR0917 - what came back of which letter
    tx: Tx,
    mail: Mail,
    bounce: Bounce,
    notice: Notice,
    providers: Providers,
    policy: Policy,
    now: datetime,
) -> Became | None:
    """A mail server on the way could not deliver it: a failed try, as if we had been told at once.

    A report that it is only late changes nothing.
    """
    if not keep(tx, mail.key, notice, Became.BOUNCED, now):
        return None
    tries = [one for one in ledger.attempts_of(tx, [notice.id])[notice.id] if one.ended_at]
    if tries:
        status = Status.FAILED if bounce.failed else Status.QUEUED
        tiding = Tiding(
            status=status,
            words=bounce.words,
            attempt=f"{notice.id}-{tries[-1].lease}",
            for_good=True,
        )
        receipt_desk.take(tx, tries[-1].provider, tiding, providers, policy, now)
    return Became.BOUNCED


def about(tx: Tx, tokens: tuple[str, ...], now: datetime) -> tuple[Notice, str] | None:
    """The notice the first known token belongs to, and that token."""
    for token in tokens:
        notice_id = reply_tokens.notice_of(tx, token, now)
        notice = ledger.get(tx, notice_id) if notice_id is not None else None
        if notice is not None:
            return notice, token
    return None


def keep(tx: Tx, key: str, notice: Notice, became: Became, now: datetime) -> bool:
    """Nobody's yes or no; False when it was kept before."""
    heard = Reply(key=key, way=_WAY, verb="", notice_id=notice.id, person_id=notice.person_id)
    return reply_rows.put(tx, heard, now, became)


def tell_back(
    tx: Tx, notice: Notice, became: Became, now: datetime, said: Said | None = None
) -> None:
    """What became of the answer, by the way it came; the same word only once for a notice."""
    facts = {name: notice.facts[name] for name in _ABOUT & notice.facts.keys()}
    facts |= {"asks": reply_desk.asks(notice), "became": _said(tx, notice, became, said)}
    draft = outbox.Draft(
        key=f"answer:{notice.id}:{became}",
        kind=Kind.ANSWER,
        severity=Severity.MAJOR,
        person_id=notice.person_id,
        channel=notice.channel,
        target=notice.target,
        order_id=notice.order_id,
        fault_id=notice.fault_id,
        site_id=notice.site_id,
        facts={**facts, "holder": _holder(tx, notice)},
    )
    outbox.put(tx, draft, now)


def _said(tx: Tx, notice: Notice, became: Became, said: Said | None) -> str:
    """Somebody was faster, where that is why it is too late; of an order, what follows now."""
    if became is Became.DONE and notice.order_id:
        if said is Said.CANNOT:
            return "passed_on"
        return "arranged" if reply_desk.asks(notice) == Kind.REPORT else became
    late = became is Became.NOT_NOW and _holder(tx, notice)
    return "too_late" if late else became


def _holder(tx: Tx, notice: Notice) -> str:
    order = order_rows.get(tx, notice.order_id) if notice.order_id else None
    who: PersonId | None = (order.assignee_id or order.received_by) if order else None
    person = people_rows.get(tx, who) if who else None
    return person.name if person and person.id != notice.person_id else ""


def _from(reader: Person, notice: Notice, sender: str) -> bool:
    """Whether it came from one of the reader's own addresses."""
    own = {notice.target, reader.email, *(address.target for address in reader.channels)}
    return bool(sender) and sender.casefold() in {address.casefold() for address in own}
