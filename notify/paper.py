"""Letters that hand a document over: what it is, for whom, and how to tell it is genuine."""

import words
from notify.matter import Matter
from notify.messages import Text
from rules.documents import Document
from rules.documents import Kind as Paper
from rules.notices import Kind
from storage.outbox import Notice

KINDS = frozenset({Kind.DOCUMENT, Kind.UNADDRESSED})


def link(base_url: str, document: Document) -> str:
    """The document itself, behind login."""
    return f"{base_url}/documents/{document.id}"


def text(notice: Notice, matter: Matter, where: str, *, attached: bool) -> Text:
    """`where` is `link`; the verify page beside it needs no login."""
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
    if where:
        lines += ["", words.say(language, "notice.open", link=where)]
    if document and notice.kind == Kind.DOCUMENT:
        base_url = where.partition("/documents/")[0]
        check = f"{base_url}/verify/{document.public_id}"
        lines += [words.say(language, "notice.document.verify", link=check)]
        lines += ["", words.say(language, "notice.document.from", **facts)]
    subject = words.say(language, f"{about}.subject", **facts)
    return Text(subject=" ".join(subject.split()), body="\n".join(lines) + "\n")
