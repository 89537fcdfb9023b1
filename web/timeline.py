"""The journal of an order in plain sentences, with what became of the notices beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import words
from operations.duty import DEFAULT_TIMEZONE
from rules.events import FOR_CUSTOMERS
from rules.model import PersonId
from storage.journal import Entry
from storage.views.orders import Receipt
from words.catalogue import placeholders, text_of

_ICONS = {
    "fault_opened": "activity",
    "fault_reported": "message-report",
    "customer_called": "message-report",
    "fault_cleared": "circle-check-filled",
    "inspection_found": "clipboard-check",
    "inspection_linked": "clipboard-check",
    "order_opened": "clipboard-list",
    "paged": "bell-ringing",
    "head_told": "bell",
    "told_to_go": "bell-ringing",
    **dict.fromkeys(("reminded_to_go", "stalled"), "clock-exclamation"),
    "warned": "clock-exclamation",
    "acknowledged": "user-check",
    "declined": "x",
    "arranged": "users",
    "dispatched": "route",
    "departed": "truck",
    "arrived": "map-pin",
    "arrived_late": "map-pin",
    "diagnosed": "search",
    "proposed": "list-check",
    "postponed": "calendar-week",
    "appointment_near": "clock-exclamation",
    "time_to_set_out": "clock-exclamation",
    "repaired": "tools",
    "repaired_remotely": "tools",
    "verified": "shield-check",
    "verified_by_device": "shield-check",
    "recovered": "shield-check",
    "accepted": "check",
    "closed": "lock",
    "undelivered": "alert-triangle-filled",
    "policy_changed": "settings",
    "policy_withdrawn": "settings",
    "limit_changed": "settings",
    "limit_withdrawn": "settings",
    "rule_remarked": "message-report",
    "rule_reviewed": "check",
    "labels_made": "file-text",
    "label_revoked": "file-text",
    "label_restored": "file-text",
    "channel_tested": "send",
    **dict.fromkeys(("drill_planned", "drill_started", "drill_answered"), "bell-ringing"),
    "journal_exported": "download",
    "alarms_exported": "download",
    "customer_told": "send",
    "customer_not_told": "alert-triangle-filled",
    **dict.fromkeys(("template_changed", "template_reset", "tellings_set"), "pencil"),
    "record_added": "plus",
    "record_changed": "pencil",
    "record_archived": "archive",
    "record_restored": "arrow-back-up",
    "logged_in": "user",
    "logged_out": "logout",
    "shift_set": "calendar-week",
    **dict.fromkeys(("occasion_planned", "occasion_changed"), "calendar-week"),
    **dict.fromkeys(("occasion_duty_added", "occasion_duty_dropped"), "calendar-week"),
    "occasion_archived": "archive",
    **dict.fromkeys(("guard_posted", "guard_stood_down"), "map-pin"),
    **dict.fromkeys(("preparation_added", "preparation_reopened"), "list-check"),
    **dict.fromkeys(("preparation_done", "handover_read"), "check"),
    **dict.fromkeys(("swap_offered", "swap_accepted"), "refresh"),
    "handover_written": "message-report",
    "override_revoked": "arrow-back-up",
    **dict.fromkeys(("rotation_planned", "rotation_changed"), "calendar-week"),
    "rotation_archived": "archive",
    **dict.fromkeys(("calendar_chosen", "calendar_day_entered"), "calendar-week"),
    **dict.fromkeys(("maintenance_planned", "maintenance_cancelled"), "calendar-week"),
    "maintenance_not_begun": "alert-triangle-filled",
    **dict.fromkeys(("maintenance_started", "maintenance_prolonged", "fault_held"), "tool"),
    **dict.fromkeys(("maintenance_ended", "maintenance_over", "configuration_accepted"), "check"),
}
_NOTICES = {
    "paged": "page",
    "head_told": "report",
    "told_to_go": "go",
    "reminded_to_go": "under_way",
    "warned": "warning",
    "appointment_near": "appointment",
    "time_to_set_out": "set_out",
    "dispatched": "assigned",
    "recovered": "restored",
    "customer_told": "telling",
    "closed": "restored",
}
_CALLED_INSTEAD = {"declined": "paged_after_decline", "not_under_way": "paged_not_under_way"}
_GAVE_A_REASON = frozenset(
    {
        *("declined", "cancelled", "reopened", "arrived_late"),
        *("inspection_decided", "inspection_unsigned", "inspection_rest_closed"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One sentence; `quote` is what a person wrote."""

    at: datetime
    icon: str
    text: str
    quote: str = ""
    receipts: Sequence[Receipt] = field(default=())


def moments(
    language: str,
    entries: Sequence[Entry],
    receipts: Sequence[Receipt],
    people: Mapping[PersonId, str],
    *,
    customer: bool = False,
) -> list[Moment]:
    """Oldest first."""
    told = [entry for entry in entries if not customer or entry.verb in FOR_CUSTOMERS]
    return [
        Moment(
            at=entry.at,
            icon=icon_of(entry),
            text=_sentence(language, entry, people, customer=customer),
            quote=quote(entry),
            receipts=() if customer else _receipts(entry, receipts),
        )
        for entry in told
    ]


def _sentence(
    language: str, entry: Entry, people: Mapping[PersonId, str], *, customer: bool
) -> str:
    who = people.get(entry.person_id, "") if entry.person_id else ""
    if customer and who:
        who = words.say(language, "journal.our_engineer")
    return sentence(language, entry, entry.facts | {"who": who})


def icon_of(entry: Entry) -> str:
    return _ICONS.get(entry.verb, "point-filled")


def sentence(language: str, entry: Entry, given: Mapping[str, Any]) -> str:
    """What happened, said of these facts; what an entry lacks is left empty, never an error."""
    facts = _facts(language, given)
    if entry.verb == "undelivered":
        facts["kind"] = words.say(language, f"notice.kind.{entry.facts.get('kind', 'page')}")
    key = f"journal.{entry.verb}"
    if instead := _CALLED_INSTEAD.get(str(entry.facts.get("why"))):
        key = f"journal.{instead}"
    if not words.has(key):
        return entry.verb
    if key in words.keys("en"):
        facts = dict.fromkeys(placeholders(text_of("en", key)), "") | facts
    return words.say(language, key, **facts)


def _facts(language: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Codes and zones in words; what an old entry lacks is left empty, never an error."""
    spoken = dict.fromkeys(_BLANKS, "") | {name: _plain(value) for name, value in facts.items()}
    for name, prefix in (
        ("code", "code.{}.name"),
        ("zone", "zone.{}"),
        ("severity", "severity.{}"),
        ("step", "telling.step.{}"),
        ("unheard", "telling.unheard.{}"),
    ):
        if name in facts and words.has(key := prefix.format(facts[name])):
            spoken[name] = words.say(language, key)
    if "layer" in facts:
        spoken["layer"] = words.say(language, f"layer.{facts['layer']}")
    for name in ("reason", "how"):
        if words.has(key := f"close.{facts.get(name)}"):
            spoken[name] = words.say(language, key)
    rule = str(facts.get("rule", ""))
    spoken["rule"] = words.say(language, rule) if words.has(rule) else rule
    spoken |= _instants(language, facts)
    people = facts.get("people")
    if isinstance(people, list):
        spoken["people"] = words.say(language, "journal.comma").join(map(str, people))
    return spoken


def _instants(language: str, facts: Mapping[str, Any]) -> dict[str, str]:
    zone = str(facts.get("timezone") or DEFAULT_TIMEZONE)
    return {
        name: words.instant(language, datetime.fromisoformat(str(facts[name])), zone)
        for name in ("until", "begins")
        if facts.get(name)
    }


_BLANKS = (
    "code",
    "zone",
    "severity",
    "layer",
    "reason",
    "how",
    "rule",
    "people",
    "person",
    "name",
    "number",
    "hours",
    "percent",
    "until",
    "begins",
    "assignee",
    "symptom",
    "reporter",
    "text",
    "channel",
    "words",
    "kind",
)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value if isinstance(value, str | int | float) else str(value)


def quote(entry: Entry) -> str:
    """What a person wrote."""
    for name in ("text", "symptom"):
        if said := entry.facts.get(name):
            return str(said)
    if entry.verb in _GAVE_A_REASON:
        return str(entry.facts.get("reason", ""))
    if entry.verb == "verified":
        return str(entry.facts.get("how", ""))
    return ""


def _receipts(entry: Entry, receipts: Sequence[Receipt]) -> list[Receipt]:
    """The notices written in the same transaction for this reason."""
    kind = _NOTICES.get(entry.verb)
    person = entry.facts.get("person_id")
    return [
        one
        for one in receipts
        if one.notice.kind == kind
        and one.notice.created_at == entry.at
        and person in {None, one.notice.person_id}
    ]
