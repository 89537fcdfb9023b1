"""What may be done with an inspection now, and why not (A09, B11)."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from rules.inspections import Inspection, Stand


class Step(StrEnum):
    ASSIGN = "assign"
    START = "start"
    ANSWER = "answer"
    FINISH = "finish"
    SIGN = "sign"
    DECIDE = "decide"
    ISSUE = "issue"


def refusal(inspection: Inspection, step: Step) -> str | None:
    """Why `step` is not possible now: the last part of `inspection.refused.<why>`. None: go."""
    if inspection.stand is Stand.ISSUED:
        return "issued"
    return next((why for holds, why in _WAITS[step](inspection) if holds), None)


_Waits = tuple[tuple[object, str], ...]

_WAITS: Mapping[Step, Callable[[Inspection], _Waits]] = {
    Step.ASSIGN: lambda one: ((one.finished_at, "finished"), (one.carried_into, "carried")),
    Step.START: lambda one: ((one.carried_into, "carried"), (one.started_at, "started")),
    Step.ANSWER: lambda one: (
        (not one.frozen_at, "not_started"),
        (one.carried_into and not one.finished_at, "carried"),
    ),
    Step.FINISH: lambda one: ((not one.frozen_at, "not_started"), (one.finished_at, "finished")),
    Step.SIGN: lambda one: ((not one.finished_at, "not_finished"), (one.signed_at, "signed")),
    Step.DECIDE: lambda one: ((not one.finished_at, "not_finished"),),
    Step.ISSUE: lambda one: (
        (not one.finished_at, "not_finished"),
        (not one.settled, "not_signed"),
        (one.undecided, "undecided"),
    ),
}
