"""Causes that no link of the asset list names: a whole site's power, one blow to many, many sites.

How much is too much for chance are figures of the policy (`CommonCauses`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.causes import ECHO_TIME, Node, ancestors
from rules.codes import CATALOGUE, Sign
from rules.explains import CLOCKS, UNHEARD, Edge, Onset
from rules.model import DeviceId, SiteId
from rules.policy import CommonCauses

COMMON, SITE_POWER = "COMMON_CAUSE", "SITE_POWER_DOWN"
MANY_SITES = "MON_MANY_SITES"  # an alert: the page that lists them
OF_SITE = frozenset({COMMON, SITE_POWER})
NEARLY_AT_ONCE = timedelta(seconds=60)  # as in the table of causes


@dataclass(frozen=True, slots=True)
class Falling:
    """A device, or a whole site, that has missed its turn: silent from `due_at` if it stays so."""

    onset: Onset
    due_at: datetime


def many(count: int, of: int, figures: CommonCauses) -> bool:
    """Too many points of one site for chance: more than 10, or more than a fifth."""
    share = 100 * count > figures.share_pct * of
    return count > figures.most or (count >= figures.least and share)


def within(figures: CommonCauses) -> timedelta:
    """Faults that begin within so long of each other may be one blow."""
    return timedelta(seconds=figures.within_s)


def family(code: str) -> str | None:
    """Faults that one blow may have caused together; None for what always stands alone.

    A tamper is for people to see to, one by one, and a cause has its own dependants already.
    """
    if code in UNHEARD:
        return "unheard"
    if code in CLOCKS:
        return "clocks"
    known = CATALOGUE.get(code)
    alone = known is None or known.human_close or known.sign in {Sign.PERSON, Sign.PATTERN}
    return None if alone else code


def waits_for(
    cause: DeviceId, device: DeviceId, suspect: DeviceId, nodes: Mapping[DeviceId, Node]
) -> bool:
    """May `cause` be behind the silence of a device that waited for its farthest suspect?

    It may if it is the suspect, or stands on the way there: another that fell silent a little
    later, when that suspect had spoken again, waits for something nearer.
    """
    if cause == suspect:
        return True
    return _hangs_on(device, cause, nodes) and _hangs_on(cause, suspect, nodes)


def _hangs_on(below: DeviceId, above: DeviceId, nodes: Mapping[DeviceId, Node]) -> bool:
    start = nodes.get(below)
    carried = ancestors(start, nodes) if start else []
    return any(
        one.node.device_id == above and one.edge in {Edge.VIA, Edge.POWERED_BY} for one in carried
    )


def at_once(one: Onset, other: Onset) -> bool:
    """May both have begun in the same moment?"""
    since, until = _moment(one)
    return other.latest >= since and other.earliest <= until


def _moment(onset: Onset) -> tuple[datetime, datetime]:
    return onset.earliest - NEARLY_AT_ONCE, onset.latest + NEARLY_AT_ONCE


def last_of_mass(
    onset: Onset, others: Sequence[Falling], of: int, figures: CommonCauses
) -> Falling | None:
    """Of those that fell with `onset`, if they are many: the one that will be silent last.

    `others`: those due last first. No more of them are looked at than it takes to know.
    """
    last, count = None, 0
    since, until = _moment(onset)
    for one in others:
        if one.onset.latest >= since and one.onset.earliest <= until:
            last, count = last or one, count + 1
            if many(count, of, figures):
                return last
    return None


def known_at(others: Iterable[Falling]) -> datetime | None:
    """When the last of them will have shown whether it is silent."""
    latest = max((one.due_at for one in others), default=None)
    return latest and latest + ECHO_TIME


def sites_at_once(
    site: SiteId, onset: Onset, silent: Mapping[SiteId, Falling], figures: CommonCauses
) -> dict[SiteId, Falling]:
    """The sites that fell silent as a whole in the moment of `onset`; empty if they are few."""
    if site not in silent:
        return {}
    found = {other: one for other, one in silent.items() if at_once(onset, one.onset)}
    return found if len(found) >= figures.sites else {}


def independent(lost: Collection[DeviceId], powered_by: Mapping[DeviceId, DeviceId]) -> int:
    """How many of these mains losses do not come from one and the same supply."""
    return len({_top(device, powered_by) for device in lost})


def _top(device: DeviceId, powered_by: Mapping[DeviceId, DeviceId]) -> DeviceId:
    while device in powered_by:  # never a cycle
        device = powered_by[device]
    return device


def power_is_down(mains_lost: int, silent: int, of: int, figures: CommonCauses) -> bool:
    """Two independent mains losses, and half of the devices silent with them."""
    return mains_lost >= figures.mains and 100 * silent >= figures.dark_pct * of
