"""A notice in a few words: for the templates of makers, and to be said on the phone."""

import logging
from collections.abc import Mapping
from datetime import datetime

import words
from notify.channel import Brief
from notify.errands import Errand
from notify.matter import Matter
from notify.messages import Text
from rules.notices import Kind

log = logging.getLogger(__name__)

# Which question of `call.keys` a call asks; anything else only tells.
_KEYS: Mapping[str, str] = {
    Kind.PAGE: "take",
    Kind.GO: "take",
    Kind.REPORT: "arrange",
    Kind.ALERT: "seen",
    Kind.DRILL: "seen",
}
_BARE = str.maketrans({"【": "", "】": " "})


def of(errand: Errand, text: Text, now: datetime) -> Brief:
    """`text` is the whole letter. Several in one letter ask for nothing: no key could say which."""
    title = " ".join(text.subject.translate(_BARE).split())
    bare, matter = Brief(title=title, spoken=title, token=errand.token), errand.matter
    if matter is None or errand.others:
        return bare
    try:
        return _whole(errand, matter, title, now)
    except Exception:
        log.exception("notice %s: no brief can be made; its title has to do", errand.notice.id)
        return bare


def _whole(errand: Errand, matter: Matter, title: str, now: datetime) -> Brief:
    language = matter.reader.language
    number, until = matter.order.number if matter.order else "", _until(matter, now)
    spoken = words.say(
        language, "call.spoken", title=title.replace(number, "").strip(), until=until
    )
    asks = _KEYS.get(errand.notice.kind)
    # A maker's template may leave the title out: then these have to say that it is a drill.
    mark = words.say(language, "drill.mark") if errand.notice.kind == Kind.DRILL else ""
    return Brief(
        title=title,
        place=matter.site.name if matter.site else mark,
        fault=words.say(language, f"code.{matter.code}.name") if matter.code else mark,
        number=number or mark,
        until=until,
        token=errand.token,
        spoken=spoken,
        keys=words.say(language, f"call.keys.{asks}") if asks else "",
    )


def _until(matter: Matter, now: datetime) -> str:
    order = matter.order
    if order is None or not order.open or order.arrived_at:
        return ""
    language = matter.reader.language
    at = words.clock_time(language, order.on_site_by, matter.timezone, now=now)
    return words.say(language, "call.until", at=at)
