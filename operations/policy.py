"""Change a figure of the rules: who, why, effective from; what runs keeps its own (A18)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from operations import notes
from rules import figures, policy_changes
from rules.figures import Figure, Unfit, Value
from rules.model import PersonId
from rules.policy import Policy
from rules.policy_changes import PolicyChange
from storage import policy as policy_rows
from storage.db import Tx

LEAST_WHY, LONGEST_WHY = 3, 2000
FURTHEST = timedelta(days=3 * 366)
LATE_BY = timedelta(minutes=5)  # a form filled in for "now" may be sent a little later


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """As it was typed. `effective_from` None: at once. `seen` is the last change the form knew."""

    name: str
    typed: str
    why: str
    effective_from: datetime | None
    seen: int = 0
    as_settings: bool = False  # give the figure back to the settings


class RefusedError(Exception):
    """Nothing was written; `wrong` says for each field what is accepted (a message id, facts)."""

    def __init__(self, wrong: dict[str, Unfit]) -> None:
        super().__init__(", ".join(f"{name}: {unfit.id}" for name, unfit in wrong.items()))
        self.wrong = wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One figure as it stands: the value, what the settings say, what is still to come."""

    figure: Figure
    value: Value
    settings: Value
    changed: PolicyChange | None = None  # the change in force
    coming: tuple[PolicyChange, ...] = field(default=())

    @property
    def last_id(self) -> int:
        """What a form has seen: a change made meanwhile is not written over unread."""
        return max((one.id for one in (self.changed, *self.coming) if one), default=0)


def standings(tx: Tx, base: Policy, now: datetime) -> list[Standing]:
    """Every figure there is, in the order of the policy. `base`: what the settings say."""
    changes = [one for one in policy_rows.everything(tx) if one.withdrawn_at is None]
    policy = policy_changes.in_force(base, changes, now)
    by_name: dict[str, list[PolicyChange]] = {}
    for change in sorted(changes, key=lambda one: (one.effective_from, one.id)):
        by_name.setdefault(change.name, []).append(change)
    return [_standing(one, by_name.get(one.name, []), policy, base, now) for one in figures.every()]


def standing(tx: Tx, name: str, base: Policy, now: datetime) -> Standing | None:
    return next((one for one in standings(tx, base, now) if one.figure.name == name), None)


def change(tx: Tx, said: Proposal, base: Policy, *, by: PersonId, now: datetime) -> PolicyChange:
    """Write a change down; every process takes it up at its instant. Raises `RefusedError`.

    `KeyError`: there is no such figure.
    """
    figure = figures.find(said.name)
    if figure is None:
        raise KeyError(said.name)
    policy_rows.lock(tx)
    value = None if said.as_settings else _value(figure, said)
    known = policy_rows.everything(tx)
    moment = max(said.effective_from or now, now)
    before = policy_changes.in_force(base, known, moment)
    _check(said, value, (base, before), known, now)
    was = figures.value_of(before, said.name)
    made = policy_rows.add(
        tx,
        name=said.name,
        value=None if isinstance(value, Unfit) else value,
        before=was,
        why=said.why.strip(),
        by=by,
        now=now,
        effective_from=moment,
    )
    after = figures.value_of(base, said.name) if made.value is None else made.value
    _note(tx, made, "policy_changed", (was, after), by, now)
    return made


def withdraw(tx: Tx, change_id: int, *, by: PersonId, now: datetime) -> PolicyChange | None:
    """Take back what is not yet in force; None when it is, or was taken back already."""
    known = policy_rows.get(tx, change_id)
    if known is None or not policy_rows.withdraw(tx, change_id, now):
        return None
    _note(tx, known, "policy_withdrawn", (known.value, known.before), by, now)
    return known


def kept(tx: Tx, policy: Policy, since: datetime, now: datetime) -> Policy:
    """The figures for what began at `since`: those of that moment, whatever came after (A18)."""
    return policy_changes.kept_from(policy, policy_rows.between(tx, since, now), since)


def _standing(
    figure: Figure, mine: list[PolicyChange], policy: Policy, base: Policy, now: datetime
) -> Standing:
    past = [one for one in mine if one.effective_from <= now]
    return Standing(
        figure=figure,
        value=figures.value_of(policy, figure.name),
        settings=figures.value_of(base, figure.name),
        changed=past[-1] if past and past[-1].value is not None else None,
        coming=tuple(one for one in mine if one.effective_from > now),
    )


def _value(figure: Figure, said: Proposal) -> Value | Unfit:
    return figures.read(figure, said.typed)


def _check(
    said: Proposal,
    value: Value | Unfit,
    policies: tuple[Policy, Policy],
    known: list[PolicyChange],
    now: datetime,
) -> None:
    wrong: dict[str, Unfit] = {}
    base, before = policies
    if isinstance(value, Unfit):
        wrong["value"] = value
    else:
        after = figures.value_of(base, said.name) if value is None else value
        changed = any(one.name == said.name and one.withdrawn_at is None for one in known)
        if not changed if said.as_settings else after == figures.value_of(before, said.name):
            wrong["value"] = Unfit(id="policy.unfit.same")
        elif unfit := figures.contradiction(
            figures.with_value(before, said.name, after), said.name
        ):
            wrong["value"] = unfit
    if not LEAST_WHY <= len(said.why.strip()) <= LONGEST_WHY:
        wrong["why"] = Unfit(id="policy.unfit.why", facts={"most": LONGEST_WHY})
    if said.effective_from and not now - LATE_BY <= said.effective_from <= now + FURTHEST:
        wrong["effective_from"] = Unfit(id="policy.unfit.moment")
    standing = (one.id for one in known if one.name == said.name and one.withdrawn_at is None)
    if max(standing, default=0) > said.seen:
        wrong["seen"] = Unfit(id="policy.unfit.changed_meanwhile")
    if wrong:
        raise RefusedError(wrong)


def _note(
    tx: Tx,
    about: PolicyChange,
    verb: str,
    values: tuple[Value, Value],
    by: PersonId,
    now: datetime,
) -> None:
    facts = {
        "figure": about.name,
        "changes": [[about.name, *values]],
        "said": about.why,
        "from": about.effective_from.isoformat(),
    }
    notes.of_act(tx, verb, by, now, facts, record=f"policy/{about.name}")
