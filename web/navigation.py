"""The ways through the house, in the order they are needed; each shown to whom it is open."""

from dataclasses import dataclass

from rules.permits import Verb
from web.wired import Viewer


@dataclass(frozen=True, slots=True)
class Way:
    path: str
    word: str  # a message id
    icon: str
    verb: Verb


MAIN = (
    Way("/", "nav.board", "layout-dashboard", Verb.SEE_BOARD),
    Way("/portal", "nav.portal", "home", Verb.SEE_PORTAL),
    Way("/orders", "nav.orders", "clipboard-list", Verb.SEE_ORDER),
    Way("/inspections", "nav.inspections", "clipboard-check", Verb.SEE_INSPECTION),
    Way("/sites", "nav.sites", "building", Verb.SEE_SITE),
    Way("/rota", "nav.rota", "calendar-week", Verb.SEE_ROTA),
)
MORE = (
    Way("/duty", "nav.duty", "bell-ringing", Verb.SEE_ROTA),
    Way("/manage", "nav.manage", "address-book", Verb.KEEP_LISTS),
    Way("/occasions", "nav.occasions", "calendar-week", Verb.SEE_ROTA),
    Way("/contact-cards", "nav.contact_cards", "phone", Verb.SEE_CONTACTS),
    Way("/escalations", "nav.escalations", "route", Verb.SEE_ESCALATION),
    Way("/templates", "nav.templates", "message-report", Verb.SEE_TEMPLATES),
    Way("/maintenance", "nav.maintenance", "tool", Verb.SEE_BOARD),
    Way("/notices", "nav.notices", "send", Verb.SEE_NOTICES),
    Way("/figures/on-call", "nav.oncall", "activity", Verb.SEE_DUTY_FIGURES),
    Way("/drills", "nav.drills", "bell-ringing", Verb.SEE_DRILLS),
    Way("/alarms", "nav.alarms", "bell-ringing", Verb.SEE_ALARMS),
    Way("/discovered", "nav.discovered", "radar-2", Verb.SEE_DISCOVERED),
    Way("/logins", "nav.logins", "lock", Verb.MANAGE_LOGINS),
    Way("/rejects", "nav.rejects", "eye-off", Verb.SEE_REJECTS),
    Way("/channels", "nav.channels", "bell", Verb.SEE_CHANNELS),
    Way("/dead-man", "nav.dead_man", "heart-rate-monitor", Verb.SEE_NOTICES),
    Way("/labels", "nav.labels", "file-text", Verb.PRINT_LABELS),
    Way("/policy", "nav.policy", "settings", Verb.SEE_POLICY),
    Way("/journal", "nav.journal", "history", Verb.SEE_JOURNAL),
)


def open_to(viewer: Viewer, ways: tuple[Way, ...]) -> list[Way]:
    return [way for way in ways if viewer.may(way.verb)]


def home(viewer: Viewer) -> str:
    """Where a login leads: the first way that is open."""
    return next(iter(open_to(viewer, MAIN)), MAIN[0]).path


def leads_to(way: Way, path: str) -> bool:
    """Whether `path` lies on this way."""
    return path == way.path or (way.path != "/" and path.startswith(f"{way.path}/"))
