"""A plan: who is called when, on what, again and again until somebody answers (A02). Pure.

A plan only arranges the calls. That the head is told at the first moment, and that the receiver
goes when the head is silent, stands outside of every plan: none can switch it off.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from rules.duty import DAY_FROM, DAY_TO
from rules.model import ClockSource, ContractId, Layer, PersonId, Severity, SiteId
from rules.policy import Ladder

RECEIVER: Literal["receiver"] = "receiver"  # who took it, else who was paged first
Target: TypeAlias = Layer | PersonId | Literal["receiver"]

MOST_STEPS, MOST_TARGETS = 12, 8
LONGEST_S = 24 * 3600.0
LATEST_ANSWER_S = 30 * 60.0  # C02: never over 30 minutes, so somebody else is called by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`after_s` from the beginning of the round; no `channels`: all the person has."""

    after_s: float
    targets: tuple[Target, ...]
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """From when until when, on the company's clocks, minor things disturb nobody; may span night.

    The same time twice: there are no quiet hours.
    """

    starts: time = DAY_TO
    ends: time = DAY_FROM

    def over_at(self, at: datetime, zone: ZoneInfo) -> datetime:
        """`at` itself outside of the quiet hours, else their end."""
        return self.next_end(at, zone) if self._holds(at.astimezone(zone).time()) else at

    def next_end(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first instant after `at` at which quiet hours end, in UTC."""
        on = at.astimezone(zone).date()
        ends = (
            datetime.combine(on + timedelta(days=n), self.ends, zone).astimezone(UTC)
            for n in range(3)
        )
        return next(end for end in ends if end > at)

    def _holds(self, local: time) -> bool:
        if self.starts <= self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Rounds of `loop_s`, each with all steps; after `loops` of them the company's own ladder.

    `loops` 0: it goes on until somebody answers. `digest`: who is told once a day, when the quiet
    hours end, of the minor faults the monitor found meanwhile; nobody: they wait for the next
    visit unsaid.
    """

    steps: tuple[Step, ...]
    loop_s: float
    loops: int = 0
    quiet: Quiet = Quiet()
    digest: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Where in a plan a call stands; both are counted from 1."""

    round: int
    step: int


def rung_at(plan: Plan, started_at: datetime, at: datetime) -> Rung | None:
    """The last step that had come at `at`; None when the plan's rounds were over."""
    rounds, within_s = divmod(max((at - started_at).total_seconds(), 0.0), plan.loop_s)
    if plan.loops and rounds >= plan.loops:
        return None
    return Rung(round=int(rounds) + 1, step=sum(one.after_s <= within_s for one in plan.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """For whom a plan holds. What is None or empty here holds for all; a site's contract is known.

    At most one of contract and site is named.
    """

    plan_name: str
    contract_id: ContractId | None = None
    site_id: SiteId | None = None
    severity: Severity | None = None
    id: int = 0

    @property
    def particular(self) -> tuple[bool, bool, bool]:
        """The greater is the more particular: a site before a contract before a severity."""
        return (
            self.site_id is not None,
            self.contract_id is not None,
            self.severity is not None,
        )

    def holds(self, site_id: SiteId, contract_id: ContractId | None, severity: Severity) -> bool:
        return (
            self.site_id in {None, site_id}
            and self.contract_id in {None, contract_id}
            and self.severity in {None, severity}
        )


class Unfit(StrEnum):
    """Why a plan is refused; message id `escalations.unfit.<word>`."""

    NO_STEPS = "no_steps"
    NOT_AT_ONCE = "not_at_once"
    NOBODY = "nobody"
    NOT_RISING = "not_rising"
    TOO_LONG = "too_long"
    LOOP_SHORT = "loop_short"
    TOO_MANY = "too_many"


def default_plan(ladder: Ladder) -> Plan:
    """The company's own ladder, by the figures of its policy.

    The head's page may fall on the first moment of the next round.
    """
    rungs = (
        (Layer.FIRST, 0.0),
        (Layer.FIRST, ladder.again_s),
        (Layer.SECOND, ladder.second_s),
        (Layer.HEAD, ladder.head_page_s),
    )
    steps = tuple(Step(after_s=after_s, targets=(layer,)) for layer, after_s in rungs)
    return Plan(steps=steps, loop_s=max(ladder.loop_s, *(at for _, at in rungs), 1))


def chosen(
    bindings: Iterable[Binding],
    site_id: SiteId,
    contract_id: ContractId | None,
    severity: Severity,
) -> Binding | None:
    """The most particular that holds; of two alike the youngest. None: the company's own ladder."""
    holding = [one for one in bindings if one.holds(site_id, contract_id, severity)]
    return max(holding, key=lambda one: (one.particular, one.id), default=None)


def everybody(plan: Plan) -> list[Target]:
    """Whoever the plan calls, in its order, then the layers it does not name."""
    named = [target for step in plan.steps for target in step.targets]
    return list(dict.fromkeys([*named, *Layer]))


def people_of(plan: Plan) -> set[PersonId]:
    """Those it names themselves, not by where they stand."""
    named = {target for step in plan.steps for target in step.targets} | set(plan.digest)
    return {PersonId(target) for target in named if isinstance(target, int)}


def may_wait(severity: Severity, source: ClockSource) -> bool:
    """Only a minor fault that the monitor found: nothing worse, and no customer's call."""
    return severity is Severity.MINOR and source is ClockSource.MONITOR


def unfit(plan: Plan) -> tuple[Unfit, int] | None:
    """What is wrong with it, and with which step (from 1; 0: with the whole)."""
    if not plan.steps:
        return Unfit.NO_STEPS, 0
    if len(plan.steps) > MOST_STEPS:
        return Unfit.TOO_MANY, 0
    for number, step in enumerate(plan.steps, 1):
        if why := _unfit_step(plan.steps, number, step):
            return why, number
    if not plan.steps[-1].after_s <= plan.loop_s <= LONGEST_S or plan.loop_s <= 0:
        return Unfit.LOOP_SHORT, 0
    return None


def long_waits(plan: Plan) -> Iterator[int]:
    """The steps (from 1) before which nobody new is called for longer than C02 allows."""
    starts = [*(step.after_s for step in plan.steps), plan.loop_s]
    for number, (before, after) in enumerate(pairwise(starts), 1):
        if after - before > LATEST_ANSWER_S:
            yield number


def _unfit_step(steps: Sequence[Step], number: int, step: Step) -> Unfit | None:
    if not step.targets or len(step.targets) > MOST_TARGETS:
        return Unfit.NOBODY if not step.targets else Unfit.TOO_MANY
    if number == 1:
        return None if step.after_s == 0 else Unfit.NOT_AT_ONCE
    if step.after_s > LONGEST_S:
        return Unfit.TOO_LONG
    return Unfit.NOT_RISING if step.after_s < steps[number - 2].after_s else None
