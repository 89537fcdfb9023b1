"""Who may do what, where: the one place of authorisation for page, API and stream (C12).

Roles say *what*, sites say *where*. A customer sees their own sites, and never our own house.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from rules.model import CustomerId, Person, Role, SiteId


class Verb(StrEnum):
    SEE_BOARD = "see_board"
    SEE_SITE = "see_site"
    SEE_DEVICE = "see_device"
    SEE_ORDER = "see_order"
    SEE_CONTACTS = "see_contacts"
    REPORT_FAULT = "report_fault"
    ACKNOWLEDGE = "acknowledge"
    ARRANGE = "arrange"
    DISPATCH = "dispatch"
    WORK = "work"
    ACCEPT = "accept"
    CLOSE = "close"
    CANCEL = "cancel"
    REOPEN = "reopen"
    MAINTAIN_DEVICE = "maintain_device"
    SEE_ROTA = "see_rota"
    SET_ROTA = "set_rota"
    END_FEED = "end_feed"  # somebody else's calendar
    SEE_ESCALATION = "see_escalation"
    SET_ESCALATION = "set_escalation"
    SEE_TEMPLATES = "see_templates"  # what customers are told
    SET_TEMPLATES = "set_templates"
    STAND_DUTY = "stand_duty"  # swap it, and hand it over
    SEE_DRILLS = "see_drills"
    HOLD_DRILL = "hold_drill"
    SEE_DUTY_FIGURES = "see_duty_figures"  # person by person (B24)
    SEE_DISCOVERED = "see_discovered"
    ENROL = "enrol"
    SEE_REJECTS = "see_rejects"
    SEE_ALARMS = "see_alarms"  # security events; a customer: their own
    SEE_NOTICES = "see_notices"
    SEE_TARGETS = "see_targets"
    SEE_METRICS = "see_metrics"
    ACKNOWLEDGE_ALERT = "acknowledge_alert"
    SET_UP = "set_up"
    KEEP_CONTRACTS = "keep_contracts"  # customers and contracts
    KEEP_SITES = "keep_sites"  # sites, systems and devices
    KEEP_PEOPLE = "keep_people"
    KEEP_LISTS = "keep_lists"  # any of these: the way to them
    MANAGE_LOGINS = "manage_logins"
    SEE_PORTAL = "see_portal"
    SEE_POLICY = "see_policy"
    SET_POLICY = "set_policy"
    REMARK_RULE = "remark_rule"
    REVIEW_RULE = "review_rule"
    SEE_CHANNELS = "see_channels"
    SEE_JOURNAL = "see_journal"
    PRINT_LABELS = "print_labels"
    SEE_INSPECTION = "see_inspection"  # a customer: only issued ones
    INSPECT = "inspect"
    DECIDE_INSPECTION = "decide_inspection"
    SEE_CONTACT_CARD = "see_contact_card"  # numbers of ours; a customer: their own card
    ISSUE_CONTACT_CARD = "issue_contact_card"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`why` is a message id: what is missing, and who has it."""

    ok: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.ok


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which sites a person's lists may show: all, those named, or a customer's own."""

    everything: bool = False
    site_ids: frozenset[SiteId] = frozenset()
    customer_id: CustomerId | None = None


_LEADING = frozenset({Role.ADMIN, Role.HEAD, Role.DISPATCHER})
_TECHNICAL = _LEADING | {Role.ENGINEER, Role.SUPERVISOR}
_OURS = frozenset(Role) - {Role.CUSTOMER}
_ALL = frozenset(Role)

ROLES: dict[Verb, frozenset[Role]] = {
    Verb.SEE_BOARD: _OURS,
    Verb.SEE_SITE: _ALL,
    Verb.SEE_DEVICE: _ALL,
    Verb.SEE_ORDER: _ALL,
    Verb.SEE_CONTACTS: _TECHNICAL,
    Verb.REPORT_FAULT: _ALL - {Role.SALES_DIRECTOR, Role.SALES},
    Verb.ACKNOWLEDGE: _LEADING | {Role.ENGINEER},
    Verb.ARRANGE: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.DISPATCH: _LEADING,
    Verb.WORK: _LEADING | {Role.ENGINEER},
    Verb.ACCEPT: _LEADING | {Role.ENGINEER, Role.CUSTOMER},
    Verb.CLOSE: _LEADING,
    Verb.CANCEL: _LEADING,
    Verb.REOPEN: _LEADING,
    Verb.MAINTAIN_DEVICE: _LEADING | {Role.ENGINEER},
    Verb.SEE_ROTA: _OURS,
    Verb.SET_ROTA: _LEADING,
    Verb.END_FEED: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.SEE_ESCALATION: _TECHNICAL,
    Verb.SET_ESCALATION: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.SEE_TEMPLATES: _LEADING | {Role.SALES_DIRECTOR, Role.SALES},
    Verb.SET_TEMPLATES: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.STAND_DUTY: _LEADING | {Role.ENGINEER},
    Verb.SEE_DRILLS: _TECHNICAL,
    Verb.HOLD_DRILL: _LEADING,
    Verb.SEE_DUTY_FIGURES: _LEADING | {Role.SUPERVISOR},
    Verb.SEE_DISCOVERED: _TECHNICAL,
    Verb.ENROL: _LEADING,
    Verb.SEE_REJECTS: _TECHNICAL,
    Verb.SEE_ALARMS: _TECHNICAL | {Role.CUSTOMER},
    Verb.SEE_NOTICES: _TECHNICAL,
    Verb.SEE_TARGETS: _LEADING,
    Verb.SEE_METRICS: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.ACKNOWLEDGE_ALERT: _LEADING | {Role.ENGINEER},
    Verb.SET_UP: frozenset({Role.ADMIN}),
    Verb.KEEP_CONTRACTS: frozenset({Role.ADMIN, Role.HEAD, Role.SALES_DIRECTOR, Role.SALES}),
    Verb.KEEP_SITES: _LEADING,
    Verb.KEEP_PEOPLE: frozenset({Role.ADMIN}),
    Verb.KEEP_LISTS: _LEADING | {Role.SALES_DIRECTOR, Role.SALES},
    Verb.MANAGE_LOGINS: frozenset({Role.ADMIN}),
    Verb.SEE_PORTAL: frozenset({Role.CUSTOMER}),
    Verb.SEE_POLICY: _OURS,
    Verb.SET_POLICY: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.REMARK_RULE: _OURS,
    Verb.REVIEW_RULE: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.SEE_CHANNELS: _OURS,
    Verb.SEE_JOURNAL: _LEADING | {Role.SUPERVISOR},
    Verb.PRINT_LABELS: _TECHNICAL,
    Verb.SEE_INSPECTION: _ALL,
    Verb.INSPECT: _TECHNICAL,
    Verb.DECIDE_INSPECTION: frozenset({Role.ADMIN, Role.HEAD}),
    Verb.SEE_CONTACT_CARD: _TECHNICAL | {Role.CUSTOMER},
    Verb.ISSUE_CONTACT_CARD: _LEADING,
}

YES = Verdict(ok=True)


def may(
    person: Person,
    verb: Verb,
    site_id: SiteId | None = None,
    customer_id: CustomerId | None = None,
) -> Verdict:
    """Yes, or why not. Without a site: is there anywhere this person may do it?

    `customer_id` is whose site it is; a customer's contact who is bound to no single site sees
    all sites of their own customer, and nobody else's.
    """
    if not person.roles & ROLES[verb]:
        return Verdict(ok=False, why="permit.role")
    if site_id is None or _in_reach(person, site_id, customer_id):
        return YES
    return Verdict(ok=False, why="permit.site")


def may_for_customer(
    person: Person, verb: Verb, customer_id: CustomerId, site_ids: Collection[SiteId] = ()
) -> Verdict:
    """Of what is the whole customer's and no single site's; `site_ids` are the customer's.

    Their own people may, and whoever of ours looks after one of these sites.
    """
    if not person.roles & ROLES[verb]:
        return Verdict(ok=False, why="permit.role")
    if _is_customer(person):
        near = person.customer_id == customer_id
    else:
        near = person.all_sites or not person.site_ids.isdisjoint(site_ids)
    return YES if near else Verdict(ok=False, why="permit.site")


def goes_to(person: Person, site_id: SiteId) -> bool:
    """Whether one of ours looks after that site."""
    return person.all_sites or site_id in person.site_ids


def reach(person: Person) -> Reach:
    """What the lists of this person are filtered by."""
    if _is_customer(person):
        if person.all_sites or not person.site_ids:
            return Reach(customer_id=person.customer_id)
        return Reach(site_ids=person.site_ids, customer_id=person.customer_id)
    return Reach(everything=person.all_sites, site_ids=person.site_ids)


def _in_reach(person: Person, site_id: SiteId, customer_id: CustomerId | None) -> bool:
    if not _is_customer(person):
        return goes_to(person, site_id)
    if person.customer_id is None or person.customer_id != customer_id:
        return False
    return person.all_sites or not person.site_ids or site_id in person.site_ids


def _is_customer(person: Person) -> bool:
    """Whoever has any role of ours is one of ours."""
    return not person.roles - {Role.CUSTOMER}
