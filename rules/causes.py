"""Which fault explains which: roots page, what hangs on them waits (domain rules §3.6).

Edges run from a device to what it depends on. Suppression stops pages, never monitoring: an
explained fault stays open, clears by itself, and is raised on its own if it outlives its cause.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rules.model import DeviceId, FaultId, Link
from rules.policy import Hold

SILENT = frozenset({"DEV_OFFLINE", "NET_UPLINK_DOWN", "NET_SWITCH_DOWN"})
# What an open fault of an ancestor explains, by the edge it is reached over. A switch that
# feeds its cameras (PoE) is reached over both.
EXPLAINS: Mapping[Link, Mapping[str, frozenset[str]]] = {
    Link.VIA: dict.fromkeys(SILENT, SILENT),
    Link.POWERED_BY: {
        **dict.fromkeys(SILENT, SILENT),
        "MAINS_LOSS": SILENT | {"MAINS_LOSS"},
    },
    Link.RECORDED_BY: {},
}


# The tick keeps its hour exactly; the watermark comes after it by the way of an echo.
ECHO_TIME = timedelta(seconds=5)


class CycleError(ValueError):
    """The links of a site go round; `path` names the devices in order."""

    def __init__(self, path: Sequence[DeviceId]) -> None:
        super().__init__(" -> ".join(str(device) for device in path))
        self.path = tuple(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A device in the graph: what it depends on, and what is known of it now.

    `expected_at`: when its next word was due. `pending`: by code, when a condition that is not
    yet a fault becomes one.
    """

    device_id: DeviceId
    links: Mapping[Link, DeviceId]
    ups: bool = False
    heard_at: datetime | None = None
    expected_at: datetime | None = None
    silent_at: datetime | None = None
    open_faults: Mapping[str, FaultId] = field(default_factory=dict)
    pending: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ancestor:
    node: Node
    link: Link  # the edge over which it was reached


@dataclass(frozen=True, slots=True)
class Verdict:
    """Explained by a cause, or provisional until an instant, or (neither) on its own."""

    why: str
    explained_by: FaultId | None = None
    provisional_until: datetime | None = None


def ancestors(start: Node, nodes: Mapping[DeviceId, Node]) -> list[Ancestor]:
    """Everything the device depends on to be heard, nearest first; once for each kind of edge.

    The way up follows the network and may turn to the power supply, never back: the network of
    a power supply is nothing to the camera it feeds. A device with a UPS outlives its power.
    """
    found: list[Ancestor] = []
    seen: set[tuple[DeviceId, Link]] = set()
    frontier = [(start, Link.VIA)]
    while frontier:
        following: list[tuple[Node, Link]] = []
        for node, reached_over in frontier:
            for link in _ways_up(node, reached_over):
                parent = nodes.get(node.links[link])
                if parent is not None and (parent.device_id, link) not in seen:
                    seen.add((parent.device_id, link))
                    found.append(Ancestor(parent, link))
                    following.append((parent, link))
        frontier = following
    return found


def _ways_up(node: Node, reached_over: Link) -> list[Link]:
    ways = [] if reached_over is Link.POWERED_BY else [Link.VIA]
    if not node.ups:
        ways.append(Link.POWERED_BY)
    return [link for link in ways if link in node.links]


def judge(
    code: str, start: Node, nodes: Mapping[DeviceId, Node], hold: Hold, now: datetime
) -> Verdict:
    """Does an ancestor explain a new fault of `code`, might one still, or is it on its own?"""
    above = [a for a in ancestors(start, nodes) if _could_explain(a.link, code)]
    for ancestor in above:
        cause = _open_cause(ancestor, code)
        if cause is not None:
            return Verdict("explained", explained_by=cause)
    due = [due_at for a in above if (due_at := _may_explain_at(a, code, start)) is not None]
    if not due:
        return Verdict("alone")
    latest = now + timedelta(seconds=hold.at_most_s)
    nearest = due[0] + ECHO_TIME
    return Verdict(
        "might be explained", provisional_until=min(latest, nearest) if nearest > now else latest
    )


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


def explains(link: Link, cause: str, effect: str) -> bool:
    """Does an ancestor's open `cause`, reached over `link`, explain `effect`?"""
    return effect in EXPLAINS[link].get(cause, frozenset())


def _could_explain(link: Link, code: str) -> bool:
    return any(code in effects for effects in EXPLAINS[link].values())


def _open_cause(ancestor: Ancestor, code: str) -> FaultId | None:
    for cause, fault_id in ancestor.node.open_faults.items():
        if explains(ancestor.link, cause, code):
            return fault_id
    return None


def _may_explain_at(ancestor: Ancestor, code: str, start: Node) -> datetime | None:
    """When this ancestor will have a fault that explains `code`, as far as one can tell."""
    node = ancestor.node
    due = [at for cause, at in node.pending.items() if explains(ancestor.link, cause, code)]
    if node.silent_at is not None and _quiet_since(node, start):
        due.append(node.silent_at)
    return min(due, default=None)


def _quiet_since(node: Node, start: Node) -> bool:
    """Has this ancestor said nothing since the device's own next word was due?

    Both fell silent at one moment, but spoke last at different ones: an ancestor that was heard
    a little after the device proves nothing until the device has missed its turn.
    """
    if node.heard_at is None:
        return False
    since = start.expected_at or start.heard_at
    return since is None or node.heard_at <= since


def dependants(
    cause: str,
    start: DeviceId,
    children: Mapping[DeviceId, Sequence[tuple[DeviceId, Link]]],
    with_ups: Container[DeviceId] = (),
) -> dict[DeviceId, frozenset[str]]:
    """Everything below a cause and which of its faults the cause explains.

    The way down mirrors the way up (`ancestors`): power first, not past a device with a UPS,
    then network, never power again.
    """
    found: dict[DeviceId, frozenset[str]] = {}
    for first in (Link.VIA, Link.POWERED_BY):
        if effects := EXPLAINS[first].get(cause):
            for device in _below(start, first, children, with_ups):
                found[device] = found.get(device, frozenset()) | effects
    found.pop(start, None)
    return found


def _below(
    start: DeviceId,
    first: Link,
    children: Mapping[DeviceId, Sequence[tuple[DeviceId, Link]]],
    with_ups: Container[DeviceId],
) -> set[DeviceId]:
    """What is reached from `start` when the first edge down is `first`."""
    seen = {(start, first)}
    frontier = [(start, first)]
    while frontier:
        device, reached_over = frontier.pop()
        for child, link in children.get(device, ()):
            way = link is Link.VIA and not (device == start and first is Link.POWERED_BY)
            if link is Link.POWERED_BY:
                way = reached_over is Link.POWERED_BY and child not in with_ups
            if way and (child, link) not in seen:
                seen.add((child, link))
                frontier.append((child, link))
    return {device for device, _ in seen}
