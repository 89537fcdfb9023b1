"""Letters that hand a document over: what it is, for which site, and how to tell it is genuine."""

import words
from notify.matter import Matter
from notify.messages import Text
from rules.documents import Document
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
    facts = {
        "site": matter.site.name if matter.site else "",
        "title": document.title if document else "",
        "number": document.number if document else "",
        "company": str(notice.facts.get("company", "")),
    }
    lead = f"notice.{notice.kind}.{'attached' if attached else 'lead'}"
    lines = [words.say(language, lead, **facts)]
    if where:
        lines += ["", words.say(language, "notice.open", link=where)]
    if document and notice.kind == Kind.DOCUMENT:
        base_url = where.partition("/documents/")[0]
        check = f"{base_url}/verify/{document.public_id}"
        lines += [words.say(language, "notice.document.verify", link=check)]
        lines += ["", words.say(language, "notice.document.from", **facts)]
    subject = words.say(language, f"notice.{notice.kind}.subject", **facts)
    return Text(subject=" ".join(subject.split()), body="\n".join(lines) + "\n")
