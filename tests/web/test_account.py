"""Where one is logged in, and ending it: one's own sessions only."""

import re

import pytest
from starlette.testclient import TestClient

from operations import passwords
from rules.model import Role
from storage import journal, sessions
from storage import people as people_rows
from storage.db import reading, transaction
from tests.web.conftest import PASSWORD, START, House
from web import agents

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def came(house: House, name: str, agent: str) -> TestClient:
    browser = house.browser(**{"User-Agent": agent})
    browser.post("/login", data={"name": name, "password": PASSWORD})
    return browser


def hash_of(browser: TestClient) -> str:
    return passwords.token_hash(browser.cookies["ringwatch"])


def test_each_device_is_named_and_can_be_logged_out(house: House) -> None:
    mine = house.enter(Role.HEAD)
    phone = came(house, "head", WINDOWS)
    page = mine.get("/account").text
    assert "Chrome on Windows" in page
    assert "10.0.0.9" in page
    assert page.count("This device") == 1
    assert (
        "?ended=1"
        in mine.post("/account/sessions/end", data={"which": hash_of(phone)}).headers["location"]
    )
    assert phone.get("/rota").status_code == 303
    assert mine.get("/rota").status_code == 200


def test_all_others_at_once(house: House) -> None:
    mine, others = house.enter(Role.HEAD), [house.enter(Role.HEAD) for _ in range(3)]
    stranger = house.enter(Role.ENGINEER)
    answer = mine.post("/account/sessions/end")
    assert answer.headers["location"] == "/account?ended=3"
    assert "3 devices were logged out" in mine.get("/account?ended=3").text
    assert [one.get("/rota").status_code for one in others] == [303] * 3
    assert mine.get("/rota").status_code == stranger.get("/rota").status_code == 200
    with reading(house.parts.database) as tx:
        said = [one for one in journal.after(tx, 0, START) if one.verb == "session_ended"]
    assert [(one.person_id, one.facts["n"]) for one in said] == [(house.people[Role.HEAD], "3")]


def test_nobody_ends_anothers(house: House) -> None:
    victim, attacker = house.enter(Role.HEAD), house.enter(Role.ENGINEER)
    attacker.post("/account/sessions/end", data={"which": hash_of(victim)})
    assert victim.get("/rota").status_code == 200
    assert hash_of(victim) not in attacker.get("/account").text


def test_the_page_holds_no_token(house: House) -> None:
    browser, other = house.enter(Role.HEAD), house.enter(Role.HEAD)
    page = browser.get("/account").text
    assert browser.cookies["ringwatch"] not in page
    assert other.cookies["ringwatch"] not in page


def test_ended_and_half_sessions_are_not_listed(house: House) -> None:
    browser = house.enter(Role.HEAD)
    house.enter(Role.HEAD)
    house.clock.passes(days=6, hours=20)
    late = house.enter(Role.HEAD)
    house.clock.passes(hours=5)
    assert browser.get("/account").status_code == 303
    assert len(re.findall(r'class="portal-paper"', late.get("/account").text)) == 1


def test_the_administrator_logs_somebody_out_everywhere(house: House) -> None:
    theirs = house.enter(Role.ENGINEER)
    number = house.people[Role.ENGINEER]
    admin = house.enter(Role.ADMIN)
    assert "Log out everywhere" in admin.get(f"/logins/{number}").text
    assert admin.post(f"/logins/{number}/end").status_code == 303
    assert theirs.get("/rota").status_code == 303
    assert admin.post(f"/logins/{number}/nonsense").status_code == 404
    assert admin.post("/logins/4711/end").status_code == 404


def test_the_list_of_logins_is_searched_and_paged(house: House) -> None:
    with transaction(house.parts.database) as tx:
        rows = [
            {"code": f"Q-{n:03}", "name": f"新人{n}", "roles": [Role.SALES], "channels": []}
            for n in range(60)
        ]
        people_rows.add(tx, [row | {"language": "zh"} for row in rows])
    admin = house.enter(Role.ADMIN)
    first = admin.get("/logins").text
    assert "68 people" in first
    assert "No login" in first
    following = re.search(r'href="(/logins\?after=[^"]+)" rel="next"', first)
    assert following is not None
    assert "Q-059" in admin.get(following.group(1)).text
    assert "Q-059" not in first
    assert "新人7" in admin.get("/logins?q=Q-007").text
    assert "Try another word" in admin.get("/logins?q=nobody").text


def test_the_people_list_and_the_logins_lead_to_each_other(house: House) -> None:
    admin, number = house.enter(Role.ADMIN), house.people[Role.HEAD]
    assert f'href="/logins/{number}"' in admin.get(f"/manage/people/{number}").text
    assert f'href="/manage/people/{number}"' in admin.get(f"/logins/{number}").text


def test_mail_addresses_are_shown_in_part(house: House) -> None:
    """C12: enough to see that it is the right one."""
    with transaction(house.parts.database) as tx:
        people_rows.change(tx, house.people[Role.HEAD], {"email": "chen.tao@example.com"})
    page = house.enter(Role.ADMIN).get(f"/logins/{house.people[Role.HEAD]}").text
    assert "c•••@example.com" in page
    assert "chen.tao@example.com" not in page


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (WINDOWS, ("Chrome", "Windows")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0 Safari",
            ("WeChat", "iPhone"),
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Safari Edg/140", ("Edge", "Android")),
        ("curl/8.5", ("", "")),
    ],
)
def test_a_browser_in_two_words(agent: str, said: tuple[str, str]) -> None:
    assert agents.described(agent) == said


def test_a_session_says_how_it_began(house: House) -> None:
    browser = came(house, "head", WINDOWS)
    with reading(house.parts.database) as tx:
        found = sessions.find(tx, hash_of(browser))
    assert found is not None
    assert (found.how, found.second_factor_until) == ("password", None)
