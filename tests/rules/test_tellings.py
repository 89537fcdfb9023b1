"""C14: which step a customer is told of, when, and how a template is read."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import tellings
from rules.model import (
    Address,
    ClockSource,
    FaultId,
    OrderId,
    Person,
    PersonId,
    Role,
    Severity,
    SiteId,
    WorkOrder,
    Zone,
)
from rules.tellings import Outcome, Step, Told, Unfit, Unheard, Wishes

AT = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
CHINA = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 6, 14, 18, 0, tzinfo=UTC)  # 02:00 in China
DAY = datetime(2026, 6, 15, 0, 0, tzinfo=UTC)  # 08:00
LI, WANG = PersonId(1), PersonId(2)
ORDER = WorkOrder(
    id=OrderId(1),
    number="2026-0001",
    site_id=SiteId(1),
    root_fault_id=FaultId(1),
    severity=Severity.MAJOR,
    opened_at=AT,
    clock_started_at=AT,
    clock_source=ClockSource.CUSTOMER_NOTICE,
    zone=Zone.RING1,
    on_site_hours=2,
    on_site_rule="zone.table",
    on_site_by=AT.replace(hour=3),
)
FOUND = replace(ORDER, clock_source=ClockSource.MONITOR)
LOST = replace(FOUND, severity=Severity.EMERGENCY)


@pytest.mark.parametrize(
    ("verb", "facts", "order", "step"),
    [
        ("order_opened", {}, ORDER, Step.REPORTED),
        ("order_opened", {}, FOUND, Step.REPORTED),
        ("order_opened", {}, LOST, Step.PROTECTION_LOST),
        ("fault_worsened", {}, FOUND, None),
        ("fault_worsened", {}, LOST, Step.PROTECTION_LOST),
        ("customer_called", {}, LOST, Step.REPORTED),
        ("acknowledged", {"how": "app"}, ORDER, Step.COMING),
        ("acknowledged", {"how": "inspection"}, ORDER, None),
        ("dispatched", {}, ORDER, Step.COMING),
        ("departed", {}, ORDER, Step.ON_THE_WAY),
        ("postponed", {}, ORDER, Step.APPOINTMENT),
        ("diagnosed", {}, ORDER, Step.FOUND),
        ("repaired", {}, ORDER, Step.REPAIRED),
        ("repaired_remotely", {}, ORDER, Step.REPAIRED),
        ("recovered", {}, ORDER, Step.ENDED),
        ("cancelled", {"reason": "twice"}, ORDER, Step.ENDED),
        ("closed", {"reason": "recovered"}, ORDER, Step.ENDED),
        ("closed", {"reason": "merged"}, ORDER, Step.ENDED),
        ("closed", {"reason": "accepted"}, ORDER, None),
        ("closed", {"reason": "twice"}, ORDER, None),
        ("reopened", {}, ORDER, Step.REPORTED),
        ("paged", {}, ORDER, None),
        ("declined", {}, ORDER, None),
        ("arranged", {}, ORDER, None),
    ],
)
def test_which_step_a_verb_is(
    verb: str, facts: dict[str, str], order: WorkOrder, step: Step | None
) -> None:
    assert tellings.step_of(verb, facts, order, []) is step
    assert step is None or tellings.may_tell(verb)


def test_who_comes_is_told_again_only_when_it_is_another_or_at_another_time() -> None:
    taken = replace(ORDER, received_by=LI)
    until = tellings.until_of(taken).isoformat()
    told = [Told(step=Step.COMING, who=LI, until=until)]
    assert tellings.step_of("dispatched", {}, replace(taken, assignee_id=LI), told) is None
    other = replace(taken, assignee_id=WANG)
    assert tellings.step_of("dispatched", {}, other, told) is Step.COMING
    back = [*told, Told(step=Step.COMING, who=WANG, until=until)]
    assert tellings.step_of("dispatched", {}, taken, back) is Step.COMING
    later = replace(taken, appointment_at=AT.replace(day=16))
    assert tellings.step_of("acknowledged", {}, later, told) is Step.COMING


def test_a_second_call_about_the_same_order_is_not_registered_twice() -> None:
    told = [Told(step=Step.REPORTED)]
    assert tellings.step_of("customer_called", {}, ORDER, told) is None
    assert tellings.step_of("fault_worsened", {}, LOST, [Told(step=Step.PROTECTION_LOST)]) is None


@pytest.mark.parametrize(
    ("order", "step", "nights", "now", "at"),
    [
        (ORDER, Step.COMING, False, NIGHT, DAY),
        (ORDER, Step.COMING, True, NIGHT, NIGHT),
        (LOST, Step.COMING, False, NIGHT, NIGHT),
        (FOUND, Step.PROTECTION_LOST, False, NIGHT, NIGHT),
        (ORDER, Step.COMING, False, AT, AT),
    ],
)
def test_no_letter_at_night_but_of_an_emergency_or_where_wanted(
    order: WorkOrder, step: Step, *, nights: bool, now: datetime, at: datetime
) -> None:
    assert tellings.not_before(order, step, Wishes(nights=nights), CHINA, now) == at


@pytest.mark.parametrize(("hour", "waits"), [(7, True), (8, False), (21, False), (22, True)])
def test_the_night_is_from_ten_to_eight_as_the_page_says(hour: int, *, waits: bool) -> None:
    now = datetime(2026, 11, 23, hour, tzinfo=CHINA)
    at = tellings.not_before(ORDER, Step.REPAIRED, Wishes(), CHINA, now)
    assert (at > now) == waits


def contact(*channels: str) -> Person:
    return Person(
        id=LI,
        code="zhou",
        name="Zhou",
        roles=frozenset({Role.CUSTOMER}),
        all_sites=False,
        site_ids=frozenset(),
        language="en",
        channels=tuple(Address(channel, "zhou") for channel in channels),
    )


@pytest.mark.parametrize(
    ("contacts", "own", "channels", "heard", "unheard", "missing"),
    [
        ([contact("mail")], "", {"mail"}, ["mail"], None, ()),
        ([contact("mail", "sms")], "", {"mail"}, ["mail"], None, ("sms",)),
        ([contact("sms")], "office@bank", {"mail"}, ["office@bank"], None, ("sms",)),
        ([], "office@bank", {"mail"}, ["office@bank"], None, ()),
        ([], "office@bank", {"sms"}, [], Unheard.NO_CHANNEL, ("mail",)),
        ([contact("sms")], "office@bank", set(), [], Unheard.NO_CHANNEL, ("mail", "sms")),
        ([contact()], "", {"mail"}, [], Unheard.NO_ADDRESS, ()),
        ([], "", None, [], Unheard.NO_ADDRESS, ()),
        ([contact("sms")], "", None, ["sms"], None, ()),  # no sender ever ran: nobody knows
    ],
)
def test_whom_letters_reach(
    contacts: list[Person],
    own: str,
    channels: set[str] | None,
    heard: list[str],
    unheard: Unheard | None,
    missing: tuple[str, ...],
) -> None:
    found = tellings.audience(contacts, own, channels)
    by_contacts = [address.channel for one in found.contacts for address in one.channels]
    assert by_contacts + ([found.own_address] if found.own_address else []) == heard
    assert (found.unheard, found.missing) == (unheard, missing)


@pytest.mark.parametrize(
    ("text", "unfit"),
    [
        ("{customer}: {number} by {by}", None),
        ("no blanks", None),
        ("{customer.email}", Unfit(why="unknown", found="{customer.email}")),
        ("{customer!r:>9}", Unfit(why="unknown", found="{customer!r:>9}")),
        ("{phone}", Unfit(why="unknown", found="{phone}")),
        ("{}", Unfit(why="unknown", found="{}")),
        ("{{customer}}", Unfit(why="stray", found="{")),
        ("a } b", Unfit(why="stray", found="}")),
        ("{repair}", Unfit(why="unknown", found="{repair}")),  # not known when it is registered
    ],
)
def test_what_is_no_template_is_named(text: str, unfit: Unfit | None) -> None:
    assert tellings.unfit(text, Step.REPORTED) == unfit


@given(value=st.text())
def test_what_is_filled_in_is_never_read_again(value: str) -> None:
    filled = tellings.filled("[{customer}] {number}", {"customer": value, "number": "{site}"})
    assert filled == f"[{value}] {{site}}"


def test_a_line_of_empty_blanks_only_is_left_out() -> None:
    values = {"site": "Bank", "address": "", "device": ""}
    assert tellings.filled("At {site} {address}\nDevice: {device}\nEnd", values) == "At Bank \nEnd"


def test_names_and_numbers_of_ours_stay_with_us() -> None:
    said = "王强 changed the supply, ask 李敏 on 138 1234 5678 or +86-28-85551234; 24 V, 2026-06"
    assert tellings.discreet(said, ["王强", "李敏", ""], "our engineer") == (
        "our engineer changed the supply, ask our engineer on ••• or •••; 24 V, 2026-06"
    )


def test_wishes_come_back_as_they_were_kept() -> None:
    wishes = Wishes(steps=frozenset({Step.REPAIRED}), nights=True, names=True)
    assert tellings.wishes_in(wishes.as_facts()) == wishes
    assert tellings.wishes_in({"steps": ["repaired", "danced"]}).steps == {Step.REPAIRED}
    assert Step.ON_THE_WAY not in Wishes().steps


def test_how_an_order_ended_that_nobody_repaired() -> None:
    assert tellings.outcome_of("closed", {"reason": "merged"}) is Outcome.MERGED
    assert tellings.outcome_of("cancelled", {"reason": "twice"}) is Outcome.CANCELLED
    assert tellings.outcome_of("recovered", {}) is Outcome.RECOVERED
