"""Which fault explains which, over hand-made sites and random ones."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import causes
from rules.causes import EXPLAINS, Node, ancestors, dependants, find_cycle, grace, judge
from rules.model import DeviceId, FaultId, Link
from rules.policy import Hold

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
VIA, POWER, RECORD = Link.VIA, Link.POWERED_BY, Link.RECORDED_BY
HOLD = Hold()
CAM, SWITCH, UPLINK, SUPPLY = (DeviceId(n) for n in range(1, 5))


def node(
    device_id: DeviceId, links: Mapping[Link, DeviceId] | None = None, ago_s: int = 200
) -> Node:
    """Heard `ago_s` seconds ago, speaks each minute, silent after three."""
    heard_at = NOW - ago_s * SECOND
    return Node(
        device_id=device_id,
        links=links or {},
        heard_at=heard_at,
        expected_at=heard_at + 60 * SECOND,
        silent_at=heard_at + 180 * SECOND,
    )


def site(**changes: Node) -> dict[DeviceId, Node]:
    nodes = {
        "camera": node(CAM, {VIA: SWITCH, POWER: SUPPLY}, ago_s=180),
        "switch": node(SWITCH, {VIA: UPLINK}, ago_s=5),
        "uplink": node(UPLINK, ago_s=5),
        "supply": node(SUPPLY, {VIA: UPLINK}, ago_s=5),
    } | changes
    return {one.device_id: one for one in nodes.values()}


def verdict(code: str, nodes: dict[DeviceId, Node]) -> causes.Verdict:
    return judge(code, nodes[CAM], nodes, HOLD, NOW)


def down(of: Node, code: str) -> Node:
    return replace(of, open_faults={code: FaultId(9)})


def test_alone_when_everything_above_speaks() -> None:
    assert verdict("DEV_OFFLINE", site()).why == "alone"


@pytest.mark.parametrize("which", ["switch", "uplink"])
def test_an_open_cause_above_explains_silence(which: str) -> None:
    of = node(SWITCH, {VIA: UPLINK}) if which == "switch" else node(UPLINK)
    found = verdict("DEV_OFFLINE", site(**{which: down(of, "NET_SWITCH_DOWN")}))
    assert found.explained_by == 9


def test_the_nearest_cause_explains() -> None:
    near = replace(node(SWITCH, {VIA: UPLINK}), open_faults={"NET_SWITCH_DOWN": FaultId(7)})
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


def test_held_until_the_quiet_ancestor_is_itself_due() -> None:
    found = verdict("DEV_OFFLINE", site(switch=node(SWITCH, {VIA: UPLINK}, ago_s=150)))
    assert found.provisional_until == NOW + 30 * SECOND + causes.ECHO_TIME


def test_an_ancestor_heard_a_little_later_proves_nothing_yet() -> None:
    """Both died in one moment; the switch merely spoke last. The camera has missed no turn."""
    found = verdict("DEV_OFFLINE", site(switch=node(SWITCH, {VIA: UPLINK}, ago_s=121)))
    assert found.provisional_until
    assert (
        verdict("DEV_OFFLINE", site(switch=node(SWITCH, {VIA: UPLINK}, ago_s=119))).why == "alone"
    )


def test_held_120_seconds_at_most() -> None:
    slow = replace(node(UPLINK, ago_s=400), silent_at=NOW + 3600 * SECOND)
    assert verdict("DEV_OFFLINE", site(uplink=slow)).provisional_until == NOW + 120 * SECOND
    overdue = replace(node(UPLINK, ago_s=400), silent_at=NOW - SECOND)
    assert verdict("DEV_OFFLINE", site(uplink=overdue)).provisional_until is not None


def test_a_cause_in_the_making_is_waited_for() -> None:
    will = replace(node(SWITCH, ago_s=5), pending={"NET_SWITCH_DOWN": NOW + 8 * SECOND})
    found = verdict("DEV_OFFLINE", site(switch=will))
    assert found.provisional_until == NOW + 8 * SECOND + causes.ECHO_TIME
    on_battery = replace(node(SUPPLY, ago_s=5), pending={"MAINS_LOSS": NOW + 600 * SECOND})
    assert verdict("DEV_OFFLINE", site(supply=on_battery)).provisional_until == NOW + 120 * SECOND
    warm = replace(node(SWITCH, ago_s=5), pending={"TEMP_HIGH": NOW + 8 * SECOND})
    assert verdict("DEV_OFFLINE", site(switch=warm)).why == "alone"


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


def children_of(nodes: dict[DeviceId, Node]) -> dict[DeviceId, list[tuple[DeviceId, Link]]]:
    found: dict[DeviceId, list[tuple[DeviceId, Link]]] = {}
    for one in nodes.values():
        for link, parent in one.links.items():
            found.setdefault(parent, []).append((one.device_id, link))
    return found


CAUSES = sorted({cause for causes_ in EXPLAINS.values() for cause in causes_})


@given(sites(), st.sampled_from(CAUSES))
def test_the_way_down_mirrors_the_way_up(nodes: dict[DeviceId, Node], cause: str) -> None:
    with_ups = {one.device_id for one in nodes.values() if one.ups}
    for root in nodes:
        below = dependants(cause, root, children_of(nodes), with_ups)
        for device_id, start in nodes.items():
            up = {
                code
                for above in ancestors(start, nodes)
                if above.node.device_id == root
                for code in EXPLAINS[above.link].get(cause, ())
            }
            assert below.get(device_id, frozenset()) == up


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
