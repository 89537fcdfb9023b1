"""Causes that no link of the asset list names: a whole site's power, one blow to many, many sites.

Figures: §3.6 of the domain rules; "(ours)" marks what they leave open.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.causes import ECHO_TIME
from rules.codes import CATALOGUE, Sign
from rules.explains import CLOCKS, UNHEARD, Onset
from rules.model import DeviceId, SiteId

COMMON, SITE_POWER = "COMMON_CAUSE", "SITE_POWER_DOWN"
MANY_SITES = "MON_MANY_SITES"  # an alert: the page that lists them
OF_SITE = frozenset({COMMON, SITE_POWER})
WITHIN = timedelta(minutes=5)
MOST, SHARE = 10, 0.2
LEAST = 4  # (ours) three of a small site are no mass
MAINS, DARK = 2, 0.5
SITES = 3
NEARLY_AT_ONCE = timedelta(seconds=60)  # as in the table of causes


@dataclass(frozen=True, slots=True)
class Falling:
    """A device, or a whole site, that has missed its turn: silent from `due_at` if it stays so."""

    onset: Onset
    due_at: datetime


def many(count: int, of: int) -> bool:
    """Too many points of one site for chance: more than 10, or more than a fifth."""
    return count > MOST or (count >= LEAST and count > SHARE * of)


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


def at_once(one: Onset, other: Onset) -> bool:
    """May both have begun in the same moment?"""
    since, until = one.earliest - NEARLY_AT_ONCE, one.latest + NEARLY_AT_ONCE
    return other.latest >= since and other.earliest <= until


def with_it(onset: Onset, others: Iterable[Falling]) -> list[Falling]:
    return [one for one in others if at_once(onset, one.onset)]


def known_at(others: Iterable[Falling]) -> datetime | None:
    """When the last of them will have shown whether it is silent."""
    latest = max((one.due_at for one in others), default=None)
    return latest and latest + ECHO_TIME


def sites_at_once(
    site: SiteId, onset: Onset, silent: Mapping[SiteId, Falling]
) -> dict[SiteId, Falling]:
    """The sites that fell silent as a whole in the moment of `onset`; empty if fewer than three."""
    if site not in silent:
        return {}
    found = {other: one for other, one in silent.items() if at_once(onset, one.onset)}
    return found if len(found) >= SITES else {}


def independent(lost: Collection[DeviceId], powered_by: Mapping[DeviceId, DeviceId]) -> int:
    """How many of these mains losses do not come from one and the same supply."""
    return len({_top(device, powered_by) for device in lost})


def _top(device: DeviceId, powered_by: Mapping[DeviceId, DeviceId]) -> DeviceId:
    while device in powered_by:  # never a cycle
        device = powered_by[device]
    return device


def power_is_down(mains_lost: int, silent: int, of: int) -> bool:
    """Two independent mains losses, and half of the devices silent with them."""
    return mains_lost >= MAINS and silent >= DARK * of
