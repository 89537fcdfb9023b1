"""Webhooks out: what happened is owed once, told signed, again until taken; on both engines."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from notify import event_hook
from notify.event_hook import HookPlan
from operations import inspections as inspection_desk
from operations import work_orders as order_desk
from operations.events import Hook, NobodyError, owe
from rules.model import Role
from scheduler.events import Relay
from storage import alerts, journal, states
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from storage.journal import Entry
from storage.outbox import Notice
from storage.states import LastWord
from storage.tables.company import people
from tests import company as companies
from tests import inspected
from tests.company import CHEN, LI, Company
from tests.keeping.office import environment_for
from tests.keeping.test_reload import door, settings_say
from tests.notify.desk import CLOCK, POLICY, QUICK, all_notices, founded, results, sending
from tests.notify.receivers import Answer, WebServer, web_server
from tests.storage.assets import a_site
from tests.waiting import until

T0 = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
ERP = Hook(name="erp", events=frozenset({"fault", "order"}), person=CHEN)


@pytest.fixture
def firm(database: Database) -> Company:
    return founded(database)


def look(database: Database, hook: Hook = ERP, now: datetime = T0) -> None:
    """As a scheduler that has just started: it remembers nothing."""
    Relay().look(database, [hook], now)


def owed(database: Database, hook: Hook = ERP) -> list[dict[str, Any]]:
    return [
        one.facts["event"] for one in all_notices(database) if one.channel == f"event:{hook.name}"
    ]


def names(database: Database, hook: Hook = ERP) -> list[str]:
    return [one["event"] for one in owed(database, hook)]


def a_night(database: Database, firm: Company) -> None:
    """A camera fails, Li takes it and arrives too late."""
    with transaction(database) as tx:
        order = companies.breaks(tx, firm, 0, POLICY, T0)
        order_desk.acknowledge(tx, order.id, firm.id_of(LI), T0)
        late = T0 + timedelta(hours=3)
        order_desk.arrive(tx, order.id, firm.id_of(LI), late, "snow")


NIGHT = ["fault.opened", "order.opened", "order.acknowledged", "order.arrived"]


def test_what_happens_from_now_on_is_owed_once_whoever_looks(
    database: Database, firm: Company
) -> None:
    a_night(database, firm)
    look(database)
    assert owed(database) == []  # a new webhook hears nothing of what was
    with transaction(database) as tx:
        companies.opens(tx, firm, 0, POLICY, T0)  # once more: no news
    relay = Relay()
    for _ in range(3):
        relay.look(database, [ERP], T0)
        look(database)  # the other scheduler, and one that was killed
    assert owed(database) == []


def test_each_event_says_what_happened_to_what_and_names_nobody(
    database: Database, firm: Company
) -> None:
    look(database)
    a_night(database, firm)
    look(database)
    look(database, now=T0 + timedelta(minutes=10))
    assert names(database) == NIGHT
    opened, taken = owed(database)[0], owed(database)[2]
    assert (opened["site"], opened["device"]) == ("S1", "d0")
    assert opened["fault"]["code"] == "CAM_VIDEO_LOSS"
    assert opened["fault"]["severity"] == "emergency"
    assert taken["at"] == "2026-11-23T01:02:00Z"
    assert taken["work_order"]["number"] == "2026-00001"
    assert taken["work_order"]["on_site_by"] == "2026-11-23T03:02:00Z"
    assert taken["work_order"]["state"] == "on_site"  # as it stands when it is told
    assert all(name.title() not in str(one) for one in owed(database) for name in (LI, CHEN))


def test_only_what_was_asked_for(database: Database, firm: Company) -> None:
    hooks = [
        Hook(name="a", events=frozenset({"order.arrived"}), person=CHEN),
        Hook(name="b", events=frozenset({"fault"}), person=CHEN),
        Hook(name="c", events=frozenset({"inspection"}), person=CHEN),
    ]
    for _ in range(2):
        Relay().look(database, hooks, T0)
        if not owed(database, hooks[0]):
            a_night(database, firm)
    Relay().look(database, hooks, T0)
    assert [names(database, hook) for hook in hooks] == [["order.arrived"], ["fault.opened"], []]


def test_a_person_elsewhere_hears_nothing_and_a_customer_what_customers_follow(
    database: Database, firm: Company
) -> None:
    """C12, C14: the webhook reaches no farther than the person it acts for."""
    with transaction(database) as tx:
        elsewhere = a_site(tx, "S2", customer="C2")
        rows = [
            {"code": "far", "name": "Far", "roles": [Role.HEAD], "channels": []},
            {"code": "zhou", "name": "Zhou", "roles": [Role.CUSTOMER], "channels": []},
            {"code": "other", "name": "Other", "roles": [Role.CUSTOMER], "channels": []},
        ]
        for row, customer in zip(rows, (None, 1, 2), strict=True):
            people_rows.add(tx, [{**row, "language": "zh", "customer_id": customer}])
        far = people_rows.by_code(tx, "far")
        assert far is not None
        people_rows.set_sites(tx, far.id, [elsewhere])
    hooks = [Hook(name=who, events=ERP.events, person=who) for who in ("far", "zhou", "other")]
    Relay().look(database, hooks, T0)
    a_night(database, firm)
    with transaction(database) as tx:
        [order] = order_rows.all_open(tx)
        order_desk.arrange(tx, order.id, firm.id_of(CHEN), T0)  # ours alone
    Relay().look(database, hooks, T0)
    far_hook, zhou, other = hooks
    assert names(database, far_hook) == []
    assert names(database, other) == []
    assert names(database, zhou) == NIGHT


def test_a_sheet_is_told_step_by_step_and_to_a_customer_when_it_is_issued(
    database: Database, firm: Company
) -> None:
    """B04, D04: what is on its way is ours; what was issued is the customer's."""
    now = inspected.NOW
    with transaction(database) as tx:
        row = {"code": "zhou", "name": "Zhou", "roles": [Role.CUSTOMER], "channels": []}
        people_rows.add(tx, [{**row, "language": "zh", "customer_id": 1}])
        system = inspected.under_contract(tx, firm)
        words = [LastWord(device_id=one, last_heard_at=now) for one in firm.devices]
        states.put_all(tx, words)
    hooks = [Hook(name=who, events=frozenset({"inspection"}), person=who) for who in (CHEN, "zhou")]
    Relay().look(database, hooks, now)
    with transaction(database) as tx:
        li = firm.id_of(LI)
        sheet = inspected.begun(tx, system, li)
        number = sheet.inspection.id
        done = inspected.walk(tx, sheet, li, now)
        inspection_desk.finish(tx, number, "", li, inspected.POLICY, done)
        inspection_desk.sign(tx, number, "Zhou", "f" * 64, done)
        inspection_desk.issue(tx, number, firm.id_of(CHEN), done)
    Relay().look(database, hooks, now)
    ways = ("started", "finished", "signed", "issued")
    assert names(database, hooks[0]) == [f"inspection.{way}" for way in ways]
    [issued] = owed(database, hooks[1])
    assert issued["event"] == "inspection.issued"
    assert issued["inspection"] == {"id": str(number), "period": "2026-11", "state": "issued"}
    assert issued["site"] == "S1"


def test_nothing_is_lost_while_its_person_is_missing(database: Database, firm: Company) -> None:
    look(database)
    with transaction(database) as tx:
        tx.execute(update(people).where(people.c.code == CHEN).values(left_at=T0))
    a_night(database, firm)
    with pytest.raises(NobodyError), transaction(database) as tx:
        owe(tx, ERP, (), T0)
    look(database, now=T0 + timedelta(days=1))
    assert owed(database) == []
    with transaction(database) as tx:
        tx.execute(update(people).where(people.c.code == CHEN).values(left_at=None))
    look(database, now=T0 + timedelta(days=2))
    assert names(database) == NIGHT


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_number_that_commits_late_is_told_too(database: Database, firm: Company) -> None:
    """Numbers are drawn before they commit: a higher one may be there first."""
    look(database)
    entry = Entry(at=T0, actor="monitor", verb="fault_opened", site_id=firm.site_id)
    relay = Relay()
    with transaction(database) as slow:
        journal.write(slow, entry)
        with transaction(database) as quick:
            journal.write(quick, entry)
        relay.look(database, [ERP], T0 + timedelta(seconds=1))
        assert len(owed(database)) == 1
    relay.look(database, [ERP], T0 + timedelta(seconds=2))
    assert len(owed(database)) == 2
    relay.look(database, [ERP], T0 + timedelta(minutes=5))
    with transaction(database) as tx:
        told = tx.scalar(text("SELECT value FROM counters WHERE name = 'event:erp'"))
        assert told == journal.last_id(tx)


def test_more_than_one_round_holds_is_told_in_rounds(database: Database, firm: Company) -> None:
    look(database)
    entry = Entry(at=T0, actor="monitor", verb="fault_cleared", site_id=firm.site_id)
    with transaction(database) as tx:
        journal.write_all(tx, [entry] * 1500)
    relay, later = Relay(), T0 + timedelta(hours=1)
    relay.look(database, [ERP], later)
    relay.look(database, [ERP], later)
    relay.look(database, [ERP], later)
    with reading(database) as tx:
        count = tx.scalar(text("SELECT count(*) FROM notices WHERE kind = 'event'"))
    assert count == 1500


@pytest.fixture
def plan(web: WebServer, tmp_path: Path) -> HookPlan:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n", encoding="utf-8")
    url = f"http://{web.where}/ringwatch?from=us"
    return HookPlan(name="erp", channel=ERP.channel, url=url, secret_file=secret)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def events_settled(database: Database) -> list[Notice]:
    def _done() -> list[Notice]:
        mine = [one for one in all_notices(database) if one.kind == "event"]
        return mine if mine and all(one.state in {"sent", "dead"} for one in mine) else []

    return until(_done, timeout_s=120)


def test_events_arrive_signed_and_come_again_until_they_are_taken(
    database: Database, firm: Company, web: WebServer, plan: HookPlan
) -> None:
    """Even a 404 comes again: the program may be under repair. Each as often as it takes, once."""
    look(database)
    a_night(database, firm)
    look(database, now=CLOCK())
    web.answers = [Answer(404), Answer(500)]
    with sending(database, {ERP.channel: event_hook.channel(plan)}, event_retry=QUICK):
        told = events_settled(database)
    assert {one.state for one in told} == {"sent"}
    assert sorted(one.attempts for one in told) in ([1, 1, 2, 2], [1, 1, 1, 3])
    for request in web.requests:
        assert request.path == "/ringwatch?from=us"
        signed = request.headers["X-Ringwatch-Timestamp"].encode() + b"." + request.body
        expected = hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
        assert request.headers["X-Ringwatch-Signature"] == f"sha256={expected}"
    bodies = {request.json["id"]: request.json for request in web.requests}
    assert sorted(one["event"] for one in bodies.values()) == sorted(NIGHT)
    assert len(web.requests) == 6
    keys = {request.json["id"]: request.headers["Idempotency-Key"] for request in web.requests}
    assert len(set(keys.values())) == 4
    assert "refused" in {word for one in told for word in results(database, one)}


def test_a_program_that_never_answers_is_an_alert_and_no_loop(
    database: Database, firm: Company, web: WebServer, plan: HookPlan
) -> None:
    look(database)
    a_night(database, firm)
    look(database, now=CLOCK())
    web.always = Answer(503)
    with sending(database, {ERP.channel: event_hook.channel(plan)}, event_retry=QUICK, ill_s=0.01):
        told = events_settled(database)
        assert {one.state for one in told} == {"dead"}
        with reading(database) as tx:
            [alert] = [one for one in alerts.open_ones(tx) if one.subject == "event:erp"]
        assert alert.code == "MON_NOTIFY_FAILED"
        web.always = None
        with transaction(database) as tx:
            [order] = order_rows.all_open(tx)
            order_desk.leave(tx, order.id, firm.id_of(LI), CLOCK())
        look(database, now=CLOCK())
        until(lambda: any(one.state == "sent" for one in all_notices(database)), timeout_s=120)
        with reading(database) as tx:
            assert [one for one in alerts.open_ones(tx) if one.subject == "event:erp"] == []
    assert not [one for one in all_notices(database) if one.kind == "dead_letter"]


def test_the_real_scheduler_tells_a_webhook_of_its_settings(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Taken up at SIGHUP, as channels are."""
    firm = founded(database)
    data = tmp_path / "var"
    data.mkdir()
    (tmp_path / "hook.secret").write_text("s3cret")
    mine = environment_for(data, database_url)
    with web_server() as web, door(mine, "scheduler") as one:
        one.until_said("keeping promises")
        settings_say(
            data / "ringwatch.toml",
            f'[[webhook]]\nname = "erp"\nurl = "http://{web.where}/"\nevents = ["order"]\n'
            f'person = "{CHEN}"\nsecret_file = "{tmp_path}/hook.secret"\n',
        )
        one.rereads()
        one.until_said("changed: webhook")

        def _known() -> object:
            with reading(database) as tx:
                return tx.scalar(text("SELECT count(*) FROM counters WHERE name = 'event:erp'"))

        until(_known, 120)
        with transaction(database) as tx:
            companies.breaks(tx, firm, 0, POLICY, CLOCK())
        until(lambda: web.requests, 120)
    assert web.requests[0].json["event"] == "order.opened"
