"""The month of the rota, and the ways that stand on every page of it."""

import re
from datetime import timedelta

import pytest

from operations import rota as rota_desk
from rules.duty import Span
from rules.model import Layer, Role
from storage.db import transaction
from tests.web.conftest import START, House
from tests.web.rotas import an_override

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
    with transaction(house.parts.database) as tx:
        an_override(tx, house)
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


def test_before_there_is_any_rota_it_says_what_to_do(house: House) -> None:
    """No list of empty days, and nobody who is missing on them."""
    head, seller = house.enter(Role.HEAD), house.enter(Role.SALES)
    page = head.get("/rota/month").text
    assert "There is no rota yet" in page
    assert 'href="/rota/rotations/new"' in page
    assert "is-wrong-word" not in page.split('class="month')[1]
    assert 'href="/rota/rotations/new"' not in seller.get("/rota/month").text
    with transaction(house.parts.database) as tx:
        span = Span(starts_at=START, ends_at=START + timedelta(days=1))
        by, me = house.people[Role.HEAD], house.people[Role.ENGINEER]
        rota_desk.override(tx, Layer.FIRST, me, span, by=by, now=START)
    assert "There is no rota yet" not in head.get("/rota/month").text


def test_names_that_no_bar_of_a_phone_holds_stand_below_it(house: House) -> None:
    """At 390 px a day is 47 px wide; a bar of a week says its name itself."""
    head = house.enter(Role.HEAD)
    assert "bar-names" not in head.get("/rota").text
    with transaction(house.parts.database) as tx:
        by, me = house.people[Role.HEAD], house.people[Role.ENGINEER]
        for day in range(2):
            starts_at = START + timedelta(days=day)
            span = Span(starts_at=starts_at, ends_at=starts_at + timedelta(days=1))
            rota_desk.override(tx, Layer.FIRST, (me, by)[day], span, by=by, now=START)
    page = head.get("/rota").text
    [names] = re.findall(r'<ol class="bar-names".*?</ol>', page)
    assert names.count("<li") == 4  # nobody before, two, nobody after
