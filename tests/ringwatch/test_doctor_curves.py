"""The doctor looks at InfluxDB: can it be asked, does it take what devices measured?"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import words
from ringwatch import doctor_curves
from rules.policy import Policy
from storage import shipping
from storage.db import Database, transaction
from storage.shipping import Refused
from tests.servers import free_port
from tests.storage.test_curves import the_real_one
from tests.web.conftest import START, TurnedClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import Settings

Findings = Sequence[tuple[str, str, dict[str, Any]]]


def parts_with(database: Database, telemetry: Database, folder: Path, **influx: Any) -> Parts:
    settings = Settings(data=folder).model_copy(update=influx)
    return Parts(settings, database, telemetry, Figures(Policy()), TurnedClock())


def away() -> dict[str, Any]:
    url = f"http://127.0.0.1:{free_port()}"
    token = SecretStr("hush-hush")
    return {"influx_url": url, "influx_token": token, "influx_org": "o", "influx_bucket": "b"}


def told(findings: Findings) -> list[tuple[str, str]]:
    """Each in words, in both languages, without a secret."""
    for _, what, facts in findings:
        for language in words.LANGUAGES:
            assert "hush-hush" not in words.say(language, f"house.doctor.{what}", **facts)
    return [(how, what) for how, what, _ in findings]


def test_without_an_influxdb_there_is_nothing_to_say(
    database: Database, telemetry: Database, tmp_path: Path
) -> None:
    assert told(list(doctor_curves.look(parts_with(database, telemetry, tmp_path)))) == []


def test_one_that_is_away_and_what_it_has_missed(
    database: Database, telemetry: Database, tmp_path: Path
) -> None:
    parts = parts_with(database, telemetry, tmp_path, **away())
    assert told(list(doctor_curves.look(parts))) == [("bad", "influx_down")]
    with transaction(telemetry) as tx:
        shipping.begin(tx)
        shipping.took(tx, (1, 1), 5, [Refused("line", "no")], START)
        shipping.ails(tx, "500: away", START - timedelta(hours=2))
    found = told(list(doctor_curves.look(parts)))
    assert found == [("bad", "influx_down"), ("bad", "influx_behind"), ("odd", "influx_refused")]


def test_a_real_one_answers(database: Database, telemetry: Database, tmp_path: Path) -> None:
    store = the_real_one()
    there = {"influx_url": store.url, "influx_org": store.org, "influx_bucket": store.bucket}
    token = SecretStr(store.token)
    parts = parts_with(database, telemetry, tmp_path, influx_token=token, **there)
    assert told(list(doctor_curves.look(parts))) == [("good", "influx")]
