"""200 devices behind a dead uplink: one order, one page, the list inside it (A01)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.model import DeviceState, Link
from storage import devices as device_rows
from storage import revision
from storage.db import Database, reading, transaction
from storage.views import behind as behind_view
from storage.views import devices as device_view
from tests.company import CHEN, LI
from tests.world import World

BEHIND = 200
ALL = [f"d{number}" for number in range(BEHIND + 1)]


@pytest.fixture
def site(database: Database, telemetry: Database, tmp_path: Path) -> Iterator[World]:
    """An uplink, ten switches behind it, and nineteen cameras behind each."""
    world = World(database, telemetry, tmp_path, devices=BEHIND + 1)
    uplink, *others = world.company.devices
    switches, cameras = others[:10], others[10:]
    links = {switch: {Link.VIA: uplink} for switch in switches}
    links |= {camera: {Link.VIA: switches[n % 10]} for n, camera in enumerate(cameras)}
    with transaction(database) as tx:
        device_rows.change(tx, uplink, {"type": "uplink"})
        for switch in switches:
            device_rows.change(tx, switch, {"type": "switch"})
        device_rows.set_links(tx, links)
        revision.bump(tx)
    yield world
    world.close()


def test_two_hundred_devices_behind_a_dead_uplink(site: World) -> None:
    site.all_well()
    site.passes(minutes=2)
    for device in ALL:
        site.falls_silent(device)
    site.passes(minutes=4.5)
    [order] = site.orders()
    assert len(site.open_faults()) == BEHIND + 1
    [root] = [fault for fault in site.open_faults() if fault.explained_by is None]
    assert (root.code, order.root_fault_id) == ("NET_UPLINK_DOWN", root.id)
    assert [kind for kind, _ in site.heard(LI)] == ["page"]
    assert [kind for kind, _ in site.heard(CHEN)] == ["report"]
    with reading(site.database) as tx:
        inside = behind_view.listed(tx, root.id, limit=500)
        camera = device_rows.get(tx, site.company.devices[-1])
        assert camera is not None
        standing = device_view.standing_of(tx, camera, site.now)
    assert inside.count == len(inside.rows) == BEHIND
    assert standing.state is DeviceState.UNREACHABLE

    site.all_well()
    site.passes(minutes=3.5)
    assert site.open_faults() == []
    assert [kind for kind, _ in site.heard(LI)] == ["page", "restored"]
