"""One blow to many, a site's power, many sites at once (domain rules §3.6)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from rules.causes import ECHO_TIME, Node
from rules.common_causes import (
    Falling,
    family,
    independent,
    known_at,
    last_of_mass,
    many,
    power_is_down,
    sites_at_once,
    waits_for,
)
from rules.explains import Onset
from rules.model import DeviceId, Link, SiteId
from rules.policy import CommonCauses

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
FIGURES = CommonCauses()
A, B, C, D = (SiteId(n) for n in range(1, 5))


def at(*, ago_s: float, for_s: float = 60) -> Onset:
    since = NOW - timedelta(seconds=ago_s)
    return Onset(since, since + timedelta(seconds=for_s))


def falling(ago_s: float, in_s: float = 30) -> Falling:
    return Falling(at(ago_s=ago_s), NOW + timedelta(seconds=in_s))


@pytest.mark.parametrize(
    ("count", "of", "mass"),
    [(11, 1000, True), (10, 1000, False), (4, 19, True), (4, 20, False), (3, 3, False)],
)
def test_more_than_ten_or_more_than_a_fifth_of_a_site(count: int, of: int, *, mass: bool) -> None:
    assert many(count, of, FIGURES) is mass


@pytest.mark.parametrize(
    ("count", "of", "mass"),
    [(5, 1000, True), (4, 1000, False), (2, 3, True), (2, 4, False), (1, 1, False)],
)
def test_how_many_are_a_mass_is_for_the_company_to_say(count: int, of: int, *, mass: bool) -> None:
    assert many(count, of, CommonCauses(most=4, least=2, share_pct=50)) is mass


def test_families() -> None:
    """What is not heard is one family; a tamper, and what people found, stand alone always."""
    assert family("DEV_OFFLINE") == family("NET_SWITCH_DOWN") == "unheard"
    assert family("CLOCK_DRIFT") == family("TIME_NOT_SYNCED") == "clocks"
    assert family("CAM_BLUR") == "CAM_BLUR"
    for alone in ("TAMPER", "CUSTOMER_REPORT", "COMMON_CAUSE", "SITE_POWER_DOWN", "no such code"):
        assert family(alone) is None, alone


def test_only_what_fell_in_the_same_moment_counts() -> None:
    two = CommonCauses(most=1)
    others = [falling(60 * 60, in_s=90), falling(200, in_s=60), falling(170, in_s=30)]
    assert last_of_mass(at(ago_s=190), others, 1000, two) == others[1]
    assert last_of_mass(at(ago_s=190), others, 1000, CommonCauses(most=2)) is None
    assert last_of_mass(at(ago_s=60 * 60), others, 1000, two) is None
    assert known_at(others[1:]) == NOW + timedelta(seconds=60) + ECHO_TIME
    assert known_at([]) is None


def test_no_more_of_a_mass_is_looked_at_than_it_takes() -> None:
    class Counted(list[Falling]):
        def __iter__(self) -> Iterator[Falling]:
            for one in super().__iter__():
                looked_at.append(one)
                yield one

    looked_at: list[Falling] = []
    everybody = Counted(falling(200) for _ in range(5000))
    assert last_of_mass(at(ago_s=190), everybody, 100_000, FIGURES) == everybody[0]
    assert len(looked_at) == 11


def test_three_sites_in_one_moment() -> None:
    silent = {A: falling(200), B: falling(190), C: falling(180), D: falling(9000)}
    assert sites_at_once(A, at(ago_s=200), silent, FIGURES).keys() == {A, B, C}
    assert sites_at_once(D, at(ago_s=9000), silent, FIGURES) == {}
    del silent[C]
    assert sites_at_once(A, at(ago_s=200), silent, FIGURES) == {}
    two = CommonCauses(sites=2)
    assert sites_at_once(A, at(ago_s=200), silent, two).keys() == {A, B}


def test_a_site_of_which_something_is_heard_is_not_one_of_them() -> None:
    silent = {A: falling(200), B: falling(190), C: falling(180)}
    assert sites_at_once(D, at(ago_s=190), silent, FIGURES) == {}


def test_two_losses_of_one_supply_are_one() -> None:
    one, two, three, supply = (DeviceId(n) for n in range(4))
    feeds = {one: supply, two: supply}
    assert independent([one, two], feeds) == 1
    assert independent([one, two, supply], feeds) == 1
    assert independent([one, three], feeds) == 2


@pytest.mark.parametrize(
    ("mains", "silent", "of", "down"),
    [(2, 5, 10, True), (1, 9, 10, False), (2, 4, 10, False), (3, 10, 10, True)],
)
def test_power_is_down_with_two_losses_and_half_of_the_site(
    mains: int, silent: int, of: int, *, down: bool
) -> None:
    assert power_is_down(mains, silent, of, FIGURES) is down
    stricter = CommonCauses(mains=mains, dark_pct=100)
    assert power_is_down(mains, silent, of, stricter) is (silent == of)


def test_what_waits_for_the_top_waits_for_what_stands_on_the_way_there() -> None:
    """§3.6: a camera on a switch behind a router; the router speaks, and then the switch is it."""
    router, switch, other, camera, supply = (DeviceId(n) for n in range(1, 6))
    nodes = {
        one: Node(device_id=one, links=links)
        for one, links in {
            router: {},
            supply: {},
            switch: {Link.VIA: router},
            other: {Link.VIA: router},
            camera: {Link.VIA: switch, Link.POWERED_BY: supply},
        }.items()
    }
    assert waits_for(router, camera, router, nodes)
    assert waits_for(switch, camera, router, nodes)
    assert not waits_for(other, camera, router, nodes)  # the camera does not hang on it
    assert not waits_for(router, camera, switch, nodes)  # it spoke since the camera fell silent
    assert not waits_for(supply, camera, router, nodes)  # it is no way to the router
    assert not waits_for(switch, camera, router, {})
