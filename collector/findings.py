"""A transition becomes a fault, or the end of one: the collector's way into `operations/`."""

from datetime import datetime

from collector.judging import Transition
from collector.memory import Memory, Work
from operations import faults as fault_desk
from operations.faults import Finding
from rules import causes
from rules.codes import severity_of
from rules.model import FaultId
from storage.db import Tx


def carry_out(tx: Tx, memory: Memory, work: Work, what: Transition, now: datetime) -> None:
    """Open or clear the fault of a transition, with its cause and what it explains in turn."""
    watched = work.of(memory, what.device_id)
    point = (what.rule.code.code, what.point)
    if what.raises:
        watched.open[point] = _open(tx, memory, work, what, now)
        return
    fault_id = watched.open.pop(point, None)
    if fault_id is not None:
        fault_desk.clear(tx, fault_id, what.why, memory.policy, now)


def _open(tx: Tx, memory: Memory, work: Work, what: Transition, now: datetime) -> FaultId:
    watched = work.of(memory, what.device_id)
    device, code = watched.device, what.rule.code
    nodes = memory.nodes_above(device.id, work)
    key = device.importance == "key"
    found = Finding(
        device_id=device.id,
        site_id=device.site_id,
        code=code.code,
        point=what.point,
        severity=severity_of(code, device.type, key=key, value=what.value),
        opened_at=now,
        why=what.why,
        evidence=_evidence(what, watched.heard_at),
        verdict=causes.judge(code.code, nodes[device.id], nodes, memory.policy.hold, now),
    )
    fault = fault_desk.open_found(tx, found, memory.policy, now)
    explained = causes.dependants(code.code, device.id, memory.children, memory.with_ups)
    if explained:
        fault_desk.adopt(tx, fault, explained, now)
    return fault.id


def _evidence(what: Transition, heard_at: datetime | None) -> dict[str, object]:
    if what.value is not None:
        limit = what.rule.raise_at
        return {"signal": what.rule.code.signal, "value": what.value, "limit": limit}
    return {"heard_at": heard_at.isoformat() if heard_at else None}
