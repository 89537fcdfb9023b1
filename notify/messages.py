"""A notice in the reader's words: what, where, since when, how bad, by when, what to do first."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

import words
from notify import customer_letters, drill_letters, duty_letters, minors
from notify.matter import Matter
from rules import access as access_rules
from rules import digests
from rules.common_causes import MANY_SITES
from rules.notices import Kind
from storage.outbox import Notice

MASK = "•••"
_MOST_NOTE = 300
# Letters with sentences of their own.
_OWN = {
    **dict.fromkeys(duty_letters.KINDS, duty_letters),
    **dict.fromkeys(drill_letters.KINDS, drill_letters),
    **dict.fromkeys(customer_letters.KINDS, customer_letters),
    **dict.fromkeys(minors.KINDS, minors),
}
_PRIVATE = frozenset({"phone", "access"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    subject: str
    body: str


def personal_link(base_url: str, token: str) -> str:
    """Opening it only shows; the page's button acts. Also to the list of a letter's notices."""
    return f"{base_url}/l/{token}"


def access_link(base_url: str, token: str) -> str:
    """Opening it only shows here too; what it is for happens by a button, once."""
    return f"{base_url}/a/{token}"


def front_link(base_url: str) -> str:
    """For a group's digest: the board, behind login."""
    return f"{base_url}/"


def page_link(base_url: str, matter: Matter) -> str:
    """For groups: a page behind login."""
    return f"{base_url}/orders/{matter.order.id}" if matter.order else front_link(base_url)


def render(
    notice: Notice, matter: Matter, link: str, now: datetime, *, group: bool = False
) -> Text:
    """What only its reader should know is left out of a `group`; it stands behind the link."""
    if notice.kind in access_rules.KINDS:
        return _door(notice, matter, link, now)
    if notice.kind == Kind.EVENT:
        return event(notice)
    if notice.kind == Kind.TEST:
        return _test(notice, matter)
    if own := _own(notice):
        said = own.body(notice, matter, link)
        return Text(subject=_subject(notice, matter), body=said)
    language = matter.reader.language
    facts = _facts(notice, matter)
    lines = [words.say(language, f"notice.{_lead(notice, matter)}", **facts), ""]
    lines += _lines(notice, matter, now, hidden=_PRIVATE if group else frozenset())
    if link:
        lines += ["", words.say(language, "notice.open", link=link)]
        if "/l/" in link:
            lines.append(words.say(language, "notice.link_is_yours"))
    return Text(subject=_subject(notice, matter), body="\n".join(lines) + "\n")


def _door(notice: Notice, matter: Matter, link: str, now: datetime) -> Text:
    """About the reader's own login: no site, no severity; until when the link is good."""
    language = matter.reader.language
    lines = [words.say(language, f"notice.{notice.kind}.lead", name=matter.reader.name)]
    if link:
        lines += ["", words.say(language, "notice.open", link=link)]
    if purpose := access_rules.purpose_of(notice.kind):
        until = words.instant(language, now + access_rules.LASTS[purpose], matter.home_timezone)
        lines += [words.say(language, "notice.access_until", until=until)]
    lines += ["", words.say(language, f"notice.{notice.kind}.not_you")]
    return Text(subject=_subject(notice, matter), body="\n".join(lines) + "\n")


def _test(notice: Notice, matter: Matter) -> Text:
    """Nothing is wrong, and the reader asked for it: no severity, no link, nothing to do."""
    language = matter.reader.language
    at = words.instant(language, notice.created_at, matter.home_timezone)
    body = words.say(language, "notice.test.lead", channel=notice.channel, at=at)
    return Text(subject=words.say(language, "notice.test.subject"), body=f"{body}\n")


def event(notice: Notice) -> Text:
    """For a program: the body is the event as it was written down."""
    said = notice.facts["event"]
    return Text(subject=said["event"], body=json.dumps(said, ensure_ascii=False))


def digest(told: Sequence[tuple[Notice, Matter | None]], link: str) -> Text:
    """Several notices in one: a line each, what is said twice only once; then how many more."""
    language = next((matter.reader.language for _, matter in told if matter), "en")
    notices = [notice for notice, _ in told]
    if customer_letters.together(notices):
        subject = words.say(language, "notice.telling.several", n=len(told))
        return Text(subject=subject, body=customer_letters.several(notices, language, link))
    lines = list(dict.fromkeys(_line(*one) for one in told[: digests.LINES]))
    if more := max(0, len(told) - digests.LINES):
        lines.append(words.say(language, "notice.digest.more", n=more))
    own = "/l/" in link
    body = [words.say(language, "notice.digest.lead"), "", *lines, ""]
    body.append(words.say(language, "notice.open", link=link))
    if own:
        body.append(words.say(language, "notice.link_is_yours"))
    subject = f"notice.digest.{'own' if own else 'subject'}"
    return Text(subject=words.say(language, subject, n=len(told)), body="\n".join(body) + "\n")


def _line(notice: Notice, matter: Matter | None) -> str:
    try:
        said = _subject(notice, matter) if matter else ""
    except words.UnknownMessageError:
        said = ""
    said = said or f"{notice.kind} {notice.id}"
    return said if len(said) <= digests.LINE else f"{said[: digests.LINE - 1]}…"


def plain(notices: Sequence[Notice], link: str) -> Text:
    """When the proper text cannot be made, this one still goes out."""
    said = [f"{notice.kind} {notice.id}" for notice in notices]
    return Text(subject=f"Ringwatch: {', '.join(said)}", body="\n".join([*said, link]) + "\n")


def _subject(notice: Notice, matter: Matter) -> str:
    facts, kind = _facts(notice, matter), _named(notice, matter)
    return " ".join(words.say(matter.reader.language, f"notice.{kind}.subject", **facts).split())


def _own(notice: Notice) -> ModuleType | None:
    """Whatever is about a drill says so, an answer to an answer too."""
    return drill_letters if "drill_id" in notice.facts else _OWN.get(Kind(notice.kind))


def _named(notice: Notice, matter: Matter) -> str:
    """An alert is about the monitor itself, but for the one about many sites."""
    if _own(notice) is drill_letters:
        return drill_letters.named(notice)
    many = matter.alert is not None and matter.alert.code == MANY_SITES
    return "many_sites" if many else notice.kind


def _lead(notice: Notice, matter: Matter) -> str:
    if notice.kind == Kind.REPORT and notice.facts.get("found_by"):
        return "report.found"
    if notice.kind == Kind.ANSWER:
        return f"answer.{notice.facts.get('became', 'not_now')}"
    over = notice.kind == Kind.RESTORED and matter.order is not None and not matter.order.open
    return f"{notice.kind}.over" if over else f"{_named(notice, matter)}.lead"


def _facts(notice: Notice, matter: Matter) -> dict[str, str]:
    language = matter.reader.language
    return {
        "severity": words.say(language, f"severity.{matter.severity}"),
        "what": _what(matter),
        "site": matter.site.name if matter.site else "",
        "number": matter.order.number if matter.order else "",
        "missed": matter.missed.name if matter.missed else "",
        "channel": str(notice.facts.get("channel", "")),
        "found_by": str(notice.facts.get("found_by", "")),
        "holder": str(notice.facts.get("holder", "")),
        **(own.facts(notice, matter) if (own := _own(notice)) else {}),
    }


def _what(matter: Matter) -> str:
    name = words.say(matter.reader.language, f"code.{matter.code}.name") if matter.code else ""
    device = matter.device.name or matter.device.code if matter.device else ""
    return f"{device} {name}".strip()


def _lines(notice: Notice, matter: Matter, now: datetime, *, hidden: frozenset[str]) -> list[str]:
    language = matter.reader.language
    said = [
        *_missed(notice, matter),
        *_where(matter),
        *_fault(matter, now),
        *_next(notice, matter, now),
    ]
    gap = [words.say(language, "notice.nobody_on_duty")]
    return (gap if notice.facts.get("nobody_on_duty") else []) + [
        words.say(language, f"notice.line.{label}", value=value)
        for label, value in said
        if value and label not in hidden
    ]


def _missed(notice: Notice, matter: Matter) -> Iterator[tuple[str, str]]:
    """Whom a dead letter did not reach, and how to reach them otherwise."""
    if matter.missed is None:
        return
    yield "missed", matter.missed.name
    yield "phone", matter.missed.phone
    yield "because", f"{notice.facts.get('channel', '')}: {notice.facts.get('words', '')}"


def _where(matter: Matter) -> Iterator[tuple[str, str]]:
    if matter.site:
        yield "site", matter.site.name
        yield "address", matter.site.address
    if matter.device:
        named = matter.device.name or matter.device.code
        place = matter.device.location or matter.device.position
        yield "device", f"{named} ({matter.device.code})" if named != matter.device.code else named
        yield "place", place
    if matter.fault:
        yield "point", matter.fault.point


def _fault(matter: Matter, now: datetime) -> Iterator[tuple[str, str]]:
    language = matter.reader.language
    if matter.code:
        name = words.say(language, f"code.{matter.code}.name")
        yield "fault", f"{name} ({matter.code})"
        yield "meaning", words.say(language, f"code.{matter.code}.meaning")
    if matter.alert:
        yield "subject", matter.alert.subject
        yield "sites", _comma(language, matter.alert.facts.get("sites", ()))
    if matter.behind:
        key = "notice.behind" if len(matter.named_behind) == matter.behind else "notice.behind_more"
        names = _comma(language, matter.named_behind)
        yield "behind", words.say(language, key, n=matter.behind, names=names)
    yield "severity", words.say(language, f"severity.{matter.severity}")
    if matter.since:
        age = words.duration(language, (now - matter.since).total_seconds())
        yield "since", f"{_at(matter, matter.since)} ({age})"


def _next(notice: Notice, matter: Matter, now: datetime) -> Iterator[tuple[str, str]]:
    language = matter.reader.language
    order = matter.order
    if order and order.open and not order.arrived_at:
        left_s = (order.on_site_by - now).total_seconds()
        span = words.duration(language, left_s)
        said = words.say(language, "notice.left" if left_s >= 0 else "notice.late", span=span)
        yield "on_site_by", f"{_at(matter, order.on_site_by)} ({said})"
        if order.appointment_at:
            yield "appointment", _at(matter, order.appointment_at)
    if matter.code and not (order and (order.verified_at or not order.open)):
        yield "first", words.say(language, f"code.{matter.code}.first")
    if matter.site:
        yield "access", matter.site.access_note[:_MOST_NOTE]
    yield "taken_by", str(notice.facts.get("taken_by", ""))
    yield "received_by", "" if notice.facts.get("taken_by") else matter.received_by
    yield "assignee", matter.assignee
    yield "others", _comma(language, matter.others)
    if order:
        yield "order", order.number


def _comma(language: str, names: Iterable[str]) -> str:
    return words.say(language, "notice.comma").join(names)


def _at(matter: Matter, when: datetime) -> str:
    """On the site's clocks; their zone is named where it is not the company's own."""
    said = words.instant(matter.reader.language, when, matter.timezone)
    return said if matter.timezone == matter.home_timezone else f"{said} {matter.timezone}"
