"""A03: a promise that runs is kept as it was given, however the map changes under it."""

import json

from operations import calls as call_desk
from operations import places
from operations.calls import Call
from operations.imports import Kind
from rules.model import Role, WorkOrder, Zone
from storage import devices as device_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import Database, reading, transaction
from tests.operations.imports.office import NOW, POLICY, hand_in, opened
from tests.operations.imports.test_sites import RINGS

INSIDE = "code,name,customer,lon,lat,crs,zone\nS1,总店,C1,104.06354,30.65984,wgs84,auto\n"
SMALLER = [[104.04, 30.655], [104.05, 30.655], [104.05, 30.665], [104.04, 30.655]]


def redrawn() -> bytes:
    document = json.loads(RINGS)
    document["features"][0]["geometry"]["coordinates"] = [SMALLER]
    return json.dumps(document).encode()


def calls(database: Database, code: str) -> WorkOrder:
    with transaction(database) as tx:
        device = device_rows.by_code(tx, "S1", code)
        assert device is not None
        said = Call(device_id=device.id, symptom="no picture", at=NOW, reporter="Zhou")
        by = people_rows.all_staff(tx)[0].id
        return call_desk.receive(tx, said, by, POLICY, NOW)


def test_a_ring_that_is_redrawn_changes_the_next_order_and_not_this(database: Database) -> None:
    with transaction(database) as tx:
        places.take_rings(tx, RINGS, by=None, now=NOW)
        row = {"code": "p", "name": "P", "roles": [Role.HEAD], "all_sites": True, "channels": []}
        people_rows.add(tx, [row | {"language": "zh"}])
    opened(database, Kind.DEVICES)
    assert hand_in(database, Kind.SITES, INSIDE).fine
    running = calls(database, "cam")
    assert (running.zone, running.on_site_hours) == (Zone.RING1, 2)
    with transaction(database) as tx:
        assert places.take_rings(tx, redrawn(), by=None, now=NOW).sites_elsewhere == ("S1",)
    assert hand_in(database, Kind.SITES, INSIDE).fine
    with reading(database) as tx:
        site = site_rows.by_code(tx, "S1")
        kept = order_rows.get(tx, running.id)
    assert site is not None
    assert (site.zone, site.on_site_hours) == (Zone.RING2, 3)
    assert kept == running
    following = calls(database, "sw")
    assert (following.zone, following.on_site_hours) == (Zone.RING2, 3)
