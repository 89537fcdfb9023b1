"""Letters that hand a document over: what it is, for whom, and how to tell it is genuine."""

import words
from notify.matter import Matter
from notify.messages import Text
from rules.documents import Document
from rules.documents import Kind as Paper
from rules.notices import Kind
from storage.outbox import Notice

KINDS = frozenset({Kind.DOCUMENT, Kind.UNADDRESSED})


def link(base_url: str, document: Document, *, login: bool) -> str:
    """The document itself for whoever has a login; else the page that says whether it is genuine.

    Nobody is led to a door they have no key for: the paper is attached, or on its way by hand.
    """
    return base_url + (_itself(document) if login else _check(document))


def text(notice: Notice, matter: Matter, where: str, *, attached: bool) -> Text:
    """`where` is `link`."""
    language = matter.reader.language
    document = matter.document
    card = document is not None and document.kind is Paper.CONTACT_CARD
    facts = {
        "site": matter.site.name if matter.site else "",
        "title": document.title if document else "",
        "number": document.number if document else "",
        "period": document.period if document else "",
        "company": str(notice.facts.get("company", "")),
    }
    about = "notice.contact_card" if card else f"notice.{notice.kind}"
    lead = "attached" if attached else "lead"
    lines = [words.say(language, f"{about}.{lead}", **facts)]
    opens = document is None or where.endswith(_itself(document))
    if where and opens:
        lines += ["", words.say(language, "notice.open", link=where)]
    if document and notice.kind == Kind.DOCUMENT:
        base_url = where.removesuffix(_itself(document) if opens else _check(document))
        lines += [] if opens else [""]
        check = base_url + _check(document)
        lines += [words.say(language, "notice.document.verify", link=check)]
        lines += ["", words.say(language, "notice.document.from", **facts)]
    subject = words.say(language, f"{about}.subject", **facts)
    return Text(subject=" ".join(subject.split()), body="\n".join(lines) + "\n")


def _itself(document: Document) -> str:
    return f"/documents/{document.id}"


def _check(document: Document) -> str:
    return f"/verify/{document.public_id}"
