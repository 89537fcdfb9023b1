r"""How long a text message is: in segments, as the operators count and charge (3GPP TS 23.038).

160 characters of the GSM alphabet, or 70 of any other (UCS-2, in UTF-16 units); in a message of
several segments 153 and 67 each, for they carry a header. `^{}\[~]|€` count twice in GSM.
"""

from dataclasses import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """`alone`: how many units one segment holds; `each`: one of several."""

    alone: int
    each: int

    def segments(self, units: int) -> int:
        return 1 if units <= self.alone else -(-units // self.each)


GSM = Alphabet(alone=160, each=153)
UCS2 = Alphabet(alone=70, each=67)


def count(text: str) -> int:
    """How many segments `text` travels as; an empty one is one."""
    if _is_gsm(text):
        return GSM.segments(sum(2 if one in _TWICE else 1 for one in text))
    return UCS2.segments(len(text.encode("utf-16-le", errors="replace")) // 2)


def fitted(head: str, tail: str, *, most: int) -> str:
    """`head` and `tail` in at most `most` segments; only `head` is cut, for the link is behind it.

    A `tail` that is too long by itself stays whole: a link cut in two leads nowhere.
    """
    whole = f"{head}\n{tail}".strip()
    if count(whole) <= most:
        return whole
    low, high = 0, len(head)
    while low < high:
        middle = (low + high + 1) // 2
        if count(_cut(head, middle, tail)) <= most:
            low = middle
        else:
            high = middle - 1
    return _cut(head, low, tail) if low else tail


def _cut(head: str, length: int, tail: str) -> str:
    mark = "..." if _is_gsm(head) and _is_gsm(tail) else "…"
    return f"{head[:length].rstrip()}{mark}\n{tail}".strip()


def _is_gsm(text: str) -> bool:
    return all(one in _GSM or one in _TWICE for one in text)
