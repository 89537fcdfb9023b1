"""What becomes of a letter after a provider took it: told by the provider, on record, acted upon.

A letter that failed after all counts as a failed try: the next provider has its turn, and when all
have had theirs somebody else hears of it (B24). A key pressed answers like the personal link.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from operations import dead_letters, replies
from operations.replies import Became
from rules import notices as rules
from rules import receipts as receipt_rules
from rules.model import NoticeId
from rules.notices import Retry
from rules.policy import Policy
from rules.receipts import Status, Tiding
from rules.replies import Said
from storage import ledger
from storage import receipts as receipt_rows
from storage.db import Tx
from storage.receipts import Receipt, Tried

Providers = Callable[[str], int]  # how many carry letters of a channel
KEYS = {"1": Said.TAKE, "2": Said.CANNOT}
MOST_WORDS = 300
_RETRY = Retry()


def take(
    tx: Tx, provider: str, tiding: Tiding, providers: Providers, policy: Policy, now: datetime
) -> Became | None:
    """Returns what became of a pressed key; None: none was, or nobody knows of that letter.

    Raises `LookupError` when `provider` was never asked to carry it: it may be another program's,
    or the answer to our request is still on its way.
    """
    tries = receipt_rows.tries(tx, provider, ref=tiding.ref, attempt=tiding.attempt)
    if not tries:
        raise LookupError(f"{provider} carried no letter {tiding.ref or tiding.attempt}")
    became = _answered(tx, tries, tiding, policy, now)
    for tried in tries:
        receipt = Receipt(
            notice_id=tried.notice_id,
            attempt_id=tried.id,
            at=now,
            status=tiding.status,
            words=tiding.words[:MOST_WORDS],
        )
        if receipt_rows.put(tx, receipt):
            _act(tx, tried, providers, policy, now, for_good=tiding.for_good)
    return became


def settle(
    tx: Tx, notice_id: NoticeId, lease: int, providers: Providers, policy: Policy, now: datetime
) -> None:
    """A try was just recorded as sent; what the provider told of it before that counts now."""
    if tried := receipt_rows.last_try(tx, notice_id, lease):
        _act(tx, tried, providers, policy, now, for_good=False)


def _answered(
    tx: Tx, tries: Sequence[Tried], tiding: Tiding, policy: Policy, now: datetime
) -> Became | None:
    """One key answers one notice: of several in one letter none could be meant."""
    if not tiding.key:
        return None
    said = KEYS.get(tiding.key)
    notice = ledger.get(tx, tries[0].notice_id)
    if said is None or notice is None or len(tries) > 1:
        return Became.NOT_UNDERSTOOD
    key = f"call:{tries[0].provider}:{tiding.ref or tiding.attempt}"
    return replies.reply(tx, notice, said, key=key, way="call", policy=policy, now=now)


def _act(
    tx: Tx, tried: Tried, providers: Providers, policy: Policy, now: datetime, *, for_good: bool
) -> None:
    notice = receipt_rows.lock_sent(tx, tried)
    told = {Status(one.status): one.words for one in receipt_rows.of_try(tx, tried.id)}
    if notice is None or not receipt_rules.is_lost(told):
        return
    status = next(one for one in told if one in receipt_rules.LOST)
    words = f"{status}: {told[status]}"
    again_at = rules.try_again_at(
        now,
        notice.attempts,
        providers(notice.channel),
        _RETRY,
        for_good=not receipt_rules.may_try_again(told, for_good=for_good),
    )
    receipt_rows.undo(tx, tried, words, again_at, now)
    if again_at is None:
        dead_letters.bury(tx, notice, words, policy, now)
