"""Change a figure for a type, a model, a customer or one device: who, why; never deleted (A18)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from operations import notes
from operations.policy import LEAST_WHY, LONGEST_WHY, RefusedError
from rules import figures, limits
from rules.assets import Device
from rules.figures import Figure, Unfit
from rules.limits import Figures, Origin, Override, Scope
from rules.model import CustomerId, PersonId
from rules.policy import Policy
from storage import limits as limit_rows
from storage import revision
from storage import sites as site_rows
from storage.db import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """As it was typed, on the page of a device."""

    name: str
    scope: str
    typed: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One figure as it holds for a device, and where it comes from. None: nobody named one."""

    figure: Figure
    value: float | None
    origin: Origin


def standings(code: str, policy: Policy, given: Figures) -> list[Standing]:
    """The figures by which this kind of fault is judged where these hold."""
    found = []
    for figure in limits.of_code(code):
        value, origin = limits.in_force(figure.name, policy, given)
        found.append(Standing(figure=figure, value=value, origin=origin))
    return found


def subjects_of(tx: Tx, device: Device) -> dict[Scope, str]:
    """For whom a figure may be changed from this device's page; what it lacks is left out."""
    site = site_rows.get(tx, device.site_id)
    customer_id: CustomerId | None = site.customer_id if site else None
    found = limits.subjects(device, customer_id)
    return {scope: subject for scope, subject in found.items() if subject}


def change(
    tx: Tx, device: Device, wish: Wish, policy: Policy, *, by: PersonId, now: datetime
) -> Override:
    """Write an override down; what stood for the same subject is withdrawn.

    Raises `RefusedError` with a reason a field, `KeyError` for a figure that does not exist.
    """
    figure = limits.find(wish.name)
    if figure is None:
        raise KeyError(wish.name)
    limit_rows.lock(tx)
    subjects = subjects_of(tx, device)
    scope = next((one for one in subjects if one.value == wish.scope), None)
    value = figures.read(figure, wish.typed)
    mine = limit_rows.of_subjects(tx, [(scope, subjects[scope])], _beside(figure)) if scope else []
    stands = {one.name: one for one in mine if one.withdrawn_at is None}
    wrong = _wrong(wish, scope, value, policy, {name: one.value for name, one in stands.items()})
    if wrong or scope is None or not isinstance(value, int | float):
        raise RefusedError(wrong)
    before = stands.get(wish.name)
    if before:
        limit_rows.withdraw(tx, before.id, by, now)
    row = {"scope": scope.value, "subject": subjects[scope], "name": wish.name}
    made = limit_rows.add(
        tx, {**row, "value": value, "why": wish.why.strip(), "made_by": by, "made_at": now}
    )
    revision.bump(tx)
    _note(tx, made, "limit_changed", (before.value if before else None, made.value), by, now)
    return made


def withdraw(tx: Tx, override_id: int, *, by: PersonId, now: datetime) -> Override | None:
    """Give the figure back to what is less specific; None when it does not stand."""
    known = limit_rows.get(tx, override_id)
    if known is None or not limit_rows.withdraw(tx, override_id, by, now):
        return None
    revision.bump(tx)
    _note(tx, known, "limit_withdrawn", (known.value, None), by, now)
    return known


def _beside(figure: Figure) -> list[str]:
    """The figures of the same code: together they must have a sense."""
    beside = [one.name for one in limits.of_code(figure.code)] if figure.code else []
    return [figure.name, *beside]


def _wrong(
    wish: Wish,
    scope: Scope | None,
    value: object,
    policy: Policy,
    stands: Mapping[str, float],
) -> dict[str, Unfit]:
    wrong: dict[str, Unfit] = {}
    if scope is None:
        wrong["scope"] = Unfit(id="limits.unfit.scope")
    if isinstance(value, Unfit):
        wrong["value"] = value
    elif stands.get(wish.name) == value:
        wrong["value"] = Unfit(id="policy.unfit.same")
    elif unfit := _contradiction(wish.name, {**stands, wish.name: value}, policy):
        wrong["value"] = unfit
    if not LEAST_WHY <= len(wish.why.strip()) <= LONGEST_WHY:
        wrong["why"] = Unfit(id="policy.unfit.why", facts={"most": LONGEST_WHY})
    return wrong


def _contradiction(name: str, given: Mapping[str, object], policy: Policy) -> Unfit | None:
    for one, value in given.items():
        if figures.find(one) and isinstance(value, int | float):
            policy = figures.with_value(policy, one, value)
    return figures.contradiction(policy, name)


def _note(
    tx: Tx,
    about: Override,
    verb: str,
    values: tuple[float | None, float | None],
    by: PersonId,
    now: datetime,
) -> None:
    facts = {
        "figure": about.name,
        "changes": [[about.name, *values]],
        "said": about.why,
        "scope": about.scope.value,
        "subject": about.subject,
    }
    notes.of_act(tx, verb, by, now, facts, record=f"limits/{about.scope.value}/{about.subject}")
