"""A mail that came in: who sent it, to which letter of ours it answers, and what it says.

Nothing of it is believed here; whether a person wrote it is `rules.incoming`'s to say.
"""

import email.utils
import hashlib
import logging
import re
from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser

from rules import incoming as rules
from rules.incoming import Mail

log = logging.getLogger(__name__)

TOKEN = re.compile(r"\.([0-9a-f]{40})@")  # within a Message-ID of ours: `<notice-7-….TOKEN@…>`
_HEADERS = 200  # characters of one that are looked at
_MOST_TEXT = 20_000
_SKIPPED = frozenset({"script", "style", "blockquote", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "hr"})


def read(message: Message) -> Mail:
    """Never raises: what cannot be read names no letter of ours."""
    try:
        return _read(message)
    except Exception:
        log.exception("a mail cannot be read")
        return Mail(key="", sender="", tokens=(), text="")


def _read(message: Message) -> Mail:
    headers = [(name, _plain(message, name)) for name in dict.fromkeys(message.keys())]
    tokens = _tokens(_header(message, "In-Reply-To"), _header(message, "References"))
    bounce = rules.bounce(_reported(message)) if _is_report(message) else None
    if bounce:
        tokens = (*tokens, *_returned(message))
    return Mail(
        key=f"mail:{_name(message)}",
        sender=email.utils.parseaddr(_header(message, "From"))[1],
        tokens=tuple(dict.fromkeys(tokens)),
        text=_text(message)[:_MOST_TEXT],
        automatic=rules.automatic(headers, content_type=message.get_content_type()),
        bounce=bounce,
    )


def _name(message: Message) -> str:
    said = _header(message, "Message-ID").strip() or str(message.items())
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()


def _header(message: Message, name: str) -> str:
    return " ".join(str(value) for value in message.get_all(name, ()))


def _plain(message: Message, name: str) -> str:
    return _header(message, name)[:_HEADERS]


def _tokens(*said: str) -> tuple[str, ...]:
    """The newest first: a thread names all its letters."""
    return tuple(found for one in said for found in reversed(TOKEN.findall(one)))


def _is_report(message: Message) -> bool:
    kind = str(message.get_param("report-type", "") or "").casefold()
    return message.get_content_type() == "multipart/report" and kind == "delivery-status"


def _reported(message: Message) -> dict[str, str]:
    """The fields of the report about the recipient (RFC 3464)."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in reversed(_within(part)):
            fields = {name.casefold(): str(value) for name, value in block.items()}
            if "action" in fields:
                return fields
    return {}


def _returned(message: Message) -> tuple[str, ...]:
    """Tokens in the head of the letter that came back."""
    found: list[str] = []
    for part in message.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            found += TOKEN.findall(_head(part)[:_MOST_TEXT])
    return tuple(found)


def _head(part: Message) -> str:
    whole = _within(part)
    if whole:
        return " ".join(_header(one, "Message-ID") for one in whole)
    return str(part.get_payload())


def _within(part: Message) -> list[Message]:
    """The letters, or blocks of fields, that a part is made of."""
    found = part.get_payload()
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []


def _text(message: Message) -> str:
    plain = next(_bodies(message, "text/plain"), "")
    return plain or _without_tags(next(_bodies(message, "text/html"), ""))


def _bodies(message: Message, kind: str) -> Iterator[str]:
    for part in message.walk():
        attached = part.get_content_disposition() == "attachment"
        if part.get_content_type() == kind and not attached:
            yield _decoded(part)


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    for charset in (part.get_content_charset() or "utf-8", "utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", "replace")


def _without_tags(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.words)


class _Words(HTMLParser):
    """The words of a page a line each; what is quoted in it is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        quoted = "gmail_quote" in (dict(attrs).get("class") or "")
        if tag in _SKIPPED or (tag == "div" and (quoted or self._skipping)):
            self._skipping += 1
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping and (tag in _SKIPPED or tag == "div"):
            self._skipping -= 1
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.words.append(data)
