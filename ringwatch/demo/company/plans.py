"""The demo company's plans of escalation: a bank's own, and a daily letter of what is minor."""

from datetime import datetime

from operations import escalation_plans as plan_desk
from rules.escalation_plans import Binding, Plan, Step
from rules.model import Layer, PersonId, Severity
from storage import contracts as contract_rows
from storage import people as people_rows
from storage.db import Tx

BANK, BY, DEPUTY = "WB-2026-002", "head", "deputy"


def fill(tx: Tx, now: datetime) -> None:
    """Written down by the head, as of now."""
    people = people_rows.known_codes(tx)
    by = people[BY]
    minute = 60.0
    own = Plan(
        steps=(
            Step(after_s=0, targets=(Layer.FIRST, Layer.SECOND)),
            Step(after_s=3 * minute, targets=(Layer.FIRST, Layer.SECOND)),
            Step(after_s=6 * minute, targets=(Layer.HEAD, people[DEPUTY])),
        ),
        loop_s=10 * minute,
    )
    daily = Plan(
        steps=(
            Step(after_s=0, targets=(Layer.FIRST,)),
            Step(after_s=20 * minute, targets=(Layer.SECOND,)),
        ),
        loop_s=30 * minute,
        digest=(Layer.FIRST, people["dispatcher"]),
    )
    contract = contract_rows.by_number(tx, BANK)
    _keep(tx, "银行：两线同呼", own, by, now)
    if contract:
        bank = Binding(plan_name="银行：两线同呼", contract_id=contract.id)
        plan_desk.bind(tx, bank, by=by, now=now)
    _keep(tx, "一般故障：每日汇总", daily, by, now)
    minor = Binding(plan_name="一般故障：每日汇总", severity=Severity.MINOR)
    plan_desk.bind(tx, minor, by=by, now=now)


def _keep(tx: Tx, name: str, plan: Plan, by: PersonId, now: datetime) -> None:
    plan_desk.save(tx, name, plan, by=by, now=now)
