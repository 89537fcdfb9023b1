"""A night in which scheduler and sender are killed again and again, and what must hold after it."""

import random
import subprocess
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence

from operations import work_orders as order_desk
from rules.model import ContractId, OrderId, Severity, WorkOrder
from rules.notices import Result, State
from rules.tellings import Wishes
from storage import ledger
from storage import people as people_rows
from storage import sites as site_rows
from storage import tellings as telling_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.ledger import Attempt
from storage.outbox import Notice
from tests import company, started
from tests.company import CHEN, WANG, Company
from tests.notify.desk import CLOCK
from tests.notify.night_process import MOMENTS, POLICY, TOLD, UNWANTED
from tests.notify.receivers import HELD_S, Answer, Request, WebServer
from tests.started import Started
from tests.storage import assets
from tests.waiting import until

EACH = 4  # faults a life
LIFE_S = 120.0  # who has not come to their moment by then is killed from outside


class Night:
    """Faults come, some are acknowledged, every fifth letter is refused; somebody dies."""

    def __init__(self, database: Database, url: str, firm: Company, web: WebServer) -> None:
        self.database, self.url, self.firm, self.web = database, url, firm, web
        self.chance = random.Random(20261122)  # noqa: S311 - the moment of a kill
        self.died: Counter[str] = Counter()
        self._broken = 0
        self._held, self._let_go = False, threading.Event()  # pages wait, then are refused
        self.refused: Counter[str] = Counter()
        self._has_a_customer()
        web.judge = self._judge

    def _has_a_customer(self) -> None:
        """Zhou is told of each step (C14), at night too."""
        with transaction(self.database) as tx:
            assets.a_contract(tx)
            site_rows.change(tx, self.firm.site_id, {"contract_id": 1})
            by, wishes = self.firm.id_of(CHEN), Wishes(nights=True)
            telling_rows.set_wishes(tx, ContractId(1), wishes, by, CLOCK())
            row = {"code": "zhou", "name": "Zhou", "roles": ["customer"], "customer_id": 1}
            people_rows.add(tx, [{**row, "channels": [["mail", "zhou@mail"]], "language": "zh"}])

    def lives_and_dies(self, moment: str) -> None:
        """`died` counts those who came to their moment by themselves."""
        self._something_breaks(EACH)
        passes = 0 if moment in {UNWANTED, TOLD} else self.chance.randrange(3)
        self._held, before = moment == UNWANTED, self._pages()
        self._let_go.clear()
        process = self._process(moment, str(passes))
        try:
            if moment == UNWANTED:
                self._refuse_what_is_answered_meanwhile(process, before)
            elif moment == TOLD:
                self._answer_all()  # nothing else is owed then but what the customer is told
            else:
                self._acknowledge_some()
            process.wait(LIFE_S)
            self.died[moment] += 1
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._let_go.set()
            process.kill()
            process.wait(60)

    def ends(self) -> None:
        """Everybody is answered, nobody dies, and all that is owed is told or taken back."""
        process = self._process()
        try:
            self._answer_all()  # no promise is left that would be due soon
            until(self._all_is_told, timeout_s=240, every_s=0.2)
        finally:
            process.terminate()
            process.wait(120)

    def _process(self, *moment: str) -> Started:
        return started.start("tests.notify.night_process", self.url, self.web.where, *moment)

    def _something_breaks(self, count: int) -> None:
        """An emergency and ordinary faults."""
        with transaction(self.database) as tx:
            for number in range(count):
                severity = Severity.MAJOR if number else Severity.EMERGENCY
                company.breaks(tx, self.firm, self._broken, POLICY, CLOCK(), severity)
                self._broken += 1

    def _acknowledge_some(self) -> None:
        for order in self._open()[: -2 * EACH]:
            self._acknowledge(order)

    def _refuse_what_is_answered_meanwhile(self, process: Started, before: int) -> None:
        """Pages are on their way; somebody answers; then they fail: nobody wants them again."""
        gone = process.poll  # what an earlier life left may be unwanted already
        until(lambda: self._pages() > before or gone() is not None)
        self._answer_all()
        self._let_go.set()

    def _pages(self) -> int:
        return sum(request.json["kind"] == "page" for request in list(self.web.requests))

    def _answer_all(self) -> None:
        for order in self._open():
            self._acknowledge(order)
        with reading(self.database) as tx:
            waiting = [one for one in order_rows.all_open(tx) if one.arranged_at is None]
        for order in waiting:
            with transaction(self.database) as tx:
                order_desk.arrange(tx, order.id, self.firm.id_of(CHEN), CLOCK())

    def _acknowledge(self, order: WorkOrder) -> None:
        with transaction(self.database) as tx:
            order_desk.acknowledge(tx, order.id, self.firm.id_of(WANG), CLOCK())

    def _open(self) -> list[WorkOrder]:
        with reading(self.database) as tx:
            return [one for one in order_rows.all_open(tx) if one.received_at is None]

    def _all_is_told(self) -> bool:
        with reading(self.database) as tx:
            return not ledger.counts(tx)

    def _judge(self, request: Request) -> Answer:
        held = self._held and request.json["kind"] == "page"  # the rest must not die of it
        if held:
            self._let_go.wait(HELD_S)
        elif len(self.web.requests) % 5:
            return Answer()
        self.refused[_name(request.headers["Idempotency-Key"])] += 1
        return Answer(503)


def all_notices(database: Database) -> list[Notice]:
    """Oldest first."""
    with reading(database) as tx:
        return ledger.newest(tx, limit=100_000)[::-1]


def every_moment(count: int) -> list[str]:
    """Each moment as often as the others."""
    names = list(MOMENTS)
    return [names[number % len(names)] for number in range(count)]


def nothing_lost(database: Database) -> None:
    """Everything owed was told or taken back for a reason; no rung of a ladder is missing."""
    found = all_notices(database)
    assert {one.state for one in found} <= {State.SENT, State.SILENCED}
    assert all(one.why for one in found if one.state == State.SILENCED)
    pages: dict[OrderId, set[int]] = defaultdict(set)
    for one in found:
        if one.kind == "page":
            assert one.order_id is not None
            pages[one.order_id].add(int(one.key.split(":")[3]))
    with reading(database) as tx:
        orders = order_rows.by_ids(tx, sorted(pages))
    for number, order in orders.items():
        assert pages[number] == set(range(1, order.pages_made + 1)), order.number


def repeated_only_where_unknown(database: Database, web: WebServer, refused: Counter[str]) -> None:
    """A letter came as often as it is known to have been sent, or once more for each unknown."""
    arrived = Counter(_name(request.headers["Idempotency-Key"]) for request in web.requests)
    sent, unknown = _letters(database)
    for name, times in arrived.items():
        taken = times - refused[name]
        assert sent[name] <= taken <= sent[name] + unknown[name], name
    assert set(sent) <= set(arrived)
    for one, attempts in _attempts(database):
        told = sum(attempt.result == Result.SENT for attempt in attempts)
        assert told == (one.state == State.SENT)


def unknown_outcomes(database: Database) -> int:
    """Of how many letters nobody could say whether they went."""
    return _letters(database)[1].total()


def _letters(database: Database) -> tuple[Counter[str], Counter[str]]:
    """How often each letter is known to have gone, and how often nobody knows."""
    sent: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for one, attempts in _attempts(database):
        for attempt in attempts:
            lead = attempt.carried_by or one.id
            if lead != one.id:
                continue  # its lead counts the letter
            name = f"{'digest' if attempt.carried_by else 'notice'}-{one.id}"
            sent[name] += attempt.result == Result.SENT
            unknown[name] += attempt.result == Result.UNKNOWN
    return +sent, unknown


def _attempts(database: Database) -> Sequence[tuple[Notice, list[Attempt]]]:
    found = all_notices(database)
    with reading(database) as tx:
        attempts = ledger.attempts_of(tx, [one.id for one in found])
    return [(one, attempts[one.id]) for one in found]


def _name(key: str) -> str:
    return "-".join(key.split("-")[:2])
