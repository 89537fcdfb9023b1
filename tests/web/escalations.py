"""Plans of escalation for the tests of pages."""

from operations import escalation_plans as plan_desk
from rules.escalation_plans import Binding, Plan, Step
from rules.model import Layer, PersonId, Role, Severity
from storage.db import Tx
from storage.escalations import Kept
from tests.web.conftest import START, House

NIGHT = {
    "name": "Banks at night",
    "after": ["0", "5", "10", ""],
    "target": ["0:first", "1:second", "2:head"],
    "person": ["", "", "", "", "", "", "", ""],
    "channel": ["1:mail"],
    "round_min": "15",
    "rounds": "2",
    "quiet_from": "21:00",
    "quiet_to": "07:30",
    "digest": ["first"],
    "seen": "",
    "do": "save",
}

PLAIN = {"name": "Night", "after": "0", "target": "0:first", "round_min": "15", "do": "save"}


def a_plan(tx: Tx, house: House, name: str = "Banks", *targets: PersonId) -> Kept:
    """One step at once, to those or to the first layer; holds for nobody."""
    step = Step(after_s=0, targets=targets or (Layer.FIRST,))
    plan = Plan(steps=(step,), loop_s=600, digest=(Layer.FIRST,))
    return plan_desk.save(tx, name, plan, by=house.people[Role.ADMIN], now=START)


def bound(tx: Tx, house: House, kept: Kept, severity: Severity | None = None) -> Binding:
    about = Binding(plan_name=kept.name, severity=severity)
    return plan_desk.bind(tx, about, by=house.people[Role.ADMIN], now=START)
