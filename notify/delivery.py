"""A letter written out and handed over, outside of any transaction."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from notify import answering, briefs, messages, paper
from notify.channel import MOST_WORDS, Accepted, Attachment, Letter, Provider, UndeliveredError
from notify.errands import Errand
from notify.matter import Matter
from rules.notices import Result
from storage import receipts
from storage.files import NoSuchFileError
from storage.outbox import Notice

log = logging.getLogger(__name__)

MOST_ATTACHED = 15 * 1024 * 1024  # bytes; mail servers refuse much more (ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended; neither `words` nor `text` holds the link's secret.

    `ref`: what the provider calls the letter from now on. `alone`: its notices travel together
    no more.
    """

    result: Result
    words: str
    text: str = ""
    for_good: bool = False
    wait_s: float | None = None
    ref: str = ""
    alone: bool = False


def deliver(errand: Errand, now: datetime) -> Outcome:
    """Hand it over, outside of any transaction; never raises."""
    if errand.channel is None:
        words = f"the settings know no channel {errand.notice.channel!r}"
        return Outcome(result=Result.REFUSED, words=words, for_good=True)
    if errand.full:
        return Outcome(result=Result.REFUSED, words=errand.full)
    letter = _letter(errand, now)
    text = _masked(f"{letter.subject}\n\n{letter.body}", errand)
    provider = errand.channel.provider(errand.slot.provider)
    try:
        accepted = _hand_over(provider, letter)
    except UndeliveredError as error:
        return Outcome(
            result=error.result,
            words=_said(str(error), errand),
            text=text,
            for_good=error.for_good and not errand.others,  # each alone may still be taken
            alone=error.for_good,
            wait_s=error.wait_s,
        )
    except Exception as error:
        log.exception("notice %s: %s failed", errand.notice.id, provider.label)
        return Outcome(result=Result.UNKNOWN, words=_said(type(error).__name__, errand), text=text)
    words = _said(accepted.words, errand)
    return Outcome(result=Result.SENT, words=words, text=text, ref=accepted.ref)


def _hand_over(provider: Provider, letter: Letter) -> Accepted:
    if not provider.takes(letter.target):
        words = "not an address of this kind of channel"
        raise UndeliveredError(words, result=Result.REFUSED, for_good=True)
    return provider.send(letter)


def _letter(errand: Errand, now: datetime) -> Letter:
    notice, matter = errand.notice, errand.matter
    order = matter.order if matter and not errand.others else None
    attachment = _attachment(errand)
    text = _text(errand, now, attached=attachment is not None)
    return Letter(
        id=f"{_name(errand)}-{int(notice.created_at.timestamp())}",
        kind=notice.kind,
        rank=min(one.rank for one in errand.notices),
        language=matter.reader.language if matter else "en",
        target=notice.target,
        subject=text.subject,
        body=text.body,
        link=errand.link,
        order_number=order.number if order else "",
        order_numbers=errand.order_numbers,
        at=now,
        about=_about(notice, matter) if matter and not errand.others else "",
        over=order is not None and not order.open,
        attachment=attachment,
        reply_token=errand.answer,
        reply_to=errand.answers_to if errand.answer else "",
        brief=briefs.of(errand, text, now),
        attempt=receipts.attempt_name(notice),
        hooks=errand.hooks,
    )


def _attachment(errand: Errand) -> Attachment | None:
    """The document the notice is about, where the way can carry it; else the link has to do."""
    document = errand.matter.document if errand.matter and not errand.others else None
    carries = errand.channel is not None and errand.channel.attaches
    if document is None or errand.files is None or not carries or document.size > MOST_ATTACHED:
        return None
    try:
        return Attachment(name=document.file_name, content=errand.files.get(document.file))
    except NoSuchFileError:
        log.exception("document %s: its file is gone; the letter goes out without", document.id)
        return None


def _text(errand: Errand, now: datetime, *, attached: bool) -> messages.Text:
    notice, matter = errand.notice, errand.matter
    try:
        if errand.others:
            told = [(notice, matter), *((one.notice, one.matter) for one in errand.others)]
            return messages.digest(told, errand.link)
        if matter:
            group = errand.channel is not None and errand.channel.group
            if notice.kind in paper.KINDS:
                return paper.text(notice, matter, errand.link, attached=attached)
            text = messages.render(notice, matter, errand.link, now, group=group)
            how = answering.line(notice, matter.reader.language) if errand.answer else ""
            return replace(text, body=text.body + how)
    except Exception:
        log.exception("notice %s: its text cannot be made; it goes out bare", notice.id)
    return messages.plain(errand.notices, errand.link)


def _about(notice: Notice, matter: Matter) -> str:
    if matter.order:
        return f"order-{matter.order.id}"
    if drill_id := notice.facts.get("drill_id"):
        return f"drill-{drill_id}-{notice.person_id}"
    return f"alert-{matter.alert.id}" if matter.alert else ""


def _name(errand: Errand) -> str:
    return f"{'digest' if errand.others else 'notice'}-{errand.notice.id}"


def _said(words: str, errand: Errand) -> str:
    """The provider's words; those of a digest name it, in the ledger of each of its notices."""
    if errand.others:
        words = f"{_name(errand)} of {len(errand.notices)}: {words}"
    return _masked(words, errand)[:MOST_WORDS]


def _masked(words: str, errand: Errand) -> str:
    for secret in (errand.token, errand.answer):
        words = words.replace(secret, messages.MASK) if secret else words
    return words
