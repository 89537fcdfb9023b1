"""The dead-man's page: a gap is called a gap, an address stays a secret, the board says silence."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from rules.dead_man import Ping
from rules.model import Role
from storage import outside_pings
from storage.db import transaction
from tests.web.conftest import START, House
from web.main import use

URL = "https://hc.example.com/ping/3f1c-secret"


@pytest.fixture
def watched(house: House) -> House:
    settings = house.parts.settings.model_copy(update={"dead_man_url": SecretStr(URL)})
    use(house.app, replace(house.parts, settings=settings))
    return house


def pinged(house: House, *, ago_s: float, taken: bool = True, sent: bool = True) -> None:
    ping = Ping(
        at=START - timedelta(seconds=ago_s),
        sent=sent,
        taken=taken,
        words="200 OK" if taken else "",
        checks={"beat": True, "echo": sent, "sender": True},
    )
    with transaction(house.parts.database) as tx:
        outside_pings.add(tx, ping, keep=10)


def test_never_set_up_is_a_gap_and_says_how_to_close_it(house: House) -> None:
    page = house.enter(Role.HEAD).get("/dead-man").text
    assert "Never set up" in page
    assert "RINGWATCH_DEAD_MAN_URL" in page
    assert "No ping yet" in page


def test_it_shows_the_last_ping_and_its_answer_but_not_the_secret(watched: House) -> None:
    pinged(watched, ago_s=20)
    page = watched.enter(Role.HEAD).get("/dead-man").text
    assert "The outside hears from us." in page
    assert "200 OK" in page
    assert "https://hc.example.com" in page
    assert "3f1c-secret" not in page


def test_one_that_was_held_back_names_what_is_not_well(watched: House) -> None:
    pinged(watched, ago_s=20, taken=False, sent=False)
    page = watched.enter(Role.ENGINEER).get("/dead-man").text
    assert "Held back" in page
    assert page.count("The monitor&#39;s ear") == 2


def test_the_board_says_when_the_outside_hears_nothing(watched: House) -> None:
    head = watched.enter(Role.HEAD)
    pinged(watched, ago_s=60)
    assert "Nobody outside hears from us" not in head.get("/").text
    watched.clock.passes(minutes=5)
    assert "Nobody outside hears from us" in head.get("/").text


def test_a_board_without_a_switch_does_not_nag(house: House) -> None:
    assert "Nobody outside hears from us" not in house.enter(Role.HEAD).get("/").text
