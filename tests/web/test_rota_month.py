"""The month of the rota, and the ways that stand on every page of it."""

import re

import pytest

from rules.model import Role
from tests.web.conftest import START, House

WAYS = ("/rota", "/duty/swaps", "/duty/notes", "/occasions", "/duty/calendar", "/escalations")


@pytest.mark.parametrize(
    "path", ["/rota/month", "/rota/rotations", "/rota/overrides", "/rota/past"]
)
def test_the_same_ways_stand_on_every_page_of_the_rota(house: House, path: str) -> None:
    page = house.enter(Role.HEAD).get(path).text
    assert [way for way in WAYS if f'<a href="{way}"' not in page] == []
    assert f'<a href="{path}" aria-current="true"' in page


def test_a_phone_begins_the_running_month_at_today(house: House) -> None:
    """What is past stays one tap away; another month is shown whole, with a way back."""
    head = house.enter(Role.HEAD)
    running = head.get("/rota/month").text
    days = re.findall(r'<td class="([^"]*)">', running)
    today = next(place for place, kinds in enumerate(days) if "is-today" in kinds)
    assert all("is-past" in kinds for kinds in days[:today])
    assert not any("is-past" in kinds for kinds in days[today:])
    assert 'class="month from-today"' in running
    assert 'href="#whole"' in running
    other = head.get(f"/rota/month?month={START.year + 1}-03").text
    assert 'class="month"' in other
    assert 'href="/rota/month"' in other
