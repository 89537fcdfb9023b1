"""Hostile input through the collector's own intake: nothing dies, all is bounded, refusals stand.

Everything that is refused is kept with its reason, and counted; what is sound beside it counts.
"""

from collector.dialects.registry import DIALECTS
from collector.message import Message
from rules.policy import Policy
from storage.db import reading
from storage.views import discovered as discovered_view
from storage.views import rejects as reject_view
from tests.collector.dialects.seeds import SEEDS
from tests.collector.dialects.test_hostile import ODD_BODIES
from tests.collector.field import Field

HEARD = [name for name in sorted(DIALECTS) if DIALECTS[name].filters("x")]
ODD_TOPICS = (
    "axis/\udcff\udcfe/event/x",  # no UTF-8
    "axis/a\x00b/event/x",
    "axis/a\x1bb/event/x",
    "axis//event/x",
    "axis/" + "x" * 300 + "/event/x",
    "axis/" + "门" * 100 + "/event/x",
    "onvif/\udcff/onvif-ej/Device/HardwareFailure/FanFailure",
    "onvif/" + "/" * 200 + "onvif-ej/x",
    "zigbee2mqtt/\udcff/availability",
    "frigate/\udcff/status/detect",
    "elsewhere/x",
)
FAN = "onvif/cam01/onvif-ej/Device/HardwareFailure/FanFailure"


def _listening(field: Field) -> Field:
    field.listens(**{name: name for name in HEARD})
    field.has("cam", dialect="onvif", dialect_id="cam01", reporting_interval_s=None)
    return field


def _newest(field: Field, most: int = 200) -> list[str]:
    with reading(field.database) as tx:
        return [one.reason for one in reject_view.newest(tx, limit=most).rows]


def test_every_odd_body_in_one_batch_with_a_sound_message(field: Field) -> None:
    _listening(field)
    batch = [
        Message(f"{name}/{topic}", body, 0, 0)
        for name in HEARD
        for topic in dict.fromkeys(topic for topic, _ in SEEDS[name])
        for body in ODD_BODIES.values()
    ]
    sound = Message(FAN, b'{"Data":{"Failed":"true"}}', 0, 0)
    before = field.ears()
    field.takes(*batch, sound)
    after = field.ears()
    assert after.messages - before.messages == len(batch) + 1
    assert after.rejected - before.rejected > len(batch) / 4
    assert field.last("cam").flags == {"fan_fault": True}
    assert all(_newest(field))


def test_a_topic_that_no_database_takes_stops_nobody(field: Field) -> None:
    _listening(field)
    for topic in ODD_TOPICS:
        for body in (b"online", b'{"connected":false}', b'{"Data":{"Failed":"1"}}', b""):
            field.takes(
                Message(topic, body, 0, 0),
                Message(FAN, b'{"Data":{"Failed":"false"}}', 0, 0),
            )
    assert field.last("cam").flags == {"fan_fault": False}
    assert any("no source of ours" in reason for reason in _newest(field))


def test_ten_thousand_topics_of_strangers_leave_a_bounded_list(
    field: Field,
) -> None:
    _listening(field)
    kept = Policy().discovered_kept
    for start in range(0, 10_000, 1_000):
        field.takes(
            *(
                Message(f"onvif/cam-{number}/onvif-ej/x", b'{"Data":{}}', 0, 0)
                for number in range(start, start + 1_000)
            )
        )
    with reading(field.database) as tx:
        assert 0 < discovered_view.count(tx) <= kept


def test_ten_thousand_refusals_are_all_counted_and_a_bounded_number_is_kept(
    field: Field,
) -> None:
    _listening(field)
    kept = field.parts.policy.rejects_kept
    before = field.ears().rejected
    for _ in range(12):
        field.takes(*(Message(f"axis/{n}/event/x", b"\xff" * 99, 0, 0) for n in range(1_000)))
    assert field.ears().rejected - before == 12_000
    assert len(_newest(field, kept + 1_000)) <= kept
