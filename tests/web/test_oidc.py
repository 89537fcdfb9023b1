"""The company's own login, against a real provider: what verifies comes in, nothing else does."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from rules.model import PersonId, Role
from storage import journal, logins
from storage import outside_identities as identity_rows
from storage import people as people_rows
from storage.db import reading, transaction
from tests.web.conftest import START, House
from tests.web.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider
from tests.web.post import address_of, post_office
from tests.web.test_access_links import a_contact, invited
from web import journeys
from web.main import build
from wiring import shown
from wiring.problems import SettingsError
from wiring.settings import Settings, load

CHEN = {"sub": "chen-4711", "email": "Head@Example.com", "email_verified": True}


@pytest.fixture
def provider(house: House, tmp_path: Path) -> Iterator[IdentityProvider]:
    with identity_provider(house.clock) as found:
        found.person = dict(CHEN)
        with transaction(house.parts.database) as tx:
            for role, person in house.people.items():
                people_rows.change(tx, person, {"email": address_of(role)})
        settings = Settings(data=house.parts.settings.data, **settings_for(found, tmp_path))
        house.parts = replace(house.parts, settings=settings)
        house.app = build(house.parts)
        yield found


def settings_for(provider: IdentityProvider, folder: Path) -> dict[str, Any]:
    file = folder / "oidc-secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    return {
        "public_url": "http://testserver",
        "oidc": {
            "issuer": provider.issuer,
            "client_id": CLIENT,
            "client_secret": f"file:{file}",
            "name": "Anxin ID",
        },
    }


def set_out(browser: TestClient, next_path: str = "/") -> str:
    """The address at the provider."""
    answer = browser.get("/login/oidc", params={"next": next_path})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def at_the_provider(address: str) -> str:
    """Where it sends the browser back to, as a path of ours."""
    answer = httpx2.get(address, follow_redirects=False, trust_env=False)
    back = urlsplit(answer.headers["location"])
    assert back.netloc == "testserver"
    return f"{back.path}?{back.query}"


def round_trip(browser: TestClient, next_path: str = "/") -> Response:
    return browser.get(at_the_provider(set_out(browser, next_path)))


def linked(house: House, role: Role) -> list[str]:
    with reading(house.parts.database) as tx:
        return [one.subject for one in identity_rows.of_person(tx, house.people[role])]


def test_a_verified_mail_address_links_once_and_comes_in(
    house: House, provider: IdentityProvider
) -> None:
    browser = house.browser()
    assert "Anxin ID" in browser.get("/login").text
    done = round_trip(browser, "/notices")
    assert (done.status_code, done.headers["location"]) == (303, "/notices")
    assert browser.get("/notices").status_code == 200
    assert linked(house, Role.HEAD) == ["chen-4711"]
    assert "Company login" in browser.get("/account").text
    provider.person["email"] = "moved@example.com"  # from now on the subject counts, not the mail
    assert round_trip(house.browser()).status_code == 303
    with reading(house.parts.database) as tx:
        said = [(one.verb, one.person_id) for one in journal.after(tx, 0, START)]
    mine = house.people[Role.HEAD]
    assert [one for one in said if one[0] != "login_given"] == [
        ("outside_linked", mine),
        ("logged_in", mine),
        ("logged_in", mine),
    ]


def test_the_browser_takes_along_what_protects_it(house: House, provider: IdentityProvider) -> None:
    """PKCE, state and nonce; the cookie is sealed, HttpOnly, and gone after the way back."""
    browser = house.browser()
    answer = browser.get("/login/oidc")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/login/oidc/callback"]
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    for secret in ("state", "nonce", "code_challenge"):
        assert len(asked[secret][0]) >= 43
        assert asked[secret][0] not in cookie
    done = browser.get(at_the_provider(answer.headers["location"]))
    assert 'ringwatch-journey=""' in str(done.headers.get_list("set-cookie"))
    assert provider.asked.count("/keys") == 1


def test_a_code_or_answer_serves_once(house: House, provider: IdentityProvider) -> None:
    browser = house.browser()
    back = at_the_provider(set_out(browser))
    journey = browser.cookies.get("ringwatch-journey")
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 403  # the cookie is gone
    thief = house.browser()
    thief.cookies.set("ringwatch-journey", journey or "", domain="testserver.local")
    assert thief.get(back).status_code == 403  # and the provider takes the code once
    assert not provider.grants


def test_an_answer_for_another_browser_is_refused(house: House, provider: IdentityProvider) -> None:
    """Nobody is logged in as an attacker who sends them the end of the attacker's own journey."""
    back = at_the_provider(set_out(house.browser()))
    victim = house.browser()
    assert victim.get(back).status_code == 403
    set_out(victim)
    stale = victim.get(back)
    assert stale.status_code == 403
    assert "another browser" in stale.text
    assert victim.get("/rota").status_code == 303
    assert len(provider.grants) == 1  # the code was not even asked about


def test_a_journey_ends_after_ten_minutes(house: House, provider: IdentityProvider) -> None:
    browser = house.browser()
    back = at_the_provider(set_out(browser))
    house.clock.passes(seconds=journeys.LASTS.total_seconds())
    assert browser.get(back).status_code == 403
    assert provider.grants


Forge = Callable[[dict[str, Any]], dict[str, Any]]
FORGED: dict[str, Forge] = {
    "another issuer": lambda c: c | {"iss": "https://evil.example"},
    "another audience": lambda c: c | {"aud": "somebody-else"},
    "no audience": lambda c: {k: v for k, v in c.items() if k != "aud"},
    "many audiences, no party": lambda c: c | {"aud": [CLIENT, "other"]},
    "another party": lambda c: c | {"aud": [CLIENT, "other"], "azp": "other"},
    "another nonce": lambda c: c | {"nonce": "replayed"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "expired": lambda c: c | {"exp": c["iat"] - 3600},
    "no end": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "from the future": lambda c: c | {"iat": c["iat"] + 3600},
    "no subject": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "an empty subject": lambda c: c | {"sub": ""},
}


@pytest.mark.parametrize("how", FORGED)
def test_what_is_not_for_us_now_is_refused(
    house: House, provider: IdentityProvider, how: str
) -> None:
    provider.forge = FORGED[how]
    browser = house.browser()
    answer = round_trip(browser)
    assert answer.status_code == 403, how
    assert "could not be verified" in answer.text
    assert browser.get("/rota").status_code == 303
    assert linked(house, Role.HEAD) == []


@pytest.mark.parametrize(
    "how",
    [
        "signed_by_another",
        "signed_by_an_unknown_kind_of_key",
        "signed_with_the_public_key",
        "unsigned",
    ],
)
def test_a_wrong_signature_is_refused(house: House, provider: IdentityProvider, how: str) -> None:
    provider.sign = getattr(provider, how)
    browser = house.browser()
    assert round_trip(browser).status_code == 403
    assert browser.get("/rota").status_code == 303


def test_new_keys_are_fetched_but_not_for_every_forgery(
    house: House, provider: IdentityProvider
) -> None:
    assert round_trip(house.browser()).status_code == 303
    house.clock.passes(minutes=2)
    provider.rotate()
    assert round_trip(house.browser()).status_code == 303
    assert provider.asked.count("/keys") == 2
    provider.sign = provider.signed_by_another
    for _ in range(3):
        assert round_trip(house.browser()).status_code == 403
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "x", "email": "nobody@example.com", "email_verified": True},
        {"sub": "x", "email": "head@example.com", "email_verified": False},
        {"sub": "x", "email": "head@example.com"},
        {"sub": "x", "preferred_username": "head", "name": "王2"},
        {"sub": "x", "email": "", "email_verified": True},
    ],
)
def test_a_stranger_stays_one(
    house: House, provider: IdentityProvider, person: dict[str, Any]
) -> None:
    """By a verified mail address of exactly one of ours, or not at all."""
    provider.person = person
    browser = house.browser()
    answer = round_trip(browser)
    assert answer.status_code == 403
    assert "Ask your administrator for an invitation" in answer.text
    assert browser.get("/rota").status_code == 303


def test_an_address_of_two_people_is_nobodys(house: House, provider: IdentityProvider) -> None:
    with transaction(house.parts.database) as tx:
        people_rows.change(tx, house.people[Role.SALES], {"email": "head@example.com"})
    assert round_trip(house.browser()).status_code == 403
    assert provider.asked


def test_an_address_passed_on_does_not_pass_on_the_login(
    house: House, provider: IdentityProvider
) -> None:
    """The provider gives head@ to a new colleague: they are not the old one."""
    assert round_trip(house.browser()).status_code == 303
    provider.person["sub"] = "new-colleague"
    answer = round_trip(house.browser())
    assert answer.status_code == 403
    assert "linked with another login" in answer.text
    admin = house.enter(Role.ADMIN)
    assert admin.post(f"/logins/{house.people[Role.HEAD]}/unlink").status_code == 303
    assert round_trip(house.browser()).status_code == 303
    assert linked(house, Role.HEAD) == ["new-colleague"]


def test_who_has_left_is_out(house: House, provider: IdentityProvider) -> None:
    assert round_trip(house.browser()).status_code == 303
    with transaction(house.parts.database) as tx:
        people_rows.leave(tx, house.people[Role.HEAD], house.clock())
    assert round_trip(house.browser()).status_code == 403
    assert provider.person


def test_the_mail_may_stand_in_userinfo(house: House, provider: IdentityProvider) -> None:
    provider.person = {"sub": "chen-4711"}
    provider.userinfo = {"sub": "another", "email": "head@example.com", "email_verified": True}
    assert round_trip(house.browser()).status_code == 403
    provider.userinfo["sub"] = "chen-4711"
    assert round_trip(house.browser()).status_code == 303
    assert linked(house, Role.HEAD) == ["chen-4711"]


def test_a_refusal_and_a_provider_that_is_away_are_told(
    house: House, provider: IdentityProvider
) -> None:
    provider.refuses = "access_denied"
    refused = round_trip(house.browser())
    assert refused.status_code == 403
    assert "access_denied" in refused.text
    provider.names_issuer = "https://evil.example"
    house.clock.passes(hours=2)  # discovery is asked for anew
    away = house.browser().get("/login/oidc")
    assert away.status_code == 503
    assert "cannot be reached" in away.text
    assert "Anxin ID" in house.browser().get("/login").text  # the password still works


def test_its_words_are_no_markup(house: House, provider: IdentityProvider) -> None:
    provider.refuses = "<script>alert(1)</script>"
    assert "alert(1)" not in round_trip(house.browser()).text


def test_it_never_leads_elsewhere(house: House, provider: IdentityProvider) -> None:
    assert provider.person
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert round_trip(house.browser(), target).headers["location"] == "/"


def test_the_provider_asks_for_its_own_second_factor(
    house: House, provider: IdentityProvider
) -> None:
    """Ours is for the password; a role that must have one may come through the company's door."""
    with transaction(house.parts.database) as tx:
        login = logins.by_name(tx, "head")
        assert login is not None
        logins.confirm_totp(tx, login.id, [], START)
    browser = house.browser()
    assert round_trip(browser).headers["location"] == "/"
    assert browser.get("/rota").status_code == 200
    assert provider.asked


def test_an_invitation_in_the_hand_links_whatever_the_mail(
    house: House, provider: IdentityProvider, tmp_path: Path
) -> None:
    provider.person = {"sub": "zhou-1", "email": "private@example.org"}
    with post_office(house, **settings_for(provider, tmp_path)) as post:
        person = a_contact(house)
        link = invited(house, post, person, "zhou@example.com")
        browser = house.browser()
        assert "Anxin ID" in browser.get(link).text
        leaving = browser.post(link, data={"do": "outside"})
        assert leaving.status_code == 200
        address = _address(leaving.text)
        done = browser.get(at_the_provider(address))
        assert done.status_code == 303, done.text
        assert browser.get("/portal").status_code == 200
        assert house.browser().get(link).status_code == 404  # used up
        assert round_trip(house.browser()).status_code == 303
    with reading(house.parts.database) as tx:
        assert _subjects(tx, person) == ["zhou-1"]
        found = logins.of_person(tx, person)
    assert found is not None
    assert found.password_hash == ""


def test_an_invitation_does_not_take_over_anothers_login(
    house: House, provider: IdentityProvider, tmp_path: Path
) -> None:
    with post_office(house, **settings_for(provider, tmp_path)) as post:
        assert round_trip(house.browser()).status_code == 303  # the head is linked
        link = invited(house, post, a_contact(house), "zhou@example.com")
        browser = house.browser()
        address = _address(browser.post(link, data={"do": "outside"}).text)
        answer = browser.get(at_the_provider(address))
        assert answer.status_code == 403
        assert "belongs to somebody else" in answer.text
        assert house.browser().get(link).status_code == 200  # still good


def _subjects(tx: Any, person: PersonId) -> list[str]:
    return [one.subject for one in identity_rows.of_person(tx, person)]


def _address(page: str) -> str:
    from html import unescape  # noqa: PLC0415

    return unescape(page.split('content="0; url=')[1].split('"', maxsplit=1)[0])


def test_without_the_setting_there_is_no_such_way(house: House) -> None:
    browser = house.browser()
    assert "/login/oidc" not in browser.get("/login").text
    assert browser.get("/login/oidc").status_code == 404
    assert browser.get("/login/oidc/callback?code=x&state=y").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_secret": "in clear"}, "oidc.client_secret"),
        ({"client_secret": "file:/nowhere"}, "oidc.client_secret"),
        ({"issuer": "http://id.example.com"}, "oidc.issuer"),
        ({"issuer": "https://id.example.com/?a=b"}, "oidc.issuer"),
        ({"scopes": "email"}, "oidc.scopes"),
        ({"issuer_url": "x"}, "oidc.issuer_url"),
    ],
)
def test_wrong_settings_stop_the_start(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    (tmp_path / "secret").write_text("hush-hush\n", encoding="utf-8")
    table = {
        "issuer": "https://id.example.com",
        "client_id": "ringwatch",
        "client_secret": f"file:{tmp_path}/secret",
    }
    lines = [f'{name} = "{value}"' for name, value in (table | changed).items()]
    (tmp_path / "ringwatch.toml").write_text("\n".join(["[oidc]", *lines]), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load({"RINGWATCH_DATA": str(tmp_path)})
    assert said in str(caught.value)
    assert "hush-hush" not in str(caught.value)
    assert "in clear" not in str(caught.value)


def test_the_secret_is_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush-hush\n", encoding="utf-8")
    text = (
        '[oidc]\nissuer = "https://id.example.com"\nclient_id = "ringwatch"\n'
        f'client_secret = "file:{tmp_path}/secret"\n'
    )
    (tmp_path / "ringwatch.toml").write_text(text, encoding="utf-8")
    settings = load({"RINGWATCH_DATA": str(tmp_path)})
    said = "\n".join(shown.lines(settings))
    assert "ringwatch at https://id.example.com" in said
    assert "hush-hush" not in said
    assert "hush-hush" not in repr(settings)
