"""A transition becomes a fault, or the end of one: the collector's way into `operations/`."""

from datetime import datetime

from collector import graph, keeping, lookout
from collector.memory import Memory, Watched, Work
from collector.transitions import Transition
from operations import faults as fault_desk
from operations import roots
from operations.faults import Finding
from rules import causes
from rules.causes import Effect
from rules.codes import severity_of
from rules.explains import onset_of
from rules.model import Fault, Severity
from storage.db import Tx


def carry_out(tx: Tx, memory: Memory, work: Work, what: Transition, now: datetime) -> None:
    """Open or clear the fault of a transition, with its cause and what it explains in turn."""
    if what.raises:
        _open(tx, memory, work, what, now)
        return
    point = (what.rule.code.code, what.point)
    fault_id = work.of(memory, what.device_id).open.pop(point, None)
    if fault_id is not None:
        for child in fault_desk.clear(tx, fault_id, what.why, memory.policy, now):
            _seek_another_cause(tx, memory, work, child, now)


def _open(tx: Tx, memory: Memory, work: Work, what: Transition, now: datetime) -> None:
    watched = work.of(memory, what.device_id)
    device, code = watched.device, what.rule.code
    point = (code.code, what.point)
    onset = graph.onset(memory, watched, point, what.at, what.why)
    nodes = graph.nodes_above(memory, work, device.id, what.point)
    verdict = causes.judge(Effect(*point, onset), nodes[device.id], nodes, memory.policy.hold, now)
    found = Finding(
        device_id=device.id,
        site_id=device.site_id,
        code=code.code,
        point=what.point,
        severity=what.severity or _severity(what, watched),
        opened_at=now,
        why=what.why,
        evidence=_evidence(what, watched.heard_at),
        verdict=lookout.weigh(memory, work, watched, code.code, onset, verdict, now),
        onset=onset,
    )
    fault = fault_desk.open_found(tx, found, memory.policy, now)
    watched.open[point] = fault.id
    memory.onsets.setdefault(fault.id, onset)
    explained = graph.explained_below(memory, work, fault.id, device.id, code.code)
    if explained:
        roots.adopt(tx, fault, explained, memory.policy, now)


def _seek_another_cause(tx: Tx, memory: Memory, work: Work, child: Fault, now: datetime) -> None:
    """Its cause is gone, and it is not well: another that is still there may explain it too."""
    nodes = graph.nodes_above(memory, work, child.device_id, child.point)
    start, onset = nodes.get(child.device_id), onset_of(child)
    if start is None:
        return
    effect = Effect(child.code, child.point, onset)
    cause = causes.judge(effect, start, nodes, memory.policy.hold, now).explained_by
    if cause is not None:
        roots.attribute(tx, child, cause, memory.policy, now)


def _severity(what: Transition, watched: Watched) -> Severity:
    return severity_of(
        what.rule.code,
        watched.device.type,
        key=watched.device.importance == "key" or keeping.grave(watched, what.rule.code.code),
        value=what.value,
        held_s=what.held_s,
        beside={code for code, _ in watched.open},
    )


def _evidence(what: Transition, heard_at: datetime | None) -> dict[str, object]:
    if what.value is not None:
        limit = what.rule.raise_at
        return {"signal": what.rule.code.signal, "value": what.value, "limit": limit}
    return {"heard_at": heard_at.isoformat() if heard_at else None}
