"""What a person answered to a notice, read from the few words they wrote. Pure.

Who is woken at three answers `1` or 收到. What is not surely a yes or a no is neither: then they
are told once what we understand, and the calling goes on.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST_REASON = 500


class Said(StrEnum):
    """What one can answer: I take it, or I cannot."""

    TAKE = "take"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`reason`: why one cannot, in the person's own words; never empty then."""

    said: Said
    reason: str = ""


_TAKE = (
    *("1", "ok", "okay", "k", "ack", "acknowledged", "acknowledge", "yes", "mine", "taken"),
    *("take", "taking it", "i take it", "i'll take it", "got it", "on it", "on my way"),
    *("收到", "我来", "好的", "好", "接单", "可以", "行", "明白", "马上", "我去"),
)
_CANNOT = (
    *("2", "no", "i can't", "i cannot", "can't", "cannot", "cant", "decline", "pass"),
    *("不行", "不能", "不可以", "来不了", "去不了", "我来不了", "我去不了", "没空", "拒绝"),
)
# What may follow a yes in its line: that one comes oneself, when, and thanks. Anything else makes
# it unsure: "ok, but I can't before nine", "ok, my colleague comes", "收到，让王强去".
_MYSELF = re.compile(
    r"(?:[\s\d.,;:!~、。]"
    r"|(?<![a-z'])(?:i|i'm|i'll|im|we|am|are|will|do|be|the|it|this|that|in|at|by|on|my|way|there|here"
    r"|ok|okay|yes|take|taking|took|got|have|come|coming|go|going|leave|leaving|driving|start|starting"
    r"|now|soon|right|straight|away|already|asap|min|mins|minute|minutes|h|hour|hours|a|an|half"
    r"|understood|noted|thanks|thank you)(?![a-z'])"
    r"|我|马上|立刻|立即|现在|这就|就|已经|已|赶|过|去|来|到|出发|动身|路上|在|了|的|啦|好|收到|接单"
    r"|明白|知道|可以|行|分钟|半|小时|后|内|以内|谢谢)*"
)
_NO_MEANING_YES = re.compile(r"no (problem|worries|sweat)\b")
_ASKS = re.compile(r"[?\uff1f]")
_QUOTED = re.compile(r"^\s*>")
_ATTRIBUTION = re.compile(
    r"(^(on|am|le|el|il|op)\b.{3,200}(wrote|schrieb|écrit|escribió|scritto|schreef)\s?:$)"
    r"|((写道|寫道)\s?[:：]$)",
    re.IGNORECASE,
)
_REST_IS_OLD = re.compile(
    r"^\s*(-{2,}\s*(original message|forwarded message|原始邮件|原邮件|ursprüngliche)"
    r"|_{10,}\s*$|(from|sent|发件人|寄件人|发送时间)\s?[:：].+|-- ?$"
    r"|(sent from my|发自我的|来自我的|get outlook for))",
    re.IGNORECASE,
)
_EDGES = " \t\r\n.,;:!。，、；：！~～\"'“”‘’*_()（）[]【】\u200b\ufeff\xa0"


def own_words(text: str) -> str:
    """The first line the person wrote, without what the mail program put around it."""
    return next(iter(_own_lines(text.splitlines())), "")


def _own_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        plain = line.strip().strip("\u200b\ufeff\xa0")
        if not plain or _QUOTED.match(plain) or _ATTRIBUTION.search(plain):
            continue
        if _REST_IS_OLD.match(plain):
            return
        yield plain


def read(text: str) -> Answer | None:
    """What it means; None where it is not surely a yes or a no."""
    line = own_words(text)
    plain = unicodedata.normalize("NFKC", line).replace("’", "'").strip(_EDGES)
    said = plain.casefold()
    if _NO_MEANING_YES.match(said):
        return None
    if (word := _begins(said, _CANNOT)) is not None:
        reason = plain[len(word) :].strip(_EDGES)[:MOST_REASON]
        return Answer(said=Said.CANNOT, reason=reason or plain)
    word = _begins(said, _TAKE)
    if word is None or not _MYSELF.fullmatch(said[len(word) :]) or _ASKS.search(line):
        return None
    return Answer(said=Said.TAKE)


def _begins(said: str, words: Iterable[str]) -> str | None:
    """The longest of the words it begins with, as a word of its own."""
    found = (word for word in words if said.startswith(word) and _ends(said[len(word) :], word))
    return max(found, key=len, default=None)


def _ends(rest: str, word: str) -> bool:
    """Chinese knows no blanks: 收到马上去 begins with 收到, but 行政部 does not with 行."""
    if len(word) == 1:
        return not rest[:1].isalnum()
    return not (word[-1].isascii() and rest[:1].isascii() and rest[:1].isalnum())
