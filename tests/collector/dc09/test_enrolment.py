"""Host and zones out of what they said: enrolled in one go, the zones behind their host (A01)."""

from operations import enrolment
from rules.model import DeviceType, Link, Monitored
from storage import devices as device_rows
from storage.db import reading, transaction
from storage.views import discovered
from tests.collector.dc09.station import Station
from tests.company import CHEN


def test_a_host_and_its_zones_are_enrolled_as_what_they_said(station: Station) -> None:
    station.says("1301 00 000", account="5501")
    station.says("1384 01 012", 2)
    station.says("NPA003^TILL^", 3, kind="SIA-DCS")
    with transaction(station.database) as tx:
        found = discovered.listed(tx, ignored=False, limit=10).rows
        enrolment.enrol_as_guessed(tx, found, station.company.id_of(CHEN), station.now)
    with reading(station.database) as tx:
        known = {one.dialect_id: one for one in device_rows.all_devices(tx)}
    host, zone, till = (known[name] for name in ("5501", "5501/zone/012", "5501/zone/003"))
    assert (host.type, host.monitored) == (DeviceType.ALARM_HOST, Monitored.YES)
    assert (zone.type, zone.monitored) == (DeviceType.ZONE, Monitored.INDIRECT)
    assert (till.type, till.monitored) == (DeviceType.PANIC_BUTTON, Monitored.INDIRECT)
    assert till.name == "TILL"
    assert zone.links == till.links == {Link.VIA: host.id}
