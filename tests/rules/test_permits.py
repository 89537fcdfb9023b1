"""Roles say what, sites say where; a customer sees their own and nothing of our house."""

import pytest

from rules import permits
from rules.model import CustomerId, Person, PersonId, Role, SiteId
from rules.permits import Verb

HERE, THERE = SiteId(1), SiteId(2)
THEIRS, OTHERS = CustomerId(7), CustomerId(8)

# One letter a role: A admin, D sales director, H head, V supervisor, P dispatcher, E engineer,
# S sales, C customer.
LETTERS = dict(zip("ADHVPESC", Role, strict=True))
TABLE = {
    Verb.SEE_BOARD: "ADHVPES",
    Verb.SEE_SITE: "ADHVPESC",
    Verb.SEE_DEVICE: "ADHVPESC",
    Verb.SEE_ORDER: "ADHVPESC",
    Verb.SEE_CONTACTS: "AHVPE",
    Verb.REPORT_FAULT: "AHVPEC",
    Verb.ACKNOWLEDGE: "AHPE",
    Verb.ARRANGE: "AH",
    Verb.DISPATCH: "AHP",
    Verb.WORK: "AHPE",
    Verb.ACCEPT: "AHPEC",
    Verb.CLOSE: "AHP",
    Verb.CANCEL: "AHP",
    Verb.REOPEN: "AHP",
    Verb.MAINTAIN_DEVICE: "AHPE",
    Verb.SEE_ROTA: "ADHVPES",
    Verb.SET_ROTA: "AHP",
    Verb.END_FEED: "AH",
    Verb.SEE_ESCALATION: "AHVPE",
    Verb.SET_ESCALATION: "AH",
    Verb.SEE_TEMPLATES: "ADHPS",
    Verb.SET_TEMPLATES: "AH",
    Verb.STAND_DUTY: "AHPE",
    Verb.SEE_DRILLS: "AHVPE",
    Verb.HOLD_DRILL: "AHP",
    Verb.SEE_DUTY_FIGURES: "AHVP",
    Verb.SEE_DISCOVERED: "AHVPE",
    Verb.ENROL: "AHP",
    Verb.SEE_REJECTS: "AHVPE",
    Verb.SEE_ALARMS: "AHVPEC",
    Verb.SEE_NOTICES: "AHVPE",
    Verb.SEE_TARGETS: "AHP",
    Verb.SEE_METRICS: "AH",
    Verb.ACKNOWLEDGE_ALERT: "AHPE",
    Verb.SET_UP: "A",
    Verb.KEEP_CONTRACTS: "ADHS",
    Verb.KEEP_SITES: "AHP",
    Verb.KEEP_PEOPLE: "A",
    Verb.KEEP_LISTS: "ADHPS",
    Verb.MANAGE_LOGINS: "A",
    Verb.SEE_PORTAL: "C",
    Verb.SEE_POLICY: "ADHVPES",
    Verb.SET_POLICY: "AH",
    Verb.REMARK_RULE: "ADHVPES",
    Verb.REVIEW_RULE: "AH",
    Verb.SEE_CHANNELS: "ADHVPES",
    Verb.SEE_JOURNAL: "AHVP",
    Verb.PRINT_LABELS: "AHVPE",
    Verb.SEE_INSPECTION: "ADHVPESC",
    Verb.INSPECT: "AHVPE",
    Verb.DECIDE_INSPECTION: "AH",
    Verb.SEE_CONTACT_CARD: "AHVPEC",
    Verb.ISSUE_CONTACT_CARD: "AHP",
}


def person(
    *roles: Role,
    sites: frozenset[SiteId] = frozenset(),
    everywhere: bool = False,
    customer: CustomerId | None = None,
) -> Person:
    return Person(
        id=PersonId(1),
        code="p",
        name="p",
        roles=frozenset(roles),
        all_sites=everywhere,
        site_ids=sites,
        language="zh",
        customer_id=customer,
    )


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("letter", list(LETTERS))
def test_the_table_of_roles(verb: Verb, letter: str) -> None:
    somebody = person(LETTERS[letter], everywhere=True)
    assert permits.may(somebody, verb).ok is (letter in TABLE[verb])


@pytest.mark.parametrize("verb", list(Verb))
def test_nobody_without_a_role_may_do_anything(verb: Verb) -> None:
    verdict = permits.may(person(everywhere=True), verb)
    assert (verdict.ok, verdict.why) == (False, "permit.role")


def test_our_people_stay_within_their_sites() -> None:
    engineer = person(Role.ENGINEER, sites=frozenset({HERE}))
    assert permits.may(engineer, Verb.WORK, HERE)
    assert permits.may(engineer, Verb.WORK, THERE).why == "permit.site"
    assert permits.may(person(Role.ENGINEER, everywhere=True), Verb.WORK, THERE)


def test_no_site_of_ours_is_open_to_a_person_without_sites() -> None:
    assert not permits.may(person(Role.ENGINEER), Verb.SEE_SITE, HERE)


@pytest.mark.parametrize(
    ("sites", "everywhere", "site", "owner", "open_to_them"),
    [
        (frozenset(), True, HERE, THEIRS, True),
        (frozenset(), False, HERE, THEIRS, True),
        (frozenset({HERE}), False, HERE, THEIRS, True),
        (frozenset({HERE}), False, THERE, THEIRS, False),
        (frozenset({HERE}), False, HERE, OTHERS, False),
        (frozenset(), True, HERE, OTHERS, False),
        (frozenset(), True, HERE, None, False),
    ],
)
def test_a_customer_sees_only_what_is_theirs(
    *,
    sites: frozenset[SiteId],
    everywhere: bool,
    site: SiteId,
    owner: CustomerId | None,
    open_to_them: bool,
) -> None:
    contact = person(Role.CUSTOMER, sites=sites, everywhere=everywhere, customer=THEIRS)
    assert permits.may(contact, Verb.SEE_SITE, site, owner).ok is open_to_them


def test_a_customer_without_a_customer_sees_nothing() -> None:
    assert not permits.may(person(Role.CUSTOMER, everywhere=True), Verb.SEE_SITE, HERE, None)


def test_whoever_has_a_role_of_ours_is_one_of_ours() -> None:
    both = person(Role.CUSTOMER, Role.ENGINEER, everywhere=True, customer=THEIRS)
    assert permits.may(both, Verb.SEE_SITE, HERE, OTHERS)
    assert permits.reach(both).everything


def test_what_lists_are_filtered_by() -> None:
    assert permits.reach(person(Role.HEAD, everywhere=True)).everything
    bound = permits.reach(person(Role.ENGINEER, sites=frozenset({HERE})))
    assert bound == permits.Reach(site_ids=frozenset({HERE}))
    contact = permits.reach(person(Role.CUSTOMER, everywhere=True, customer=THEIRS))
    assert contact == permits.Reach(customer_id=THEIRS)


def test_what_is_a_whole_customers_is_for_their_people_and_who_looks_after_a_site() -> None:
    """A13, C12: a card with our numbers on it is nobody else's."""
    card, mine, other = Verb.SEE_CONTACT_CARD, CustomerId(1), CustomerId(2)
    theirs = person(Role.CUSTOMER, sites=frozenset({HERE}), customer=mine)
    assert permits.may_for_customer(theirs, card, mine, [THERE])
    assert permits.may_for_customer(theirs, card, other, [HERE]).why == "permit.site"
    near = person(Role.ENGINEER, sites=frozenset({HERE}))
    assert permits.may_for_customer(near, card, mine, [HERE, THERE])
    assert not permits.may_for_customer(near, card, mine, [THERE])
    assert permits.may_for_customer(person(Role.HEAD, everywhere=True), card, mine)
    sales = person(Role.SALES, everywhere=True)
    assert permits.may_for_customer(sales, card, mine).why == "permit.role"
