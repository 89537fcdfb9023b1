"""Whether a person wrote a mail, and what a mail server says of one of ours. Pure.

No program ever acknowledges: RFC 3834 (Auto-Submitted), RFC 3464 (reports), and what the widely
used mail systems add of their own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NOBODY = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"^\s*(auto(matic)?[ -]?(reply|response)?\s*[:：]|out of (the )?office|abwesenheit|"
    r"(自动|自動)(回复|回覆|答复)|外出|休假|undeliver|delivery status|returned mail)",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_BY_PRESENCE = frozenset(
    {
        *("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-mail-autoreply"),
        *("x-failed-recipients", "list-id", "list-unsubscribe", "feedback-id"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """`failed`: for good; else it is only late. `words` are the server's own."""

    failed: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`key` is the letter's own name, or its content's. `tokens`: of our letters that it names.

    `automatic`: why no person wrote it, else empty. `bounce`: what a mail server says of a letter
    of ours that it could not deliver.
    """

    key: str
    sender: str
    tokens: tuple[str, ...]
    text: str
    automatic: str = ""
    bounce: Bounce | None = None


def automatic(headers: Iterable[tuple[str, str]], *, content_type: str = "") -> str:
    """Why this was not written by a person, in a word; empty when it was."""
    if content_type in {"multipart/report", "message/disposition-notification"}:
        return "report"
    return next((why for name, value in headers if (why := _told_by(name.casefold(), value))), "")


def _told_by(name: str, value: str) -> str:
    said = value.strip().casefold()
    telling = {
        "auto-submitted": said.split(";")[0].strip() not in {"", "no"},
        "x-auto-response-suppress": "all" in said.replace(",", " ").split(),
        "precedence": said in _BULK,
        "return-path": said == "<>",
        "from": _NOBODY.match(said.rpartition("<")[2]) is not None,
        "subject": _SUBJECT.match(value) is not None,
    }.get(name, name in _BY_PRESENCE)
    return name if telling else ""


def bounce(fields: Mapping[str, str]) -> Bounce | None:
    """What a report says of its recipient (names in small letters); None when it says nothing."""
    action = fields.get("action", "").strip().casefold()
    if action not in {"failed", "delayed"}:
        return None
    said = fields.get("diagnostic-code", "").partition(";")[2].strip()
    words = " ".join(f"{fields.get('status', '')} {said}".split())
    return Bounce(failed=action == "failed", words=words[:300] or action)
