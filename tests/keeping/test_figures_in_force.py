"""A18: a figure changed in the browser reaches real processes at its instant, unrestarted."""

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.publish
import pytest
from sqlalchemy import func, select

from operations import alerts as alert_desk
from operations import people as people_desk
from operations import policy as policy_desk
from operations.policy import Proposal
from rules.model import PersonId
from rules.policy import Ladder, Policy
from storage import logins
from storage import people as people_rows
from storage.db import Database, Tx, reading, transaction
from storage.tables.company import devices
from storage.tables.night import notices
from storage.tables.watch import device_states, faults
from tests import company
from tests.keeping.office import environment_for, ringwatch
from tests.keeping.test_reload import Door, door
from tests.servers import Mosquitto
from tests.waiting import until
from tests.web.conftest import hashed

SOON = timedelta(seconds=4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    return tmp_path / "var"


def changes(tx: Tx, name: str, typed: str, *, after: timedelta = timedelta()) -> datetime:
    """As the page does it; returns from when it holds."""
    now = datetime.now(UTC)
    said = Proposal(name=name, typed=typed, why="a test", effective_from=now + after)
    made = policy_desk.change(tx, said, Policy(), by=head(tx), now=now)
    return made.effective_from


def head(tx: Tx) -> PersonId:
    found = people_rows.by_code(tx, company.CHEN)
    assert found is not None
    return found.id


def test_the_collector_judges_by_it(
    database: Database, database_url: str, folder: Path, mosquitto: Mosquitto
) -> None:
    with transaction(database) as tx:
        company.found(tx)
        code = tx.scalar(select(devices.c.code))
        changes(tx, "limits.TEMP_HIGH.raise_after_s", "0")
        changes(tx, "limits.TEMP_HIGH.clear_at", "20")
    mine = environment_for(folder, database_url) | {"RINGWATCH_MQTT_URL": mosquitto.url}

    def heats_up() -> None:
        body = '{"metrics": {"temperature_c": 40}}'
        topic = f"ringwatch/v1/S1/{code}/health"
        paho.mqtt.publish.single(topic, body, qos=1, port=mosquitto.port)

    def found() -> list[datetime]:
        with reading(database) as tx:
            hot = faults.c.code == "TEMP_HIGH"  # it may have been missed before its first word
            return list(tx.scalars(select(faults.c.opened_at).where(hot)))

    with door(mine, "collector") as one:
        until(lambda: listening(folder), 120)
        heats_up()
        until(lambda: heard(database), 120)
        with transaction(database) as tx:
            holds_from = changes(tx, "limits.TEMP_HIGH.raise_at", "35", after=SOON)

        def found_while_hot() -> bool:
            heats_up()
            return bool(found())

        until(found_while_hot, 120, every_s=0.25)
        [opened_at] = found()
        assert opened_at >= holds_from
        assert_the_same_process(one)


def listening(folder: Path) -> bool:
    beat = folder / "health/collector.json"
    return beat.exists() and '"ok":true' in beat.read_text().replace(" ", "")


def heard(database: Database) -> bool:
    with reading(database) as tx:
        return bool(tx.scalar(select(func.count()).select_from(device_states)))


def assert_the_same_process(one: Door) -> None:
    assert one.process.poll() is None


def test_the_scheduler_keeps_promises_by_it(
    database: Database, database_url: str, folder: Path
) -> None:
    """An alert of ours is repeated every 5 min; from the change on every second."""
    mine = environment_for(folder, database_url)
    quick = Policy(ladder=Ladder(again_s=1))

    def told() -> int:
        with reading(database) as tx:
            return tx.scalar(select(func.count()).select_from(notices)) or 0

    with transaction(database) as tx:
        company.found(tx, channels=1)
    with door(mine, "scheduler") as one:
        one.until_said("keeping promises")
        with transaction(database) as tx:
            changes(tx, "ladder.again_s", "1 s")
            alert_desk.raise_alert(tx, alert_desk.CLOCK_STEP, "x", {}, quick, datetime.now(UTC))
        first = told()
        until(lambda: told() >= 3 * first, 120)
        assert_the_same_process(one)


def test_the_web_asks_for_the_password_by_it(
    database: Database, database_url: str, folder: Path, free_port: Callable[[], int]
) -> None:
    mine = environment_for(folder, database_url)
    mine["RINGWATCH_HTTP"] = f"127.0.0.1:{free_port()}"
    with transaction(database) as tx:
        company.found(tx)
        people_desk.give_login(
            tx,
            head(tx),
            "head",
            hashed("four words are good"),
            datetime.now(UTC),
            must_change=False,
        )
        login = logins.of_person(tx, head(tx))
        assert login is not None
        token = people_desk.let_in(tx, login, datetime.now(UTC), address="", agent="")
    page = urllib.request.Request(
        f"http://{mine['RINGWATCH_HTTP']}/policy", headers={"Cookie": f"ringwatch={token}"}
    )

    def led_to() -> str:
        try:
            with urllib.request.urlopen(page) as answer:  # noqa: S310 - our own server
                return str(answer.url)
        except urllib.error.URLError:
            return ""  # it is starting yet

    with door(mine, "web") as one:
        assert until(led_to, 120).endswith("/policy")
        with transaction(database) as tx:
            changes(tx, "session_hours", "0.0001")
        until(lambda: "/login" in led_to(), 120, every_s=0.2)
        assert_the_same_process(one)


def test_the_command_line_says_what_was_changed_in_the_browser(
    database: Database, database_url: str, folder: Path
) -> None:
    with transaction(database) as tx:
        company.found(tx)
        changes(tx, "zone_hours.ring1", "1.5")
    said = ringwatch(environment_for(folder, database_url), "settings").stdout
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines()}
    assert lines["policy.zone_hours.ring1"] == ["1.5", "browser"]
    assert lines["policy.zone_hours.ring2"] == ["3.0", "default"]
