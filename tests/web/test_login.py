"""In by name and password; tries are counted, slow and all alike."""

import time

from httpx2 import Response
from starlette.testclient import TestClient

from operations import people as people_desk
from operations import tries
from rules.model import Role
from storage import logins, sessions
from storage import people as people_rows
from storage.db import reading, transaction
from tests.web.conftest import HOST, PASSWORD, House, hashed


def _try(house: House, name: str, password: str, **form: str) -> tuple[TestClient, Response]:
    browser = house.browser()
    return browser, browser.post("/login", data={"name": name, "password": password, **form})


def test_a_stranger_is_sent_to_the_login_and_then_back(house: House) -> None:
    browser = house.browser()
    asked = browser.get("/notices?state=dead")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/login?next=%2Fnotices%3Fstate%3Ddead"
    form = {"name": "Head", "password": PASSWORD, "next": "/notices?state=dead"}
    entered = browser.post("/login", data=form)
    assert entered.headers["location"] == "/notices?state=dead"
    assert browser.get("/notices?state=dead").status_code == 200


def test_htmx_is_told_to_load_the_login_page(house: House) -> None:
    answer = house.browser().get("/rota", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/login")


def test_a_wrong_password_and_an_unknown_name_look_the_same(house: House) -> None:
    _, wrong = _try(house, "head", "not this one")
    _, unknown = _try(house, "nobody", "not this one")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace('"head"', "") == unknown.text.replace('"nobody"', "")


def test_an_unknown_name_costs_as_much_time_as_a_known_one(house: House) -> None:
    _try(house, "nobody", "warm up")
    spent = []
    for name in ("head", "nobody-else"):
        begun = time.perf_counter()
        _try(house, name, "not this one")
        spent.append(time.perf_counter() - begun)
    assert min(spent) > 0.02  # a real argon2 was computed both times
    assert max(spent) < 5 * min(spent)


def test_the_fifth_wrong_try_closes_the_door_for_a_while(house: House) -> None:
    for _ in range(5):
        assert _try(house, "head", "wrong wrong")[1].status_code == 403
    _, blocked = _try(house, "head", PASSWORD)
    assert blocked.status_code == 429
    assert int(blocked.headers["retry-after"]) == 31
    assert "30 s" in blocked.text
    house.clock.passes(seconds=31)
    assert _try(house, "head", PASSWORD)[1].status_code == 303


def test_each_further_try_waits_longer_up_to_a_quarter_of_an_hour(house: House) -> None:
    waits = []
    for _ in range(11):
        status = _try(house, "head", "wrong wrong")[1].status_code
        if status == 429:
            raise AssertionError("the clock was turned past the block")
        _, blocked = _try(house, "head", "wrong wrong")
        if blocked.status_code == 429:
            waits.append(int(blocked.headers["retry-after"]) - 1)
            house.clock.passes(seconds=waits[-1])
    assert waits[:3] == [30, 60, 120]
    assert max(waits) == 900


def test_a_blocked_name_does_not_close_the_door_for_others(house: House) -> None:
    for _ in range(6):
        _try(house, "head", "wrong wrong")
    assert _try(house, "engineer", PASSWORD)[1].status_code == 303


def test_an_address_that_tries_many_names_is_blocked(house: House) -> None:
    for number in range(20):
        with transaction(house.parts.database) as tx:
            people_desk.knock(tx, f"name-{number}", "10.0.0.9", house.clock())
    with transaction(house.parts.database) as tx:
        assert people_desk.knock(tx, "head", "10.0.0.9", house.clock()).blocked_until
        assert not people_desk.knock(tx, "head", "10.0.0.10", house.clock()).blocked_until


def test_right_logins_do_not_use_up_the_address(house: House) -> None:
    for _ in range(25):
        with transaction(house.parts.database) as tx:
            tried = people_desk.knock(tx, "head", "10.0.0.9", house.clock())
            assert tried.login is not None
            people_desk.let_in(tx, tried.login, house.clock(), address="10.0.0.9", agent="")


def test_tries_are_forgotten_after_an_hour(house: House) -> None:
    for _ in range(4):
        _try(house, "head", "wrong wrong")
    house.clock.passes(hours=2)
    for _ in range(4):
        assert _try(house, "head", "wrong wrong")[1].status_code == 403


def test_the_whole_neighbourhood_of_an_ipv6_address_counts_as_one() -> None:
    assert tries.network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert tries.network_of("192.0.2.7") == "192.0.2.7"
    assert tries.network_of("testclient") == "testclient"


def test_a_login_never_leads_elsewhere(house: House) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"):
        _, answer = _try(house, "head", PASSWORD, next=target)
        assert answer.headers["location"] == "/"


def test_the_first_password_must_be_changed(house: House) -> None:
    with transaction(house.parts.database) as tx:
        person = house.people[Role.ENGINEER]
        people_desk.give_login(tx, person, "engineer", hashed(PASSWORD), house.clock())
    browser, entered = _try(house, "engineer", PASSWORD)
    assert entered.headers["location"] == "/password"
    assert browser.get("/rota").headers["location"] == "/password"
    form = {
        "current": PASSWORD,
        "new": "another four good words",
        "again": "another four good words",
    }
    assert browser.post("/password", data=form).status_code == 303
    assert browser.get("/rota").status_code == 200


def test_a_password_change_ends_all_other_sessions(house: House) -> None:
    other, mine = house.enter(Role.HEAD), house.enter(Role.HEAD)
    form = {
        "current": PASSWORD,
        "new": "another four good words",
        "again": "another four good words",
    }
    before = mine.cookies.get("ringwatch")
    assert mine.post("/password", data=form).status_code == 303
    assert mine.cookies.get("ringwatch") != before
    assert mine.get("/rota").status_code == 200
    assert other.get("/rota").status_code == 303


def test_a_weak_or_wrong_password_is_told_beside_its_field(house: House) -> None:
    browser = house.enter(Role.HEAD)
    cases = {
        ("short", "short"): "at least 10",
        ("password12", "password12"): "easy to guess",
        ("head123456", "head123456"): "login name",
        ("four good words", "five good words"): "do not match",
        (PASSWORD, PASSWORD): "old password",
    }
    for (new, again), said in cases.items():
        form = {"current": PASSWORD, "new": new, "again": again}
        answer = browser.post("/password", data=form)
        assert answer.status_code == 422
        assert said in answer.text, (new, said)
    form = {"current": "wrong", "new": "four good words", "again": "four good words"}
    assert "not your present password" in browser.post("/password", data=form).text


def test_sessions_end_when_idle_and_in_any_case_after_a_week(house: House) -> None:
    browser = house.enter(Role.HEAD)
    for _ in range(13):
        house.clock.passes(hours=11)
        assert browser.get("/rota").status_code == 200
    house.clock.passes(hours=12)
    assert browser.get("/rota").status_code == 303
    busy = house.enter(Role.HEAD)
    for _ in range(7 * 24 // 8 - 1):
        house.clock.passes(hours=8)
        assert busy.get("/rota").status_code == 200
    house.clock.passes(hours=8)
    assert busy.get("/rota").status_code == 303


def test_logging_out_ends_the_session_on_our_side(house: House) -> None:
    browser = house.enter(Role.HEAD)
    token = browser.cookies.get("ringwatch") or ""
    assert browser.post("/logout").headers["location"] == "/login"
    browser.cookies.set("ringwatch", token, domain=HOST)
    assert browser.get("/rota").status_code == 303


def test_the_table_knows_no_token(house: House) -> None:
    browser = house.enter(Role.HEAD)
    token = browser.cookies.get("ringwatch") or ""
    assert len(token) >= 43
    with reading(house.parts.database) as tx:
        assert sessions.find(tx, token) is None


def test_the_cookie_is_strict_and_has_the_host_prefix_only_on_https(house: House) -> None:
    _, plain = _try(house, "head", PASSWORD)
    said = plain.headers["set-cookie"]
    assert said.startswith("ringwatch=")
    assert "HttpOnly" in said
    assert "SameSite=lax" in said
    assert "Secure" not in said
    secure = house.browser(Origin="https://testserver")
    secure.base_url = "https://testserver"
    answer = secure.post("/login", data={"name": "head", "password": PASSWORD})
    said = answer.headers["set-cookie"]
    assert said.startswith("__Host-ringwatch=")
    assert "Secure" in said
    assert "Path=/" in said
    assert "Domain" not in said
    assert answer.headers["strict-transport-security"]


def test_a_person_who_left_is_out_at_once(house: House) -> None:
    browser = house.enter(Role.ENGINEER)
    with transaction(house.parts.database) as tx:
        people_rows.leave(tx, house.people[Role.ENGINEER], house.clock())
    assert browser.get("/rota").status_code == 303
    assert _try(house, "engineer", PASSWORD)[1].status_code in {303, 403}
    with reading(house.parts.database) as tx:
        assert logins.by_name(tx, "engineer") is not None
