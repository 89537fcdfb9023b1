"""Plans of escalation as people keep them: written, bound, retired; and what is wrong with them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations import escalations as escalation_desk
from operations import notes
from operations.refusals import NotNowError
from rules import escalation_plans as plan_rules
from rules.escalation_plans import Binding, Plan
from rules.model import Person, PersonId, Severity
from storage import contracts as contract_rows
from storage import escalations as plan_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.escalations import Kept

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a step may call nobody, or later than it should; message id `escalations.problem.<kind>`.

    `step` from 1; 0: the whole plan.
    """

    kind: str
    step: int = 0
    person: str = ""
    channel: str = ""


def save(
    tx: Tx, name: str, plan: Plan, *, by: PersonId, now: datetime, seen: int | None = None
) -> Kept:
    """The next version; what runs keeps its own. `seen`: the version the form was made of.

    Raises `NotNowError`, naming the field: `name`, `step-<n>`, `loop`, or none.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise NotNowError("escalations.unfit.name", field="name", most=LONGEST_NAME)
    plan_rows.lock(tx)
    before = plan_rows.standing(tx, name)
    if (before.version if before else None) != seen:
        changed = "escalations.unfit.changed" if seen else "escalations.unfit.taken"
        raise NotNowError(changed, field="name")
    if wrong := plan_rules.unfit(plan):
        why, step = wrong
        field = f"step-{step}" if step else "loop"
        raise NotNowError(f"escalations.unfit.{why}", field=field, **_bounds())
    if before and before.plan == plan:
        return before
    made = plan_rows.add(tx, name, plan, by=by, now=now)
    _note(tx, made, "escalation_saved", by, now, version=made.version)
    return made


def retire(tx: Tx, name: str, *, by: PersonId, now: datetime) -> bool:
    """Nothing new is called by it, and it holds for nobody any more. False: it stood no more."""
    plan_rows.lock(tx)
    known = plan_rows.standing(tx, name)
    if known is None:
        return False
    plan_rows.unbind(tx, [one.id for one in used_by(tx, name)])
    plan_rows.retire(tx, name, now)
    _note(tx, known, "escalation_retired", by, now)
    return True


def bind(tx: Tx, new: Binding, *, by: PersonId, now: datetime) -> Binding:
    """It holds for them from now on; what held for exactly the same before does not.

    Raises `NotNowError`.
    """
    plan_rows.lock(tx)
    known = plan_rows.standing(tx, new.plan_name)
    if known is None:
        raise NotNowError("escalations.unfit.gone")
    if new.site_id and site_rows.get(tx, new.site_id) is None:
        raise NotNowError("escalations.unfit.site", field="site")
    if new.contract_id and contract_rows.get(tx, new.contract_id) is None:
        raise NotNowError("escalations.unfit.contract", field="contract")
    if new.site_id and new.contract_id:
        raise NotNowError("escalations.unfit.both", field="site")
    same = [one for one in plan_rows.bindings(tx) if _about(one) == _about(new)]
    if any(one.plan_name == new.plan_name for one in same):
        return same[0]
    plan_rows.unbind(tx, [one.id for one in same])
    made = plan_rows.bind(tx, new, by=by, now=now)
    _note(tx, known, "escalation_bound", by, now, **_said(tx, made))
    return made


def unbind(tx: Tx, binding_id: int, *, by: PersonId, now: datetime) -> Binding | None:
    """None when it does not hold any more."""
    plan_rows.lock(tx)
    known = next((one for one in plan_rows.bindings(tx) if one.id == binding_id), None)
    plan = plan_rows.standing(tx, known.plan_name) if known else None
    if known is None:
        return None
    plan_rows.unbind(tx, [known.id])
    if plan:
        _note(tx, plan, "escalation_unbound", by, now, **_said(tx, known))
    return known


def used_by(tx: Tx, name: str) -> list[Binding]:
    return [one for one in plan_rows.bindings(tx) if one.plan_name == name]


def problems(tx: Tx, plan: Plan, channels: Collection[str], now: datetime) -> list[Problem]:
    """Steps that reach nobody are passed over at once; here is why. `channels`: of the settings."""
    cast = escalation_desk.cast(tx, plan, None, now)
    names = {person.id: person.name for person in people_rows.everyone(tx)}
    found: list[Problem] = []
    for number, step in enumerate(plan.steps, 1):
        for target in step.targets:
            if isinstance(target, int) and target not in cast.people:
                gone = names.get(PersonId(target), "")
                found.append(Problem(kind="left", step=number, person=gone))
            for _, person in cast.of(target):
                found += _unreached(number, person, step.channels)
        found += (
            Problem(kind="channel", step=number, channel=one)
            for one in step.channels
            if one not in channels
        )
    found += (Problem(kind="wait", step=number) for number in plan_rules.long_waits(plan))
    if len({person.id for one in plan.steps for t in one.targets for _, person in cast.of(t)}) == 1:
        found.append(Problem(kind="alone"))
    return list(dict.fromkeys(found))


def _unreached(number: int, person: Person, named: Collection[str]) -> Iterator[Problem]:
    own = {one.channel for one in person.channels}
    if not own:
        yield Problem(kind="no_channel", step=number, person=person.name)
    elif named and not own & set(named):
        yield Problem(kind="other_channel", step=number, person=person.name)


def _about(one: Binding) -> tuple[int | None, int | None, Severity | None]:
    return one.contract_id, one.site_id, one.severity


def _said(tx: Tx, one: Binding) -> dict[str, Any]:
    site = site_rows.get(tx, one.site_id) if one.site_id else None
    contract = contract_rows.get(tx, one.contract_id) if one.contract_id else None
    subject = site.name if site else contract.number if contract else ""
    return {"subject": subject, **({"severity": one.severity} if one.severity else {})}


def _bounds() -> dict[str, Any]:
    return {"steps": plan_rules.MOST_STEPS, "people": plan_rules.MOST_TARGETS}


def _note(tx: Tx, about: Kept, verb: str, by: PersonId, now: datetime, **facts: Any) -> None:
    told = {"name": about.name, **facts}
    notes.of_act(tx, verb, by, now, told, record=f"escalations/{about.name}")
