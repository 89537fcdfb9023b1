"""Devices and what they depend on, as the judge of causes wants them: made from memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from collector.memory import Memory, Watched, Work
from collector.rulebook import Point
from rules import causes
from rules.causes import Effect, Node, Open
from rules.explains import Onset, effects_of
from rules.model import DeviceId, DeviceType, FaultId, Link
from rules.silence import BATTERY_TYPES

Nodes = dict[DeviceId, Node]
QUIET_WORDS = frozenset({"sleeping", "stopped"})


def nodes_above(memory: Memory, work: Work, start: DeviceId, channel: str = "") -> Nodes:
    """The device and everything it could depend on; `channel`: the point that is judged."""
    shown = _shown(memory, start, channel)
    found: Nodes = {}
    frontier = [start, *shown]
    while frontier:
        device_id = frontier.pop()
        watched = look(memory, work, device_id)
        if watched is None or device_id in found:
            continue
        found[device_id] = _node(memory, watched)
        frontier += watched.device.links.values()
    if shown:
        found[start] = replace(found[start], shows=shown)
    return found


def explained_below(
    memory: Memory, work: Work, cause: FaultId, device_id: DeviceId, code: str
) -> dict[FaultId, bool]:
    """Open faults that this cause could explain, and whether they began with it."""
    found: dict[FaultId, bool] = {}
    effects = effects_of(code)
    for below in _below(memory, device_id) if effects else ():
        watched = look(memory, work, below)
        for (name, point), fault_id in watched.open.items() if watched else ():
            if name not in effects or fault_id == cause:
                continue
            nodes = nodes_above(memory, work, below, point)
            effect = Effect(name, point, memory.onsets[fault_id])
            if causes.accounts_for(cause, effect, nodes[below], nodes):
                found[fault_id] = True
            elif causes.accounts_for(cause, effect, nodes[below], nodes, whenever=True):
                found[fault_id] = False
    return found


def onset(memory: Memory, watched: Watched, point: Point, at: datetime, why: str) -> Onset:
    """Between which instants a fault of this device must have begun.

    `at`: when its condition was found true; what counts patterns cannot say when they began.
    """
    condition = watched.conditions.get(point)
    since = condition.true_since if condition else at
    if why == "silent":
        return silent_onset(memory, watched, at)
    if why == "last_will" and watched.heard_at:
        return Onset(min(watched.heard_at, since), since)
    return Onset(since, since)


def silent_onset(memory: Memory, watched: Watched, now: datetime) -> Onset:
    """Between its last word and the word that did not come."""
    heard_at, due_at = watched.heard_at, expected_at(memory, watched)
    return Onset(heard_at or now, min(due_at or now, now))


def expected_at(memory: Memory, watched: Watched) -> datetime | None:
    """When its next word was due; who sleeps, or speaks when it likes, may use its allowance."""
    if watched.heard_at is None:
        return None
    every = watched.interval_s
    as_it_likes = every is None and watched.device.type in BATTERY_TYPES
    if as_it_likes or watched.word in QUIET_WORDS:
        return watched.silent_at(memory.spells)
    every = memory.policy.silence.default_interval_s if every is None else every
    return watched.heard_at + timedelta(seconds=every)


def pending(watched: Watched) -> dict[Point, datetime]:
    """Conditions that are not yet faults, and when they will be."""
    found: dict[Point, datetime] = {}
    for point, condition in watched.conditions.items():
        rule = None if point in watched.open else watched.book.of(point, open_now=False)
        if rule is not None:
            found[point] = condition.true_since + rule.raise_after
    return found


def _node(memory: Memory, watched: Watched) -> Node:
    device = watched.device
    return Node(
        device_id=device.id,
        links=device.links,
        ups=device.ups,
        position=device.position,
        silent_as=watched.silence_point[0],
        heard_at=watched.heard_at,
        silent_at=watched.silent_at(memory.spells),
        open_faults={p: Open(i, memory.onsets[i]) for p, i in watched.open.items()},
        pending=pending(watched),
    )


def look(memory: Memory, work: Work, device_id: DeviceId) -> Watched | None:
    return work.look(device_id) or memory.watched.get(device_id)


def _shown(memory: Memory, start: DeviceId, channel: str) -> tuple[DeviceId, ...]:
    """The cameras that a recorder shows on this channel, by what the asset list calls it."""
    watched = memory.watched.get(start)
    if not channel or watched is None or watched.device.type is not DeviceType.RECORDER:
        return ()
    recorded = [
        memory.watched[child].device
        for child, link in memory.children.get(start, ())
        if link is Link.RECORDED_BY
    ]
    return tuple(
        one.id
        for one in recorded
        if any(causes.same_port(name, channel) for name in (one.position, one.code))
    )


def _below(memory: Memory, start: DeviceId) -> Iterator[DeviceId]:
    """Whatever might be explained: the device, all that hangs on it, and their recorders."""
    seen = {start}
    recorders: set[DeviceId] = set()
    frontier = [start]
    while frontier:
        device_id = frontier.pop()
        yield device_id
        watched = memory.watched.get(device_id)
        if watched and Link.RECORDED_BY in watched.device.links:
            recorders.add(watched.device.links[Link.RECORDED_BY])
        for child, _ in memory.children.get(device_id, ()):
            if child not in seen:
                seen.add(child)
                frontier.append(child)
    yield from recorders - seen
