"""2,000 faults in one minute over 40 sites: emergencies first, one page for each cause (D05).

One site after the other: 24 lose the picture of all their cameras at a blow, on 10 the radio is
jammed, and on 6 every housing was opened, which is for people to see to one by one: 334 causes.
Each way to reach people takes so many letters a minute, some of them kept for emergencies, and
so many to one address; it counts them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collector.message import Message
from notify.channel import Letter
from rules.buckets import Limit
from rules.model import NoticeId, Severity, WorkOrder
from rules.notices import State
from rules.policy import Storm
from storage import ledger, revision
from storage.db import Database, reading, transaction
from storage.ledger import Attempt
from storage.outbox import Notice
from tests.company import CHEN, LI, WANG
from tests.storage.assets import a_site, some_devices
from tests.world import BEAT, World

SITES, EACH = 40, 50
DARK, JAMMED, OPENED = 24, 10, 6  # sites
CAUSES = DARK + JAMMED + OPENED * EACH
MOST, RESERVED, TO_ONE = 16, 6, 12  # letters a minute
MINUTE = timedelta(minutes=1)
LIMITS = (
    Limit(most=MOST, window_s=60, reserved=RESERVED),
    Limit(most=TO_ONE, window_s=60, to_one=True),
)


class StormWorld(World):
    def __init__(self, database: Database, telemetry: Database, folder: Path) -> None:
        super().__init__(database, telemetry, folder, devices=EACH, limits=LIMITS)
        with transaction(database) as tx:
            for number in range(2, SITES + 1):
                some_devices(tx, a_site(tx, f"S{number}"), EACH)
            revision.bump(tx)
        self._wake_up()

    def breaks_out(self) -> None:
        """Within a minute every device says what is wrong with it, ten sites a quarter."""
        for first in range(1, SITES + 1, SITES // 4):
            sites = range(first, first + SITES // 4)
            said = [self._word(site, device) for site in sites for device in range(EACH)]
            self._intake.take(said, self.now)
            self.passes(seconds=BEAT.total_seconds())

    def letters_by_channel(self) -> dict[str, list[Letter]]:
        """In the order in which they were handed over."""
        return {
            name: sorted(
                (letter for letters in phones.letters.values() for letter in letters),
                key=lambda letter: letter.at,
            )
            for name, phones in self.phones.items()
        }

    def notices(self) -> list[Notice]:
        with reading(self.database) as tx:
            return ledger.newest(tx, limit=100_000)[::-1]

    def attempts(self, notices: Iterable[Notice]) -> dict[NoticeId, list[Attempt]]:
        found: dict[NoticeId, list[Attempt]] = {}
        with reading(self.database) as tx:
            for notice in notices:
                found |= ledger.attempts_of(tx, [notice.id])
        return found

    def _word(self, site: int, device: int) -> Message:
        flag = "video_loss" if site <= DARK else "rf_jam" if site <= DARK + JAMMED else "tamper"
        body = {"t": self.now.isoformat(), "interval": 86_400, "flags": {flag: True}}
        return Message(f"ringwatch/v1/S{site}/d{device}/health", json.dumps(body).encode())


@pytest.fixture
def world(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[StormWorld]:
    made = StormWorld(database, telemetry, tmp_path)
    yield made
    made.close()


def test_a_storm(world: StormWorld) -> None:
    world.breaks_out()
    world.passes(minutes=1)
    taken = _one_that_waits_in_a_digest(world)
    world.does(WANG, "acknowledge", taken)
    world.passes(minutes=2.5)
    orders = world.orders()
    assert len(world.open_faults()) == SITES * EACH + DARK + JAMMED
    assert Counter(order.severity for order in orders) == {
        Severity.EMERGENCY: JAMMED,
        Severity.MAJOR: CAUSES - JAMMED,
    }
    _one_page_for_each_cause(world, orders)
    _emergencies_first(world)
    _no_limit_broken(world)
    _every_notice_accounted_for(world)
    _silenced_alone(world, taken)


def _one_that_waits_in_a_digest(world: StormWorld) -> WorkOrder:
    """Somebody else sees it on the board before the letter that would tell of it."""
    waiting = {one.order_id for one in world.notices() if one.state == State.WAITING}
    return next(order for order in world.orders() if order.id in waiting)


def _one_page_for_each_cause(world: StormWorld, orders: Sequence[WorkOrder]) -> None:
    told = [one for one in world.notices() if one.state == State.SENT]
    for kind in ("page", "report"):
        each = Counter((one.order_id, one.channel) for one in told if one.kind == kind)
        assert max(each.values()) == 1
        assert {order_id for order_id, _ in each} <= {order.id for order in orders}
        assert len(each) >= 2 * (CAUSES - 1)  # all but the one that was taken meanwhile


def _emergencies_first(world: StormWorld) -> None:
    urgent = [one for one in world.notices() if one.rank == 0 and one.state == State.SENT]
    assert len(urgent) == JAMMED * 4  # page and report, on two ways each
    for channel, letters in world.letters_by_channel().items():
        ordinary = [letter for letter in letters if letter.rank]
        for one in urgent:
            before_it = [letter.id for letter in ordinary if _overtook(letter, one)]
            assert one.channel != channel or not before_it
    alone = [letter for letter in world.letters_by_channel()["mail"] if letter.rank == 0]
    assert not any(letter.id.startswith("digest") for letter in alone)


def _overtook(letter: Letter, urgent: Notice) -> bool:
    """Whether it set out while the emergency waited; a beat is written before anybody looks."""
    assert urgent.done_at is not None
    return urgent.created_at <= letter.at < urgent.done_at


def _no_limit_broken(world: StormWorld) -> None:
    for letters in world.letters_by_channel().values():
        to_each: dict[str, list[Letter]] = defaultdict(list)
        for letter in letters:
            to_each[letter.target].append(letter)
        assert _most_within_a_minute(letter.at for letter in letters) <= MOST
        ordinary = (letter.at for letter in letters if letter.rank)
        assert _most_within_a_minute(ordinary) <= MOST - RESERVED
        for mine in to_each.values():
            assert _most_within_a_minute(letter.at for letter in mine) <= TO_ONE
            ordinary = (letter.at for letter in mine if letter.rank)
            assert _most_within_a_minute(ordinary) <= Storm().letters


def _most_within_a_minute(times: Iterable[datetime]) -> int:
    found = sorted(times)
    return max((sum(first <= at <= first + MINUTE for at in found) for first in found), default=0)


def _every_notice_accounted_for(world: StormWorld) -> None:
    """Sent alone, sent in a letter that really went out, or taken back for a reason."""
    notices = world.notices()
    assert {one.state for one in notices} == {State.SENT, State.SILENCED}
    assert all(one.why for one in notices if one.state == State.SILENCED)
    sent = [one for one in notices if one.state == State.SENT]
    named = Counter(
        tuple(letter.id.split("-")[:2])
        for letters in world.letters_by_channel().values()
        for letter in letters
    )
    attempts = world.attempts(sent)
    carried: Counter[tuple[str, ...]] = Counter()
    for one in sent:
        (last,) = (attempt for attempt in attempts[one.id] if attempt.result == "sent")
        lead = ("digest", str(last.carried_by)) if last.carried_by else ("notice", str(one.id))
        assert named[lead] == 1
        carried[lead] += 1
    assert set(carried) == set(named)
    assert max(carried.values()) > Storm().letters


def _silenced_alone(world: StormWorld, taken: WorkOrder) -> None:
    mine = [one for one in world.notices() if one.order_id == taken.id and one.kind == "page"]
    assert {(one.state, one.why) for one in mine} >= {(State.SILENCED, "answered")}
    for name in (LI, CHEN):
        assert world.phones["mail"].letters[name]
