"""The second factor: set up, asked for, each code once; spare codes, lost phones, roles."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from starlette.testclient import TestClient

from operations import second_factor
from operations.seals import Seal
from rules.model import Role
from storage import journal, logins
from storage.db import reading, transaction
from storage.logins import Login
from tests.web.conftest import PASSWORD, START, House
from web.main import build
from wiring import secret
from wiring.settings import Settings

FACTOR = "/account/second-factor"


def login_of(house: House, role: Role) -> Login:
    with reading(house.parts.database) as tx:
        found = logins.of_person(tx, house.people[role])
    assert found is not None
    return found


def key_of(page: str) -> str:
    found = re.search(r'copyable" translate="no">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found.group(1).replace(" ", "")


def code(house: House, key: str, steps: int = 0) -> str:
    return pyotp.TOTP(key).at(house.clock() + timedelta(seconds=30 * steps))


def set_up(house: House, browser: TestClient) -> tuple[str, list[str]]:
    """The key as the phone has it, and the spare codes as they were shown."""
    assert browser.post(FACTOR).status_code == 303
    key = key_of(browser.get(FACTOR).text)
    done = browser.post(f"{FACTOR}/confirm", data={"code": code(house, key)})
    assert done.status_code == 200, done.text
    house.clock.passes(seconds=30)  # the code just used works no more
    return key, re.findall(r'<li class="code">([a-z0-9-]{11})</li>', done.text)


def by_password(house: House, name: str = "head") -> tuple[TestClient, str]:
    browser = house.browser()
    form = {"name": name, "password": PASSWORD, "next": "/notices"}
    return browser, browser.post("/login", data=form).headers["location"]


def test_it_counts_only_once_a_code_has_proven_it(house: House) -> None:
    browser = house.enter(Role.HEAD)
    browser.post(FACTOR)
    shown = browser.get(FACTOR).text
    assert 'src="data:image/svg+xml' in shown
    assert 'href="otpauth://totp/' in shown
    assert f"secret={key_of(shown)}" in shown  # a phone cannot scan its own screen
    assert "autofocus" not in shown  # a keyboard would hide what is to be scanned
    wrong = browser.post(f"{FACTOR}/confirm", data={"code": "000000"})
    assert wrong.status_code == 422
    assert "autofocus" in wrong.text
    assert key_of(wrong.text) == key_of(shown)
    assert by_password(house)[1] == "/notices"


def test_the_password_alone_opens_nothing_any_more(house: House) -> None:
    other, mine = house.enter(Role.HEAD), house.enter(Role.HEAD)
    key, spare = set_up(house, mine)
    assert len(set(spare)) == second_factor.SPARE
    assert other.get("/rota").status_code == 303  # begun without it: logged out
    assert mine.get("/rota").status_code == 200
    browser, where = by_password(house)
    assert where == "/login/code?next=%2Fnotices"
    for closed in ("/", "/rota", "/account", "/orders/1"):
        assert browser.get(closed).headers["location"].startswith("/login")
    assert browser.get("/stream?on=board").status_code == 401
    assert browser.post("/password", data={"new": "x"}).status_code == 303
    assert browser.post("/login/code", data={"code": "123456"}).status_code == 403
    half = browser.cookies["ringwatch"]
    done = browser.post("/login/code", data={"code": code(house, key), "next": "/notices"})
    assert done.headers["location"] == "/notices"
    assert browser.cookies["ringwatch"] != half
    assert browser.get("/rota").status_code == 200


def test_a_code_works_once_and_a_step_late(house: House) -> None:
    key, _ = set_up(house, house.enter(Role.HEAD))
    seen = code(house, key)
    first, second = by_password(house)[0], by_password(house)[0]
    house.clock.passes(seconds=30)
    assert first.post("/login/code", data={"code": f" {seen[:3]} {seen[3:]} "}).status_code == 303
    assert second.post("/login/code", data={"code": seen}).status_code == 403
    assert second.post("/login/code", data={"code": code(house, key, -2)}).status_code == 403
    assert second.post("/login/code", data={"code": code(house, key, 1)}).status_code == 303


def test_a_spare_code_works_once(house: House) -> None:
    _, spare = set_up(house, house.enter(Role.HEAD))
    browser = by_password(house)[0]
    assert browser.post("/login/code", data={"code": spare[0].upper()}).status_code == 303
    assert "9 spare codes" in browser.get(FACTOR).text
    again = by_password(house)[0]
    assert again.post("/login/code", data={"code": spare[0]}).status_code == 403
    assert again.post("/login/code", data={"code": spare[1].replace("-", "")}).status_code == 303


def test_new_spare_codes_end_the_old(house: House) -> None:
    browser = house.enter(Role.HEAD)
    key, spare = set_up(house, browser)
    assert browser.post(f"{FACTOR}/spare", data={"code": "000000"}).status_code == 422
    made = browser.post(f"{FACTOR}/spare", data={"code": code(house, key)}).text
    fresh = re.findall(r'<li class="code">([a-z0-9-]{11})</li>', made)
    assert not set(fresh) & set(spare)
    other = by_password(house)[0]
    assert other.post("/login/code", data={"code": spare[0]}).status_code == 403
    assert other.post("/login/code", data={"code": fresh[0]}).status_code == 303


def test_codes_are_counted(house: House) -> None:
    key, _ = set_up(house, house.enter(Role.HEAD))
    browser = by_password(house)[0]
    answers = [browser.post("/login/code", data={"code": "000000"}) for _ in range(6)]
    assert [one.status_code for one in answers] == [403] * 5 + [429]
    right = browser.post("/login/code", data={"code": code(house, key)})
    assert right.status_code == 429
    assert "30 s" in right.text
    house.clock.passes(seconds=31)
    assert browser.post("/login/code", data={"code": code(house, key)}).status_code == 303


def test_half_a_login_ends_after_ten_minutes_or_by_a_button(house: House) -> None:
    key, _ = set_up(house, house.enter(Role.HEAD))
    browser, other = by_password(house)[0], by_password(house)[0]
    assert other.post("/login/again").headers["location"] == "/login"
    assert other.get("/login/code").headers["location"].startswith("/login?")
    house.clock.passes(minutes=10)
    late = browser.post("/login/code", data={"code": code(house, key)})
    assert late.headers["location"].startswith("/login?")


def test_only_a_code_switches_it_off(house: House) -> None:
    browser = house.enter(Role.HEAD)
    key, _ = set_up(house, browser)
    assert browser.post(f"{FACTOR}/off", data={"code": "000000"}).status_code == 422
    assert browser.post(FACTOR).status_code == 303  # nor does beginning anew
    assert login_of(house, Role.HEAD).second_factor
    assert browser.post(f"{FACTOR}/off", data={"code": code(house, key)}).status_code == 303
    assert by_password(house)[1] == "/notices"


def test_a_password_change_does_not_ask_again(house: House) -> None:
    browser = house.enter(Role.HEAD)
    set_up(house, browser)
    new = {"new": "noch vier gute worte", "again": "noch vier gute worte"}
    browser.post("/password", data={"current": PASSWORD, **new})
    assert browser.get("/rota").status_code == 200


def test_the_administrator_helps_with_a_lost_phone(house: House) -> None:
    theirs = house.enter(Role.HEAD)
    set_up(house, theirs)
    number = house.people[Role.HEAD]
    for role in set(Role) - {Role.ADMIN}:
        answer = house.enter(role).post(f"/logins/{number}/second-factor-off")
        assert answer.status_code in {303, 403}  # the head's new session is half a one
    assert login_of(house, Role.HEAD).second_factor
    assert house.enter(Role.ADMIN).post(f"/logins/{number}/second-factor-off").status_code == 303
    assert theirs.get("/rota").status_code == 303
    assert by_password(house)[1] == "/notices"
    with reading(house.parts.database) as tx:
        said = [one for one in journal.after(tx, 0, START) if one.verb == "second_factor_reset"]
    assert [one.person_id for one in said] == [house.people[Role.ADMIN]]


def test_a_role_that_must_have_one_gets_nowhere_without(house: House) -> None:
    """The setting `second_factor_roles`; streams too."""
    given = {"data": house.parts.settings.data, "second_factor_roles": "head; admin"}
    settings = Settings.model_validate(given)
    house.parts = replace(house.parts, settings=settings)
    house.app = build(house.parts)
    browser = house.enter(Role.HEAD)
    for path in ("/", "/rota", "/account", "/orders", "/portal"):
        assert browser.get(path).headers["location"] == FACTOR
    assert browser.post("/rota", data={}).headers["location"] == FACTOR
    assert browser.get("/stream?on=board").status_code == 401
    assert "Your role needs" in browser.get(FACTOR).text
    set_up(house, browser)
    assert browser.get("/rota").status_code == 200
    assert house.enter(Role.ENGINEER).get("/rota").status_code == 200


def test_a_stolen_table_makes_no_code(house: House) -> None:
    """Sealed with the installation's secret; without it nothing opens, and the page says so."""
    browser = house.enter(Role.HEAD)
    key, spare = set_up(house, browser)
    with transaction(house.parts.database) as tx:
        kept = str(tx.exec_driver_sql("SELECT * FROM logins").all())
    assert key not in kept
    assert not [one for one in spare if one in kept or one.replace("-", "") in kept]
    sealed = login_of(house, Role.HEAD).totp_secret
    ours = secret.seal(house.parts.settings)
    assert ours.open(sealed, f"login {login_of(house, Role.HEAD).id}") == key
    assert ours.open(sealed, "login 999") is None
    assert Seal(b"another installation's").open(sealed, "login 3") is None
    file = secret.file_of(house.parts.settings)
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("quite another secret of sufficient length", encoding="utf-8")
    assert "cannot be read any more" in browser.get(FACTOR).text
    other = by_password(house)[0]
    refused = other.post("/login/code", data={"code": code(house, key)})
    assert refused.status_code == 403
    assert "secret was lost" in refused.text  # not "does not fit": no code ever will


def test_every_step_is_on_record(house: House) -> None:
    """C12: the journal names who switched what, when a spare code was used, and each login."""
    browser = house.enter(Role.HEAD)
    key, spare = set_up(house, browser)
    by_password(house)[0].post("/login/code", data={"code": spare[0]})
    browser.post(f"{FACTOR}/spare", data={"code": code(house, key)})
    house.clock.passes(seconds=30)
    browser.post(f"{FACTOR}/off", data={"code": code(house, key)})
    with reading(house.parts.database) as tx:
        entries = journal.after(tx, 0, START)
    said = [one for one in entries if one.verb != "login_given"]
    assert {one.person_id for one in said} == {house.people[Role.HEAD]}
    assert [one.verb for one in said] == [
        "logged_in",
        "second_factor_begun",
        "second_factor_on",
        "spare_code_used",
        "logged_in",
        "spare_codes_renewed",
        "second_factor_off",
    ]


@pytest.mark.parametrize("given", ["boss", "admin;boss", "admin,,root"])
def test_an_unknown_role_stops_the_start(given: str) -> None:
    with pytest.raises(ValueError, match="second_factor_roles"):
        Settings.model_validate({"second_factor_roles": given})
