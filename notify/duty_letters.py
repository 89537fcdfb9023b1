"""Letters about duty itself: swaps, hand-over notes, customers' events. Nothing is wrong."""

from datetime import datetime
from typing import Any

import words
from notify.matter import Matter
from rules.notices import Kind
from storage.outbox import Notice

KINDS = frozenset({Kind.SWAP, Kind.SWAP_NEWS, Kind.HANDOVER, Kind.OCCASION})
# What a bare letter of each kind says.
_USUAL = {
    Kind.SWAP: "offered",
    Kind.SWAP_NEWS: "accepted",
    Kind.HANDOVER: "written",
    Kind.OCCASION: "due",
}
_MOST = 600  # letters of what a person wrote; the rest stands on the page


def body(notice: Notice, matter: Matter, link: str) -> str:
    """`facts["what"]` says which of the kind's sentences it is."""
    language, said = matter.reader.language, facts(notice, matter)
    what = notice.facts.get("what") or _USUAL[Kind(notice.kind)]
    lines = [words.say(language, f"notice.{notice.kind}.{what}", **said)]
    if notice.facts.get("return_layer"):
        lines.append(words.say(language, "notice.swap.return", **said))
    if told := said["text"]:
        lines += ["", told]
    lines += [f"· {item}"[:_MOST] for item in notice.facts.get("items", ())]
    if link:
        lines += ["", words.say(language, "notice.open", link=link)]
    return "\n".join(lines) + "\n"


def facts(notice: Notice, matter: Matter) -> dict[str, str]:
    """In the reader's words, on the company's clocks; what is missing is left empty."""
    given = notice.facts
    return {
        "who": str(given.get("who", "")),
        "name": str(given.get("name", "")),
        "text": str(given.get("text", ""))[:_MOST],
        "place": matter.site.name if matter.site else "",
        "layer": _layer(matter, given.get("layer")),
        "span": _span(matter, given, ""),
        "return_layer": _layer(matter, given.get("return_layer")),
        "return_span": _span(matter, given, "return_"),
    }


def _layer(matter: Matter, layer: Any) -> str:
    return words.say(matter.reader.language, f"layer.{layer}") if layer else ""


def _span(matter: Matter, given: dict[str, Any], prefix: str) -> str:
    ends = [given.get(f"{prefix}{name}") for name in ("starts_at", "ends_at")]
    said = [
        words.instant(matter.reader.language, datetime.fromisoformat(at), matter.home_timezone)
        for at in ends
        if at
    ]
    return " – ".join(said)
