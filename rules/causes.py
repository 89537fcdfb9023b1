"""Which fault explains which: roots page, what hangs on them waits (domain rules §3.6).

Edges run from a device to what it depends on. Three things hold always: alerting is suppressed,
never monitoring; what is created may be explained, what clears clears; and no depth is special.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rules.explains import Edge, Onset, Row, explainable, row_of
from rules.model import DeviceId, FaultId, Link, SiteId
from rules.policy import Hold

Point = tuple[str, str]  # code, point

SILENT = frozenset({"DEV_OFFLINE", "NET_UPLINK_DOWN", "NET_SWITCH_DOWN"})  # of the device itself
# The tick keeps its hour exactly; the watermark comes after it by the way of an echo.
ECHO_TIME = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Open:
    """An open fault and when it began."""

    fault_id: FaultId
    onset: Onset


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A device in the graph: what it depends on, and what is known of it now.

    `position`: the port or channel of its parent that it sits on, where somebody wrote it down.
    `shows`: the cameras on the very channel that is judged. `silent_as`: what it is called when
    silent, from `silent_at`. `pending`: when a condition that is not yet a fault becomes one.
    """

    device_id: DeviceId
    links: Mapping[Link, DeviceId]
    ups: bool = False
    position: str = ""
    shows: tuple[DeviceId, ...] = ()
    silent_as: str = "DEV_OFFLINE"
    heard_at: datetime | None = None
    silent_at: datetime | None = None
    open_faults: Mapping[Point, Open] = field(default_factory=dict)
    pending: Mapping[Point, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ancestor:
    """`through`: the device right below it on the way up."""

    node: Node
    edge: Edge
    through: Node


@dataclass(frozen=True, slots=True)
class Effect:
    """A fault that may have a cause."""

    code: str
    point: str
    onset: Onset


@dataclass(frozen=True, slots=True)
class Verdict:
    """Explained by a cause, or provisional until an instant, or (neither) on its own.

    `suspect`: the farthest ancestor that may be behind it. `sites`: those that fell silent in the
    same moment, when they are too many for chance.
    """

    why: str
    explained_by: FaultId | None = None
    provisional_until: datetime | None = None
    suspect: DeviceId | None = None
    sites: tuple[SiteId, ...] = ()

    def wait(self, until: datetime | None, hold: Hold, now: datetime) -> "Verdict":
        """Wait for this too, but never longer than the hold."""
        if until is None or until <= now or self.explained_by is not None:
            return self
        until = min(max(until, self.provisional_until or until), now + longest(hold))
        return replace(self, why="might be explained", provisional_until=until)


def longest(hold: Hold) -> timedelta:
    return timedelta(seconds=hold.at_most_s)


def ancestors(start: Node, nodes: Mapping[DeviceId, Node]) -> list[Ancestor]:
    """The device and everything it depends on, nearest first; once for each kind of edge.

    The way up follows the network and may turn to the power supply, never back: the network of
    a power supply is nothing to the camera it feeds. A device with a UPS outlives its power.
    """
    found = [Ancestor(start, Edge.ITSELF, start)]
    seen: set[tuple[DeviceId, Edge]] = set()
    frontier = [(start, Edge.ITSELF, False)]
    while frontier:
        following: list[tuple[Node, Edge, bool]] = []
        for node, came_over, on_power in frontier:
            for edge, parent_id, power in _ways_up(node, came_over, on_power=on_power):
                parent = nodes.get(parent_id)
                if parent is not None and (parent_id, edge) not in seen:
                    seen.add((parent_id, edge))
                    found.append(Ancestor(parent, edge, node))
                    following.append((parent, edge, power))
        frontier = following
    return found


def _ways_up(
    node: Node, came_over: Edge, *, on_power: bool
) -> Iterable[tuple[Edge, DeviceId, bool]]:
    """Edge, device, and whether that is the way of the power now."""
    beyond = came_over if came_over in {Edge.RECORDED_BY, Edge.SHOWS} else None
    if not on_power and Link.VIA in node.links:
        yield beyond or Edge.VIA, node.links[Link.VIA], False
    if not node.ups and Link.POWERED_BY in node.links:
        yield beyond or Edge.POWERED_BY, node.links[Link.POWERED_BY], True
    if came_over is Edge.ITSELF:
        if Link.RECORDED_BY in node.links:
            yield Edge.RECORDED_BY, node.links[Link.RECORDED_BY], False
        yield from ((Edge.SHOWS, camera, False) for camera in node.shows)


def judge(
    effect: Effect, start: Node, nodes: Mapping[DeviceId, Node], hold: Hold, now: datetime
) -> Verdict:
    """Does an ancestor explain a new fault, might one still, or is it on its own?"""
    above = [a for a in ancestors(start, nodes) if explainable(a.edge, effect.code)]
    for ancestor in above:
        cause = _open_cause(ancestor, effect)
        if cause is not None:
            return Verdict("explained", explained_by=cause)
    due = [(due_at, a) for a in above if (due_at := _may_explain_at(a, effect)) is not None]
    if not due:
        return Verdict("alone")
    nearest = due[0][0] + ECHO_TIME
    until = nearest if nearest > now else now + longest(hold)
    suspect = due[-1][1].node.device_id
    return Verdict("alone", suspect=suspect).wait(until, hold, now)


def accounts_for(
    cause: FaultId,
    effect: Effect,
    start: Node,
    nodes: Mapping[DeviceId, Node],
    *,
    whenever: bool = False,
) -> bool:
    """Does this open fault of an ancestor explain `effect`? `whenever` each of them began."""
    for ancestor in ancestors(start, nodes):
        for point, known in ancestor.node.open_faults.items():
            if known.fault_id == cause:
                row = _row(ancestor, point, effect)
                if row and (whenever or row.together(known.onset, effect.onset)):
                    return True
    return False


def grace(interval_s: float | None, hold: Hold) -> timedelta:
    """How long a dependant may take to come back once its cause is gone."""
    return timedelta(seconds=max(hold.grace_s, 2 * (interval_s or 0)))


def find_cycle(parents: Mapping[DeviceId, Iterable[DeviceId]]) -> tuple[DeviceId, ...] | None:
    """The first way round in the links of a site, as a closed path; None when there is none."""
    done: set[DeviceId] = set()
    for start in parents:
        path: list[DeviceId] = []
        stack = [(start, iter(parents.get(start, ())))]
        path.append(start)
        while stack:
            following = next(stack[-1][1], None)
            if following is None:
                done.add(path.pop())
                stack.pop()
            elif following in path:
                return (*path[path.index(following) :], following)
            elif following not in done:
                path.append(following)
                stack.append((following, iter(parents.get(following, ()))))
    return None


def same_port(one: str, other: str) -> bool:
    """Do two names mean one port or channel? `ch-3` is `CH03` and `3`, but no `port-3`."""
    (word, number), (other_word, other_number) = _port(one), _port(other)
    if not number or number != other_number:
        return bool(one) and one == other
    return word == other_word or not word or not other_word


def _port(name: str) -> tuple[str, str]:
    plain = "".join(letter for letter in name.casefold() if letter.isalnum())
    word = plain.rstrip("0123456789")
    return word, plain[len(word) :].lstrip("0")


def _row(ancestor: Ancestor, cause: Point, effect: Effect) -> Row | None:
    """A cause with a point of its own explains only what hangs on that point."""
    code, point = cause
    if ancestor.edge is Edge.ITSELF and code == effect.code:
        return None
    row = row_of(ancestor.edge, code, effect.code)
    if row is None:
        return None
    if row.of_port:
        return row if same_port(ancestor.through.position, point) else None
    return None if point else row


def _open_cause(ancestor: Ancestor, effect: Effect) -> FaultId | None:
    for point, known in ancestor.node.open_faults.items():
        row = _row(ancestor, point, effect)
        if row and row.together(known.onset, effect.onset):
            return known.fault_id
    return None


def _may_explain_at(ancestor: Ancestor, effect: Effect) -> datetime | None:
    """When this ancestor will have a fault that explains the effect, as far as one can tell."""
    node = ancestor.node
    due = [at for point, at in node.pending.items() if _row(ancestor, point, effect)]
    silent = (node.silent_as, "")
    will_be = silent not in node.open_faults and _row(ancestor, silent, effect)
    if node.silent_at is not None and will_be and _quiet(node, effect):
        due.append(node.silent_at)
    return min(due, default=None)


def _quiet(node: Node, effect: Effect) -> bool:
    """Has this ancestor said nothing since the effect must have begun?

    Both fell silent at one moment, but spoke last at different ones: an ancestor that was heard
    a little after the device proves nothing until the device has missed its turn.
    """
    return node.heard_at is not None and node.heard_at <= effect.onset.latest
