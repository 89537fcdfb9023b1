"""The demo company: loaded through the importer like any other, then given a past."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import words
from operations import imports, places
from ringwatch.demo.company import (
    cards,
    curves,
    drills,
    events,
    gates,
    inspected,
    past,
    plans,
    records,
    rota,
)
from ringwatch.demo.company.past import Cast
from ringwatch.demo.company.sheets import Stores
from storage import company, engine, listening
from storage import devices as device_rows
from storage import sites as site_rows
from storage.db import Tx, reading, transaction
from wiring.parts import Parts

FOLDER = Path(__file__).parent
RINGS = "chengdu_approx.geojson"
NAME = "锦城安防维护（演示）"
CITY_HOURS = 4.0
TIMEZONE = "Asia/Shanghai"


class DemoError(Exception):
    """The lists in this folder are not sound; only a change of them can bring that about."""


def fill(parts: Parts, now: datetime) -> None:
    """Fill an empty database; where the demo company stands already, do nothing.

    The past is the same for the same `now`. Nobody is owed anything for it: no notice that waits,
    and no deadline but of what is planned to come. Readings are committed first: a stop half-way
    leaves no company without curves.
    """
    with transaction(parts.database) as tx:
        if company.fact(tx, "demo") is not None:
            return
        _lists(tx, parts, now)
        gates.fill(tx, now)
        plans.fill(tx, now)
        devices = device_rows.all_devices(tx)
        cast = Cast(
            devices=devices,
            sites={site.id: site for site in site_rows.all_sites(tx)},
            shifts=rota.fill(tx, now, ZoneInfo(TIMEZONE)),
        )
        events.fill(tx, list(cast.shifts), now, ZoneInfo(TIMEZONE))
        drills.fill(tx, now, ZoneInfo(TIMEZONE))
        incidents = past.happened(cast, now)
        chronicle = records.write(tx, incidents, parts.settings.base_url, now)
        company.set_fact(tx, "demo", {"filled_at": now.isoformat()}, now)
        listening.change(tx, watermark=now)  # the past was heard: reports have an online rate
        with transaction(parts.telemetry) as readings:
            curves.fill(readings, devices, incidents, now)
        with reading(parts.telemetry) as readings:
            stores = Stores(tx=tx, readings=readings, files=parts.files)
            inspected.fill(stores, chronicle, cast, incidents, now)
        chronicle.close()
        cards.fill(tx, parts.policy, now)
    engine.settle(parts.telemetry)


def _lists(tx: Tx, parts: Parts, now: datetime) -> None:
    for name, value in (("name", NAME), ("timezone", TIMEZONE), ("city_hours", CITY_HOURS)):
        company.set_fact(tx, name, value, now)
    places.take_rings(tx, (FOLDER / RINGS).read_bytes(), by=None, now=now)
    outcomes = imports.load_folder(tx, FOLDER, policy=parts.policy, by=None, now=now)
    errors = [error for outcome in outcomes.values() for error in outcome.errors]
    if errors:
        first = errors[0]
        raise DemoError(f"{first.facts}: {words.say('en', first.message_id, **first.facts)}")
