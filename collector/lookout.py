"""Who else is falling silent just now: so many that one cause must be behind them?"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from collector import graph
from collector.memory import Memory, Turn, Watched, Work
from rules import common_causes
from rules.causes import Verdict
from rules.common_causes import Falling
from rules.explains import UNHEARD, Onset
from rules.model import DeviceId, SiteId

NEVER = datetime.max.replace(tzinfo=UTC)


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
    others = _of_site(memory, work, site, now)
    last = common_causes.last_of_mass(onset, others, memory.speaking[site], figures)
    if last is not None:
        verdict = verdict.wait(common_causes.known_at([last]), hold, now)
    silent = common_causes.sites_at_once(site, onset, _silent_sites(memory, work, now), figures)
    if silent:
        verdict = verdict.wait(common_causes.known_at(silent.values()), hold, now)
        verdict = replace(verdict, sites=tuple(silent))
    return verdict


def _of_site(memory: Memory, work: Work, site: SiteId, now: datetime) -> list[Falling]:
    """Those due last first. Looked through once a batch: a dying site raises hundreds in one."""
    if site not in work.falling:
        touched = work.all_touched()
        mine = (one for one in touched.values() if one.device.site_id == site)
        found = [_falling(memory, watched, now) for watched in mine]
        found += _untouched(memory, memory.of_site.get(site, ()), touched, now)
        here = [one for one in found if one]
        work.falling[site] = sorted(here, key=lambda one: one.due_at, reverse=True)
    return work.falling[site]


def _untouched(
    memory: Memory, devices: Iterable[DeviceId], touched: Container[DeviceId], now: datetime
) -> Iterator[Falling]:
    """As memory has them, but those that a batch has a copy of.

    Worked out anew only where it may have changed: a site is looked through for every batch while
    it dies, and there may be 100,000.
    """
    spells = len(memory.spells)
    for device_id in devices:
        watched = memory.watched[device_id]
        turn = watched.turn
        if turn is None or turn.spells != spells or not turn.since <= now < turn.until:
            turn = watched.turn = _turn(memory, watched, now)
        if turn.falling is not None and device_id not in touched:
            yield turn.falling


def _silent_sites(memory: Memory, work: Work, now: datetime) -> dict[SiteId, Falling]:
    """Sites of which nothing is heard any more, as one: with their last word. Once a batch."""
    if work.silent is None:
        work.silent = {}
        for site, devices in memory.tops.items():
            if fallen := _fallen(memory, devices, now):
                work.silent[site] = max(fallen, key=lambda one: one.onset.earliest)
    return work.silent


def _fallen(memory: Memory, tops: list[DeviceId], now: datetime) -> list[Falling]:
    """What stands nearest to us at a site, if all of it has missed its turn; else nothing."""
    found: list[Falling] = []
    for device_id in tops:
        one = next(_untouched(memory, (device_id,), (), now), None)
        if one is None and _well(memory, memory.watched[device_id]):
            return []
        found += [one] if one else []
    return found


def _well(memory: Memory, watched: Watched) -> bool:
    """It was heard in time; of what speaks when it likes nobody can say so."""
    silent_at = watched.silent_at(memory.spells)
    return silent_at is not None and graph.expected_at(memory, watched) != silent_at


def _falling(memory: Memory, watched: Watched, now: datetime) -> Falling | None:
    return _turn(memory, watched, now).falling


def _turn(memory: Memory, watched: Watched, now: datetime) -> Turn:
    """It has missed its turn, or its last will lies before us, or neither; and until when so."""
    heard_at, spells = watched.heard_at, len(memory.spells)
    if heard_at is None or not watched.heard_by_itself:
        return Turn(None, now, NEVER, spells)
    expected_at = graph.expected_at(memory, watched)
    if expected_at is None or expected_at > now:
        falling = _willed(watched, heard_at) if watched.conditions else None
        return Turn(falling, now, expected_at or NEVER, spells)
    due_at = watched.silent_at(memory.spells)
    falling = Falling(Onset(heard_at, expected_at), due_at) if due_at else None
    return Turn(falling, now, NEVER, spells)


def _willed(watched: Watched, heard_at: datetime) -> Falling | None:
    will_at = graph.pending(watched).get(watched.silence_point)
    if will_at is None:
        return None
    said_at = watched.conditions[watched.silence_point].true_since
    return Falling(Onset(min(heard_at, said_at), said_at), will_at)
