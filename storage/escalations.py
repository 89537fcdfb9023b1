"""Plans of escalation and for whom they hold. A version is never changed: the next is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import delete, insert, select, text, update

from rules.escalation_plans import RECEIVER, Binding, Plan, Quiet, Step, Target
from rules.model import ContractId, Layer, PersonId, Severity, SiteId
from storage.db import Tx
from storage.tables.oncall import escalation_bindings, escalation_plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One version of a plan as it was written down."""

    id: int
    name: str
    version: int
    plan: Plan
    made_at: datetime
    made_by: PersonId | None
    retired_at: datetime | None


def get(tx: Tx, plan_id: int) -> Kept | None:
    """Also a version that stands no more: running orders keep theirs."""
    return _first(tx, escalation_plans.c.id == plan_id)


def standing(tx: Tx, name: str) -> Kept | None:
    """The version that holds for what begins now."""
    return _first(tx, (escalation_plans.c.name == name) & escalation_plans.c.retired_at.is_(None))


def all_standing(tx: Tx) -> list[Kept]:
    found = select(escalation_plans).where(escalation_plans.c.retired_at.is_(None))
    return [_kept(row) for row in tx.execute(found.order_by(escalation_plans.c.name)).mappings()]


def versions(tx: Tx, name: str, *, limit: int = 50) -> list[Kept]:
    """The youngest first."""
    found = select(escalation_plans).where(escalation_plans.c.name == name)
    newest = found.order_by(escalation_plans.c.version.desc()).limit(limit)
    return [_kept(row) for row in tx.execute(newest).mappings()]


def lock(tx: Tx) -> None:
    """One editor at a time. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("LOCK TABLE escalation_plans IN SHARE ROW EXCLUSIVE MODE"))


def add(tx: Tx, name: str, plan: Plan, *, by: PersonId, now: datetime) -> Kept:
    """The next version; the one before stands no more. The caller holds the lock."""
    before = versions(tx, name, limit=1)
    retire(tx, name, now)
    row = {
        "name": name,
        "version": before[0].version + 1 if before else 1,
        "plan": as_facts(plan),
        "made_at": now,
        "made_by": by,
    }
    made = insert(escalation_plans).values(row).returning(escalation_plans)
    return _kept(tx.execute(made).mappings().one())


def retire(tx: Tx, name: str, now: datetime) -> bool:
    """From now on nothing new is called by it; False when it stood no more."""
    stands = (escalation_plans.c.name == name) & escalation_plans.c.retired_at.is_(None)
    return bool(tx.execute(update(escalation_plans).where(stands).values(retired_at=now)).rowcount)


def bindings(tx: Tx) -> list[Binding]:
    found = select(escalation_bindings).order_by(escalation_bindings.c.id)
    return [_binding(row) for row in tx.execute(found).mappings()]


def bind(tx: Tx, new: Binding, *, by: PersonId, now: datetime) -> Binding:
    row = {
        "plan_name": new.plan_name,
        "contract_id": new.contract_id,
        "site_id": new.site_id,
        "severity": new.severity or "",
        "made_at": now,
        "made_by": by,
    }
    made = insert(escalation_bindings).values(row).returning(escalation_bindings)
    return _binding(tx.execute(made).mappings().one())


def unbind(tx: Tx, ids: Iterable[int]) -> None:
    tx.execute(delete(escalation_bindings).where(escalation_bindings.c.id.in_(list(ids))))


def as_facts(plan: Plan) -> dict[str, Any]:
    """As it is kept and as programs read it; `plan_of` reads it back."""
    return {
        "steps": [
            {
                "after_s": step.after_s,
                "targets": list(step.targets),
                "channels": list(step.channels),
            }
            for step in plan.steps
        ],
        "loop_s": plan.loop_s,
        "loops": plan.loops,
        "quiet": [f"{plan.quiet.starts:%H:%M}", f"{plan.quiet.ends:%H:%M}"],
        "digest": list(plan.digest),
    }


def plan_of(facts: Any) -> Plan:
    starts, ends = facts["quiet"]
    return Plan(
        steps=tuple(
            Step(
                after_s=step["after_s"],
                targets=_targets(step["targets"]),
                channels=tuple(step["channels"]),
            )
            for step in facts["steps"]
        ),
        loop_s=facts["loop_s"],
        loops=facts["loops"],
        quiet=Quiet(starts=time.fromisoformat(starts), ends=time.fromisoformat(ends)),
        digest=_targets(facts["digest"]),
    )


def _targets(said: Sequence[str | int]) -> tuple[Target, ...]:
    return tuple(
        PersonId(one) if isinstance(one, int) else RECEIVER if one == RECEIVER else Layer(one)
        for one in said
    )


def _first(tx: Tx, condition: Any) -> Kept | None:
    row = tx.execute(select(escalation_plans).where(condition)).mappings().first()
    return _kept(row) if row else None


def _kept(row: Any) -> Kept:
    return Kept(**{**row, "plan": plan_of(row["plan"])})


def _binding(row: Any) -> Binding:
    severity = Severity(row["severity"]) if row["severity"] else None
    return Binding(
        id=row["id"],
        plan_name=row["plan_name"],
        contract_id=ContractId(row["contract_id"]) if row["contract_id"] else None,
        site_id=SiteId(row["site_id"]) if row["site_id"] else None,
        severity=severity,
    )
