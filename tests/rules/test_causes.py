"""Which fault explains which, over hand-made sites and random ones (A01; domain rules §3.6)."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import causes
from rules.causes import (
    SILENT,
    Effect,
    Node,
    Open,
    accounts_for,
    ancestors,
    find_cycle,
    grace,
    judge,
)
from rules.codes import CATALOGUE
from rules.explains import TABLE, Edge, Onset, effects_of
from rules.model import DeviceId, FaultId, Link
from rules.policy import Hold

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
VIA, POWER, RECORD = Link.VIA, Link.POWERED_BY, Link.RECORDED_BY
HOLD = Hold()
CAM, SWITCH, UPLINK, SUPPLY, RECORDER = (DeviceId(n) for n in range(1, 6))


def node(
    device_id: DeviceId, links: Mapping[Link, DeviceId] | None = None, ago_s: int = 200
) -> Node:
    """Heard `ago_s` seconds ago, silent after three minutes."""
    heard_at = NOW - ago_s * SECOND
    return Node(
        device_id=device_id,
        links=links or {},
        heard_at=heard_at,
        silent_at=heard_at + 180 * SECOND,
    )


def began(ago_s: int, *, every_s: int = 60) -> Onset:
    """Of a device that spoke last so long ago, and speaks so often."""
    return Onset(NOW - ago_s * SECOND, NOW - (ago_s - every_s) * SECOND)


def site(**changes: Node) -> dict[DeviceId, Node]:
    nodes = {
        "camera": node(CAM, {VIA: SWITCH, POWER: SUPPLY, RECORD: RECORDER}, ago_s=180),
        "switch": node(SWITCH, {VIA: UPLINK}, ago_s=5),
        "uplink": node(UPLINK, ago_s=5),
        "supply": node(SUPPLY, {VIA: UPLINK}, ago_s=5),
        "recorder": node(RECORDER, {VIA: SWITCH}, ago_s=5),
    } | changes
    return {one.device_id: one for one in nodes.values()}


def verdict(
    code: str,
    nodes: dict[DeviceId, Node],
    *,
    of: DeviceId = CAM,
    point: str = "",
    onset: Onset | None = None,
) -> causes.Verdict:
    return judge(Effect(code, point, onset or began(180)), nodes[of], nodes, HOLD, NOW)


def down(of: Node, code: str, onset: Onset | None = None, point: str = "", number: int = 9) -> Node:
    known = {(code, point): Open(FaultId(number), onset or began(200))}
    return replace(of, open_faults=known, silent_as=code if code in SILENT else of.silent_as)


def test_the_table_speaks_of_codes_of_the_catalogue() -> None:
    """§3.6 as data: no row names a fault that nobody raises."""
    named = {code for row in TABLE for code in row.causes | row.effects}
    assert named <= CATALOGUE.keys()


def test_alone_when_everything_above_speaks() -> None:
    assert verdict("DEV_OFFLINE", site()).why == "alone"


@pytest.mark.parametrize("which", ["switch", "uplink"])
def test_an_open_cause_above_explains_silence(which: str) -> None:
    of = node(SWITCH, {VIA: UPLINK}) if which == "switch" else node(UPLINK)
    found = verdict("DEV_OFFLINE", site(**{which: down(of, "NET_SWITCH_DOWN")}))
    assert found.explained_by == 9


def test_the_nearest_cause_explains() -> None:
    near = down(node(SWITCH, {VIA: UPLINK}), "NET_SWITCH_DOWN", number=7)
    found = verdict("DEV_OFFLINE", site(switch=near, uplink=down(node(UPLINK), "NET_UPLINK_DOWN")))
    assert found.explained_by == 7


@pytest.mark.parametrize("code", ["TAMPER", "BATT_LOW", "CAM_VIDEO_LOSS", "TEMP_HIGH"])
def test_evidence_of_its_own_is_never_explained_nor_held(code: str) -> None:
    quiet = site(switch=down(node(SWITCH, {VIA: UPLINK}), "NET_SWITCH_DOWN"), uplink=node(UPLINK))
    assert verdict(code, quiet).why == "alone"


def test_mains_lost_with_the_supply() -> None:
    dark = site(supply=down(node(SUPPLY, ago_s=5), "MAINS_LOSS"))
    assert verdict("MAINS_LOSS", dark).explained_by == 9
    assert verdict("DEV_OFFLINE", dark).explained_by == 9
    with_ups = replace(dark[CAM], ups=True)
    assert verdict("MAINS_LOSS", dark | {CAM: with_ups}).why == "alone"
    assert verdict("DEV_OFFLINE", dark | {CAM: with_ups}).why == "alone"


def test_the_network_of_a_supply_is_nothing_to_what_it_feeds() -> None:
    nodes = {
        CAM: node(CAM, {POWER: SUPPLY}, ago_s=180),
        SUPPLY: node(SUPPLY, {VIA: UPLINK}, ago_s=5),
        UPLINK: down(node(UPLINK), "NET_UPLINK_DOWN"),
    }
    assert verdict("DEV_OFFLINE", nodes).why == "alone"


def test_a_switch_that_feeds_its_cameras_explains_by_both_edges() -> None:
    nodes = {
        CAM: node(CAM, {VIA: SWITCH, POWER: SWITCH}, ago_s=180),
        SWITCH: down(node(SWITCH, ago_s=5), "MAINS_LOSS"),
    }
    assert verdict("DEV_OFFLINE", nodes).explained_by == 9


def test_a_recorder_offline_explains_its_recordings_and_no_camera() -> None:
    """§3.6: its channels and storage are unknown; a camera that is heard by itself stays well."""
    gone = site(recorder=down(node(RECORDER, {VIA: SWITCH}), "DEV_OFFLINE"))
    for code in ("REC_STOPPED", "REC_GAP", "NVR_CHANNEL_OFFLINE", "STO_DISK_FAIL"):
        assert verdict(code, gone).explained_by == 9, code
        assert verdict(code, gone, of=RECORDER, point="ch-3").explained_by == 9, code
    assert verdict("DEV_OFFLINE", gone).why == "alone"


def test_a_recorder_behind_a_dead_switch_is_no_special_depth() -> None:
    nodes = site(switch=down(node(SWITCH, {VIA: UPLINK}), "NET_SWITCH_DOWN"))
    assert verdict("REC_GAP", nodes).explained_by == 9


def test_a_camera_that_is_gone_explains_its_channel_at_the_recorder() -> None:
    recorder = replace(node(RECORDER, ago_s=5), shows=(CAM,))
    nodes = site(camera=down(node(CAM, {VIA: SWITCH}), "DEV_OFFLINE"), recorder=recorder)
    found = verdict("NVR_CHANNEL_OFFLINE", nodes, of=RECORDER, point="ch-3")
    assert found.explained_by == 9
    elsewhere = site(camera=nodes[CAM])  # another channel shows another camera
    found = verdict("NVR_CHANNEL_OFFLINE", elsewhere, of=RECORDER, point="ch-4")
    assert found.why == "alone"


def test_a_channel_waits_for_its_camera_and_for_the_switch_above_it() -> None:
    recorder = replace(node(RECORDER, ago_s=5), shows=(CAM,))
    onset = Onset(NOW - 120 * SECOND, NOW - 120 * SECOND)
    nodes = site(camera=node(CAM, {VIA: SWITCH}, ago_s=150), recorder=recorder)
    held = verdict("NVR_CHANNEL_OFFLINE", nodes, of=RECORDER, point="ch-3", onset=onset)
    assert held.provisional_until == NOW + 30 * SECOND + causes.ECHO_TIME
    dead = down(node(SWITCH), "NET_SWITCH_DOWN", onset)
    found = verdict(
        "NVR_CHANNEL_OFFLINE", nodes | {SWITCH: dead}, of=RECORDER, point="ch-3", onset=onset
    )
    assert found.explained_by == 9


@pytest.mark.parametrize("code", ["ZONE_TROUBLE", "ZONE_SHORT", "DET_SUPERVISION"])
def test_an_expander_explains_its_zones_within_a_minute(code: str) -> None:
    at = Onset(NOW, NOW)
    for late_s, explained in ((30, 9), (90, None)):
        since = Onset(NOW - late_s * SECOND, NOW - late_s * SECOND)
        nodes = site(switch=down(node(SWITCH, ago_s=5), "EXP_FAULT", since))
        assert verdict(code, nodes, onset=at).explained_by == explained


def test_a_panel_that_is_shut_down_has_missed_its_test_too() -> None:
    host = down(node(CAM), "PANEL_SHUTDOWN")
    for code in ("DEV_OFFLINE", "TEST_MISSED", "PANEL_COMM_FAIL"):
        assert verdict(code, site(camera=host)).explained_by == 9


def test_a_port_explains_what_sits_on_it() -> None:
    switch = down(node(SWITCH, {VIA: UPLINK}, ago_s=5), "NET_PORT_DOWN", point="port-7")
    for position, explained in (("Port 07", 9), ("7", 9), ("port-17", None), ("", None)):
        camera = replace(site()[CAM], position=position)
        found = verdict("DEV_OFFLINE", site(camera=camera, switch=switch))
        assert found.explained_by == explained, position


def test_a_clock_that_is_not_set_explains_drifts_for_a_day() -> None:
    hours = Onset(NOW - 3600 * 20 * SECOND, NOW - 3600 * 20 * SECOND)
    nodes = site(recorder=down(node(RECORDER, ago_s=5), "TIME_NOT_SYNCED", hours))
    assert verdict("CLOCK_DRIFT", nodes, onset=Onset(NOW, NOW)).explained_by == 9
    days = Onset(NOW - 3600 * 50 * SECOND, NOW - 3600 * 50 * SECOND)
    nodes = site(recorder=down(node(RECORDER, ago_s=5), "TIME_NOT_SYNCED", days))
    assert verdict("CLOCK_DRIFT", nodes, onset=Onset(NOW, NOW)).why == "alone"


def test_what_was_broken_before_stays_a_fault_of_its_own() -> None:
    """§3.6, "still raised": and what went on speaking has another way to us."""
    switch = down(node(SWITCH, {VIA: UPLINK}), "NET_SWITCH_DOWN", began(600))
    nodes = site(switch=switch)
    before, with_it, after = began(900), began(610), began(200)
    assert verdict("DEV_OFFLINE", nodes, onset=before).why == "alone"
    assert verdict("DEV_OFFLINE", nodes, onset=with_it).explained_by == 9
    assert verdict("DEV_OFFLINE", nodes, onset=after).why == "alone"
    effect = Effect("DEV_OFFLINE", "", before)
    assert accounts_for(FaultId(9), effect, nodes[CAM], nodes, whenever=True)
    assert not accounts_for(FaultId(9), effect, nodes[CAM], nodes)


def test_held_until_the_quiet_ancestor_is_itself_due() -> None:
    found = verdict("DEV_OFFLINE", site(switch=node(SWITCH, {VIA: UPLINK}, ago_s=150)))
    assert found.provisional_until == NOW + 30 * SECOND + causes.ECHO_TIME


def test_an_ancestor_heard_a_little_later_proves_nothing_yet() -> None:
    """Both died in one moment; the switch merely spoke last. The camera has missed no turn."""
    found = verdict("DEV_OFFLINE", site(switch=node(SWITCH, {VIA: UPLINK}, ago_s=121)))
    assert found.provisional_until
    later = site(switch=node(SWITCH, {VIA: UPLINK}, ago_s=119))
    assert verdict("DEV_OFFLINE", later).why == "alone"


def test_held_120_seconds_at_most() -> None:
    slow = replace(node(UPLINK, ago_s=400), silent_at=NOW + 3600 * SECOND)
    assert verdict("DEV_OFFLINE", site(uplink=slow)).provisional_until == NOW + 120 * SECOND
    overdue = replace(node(UPLINK, ago_s=400), silent_at=NOW - SECOND)
    assert verdict("DEV_OFFLINE", site(uplink=overdue)).provisional_until is not None


def test_a_cause_in_the_making_is_waited_for() -> None:
    def waiting(of: DeviceId, code: str, in_s: int) -> Node:
        return replace(node(of, ago_s=5), pending={(code, ""): NOW + in_s * SECOND})

    found = verdict("DEV_OFFLINE", site(switch=waiting(SWITCH, "NET_SWITCH_DOWN", 8)))
    assert found.provisional_until == NOW + 8 * SECOND + causes.ECHO_TIME
    found = verdict("DEV_OFFLINE", site(supply=waiting(SUPPLY, "MAINS_LOSS", 600)))
    assert found.provisional_until == NOW + 120 * SECOND
    found = verdict("DEV_OFFLINE", site(switch=waiting(SWITCH, "TEMP_HIGH", 8)))
    assert found.why == "alone"


def test_an_ancestor_nobody_ever_heard_holds_nothing() -> None:
    never = Node(device_id=SWITCH, links={}, silent_at=NOW + 60 * SECOND)
    assert verdict("DEV_OFFLINE", site(switch=never)).why == "alone"


def test_grace() -> None:
    assert grace(None, HOLD) == timedelta(minutes=10)
    assert grace(60, HOLD) == timedelta(minutes=10)
    assert grace(900, HOLD) == timedelta(minutes=30)


def test_cycles_are_named_with_their_path() -> None:
    assert find_cycle({DeviceId(1): [DeviceId(2)], DeviceId(2): []}) is None
    found = find_cycle(
        {
            DeviceId(1): [DeviceId(2)],
            DeviceId(2): [DeviceId(3), DeviceId(4)],
            DeviceId(3): [],
            DeviceId(4): [DeviceId(2)],
        }
    )
    assert found == (2, 4, 2)
    assert find_cycle({DeviceId(1): [DeviceId(1)]}) == (1, 1)


@st.composite
def sites(draw: st.DrawFn) -> dict[DeviceId, Node]:
    """Any acyclic site: a device depends only on devices with a smaller number."""
    nodes: dict[DeviceId, Node] = {}
    for number in range(draw(st.integers(1, 9))):
        links = {
            link: DeviceId(draw(st.integers(0, number - 1)))
            for link in Link
            if number and draw(st.booleans())
        }
        nodes[DeviceId(number)] = replace(node(DeviceId(number), links), ups=draw(st.booleans()))
    return nodes


@given(sites())
def test_every_way_up_ends_and_names_each_thing_once_an_edge(nodes: dict[DeviceId, Node]) -> None:
    for start in nodes.values():
        above = [(one.node.device_id, one.edge) for one in ancestors(start, nodes)]
        assert len(above) == len(set(above))
        assert above[0] == (start.device_id, Edge.ITSELF)
        assert start.device_id not in {device_id for device_id, _ in above[1:]}


@given(sites(), st.sampled_from(sorted({c for row in TABLE for c in row.causes})))
def test_no_two_devices_explain_each_other(nodes: dict[DeviceId, Node], cause: str) -> None:
    """Or both would wait behind the other for ever, and nobody be paged."""
    for one in nodes.values():
        for other in nodes.values():
            if one.device_id < other.device_id:
                assert not (
                    _explains(one, other, nodes, cause) and _explains(other, one, nodes, cause)
                )


def _explains(cause: Node, effect: Node, nodes: dict[DeviceId, Node], code: str) -> bool:
    failed = nodes | {cause.device_id: down(cause, code)}
    found = (
        judge(Effect(name, "", began(200)), effect, failed, HOLD, NOW) for name in effects_of(code)
    )
    return any(verdict.explained_by is not None for verdict in found)


@given(sites())
def test_an_acyclic_site_has_no_cycle_and_one_more_edge_may_close_it(
    nodes: dict[DeviceId, Node],
) -> None:
    parents = {i: list(one.links.values()) for i, one in nodes.items()}
    assert find_cycle(parents) is None
    for device_id, above in parents.items():
        for parent in above:
            closed = parents | {parent: [*parents[parent], device_id]}
            path = find_cycle(closed)
            assert path is not None
            assert path[0] == path[-1]
            for one, following in itertools.pairwise(path):
                assert following in closed[one]
