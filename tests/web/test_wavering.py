"""A device's page: how it came and went, what a recorder kept, and what came again."""

from datetime import timedelta

import msgspec

from rules.flapping import Swing, Swings
from rules.model import DeviceId, DeviceType, Role, Severity, SiteId
from rules.recordings import Gaps
from storage import device_memories, states
from storage import devices as device_rows
from storage import faults as fault_rows
from storage import recordings as recording_rows
from storage.db import transaction
from storage.device_memories import Kept
from storage.recordings import Channel
from storage.states import LastWord
from tests.storage.assets import some_devices
from tests.web.conftest import START, House, a_fault, an_order

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE = DeviceId(1)


def _page(house: House, language: str = "en") -> str:
    return house.enter(Role.DISPATCHER, language).get("/devices/1").text


def _with_devices(house: House, kind: DeviceType = DeviceType.CAMERA) -> None:
    with transaction(house.parts.database) as tx:
        some_devices(tx, SiteId(1), 2)
        device_rows.change(tx, ONE, {"type": kind})


def test_the_chart_of_an_intermittent_device_says_how_often_and_how_long(house: House) -> None:
    _with_devices(house)
    changes = [Swing(START - n * HOUR, up=n % 2 == 0) for n in (5, 4, 3, 2)]
    with transaction(house.parts.database) as tx:
        body = msgspec.json.encode(Swings(changes=tuple(changes)))
        device_memories.put_all(tx, {Kept(ONE, "swings"): body})
    page = _page(house)
    assert "On and off, last 6 h" in page
    assert "4 changes" in page
    assert page.count('class="is-there"') == 3
    assert page.count('class="is-away"') == 2
    assert "近 6 小时" in _page(house, "zh")


def test_a_device_that_stayed_has_no_such_chart(house: House) -> None:
    _with_devices(house)
    assert "On and off" not in _page(house)


def test_a_recorder_shows_every_channel_against_what_is_owed(house: House) -> None:
    _with_devices(house, DeviceType.RECORDER)
    midnight = START.replace(hour=0, minute=0)
    lost = (midnight - 5 * HOUR, midnight - 3 * HOUR)
    agreed = (midnight - 10 * HOUR, midnight - 9 * HOUR)
    with transaction(house.parts.database) as tx:
        for channel, days, found in (
            ("ch-10", 35, Gaps()),
            ("ch-2", 12, Gaps(missing=(lost,), planned=(agreed,))),
        ):
            answer = Channel(
                device_id=ONE,
                channel=channel,
                asked_at=START - HOUR,
                starts_at=midnight - DAY,
                ends_at=midnight,
                oldest_at=START - days * DAY,
            )
            recording_rows.keep(tx, answer, found)
        states.put_all(tx, [LastWord(device_id=ONE, last_heard_at=START)])
    page = _page(house)
    assert "30 days are owed" in page
    assert page.index("ch-2<") < page.index("ch-10<"), "in the order people count"
    assert "kept in full" in page
    assert "not old enough yet" in page
    assert "12.0 days" in page
    assert "2 h" in page
    assert "agreed" in page
    assert "应保存 30 天" in _page(house, "zh")


def test_a_recorder_that_says_nothing_is_told_how_to(house: House) -> None:
    _with_devices(house, DeviceType.RECORDER)
    assert "kind recordings" in _page(house)


def test_a_fault_that_came_again_is_linked_both_ways(house: House) -> None:
    _with_devices(house)
    with transaction(house.parts.database) as tx:
        first = a_fault(tx, house, severity=Severity.MINOR)
        fault_rows.change(tx, first.id, cleared_at=START - HOUR)
        second = a_fault(tx, house, severity=Severity.MINOR)
        fault_rows.change(tx, second.id, repeat_of=first.id)
    page = _page(house)
    assert f'href="#fault-{first.id}"' in page
    assert f'href="#fault-{second.id}"' in page


def test_an_order_shows_what_it_repeats_and_how_its_device_came_and_went(house: House) -> None:
    _with_devices(house)
    with transaction(house.parts.database) as tx:
        first = an_order(tx, house)
        fault_rows.change(tx, first.root_fault_id, cleared_at=START)
        second = an_order(tx, house)
        fault_rows.change(tx, second.root_fault_id, repeat_of=first.root_fault_id)
        fault = fault_rows.get(tx, second.root_fault_id)
        assert fault is not None
        changes = tuple(Swing(START - n * HOUR, up=n % 2 == 0) for n in (5, 4, 3, 2))
        body = msgspec.json.encode(Swings(changes=changes))
        device_memories.put_all(tx, {Kept(fault.device_id, "swings"): body})
    page = house.enter(Role.DISPATCHER).get(f"/orders/{second.id}").text
    assert "The same before" in page
    assert f'href="/orders/{first.id}"' in page
    assert "On and off, last 6 h" in page
