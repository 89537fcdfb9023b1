"""Which fault explains which: roots page, what hangs on them waits (domain rules §3.6).

Edges run from a device to what it depends on. Suppression stops pages, never monitoring: an
explained fault stays open, clears by itself, and is raised on its own if it outlives its cause.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.model import DeviceId, FaultId, Link
from rules.policy import Hold

SILENT = frozenset({"DEV_OFFLINE", "NET_UPLINK_DOWN", "NET_SWITCH_DOWN"})
# What an open fault of an ancestor explains, by the edge it is reached over.
EXPLAINS: Mapping[Link, Mapping[str, frozenset[str]]] = {
    Link.VIA: dict.fromkeys(SILENT, SILENT),
    Link.POWERED_BY: {"MAINS_LOSS": SILENT | {"MAINS_LOSS"}, "DEV_OFFLINE": SILENT},
    Link.RECORDED_BY: {},
}


class CycleError(ValueError):
    """The links of a site go round; `path` names the devices in order."""

    def __init__(self, path: Sequence[DeviceId]) -> None:
        super().__init__(" -> ".join(str(device) for device in path))
        self.path = tuple(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A device in the graph: what it depends on, and what is known of it now."""

    device_id: DeviceId
    links: Mapping[Link, DeviceId]
    ups: bool = False
    heard_at: datetime | None = None
    silent_at: datetime | None = None
    open_faults: Mapping[str, FaultId] | None = None


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
    """Everything the device depends on to be heard, nearest first.

    The way up follows the network and may turn to the power supply, never back: the network of
    a power supply is nothing to the camera it feeds. A device with a UPS outlives its power.
    """
    found: list[Ancestor] = []
    seen = {start.device_id}
    frontier = [(start, Link.VIA)]
    while frontier:
        following: list[tuple[Node, Link]] = []
        for node, reached_over in frontier:
            for link in _ways_up(node, reached_over):
                parent = nodes.get(node.links[link])
                if parent is not None and parent.device_id not in seen:
                    seen.add(parent.device_id)
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
    quiet = [a.node for a in above if _quiet_since(a.node, start.heard_at)]
    if not quiet:
        return Verdict("alone")
    latest = now + timedelta(seconds=hold.at_most_s)
    nearest = quiet[0].silent_at
    until = min(latest, nearest) if nearest and nearest > now else latest
    return Verdict("might be explained", provisional_until=until)


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
    for cause, fault_id in (ancestor.node.open_faults or {}).items():
        if explains(ancestor.link, cause, code):
            return fault_id
    return None


def _quiet_since(node: Node, heard_at: datetime | None) -> bool:
    """Has this ancestor said nothing since the device itself was last heard?"""
    if node.heard_at is None or node.silent_at is None:
        return False
    return heard_at is None or node.heard_at <= heard_at


def dependants(
    cause: str, start: DeviceId, children: Mapping[DeviceId, Sequence[tuple[DeviceId, Link]]]
) -> dict[DeviceId, frozenset[str]]:
    """Everything below a cause and which of its faults the cause explains.

    The way down mirrors the way up: power first, then network, never power again. Whether a
    device's own UPS carries it is asked by the caller, who knows the devices.
    """
    found: dict[DeviceId, frozenset[str]] = {}
    frontier = [
        (child, link, effects)
        for child, link in children.get(start, ())
        if (effects := EXPLAINS[link].get(cause, frozenset()))
    ]
    while frontier:
        device, link, effects = frontier.pop()
        if device in found:
            continue
        found[device] = effects
        for child, below in children.get(device, ()):
            if below is Link.VIA or (below is Link.POWERED_BY and link is Link.POWERED_BY):
                frontier.append((child, below, effects))
    found.pop(start, None)
    return found
