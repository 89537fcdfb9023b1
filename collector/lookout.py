"""Who else is falling silent just now: so many that one cause must be behind them?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from collector import graph
from collector.memory import Memory, Watched, Work
from rules import common_causes
from rules.causes import Verdict
from rules.common_causes import Falling
from rules.explains import UNHEARD, Onset
from rules.model import DeviceId, Link, SiteId


def weigh(  # noqa: PLR0913, PLR0917 - one fault, as it is about to open
    memory: Memory,
    work: Work,
    watched: Watched,
    code: str,
    onset: Onset,
    verdict: Verdict,
    now: datetime,
) -> Verdict:
    """A device that is not heard waits for the others of its site, and for other sites."""
    if code not in UNHEARD or verdict.explained_by is not None:
        return verdict
    site, hold = watched.device.site_id, memory.policy.hold
    figures = memory.policy.common_causes
    others = common_causes.with_it(onset, _of_site(memory, work, site, now))
    if common_causes.many(len(others), memory.count_watched(site), figures):
        verdict = verdict.wait(common_causes.known_at(others), hold, now)
    silent = common_causes.sites_at_once(site, onset, _silent_sites(memory, now), figures)
    if silent:
        verdict = verdict.wait(common_causes.known_at(silent.values()), hold, now)
        verdict = replace(verdict, sites=tuple(silent))
    return verdict


def _of_site(memory: Memory, work: Work, site: SiteId, now: datetime) -> list[Falling]:
    """Looked through once a batch: a dying site raises hundreds in one."""
    if site not in work.falling:
        here = (graph.look(memory, work, i) for i in memory.of_site.get(site, ()))
        found = (_falling(memory, watched, now) for watched in here if watched)
        work.falling[site] = [one for one in found if one]
    return work.falling[site]


def _silent_sites(memory: Memory, now: datetime) -> dict[SiteId, Falling]:
    """Sites of which nothing is heard any more, as one: with their last word."""
    found: dict[SiteId, Falling] = {}
    for site, devices in memory.of_site.items():
        if tops := _fallen(memory, devices, now):
            found[site] = max(tops, key=lambda one: one.onset.earliest)
    return found


def _fallen(memory: Memory, devices: list[DeviceId], now: datetime) -> list[Falling]:
    """What stands nearest to us at a site, if all of it has missed its turn; else nothing."""
    found: list[Falling] = []
    for watched in _tops(memory, devices):
        one = _falling(memory, watched, now)
        if one is None and _well(memory, watched):
            return []
        found += [one] if one else []
    return found


def _tops(memory: Memory, devices: list[DeviceId]) -> Iterator[Watched]:
    for device_id in devices:
        watched = memory.watched[device_id]
        if Link.VIA not in watched.device.links:
            yield watched


def _well(memory: Memory, watched: Watched) -> bool:
    """It was heard in time; of what speaks when it likes nobody can say so."""
    silent_at = watched.silent_at(memory.spells)
    return silent_at is not None and graph.expected_at(memory, watched) != silent_at


def _falling(memory: Memory, watched: Watched, now: datetime) -> Falling | None:
    """It has missed its turn, or its last will lies before us."""
    due_at = watched.silent_at(memory.spells)
    if due_at is None or watched.heard_at is None:
        return None
    expected_at = graph.expected_at(memory, watched)
    if expected_at is not None and expected_at <= now:
        return Falling(Onset(watched.heard_at, expected_at), due_at)
    will_at = graph.pending(watched).get(watched.silence_point)
    if will_at is None:
        return None
    said_at = watched.conditions[watched.silence_point].true_since
    return Falling(Onset(min(watched.heard_at, said_at), said_at), will_at)
