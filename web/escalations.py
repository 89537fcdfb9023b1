"""A plan of escalation as a form holds it, and back; its targets and problems in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from itertools import zip_longest
from typing import Annotated

from fastapi import Form
from pydantic import AfterValidator, BaseModel, Field

from operations.refusals import NotNowError
from rules.escalation_plans import MOST_STEPS, RECEIVER, Plan, Quiet, Step, Target
from rules.model import Layer, PersonId
from web.pages.sessions import without_nul

PEOPLE_PER_STEP = 2  # that a step may name besides the layers
MOST_PICKED = MOST_STEPS * 30
Word = Annotated[str, Field(max_length=200), AfterValidator(without_nul)]


class Typed(BaseModel):
    """The form as it was sent. A tick of a step is `<row>:<word>`, rows from 0."""

    name: Word = ""
    after: list[Word] = Field(default_factory=list, max_length=MOST_STEPS)
    target: list[Word] = Field(default_factory=list, max_length=MOST_PICKED)
    person: list[Word] = Field(default_factory=list, max_length=MOST_PICKED)
    channel: list[Word] = Field(default_factory=list, max_length=MOST_PICKED)
    round_min: Word = "15"
    rounds: Word = ""
    quiet_from: Word = "20:00"
    quiet_to: Word = "08:00"
    digest: list[Word] = Field(default_factory=list, max_length=MOST_PICKED)
    seen: Word = ""
    do: Word = "save"


Sent = Annotated[Typed, Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One step as it was typed."""

    number: int
    after: str
    targets: Sequence[str]
    people: Sequence[str]
    channels: Sequence[str]

    @property
    def empty(self) -> bool:
        return not self.targets and not any(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a form shows: as typed, and what is wrong with it, a sentence a field."""

    typed: Typed
    wrong: Mapping[str, str] = field(default_factory=dict)
    more: int = 0

    @property
    def rows(self) -> list[Row]:
        return list(rows_of(self.typed, self.more))


def typed_of(name: str, version: int, plan: Plan) -> Typed:
    """A kept plan, ready to be changed."""
    people = [_people(step.targets) for step in plan.steps]
    return Typed(
        name=name,
        after=[_minutes(step.after_s) for step in plan.steps],
        target=[
            f"{row}:{target}"
            for row, step in enumerate(plan.steps)
            for target in step.targets
            if not isinstance(target, int)
        ],
        person=[one for row in people for one in row],
        channel=[f"{row}:{one}" for row, step in enumerate(plan.steps) for one in step.channels],
        round_min=_minutes(plan.loop_s),
        rounds=str(plan.loops) if plan.loops else "",
        quiet_from=f"{plan.quiet.starts:%H:%M}",
        quiet_to=f"{plan.quiet.ends:%H:%M}",
        digest=[str(one) for one in plan.digest],
        seen=str(version) if version else "",
    )


def rows_of(typed: Typed, more: int = 0) -> Iterator[Row]:
    """The steps that were typed, and so many empty ones."""
    count = min(max(len(typed.after), 1) + more, MOST_STEPS)
    for number, after in zip_longest(range(count), typed.after[:count], fillvalue=""):
        here = f"{number}:"
        begin = int(number or 0) * PEOPLE_PER_STEP
        yield Row(
            number=int(number or 0),
            after=after,
            targets=[one.removeprefix(here) for one in typed.target if one.startswith(here)],
            people=typed.person[begin : begin + PEOPLE_PER_STEP],
            channels=[one.removeprefix(here) for one in typed.channel if one.startswith(here)],
        )


def plan_in(typed: Typed) -> Plan:
    """What was meant; rows without anybody are left out. Raises `NotNowError`, naming the field."""
    steps = tuple(_step(row) for row in rows_of(typed) if not row.empty)
    return Plan(
        steps=steps,
        loop_s=_seconds(typed.round_min, "loop"),
        loops=_rounds(typed.rounds),
        quiet=Quiet(starts=_clock(typed.quiet_from), ends=_clock(typed.quiet_to)),
        digest=tuple(_target(one, "digest") for one in typed.digest if one),
    )


def _step(row: Row) -> Step:
    field_name = f"step-{row.number + 1}"
    targets = [*row.targets, *(one for one in row.people if one)]
    return Step(
        after_s=_seconds(row.after or "0", field_name),
        targets=tuple(dict.fromkeys(_target(one, field_name) for one in targets)),
        channels=tuple(dict.fromkeys(row.channels)),
    )


def _target(said: str, field_name: str) -> Target:
    if said == RECEIVER:
        return RECEIVER
    if said in set(Layer):
        return Layer(said)
    if said.isdecimal() and len(said) < 18:  # noqa: PLR2004 - a row's number
        return PersonId(int(said))
    raise NotNowError("escalations.unfit.nobody", field=field_name)


def _seconds(said: str, field_name: str) -> float:
    try:
        minutes = float(said)
    except ValueError:
        minutes = -1
    if not 0 <= minutes <= 24 * 60:
        raise NotNowError("escalations.unfit.minutes", field=field_name)
    return round(minutes * 60, 3)


def _rounds(said: str) -> int:
    if not said.strip():
        return 0
    if not said.isdecimal() or not 0 <= int(said) <= 100:  # noqa: PLR2004 - said in the message
        raise NotNowError("escalations.unfit.rounds", field="rounds")
    return int(said)


def _clock(said: str) -> time:
    try:
        return time.fromisoformat(said).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise NotNowError("escalations.unfit.clock", field="quiet") from error


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.10g}"


def _people(targets: Iterable[Target]) -> list[str]:
    named = [str(one) for one in targets if isinstance(one, int)][:PEOPLE_PER_STEP]
    return [*named, *[""] * (PEOPLE_PER_STEP - len(named))]
