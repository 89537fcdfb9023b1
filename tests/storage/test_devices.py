from datetime import date

import pytest

from rules.model import DeviceId, DeviceType, Link, Monitored
from storage import devices as device_rows
from storage import revision
from storage.db import Database, Tx, transaction
from tests.storage.assets import NOW, a_site, some_devices


def test_a_device_comes_back_as_it_was_added(database: Database) -> None:
    with transaction(database) as tx:
        site = a_site(tx, "S1")
        row = {
            "site_id": site,
            "code": "cam-1",
            "name": "大门球机",
            "type": "camera",
            "importance": "key",
            "ups": True,
            "monitored": "indirect",
            "reporting_interval_s": 30,
            "installed_on": date(2024, 2, 29),
            "enrolled_at": NOW,
        }
        device_rows.add(tx, [row])
        device = device_rows.by_code(tx, "S1", "cam-1")
    assert device is not None
    assert (device.type, device.monitored) == (DeviceType.CAMERA, Monitored.INDIRECT)
    assert (device.site_code, device.name, device.ups) == ("S1", "大门球机", True)
    assert (device.installed_on, device.warranty_end) == (date(2024, 2, 29), None)
    assert device.enrolled_at == NOW
    assert device.dialect == "native"


def test_links_name_what_a_device_depends_on(database: Database) -> None:
    with transaction(database) as tx:
        uplink, switch, camera = some_devices(tx, a_site(tx, "S1"), 3)
        device_rows.set_links(
            tx,
            {
                switch: {Link.VIA: uplink},
                camera: {Link.VIA: switch, Link.POWERED_BY: switch, Link.RECORDED_BY: uplink},
            },
        )
        found = device_rows.get(tx, camera)
        assert found is not None
        assert found.links == {
            Link.VIA: switch,
            Link.POWERED_BY: switch,
            Link.RECORDED_BY: uplink,
        }
        assert [d.id for d in device_rows.children(tx, switch)] == [camera]
        assert [d.id for d in device_rows.children(tx, uplink)] == [switch, camera]
        assert [d.id for d in device_rows.parents(tx, camera)] == [uplink, switch]


def test_setting_links_replaces_those_of_the_named_devices_only(database: Database) -> None:
    with transaction(database) as tx:
        uplink, switch, camera = some_devices(tx, a_site(tx, "S1"), 3)
        device_rows.set_links(tx, {switch: {Link.VIA: uplink}, camera: {Link.VIA: switch}})
        device_rows.set_links(tx, {camera: {Link.POWERED_BY: uplink}})
        assert _links(tx, switch) == {Link.VIA: uplink}
        assert _links(tx, camera) == {Link.POWERED_BY: uplink}
        device_rows.set_links(tx, {camera: {}})
        assert _links(tx, camera) == {}


def test_devices_are_told_apart_by_site(database: Database) -> None:
    with transaction(database) as tx:
        one, two = a_site(tx, "S1"), a_site(tx, "S2")
        (first,) = some_devices(tx, one, 1)
        (second,) = some_devices(tx, two, 1)
        assert [d.id for d in device_rows.of_site(tx, one)] == [first]
        assert [d.id for d in device_rows.all_devices(tx)] == [first, second]
        assert device_rows.ids_by_code(tx, [two]) == {(two, "d0"): second}
        assert device_rows.by_code(tx, "S2", "nothing") is None
        assert device_rows.get(tx, DeviceId(999)) is None


def test_a_change_touches_the_named_columns_only(database: Database) -> None:
    with transaction(database) as tx:
        (device_id,) = some_devices(tx, a_site(tx, "S1"), 1)
        device_rows.change(tx, device_id, {"disabled_at": NOW})
        device = device_rows.get(tx, device_id)
    assert device is not None
    assert (device.disabled_at, device.code) == (NOW, "d0")


@pytest.mark.parametrize(
    "wrong", [{"type": "toaster"}, {"monitored": "perhaps"}, {"reporting_interval_s": 0}]
)
def test_the_database_repeats_the_rules(database: Database, wrong: dict[str, object]) -> None:
    with transaction(database) as tx:
        site = a_site(tx, "S1")
    row = {"site_id": site, "code": "x", "type": "camera", "enrolled_at": NOW, **wrong}
    with pytest.raises(Exception, match=r"(?i)check constraint"), transaction(database) as tx:
        device_rows.add(tx, [row])


def test_many_devices_are_read_in_one_go(database: Database) -> None:
    with transaction(database) as tx:
        devices = some_devices(tx, a_site(tx, "S1"), 2000)
        device_rows.set_links(tx, {child: {Link.VIA: devices[0]} for child in devices[1:]})
        found = device_rows.all_devices(tx)
    assert len(found) == 2000
    assert sum(device.links == {Link.VIA: devices[0]} for device in found) == 1999


def test_the_revision_counts_every_change(database: Database) -> None:
    with transaction(database) as tx:
        before = revision.current(tx)
        revision.bump(tx)
        revision.bump(tx)
        assert revision.current(tx) == before + 2


def _links(tx: Tx, device_id: DeviceId) -> dict[Link, DeviceId]:
    device = device_rows.get(tx, device_id)
    assert device is not None
    return device.links
