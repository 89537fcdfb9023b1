"""Who else is falling silent just now: so many that one cause must be behind them?"""

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
        found = [
            _falling(memory, touched[device_id], now)
            if device_id in touched
            else _known(memory, memory.watched[device_id], now)
            for device_id in memory.of_site.get(site, ())
        ]
        here = [one for one in found if one]
        work.falling[site] = sorted(here, key=lambda one: one.due_at, reverse=True)
    return work.falling[site]


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
        watched = memory.watched[device_id]
        one = _known(memory, watched, now)
        if one is None and _well(memory, watched):
            return []
        found += [one] if one else []
    return found


def _well(memory: Memory, watched: Watched) -> bool:
    """It was heard in time; of what speaks when it likes nobody can say so."""
    silent_at = watched.silent_at(memory.spells)
    return silent_at is not None and graph.expected_at(memory, watched) != silent_at


def _known(memory: Memory, watched: Watched, now: datetime) -> Falling | None:
    """`_falling` of a device as memory has it: worked out anew only when it may have changed.

    While a site dies all of it is looked through for every batch.
    """
    turn = watched.turn
    if turn is None or not turn.since <= now < turn.until or turn.spells != len(memory.spells):
        turn = watched.turn = _turn(memory, watched, now)
    return turn.falling


def _turn(memory: Memory, watched: Watched, now: datetime) -> Turn:
    falling = _falling(memory, watched, now)
    expected_at = graph.expected_at(memory, watched) if watched.heard_by_itself else None
    until = expected_at if expected_at is not None and expected_at > now else NEVER
    return Turn(falling, now, until, len(memory.spells))


def _falling(memory: Memory, watched: Watched, now: datetime) -> Falling | None:
    """It has missed its turn, or its last will lies before us."""
    heard_at = watched.heard_at
    if heard_at is None or not watched.heard_by_itself:
        return None
    expected_at = graph.expected_at(memory, watched)
    if expected_at is not None and expected_at <= now:
        due_at = watched.silent_at(memory.spells)
        return Falling(Onset(heard_at, expected_at), due_at) if due_at else None
    will_at = graph.pending(watched).get(watched.silence_point) if watched.conditions else None
    if will_at is None:
        return None
    said_at = watched.conditions[watched.silence_point].true_since
    return Falling(Onset(min(heard_at, said_at), said_at), will_at)
