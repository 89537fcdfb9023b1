"""What is read of ONVIF and Axis is judged by the catalogue, or shown on purpose (A01)."""

import pytest

from collector.dialects.onvif_topics import TOPICS, plain
from rules.codes import FLAGS, METRICS

SHOWN = {
    "disk_overall_health",  # on a scale that Axis does not explain
    "disk_temperature_c",  # a card's own, whose limits we do not know
    "door_open",
    "humidity_pct",
    "input",
    "link_mbps",
    "relay",
    "system_ready",
    "uptime_s",  # judged with those before it: DEV_REBOOT_LOOP
}


def test_every_sign_is_judged_or_shown_on_purpose() -> None:
    judged = {code.signal for code in (*METRICS, *FLAGS)}
    signs = {sign.name for signs in TOPICS.values() for sign in signs}
    assert signs - judged == SHOWN


def test_no_topic_of_the_table_has_a_name_space() -> None:
    assert [topic for topic in TOPICS if plain(topic) != topic] == []


@pytest.mark.parametrize(
    ("topic", "bare"),
    [
        ("tns1:Device/HardwareFailure/acme:LensFailure", "Device/HardwareFailure/acme:LensFailure"),
        ("tns:onvif/Device/tns:axis/Sensor/PIR", "Device/Sensor/PIR"),
        ("onvif:Device/axis:Sensor/PIR", "Device/Sensor/PIR"),
        ("VideoSource/ImageTooDark/RecordingService", "VideoSource/ImageTooDark"),
        ("ImagingService", "ImagingService"),
        ("", ""),
        ("//", ""),
    ],
)
def test_only_a_vendors_own_name_space_stays(topic: str, bare: str) -> None:
    assert plain(topic) == bare
