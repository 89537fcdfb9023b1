"""C14: the customer is told at each step without asking. Which step, when, in what words. Pure.

A template is plain text with `{placeholders}`. It is read by one pattern and filled in one pass:
nothing in it is looked up, called or formatted, and what is filled in is never read again.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from rules.duty import NIGHT_FROM, NIGHT_TO
from rules.escalation_plans import Quiet
from rules.model import ClockSource, Person, PersonId, Severity, WorkOrder

LONGEST_SUBJECT, LONGEST_BODY = 160, 3000
_BLANK = re.compile(r"\{([^{}\n]*)\}")
# A mobile number of China, or any number with its country before it.
_NUMBER = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|\+\d[\d -]{7,}\d")
MASK = "•••"
MAIL = "mail"  # the channel that carries to a customer's own address
NIGHT = Quiet(starts=NIGHT_FROM, ends=NIGHT_TO)  # nobody reads then what can wait for day (B24)


class Step(StrEnum):
    """What a customer can be told of an order, in the order it happens."""

    REPORTED = "reported"
    PROTECTION_LOST = "protection_lost"
    COMING = "coming"
    ON_THE_WAY = "on_the_way"
    APPOINTMENT = "appointment"
    FOUND = "found"
    REPAIRED = "repaired"
    ENDED = "ended"


class Outcome(StrEnum):
    """How an order ended that nobody repaired."""

    RECOVERED = "recovered"
    MERGED = "merged"
    CANCELLED = "cancelled"


USUAL = frozenset(Step) - {Step.ON_THE_WAY}  # who comes and when is told already
_ALWAYS = (*("customer", "company", "site", "address", "device", "fault", "number", "since"),)
_ALSO: Mapping[Step, tuple[str, ...]] = {
    Step.REPORTED: ("by",),
    Step.PROTECTION_LOST: ("by",),
    Step.COMING: ("engineer", "by"),
    Step.ON_THE_WAY: ("engineer", "by"),
    Step.APPOINTMENT: ("by",),
    Step.FOUND: ("engineer", "found"),
    Step.REPAIRED: ("engineer", "repair"),
    Step.ENDED: ("outcome",),
}
_STEPS = {
    "customer_called": Step.REPORTED,
    "reopened": Step.REPORTED,
    "acknowledged": Step.COMING,
    "dispatched": Step.COMING,
    "departed": Step.ON_THE_WAY,
    "postponed": Step.APPOINTMENT,
    "diagnosed": Step.FOUND,
    "repaired": Step.REPAIRED,
    "repaired_remotely": Step.REPAIRED,
    "recovered": Step.ENDED,
    "cancelled": Step.ENDED,
}
_ONCE = frozenset({"customer_called", "fault_worsened"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Of a contract: which steps, whether ordinary letters may come at night, who is named."""

    steps: frozenset[Step] = USUAL
    nights: bool = False
    names: bool = False

    def as_facts(self) -> dict[str, Any]:
        return {"steps": sorted(self.steps), "nights": self.nights, "names": self.names}


def wishes_in(facts: Mapping[str, Any]) -> Wishes:
    """As they were kept; a step this version does not know is passed by."""
    known = {str(step) for step in Step}
    return Wishes(
        steps=frozenset(Step(name) for name in facts.get("steps", ()) if name in known),
        nights=bool(facts.get("nights")),
        names=bool(facts.get("names")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A step the customer was told; `who` and `until` of who comes and when."""

    step: str
    who: PersonId | None = None
    until: str = ""


class Unheard(StrEnum):
    """Why nobody of a customer's can be told: a message id `telling.unheard.<why>`."""

    NO_ADDRESS = "no_address"
    NO_CHANNEL = "no_channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who reads a customer's letters: `contacts`, else the customer's own address, else nobody.

    `missing`: channels that addresses name and nobody set up.
    """

    contacts: tuple[Person, ...] = ()
    own_address: str = ""
    missing: tuple[str, ...] = ()

    @property
    def unheard(self) -> Unheard | None:
        if self.contacts or self.own_address:
            return None
        return Unheard.NO_CHANNEL if self.missing else Unheard.NO_ADDRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why a text is no template: a message id `templates.unfit.<why>` and what stands there."""

    why: str
    found: str = ""


def step_of(
    verb: str, facts: Mapping[str, Any], order: WorkOrder, before: Sequence[Told]
) -> Step | None:
    """What the customer hears when this is written into the journal of the order; None: nothing.

    An emergency that the monitor found is protection lost, or about to be. Who comes is told
    again only when it is another, or at another time. What was found on the round is known on
    site, and whoever accepted the work has seen it.
    """
    step = _step(verb, facts, order)
    if verb == "acknowledged" and facts.get("how") == "inspection":
        return None
    if verb in _ONCE and any(one.step == step for one in before):
        return None
    if step is Step.COMING:
        last = next((one for one in reversed(before) if one.step == step), None)
        if last and (last.who, last.until) == (order.holder_id, until_of(order).isoformat()):
            return None
    return step


def may_tell(verb: str) -> bool:
    """Whether this verb of the journal is ever told of; most are not."""
    return verb in _STEPS or verb in {"order_opened", "fault_worsened", "closed"}


def _step(verb: str, facts: Mapping[str, Any], order: WorkOrder) -> Step | None:
    lost = order.severity is Severity.EMERGENCY and order.clock_source is ClockSource.MONITOR
    match verb:
        case "order_opened":
            return Step.PROTECTION_LOST if lost else Step.REPORTED
        case "fault_worsened":
            return Step.PROTECTION_LOST if lost else None
        case "closed":
            silent = facts.get("reason") in {Outcome.RECOVERED, Outcome.MERGED}
            return Step.ENDED if silent else None
        case _:
            return _STEPS.get(verb)


def outcome_of(verb: str, facts: Mapping[str, Any]) -> Outcome:
    said = facts.get("reason") if verb == "closed" else verb
    return Outcome(said) if said in set(Outcome) else Outcome.RECOVERED


def until_of(order: WorkOrder) -> datetime:
    """By when somebody comes: as agreed, else as the contract promises (A03, B14)."""
    return order.appointment_at or order.on_site_by


def not_before(
    order: WorkOrder, step: Step, wishes: Wishes, zone: ZoneInfo, now: datetime
) -> datetime:
    """When a letter may go out: nothing of an emergency waits, the rest for day."""
    at_once = wishes.nights or step is Step.PROTECTION_LOST
    if at_once or order.severity is Severity.EMERGENCY:
        return now
    return NIGHT.over_at(now, zone)


def audience(
    contacts: Iterable[Person], own_address: str, channels: Collection[str] | None
) -> Audience:
    """Whom letters reach by the channels that are set up; `channels` None: nobody knows which."""
    named = [(one, one.channels) for one in contacts]
    lacking = {address.channel for _, each in named for address in each} - set(channels or ())
    lacking |= {MAIL} - set(channels or ()) if own_address else set()
    missing = () if channels is None else tuple(sorted(lacking))
    heard = (
        replace(one, channels=tuple(address for address in each if address.channel not in missing))
        for one, each in named
    )
    told = tuple(one for one in heard if one.channels)
    own = "" if told or MAIL in missing else own_address
    return Audience(contacts=told, own_address=own, missing=missing)


def accepted(step: Step) -> tuple[str, ...]:
    """The placeholders a template of this step may hold."""
    return _ALWAYS + _ALSO[step]


def unfit(text: str, step: Step) -> Unfit | None:
    """The first thing in it that we would not know how to fill."""
    if names := unknown(text, step):
        return Unfit(why="unknown", found="{" + names[0] + "}")
    rest = _BLANK.sub("", text)
    stray = next((letter for letter in rest if letter in "{}"), None)
    return Unfit(why="stray", found=stray) if stray else None


def unknown(text: str, step: Step) -> tuple[str, ...]:
    """The names in braces that a template of this step does not know, as they stand there."""
    known = accepted(step)
    return tuple(name for name in _BLANK.findall(text) if name not in known)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Each line with its blanks filled; one that has only empty blanks is left out."""
    lines = []
    for line in text.splitlines():
        names = _BLANK.findall(line)
        if names and not any(values.get(name) for name in names):
            continue
        lines.append(_BLANK.sub(lambda blank: values.get(blank[1], ""), line))
    return "\n".join(lines).strip()


def discreet(text: str, names: Iterable[str], instead: str) -> str:
    """What one of ours wrote, without our names and without numbers to dial."""
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        text = text.replace(name, instead)
    return _NUMBER.sub(MASK, text)
