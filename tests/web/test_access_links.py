"""Reset, invitation and login link by mail: real letters, each link once, nothing given away."""

import logging
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from notify import messages
from operations import access as access_desk
from rules.access import Purpose
from rules.model import PersonId, Role
from rules.notices import Kind, State
from storage import access_links as link_rows
from storage import journal, ledger, logins
from storage import people as people_rows
from storage.db import reading, transaction
from tests.waiting import until
from tests.web.conftest import HOST, PASSWORD, START, House
from tests.web.post import PostOffice, address_of, post_office
from tests.web.test_secrets import told

NEW = "noch vier gute worte"
CHOSEN = {"new": NEW, "again": NEW}


@pytest.fixture
def post(house: House) -> Iterator[PostOffice]:
    with post_office(house) as office:
        yield office


def asks(house: House, typed: str, purpose: str = "reset") -> tuple[int, str]:
    house.clock.passes(seconds=1)
    answer = house.browser().post("/login/mail", data={"typed": typed, "purpose": purpose})
    shown = re.sub(r'data-now="\d+"', "", answer.text)
    return answer.status_code, shown.replace(typed, "…")


def gets_in(browser: TestClient, path: str) -> bool:
    return browser.get(path).status_code == 200


def a_contact(house: House, **columns: object) -> PersonId:
    """A customer's contact who has no login yet."""
    row = {
        "code": "zhou",
        "name": "周先生",
        "roles": [Role.CUSTOMER],
        "customer_id": 1,
        "email": "zhou@example.com",
        "channels": [],
        "language": "zh",
    }
    with transaction(house.parts.database) as tx:
        people_rows.add(tx, [row | columns])
        person = people_rows.by_code(tx, "zhou")
    assert person is not None
    return person.id


def invited(house: House, post: PostOffice, person: PersonId, address: str) -> str:
    answer = house.enter(Role.ADMIN).post(f"/logins/{person}/invite")
    assert answer.status_code == 303, answer.text
    return post.link_to(address)


def test_a_new_password_by_mail(house: House, post: PostOffice) -> None:
    """Asked for by name or by address; the old password and every session end."""
    before = house.enter(Role.ENGINEER)
    assert asks(house, " Engineer@Example.com ")[0] == 200
    link = post.link_to(address_of(Role.ENGINEER))
    browser = house.browser()
    assert "engineer" in browser.get(link).text
    done = browser.post(link, data=CHOSEN)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert gets_in(browser, "/rota")
    assert not gets_in(before, "/rota")
    for password, status in ((PASSWORD, 403), (NEW, 303)):
        form = {"name": "engineer", "password": password}
        assert house.browser().post("/login", data=form).status_code == status
    until(lambda: len(post.letters_to(address_of(Role.ENGINEER))) == 2)
    warned = post.letters_to(address_of(Role.ENGINEER))[1]
    assert warned["Subject"] == "您的密码已修改"


def test_opening_a_link_uses_nothing_up(house: House, post: PostOffice) -> None:
    """Mail scanners and previews open links, some with HEAD; only the button counts."""
    asks(house, "head")
    link = post.link_to(address_of(Role.HEAD))
    scanner = house.browser()
    for _ in range(3):
        assert gets_in(scanner, link)
        scanner.head(link)
    assert scanner.cookies.get("ringwatch") is None
    assert house.browser().post(link, data=CHOSEN).status_code == 303


def test_a_link_works_once_and_takes_the_others_with_it(house: House, post: PostOffice) -> None:
    asks(house, "head")
    asks(house, "head")
    first = post.link_to(address_of(Role.HEAD))
    second = post.link_to(address_of(Role.HEAD), 2)
    assert first != second
    assert house.browser().post(first, data=CHOSEN).status_code == 303
    for link in (first, second):
        again = house.browser().post(link, data={"new": "ganz anderer Versuch", "again": "x"})
        assert again.status_code == 404
        assert house.browser().get(link).status_code == 404


def test_two_at_once_are_one(house: House, post: PostOffice) -> None:
    asks(house, "head")
    token = post.link_to(address_of(Role.HEAD)).removeprefix("/a/")
    with reading(house.parts.database) as tx:
        twice = access_desk.opened(tx, token, house.clock())
    assert twice is not None
    with transaction(house.parts.database) as tx:
        access_desk.choose_password(tx, twice, "", "hash", "mail", house.clock())
    with (
        pytest.raises(access_desk.AccessError),
        transaction(house.parts.database) as tx,
    ):
        access_desk.choose_password(tx, twice, "", "other", "mail", house.clock())


@pytest.mark.parametrize(("purpose", "minutes"), [("reset", 30), ("magic", 15)])
def test_a_link_ends(house: House, post: PostOffice, purpose: str, minutes: int) -> None:
    asks(house, "customer", purpose)
    link = post.link_to(address_of(Role.CUSTOMER))
    house.clock.passes(minutes=minutes)
    expired, nonsense = (house.browser().get(one) for one in (link, "/a/nonsense"))
    assert expired.status_code == nonsense.status_code == 404
    assert expired.text == nonsense.text.replace("/a/nonsense", link)
    assert house.browser().post(link, data=CHOSEN).status_code == 404


def test_nobody_learns_who_is_known(house: House, post: PostOffice) -> None:
    """Known name, known address, unknown ones, a login link for one of ours: one answer."""
    answers = {
        asks(house, typed, purpose)
        for typed in ("engineer", "engineer@example.com", "nobody", "nobody@example.com")
        for purpose in ("reset", "magic")
    }
    assert len(answers) == 1
    until(lambda: len(post.received) == 2)
    assert {one["To"] for one in post.received} == {address_of(Role.ENGINEER)}
    assert {one["Subject"] for one in post.received} == {"设置新密码"}


def test_requests_are_counted_alike_for_known_and_unknown(house: House, post: PostOffice) -> None:
    for typed in ("head", "nobody"):
        answers = [asks(house, typed)[0] for _ in range(4)]
        assert answers == [200, 200, 200, 429], typed
    house.clock.passes(seconds=31)
    assert asks(house, "head")[0] == 200
    until(lambda: len(post.letters_to(address_of(Role.HEAD))) == 4)


def test_nobody_fills_anothers_mailbox(house: House, post: PostOffice) -> None:
    """From many addresses and under many names: five letters an hour, and the answer is as ever."""
    with transaction(house.parts.database) as tx:
        for number in range(9):
            asked = access_desk.ask(
                tx,
                "head" if number % 2 else address_of(Role.HEAD),
                Purpose.RESET,
                address=f"10.0.{number}.1",
                channel="mail",
                now=house.clock(),
            )
            house.clock.passes(minutes=1)
            assert asked is None or number > 5
    with reading(house.parts.database) as tx:
        kinds = frozenset({Kind.RESET})
        assert (
            ledger.told_since(tx, house.people[Role.HEAD], kinds, START - (house.clock() - START))
            == 5
        )
    until(lambda: len(post.letters_to(address_of(Role.HEAD))) == 5)


def test_the_secret_is_nowhere_but_in_the_mail(
    house: House, post: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither tables nor ledger page nor logs hold it, nor an address another page leads to."""
    caplog.set_level(logging.DEBUG)
    asks(house, "customer", "magic")
    link = post.link_to(address_of(Role.CUSTOMER))
    token = link.removeprefix("/a/")
    assert len(token) >= 43
    opened = house.browser().get(link)
    assert opened.headers["cache-control"] == "no-store"
    assert opened.headers["referrer-policy"] == "same-origin"
    assert token not in opened.text.replace(f'value="{link}"', "")
    until(lambda: _sent(house) == [State.SENT])
    page = house.enter(Role.ADMIN).get("/notices?reveal=yes").text
    with transaction(house.parts.database) as tx:
        tables = ("notices", "notice_attempts", "access_links", "journal", "sessions", "throttles")
        kept = "".join(str(tx.exec_driver_sql(f"SELECT * FROM {one}").all()) for one in tables)  # noqa: S608 - our own names
    assert messages.MASK in kept
    for where in (kept, page, told(caplog)):
        assert token not in where


def _sent(house: House) -> list[str]:
    with reading(house.parts.database) as tx:
        return [one.state for one in ledger.newest(tx)]


def test_a_letter_that_is_refused_troubles_nobody_else(house: House, post: PostOffice) -> None:
    """Anybody may ask with anybody's address: it must neither page the head nor alert."""
    post.refuses = "550 5.1.1 no such user"
    asks(house, "engineer")
    until(lambda: _sent(house) == [State.DEAD])
    with reading(house.parts.database) as tx:
        assert "undelivered" in {one.verb for one in journal.after(tx, 0, START)}
        assert tx.exec_driver_sql("SELECT count(*) FROM alerts").scalar() == 0


def test_an_invited_customer_chooses_name_and_password(house: House, post: PostOffice) -> None:
    person = a_contact(house)
    link = invited(house, post, person, "zhou@example.com")
    browser = house.browser("en")
    page = browser.get(link).text
    assert "欢迎，周先生" in page  # the person's own language
    assert 'value="zhou"' in page
    taken = browser.post(link, data={**CHOSEN, "name": "head"})
    assert taken.status_code == 422
    assert "此登录名已被使用" in taken.text
    assert NEW not in taken.text
    done = browser.post(link, data={**CHOSEN, "name": "Zhou.W"})
    assert done.status_code == 303
    assert gets_in(browser, "/portal")
    form = {"name": "zhou.w", "password": NEW}
    assert house.browser().post("/login", data=form).status_code == 303
    assert browser.get(link).status_code == 404
    with reading(house.parts.database) as tx:
        said = [(one.verb, one.person_id) for one in journal.after(tx, 0, START)]
    assert ("invited", house.people[Role.ADMIN]) in said
    assert ("invitation_accepted", person) in said


def test_a_customer_may_do_without_a_password(house: House, post: PostOffice) -> None:
    link = invited(house, post, a_contact(house), "zhou@example.com")
    browser = house.browser()
    assert browser.post(link, data={"name": "zhou", "do": "without"}).status_code == 303
    assert gets_in(browser, "/portal")
    for password in ("", "x", NEW):
        form = {"name": "zhou", "password": password}
        assert house.browser().post("/login", data=form).status_code == 403
    asks(house, "zhou", "magic")
    magic = post.link_to("zhou@example.com", 2)
    other = house.browser()
    assert "周先生" in other.get(magic).text
    assert not gets_in(other, "/portal")
    assert other.post(magic).status_code == 303
    assert gets_in(other, "/portal")
    assert house.browser().post(magic).status_code == 404


def test_one_of_ours_needs_a_password(house: House, post: PostOffice) -> None:
    person = a_contact(house, roles=[Role.ENGINEER], customer_id=None, all_sites=True)
    link = invited(house, post, person, "zhou@example.com")
    answer = house.browser().post(link, data={"name": "zhou", "do": "without"})
    assert answer.status_code == 422
    assert "至少 10" in answer.text


def test_an_invitation_lasts_a_week_and_not_beyond_leaving(house: House, post: PostOffice) -> None:
    person = a_contact(house)
    link = invited(house, post, person, "zhou@example.com")
    house.clock.passes(days=6, hours=23)
    assert house.browser().get(link).status_code == 200
    with transaction(house.parts.database) as tx:
        people_rows.leave(tx, person, house.clock())
    assert house.browser().get(link).status_code == 404
    assert house.browser().post(link, data={**CHOSEN, "name": "zhou"}).status_code == 404
    with reading(house.parts.database) as tx:
        assert logins.of_person(tx, person) is None


def test_a_weak_password_leaves_the_link_open(house: House, post: PostOffice) -> None:
    asks(house, "head")
    link = post.link_to(address_of(Role.HEAD))
    for new, again in (("short", "short"), (NEW, "something else")):
        answer = house.browser().post(link, data={"new": new, "again": again})
        assert answer.status_code == 422
    assert house.browser().post(link, data=CHOSEN).status_code == 303


def test_a_password_change_voids_what_was_mailed(house: House, post: PostOffice) -> None:
    asks(house, "head")
    link = post.link_to(address_of(Role.HEAD))
    form = {"current": PASSWORD, **CHOSEN}
    assert house.enter(Role.HEAD).post("/password", data=form).status_code == 303
    assert house.browser().get(link).status_code == 404


def test_another_site_cannot_press_the_button(house: House, post: PostOffice) -> None:
    """Nobody is logged in as somebody by a page elsewhere."""
    asks(house, "customer", "magic")
    link = post.link_to(address_of(Role.CUSTOMER))
    strange = house.browser(Origin="https://evil.example")
    assert strange.post(link).status_code == 403
    assert house.browser().post(link).status_code == 303


def test_guessing_is_counted(house: House, post: PostOffice) -> None:
    assert post.received == []
    answers = [house.browser().post(f"/a/guess-{n}").status_code for n in range(31)]
    assert answers == [404] * 30 + [429]


def test_a_second_factor_is_asked_after_a_link_too(house: House, post: PostOffice) -> None:
    """A mailbox in the wrong hands is not enough."""
    with transaction(house.parts.database) as tx:
        login = logins.by_name(tx, "head")
        assert login is not None
        logins.confirm_totp(tx, login.id, [], START)
    asks(house, "head")
    browser = house.browser()
    done = browser.post(post.link_to(address_of(Role.HEAD)), data=CHOSEN)
    assert done.headers["location"] == "/login/code?next=%2F"
    assert not gets_in(browser, "/rota")


def test_without_a_mail_channel_the_way_is_not_offered(house: House) -> None:
    browser = house.browser()
    assert "/login/mail" not in browser.get("/login").text
    assert browser.get("/login/mail").status_code == 404
    assert browser.post("/login/mail", data={"typed": "head"}).status_code == 404
    answer = house.enter(Role.ADMIN).post(f"/logins/{house.people[Role.HEAD]}/invite")
    assert answer.status_code == 422
    assert "No mail channel" in answer.text


def test_expired_links_are_swept(house: House) -> None:
    with transaction(house.parts.database) as tx:
        person, now = house.people[Role.HEAD], house.clock()
        link_rows.create(tx, Purpose.RESET, person, by=None, now=now, expires=now)
        assert link_rows.sweep(tx, now) == 0
        house.clock.passes(days=31)
        assert link_rows.sweep(tx, house.clock()) == 1


def test_a_login_ends_for_whoever_holds_the_old_cookie(house: House, post: PostOffice) -> None:
    """A reset gives a new session; a token planted before is worth nothing."""
    asks(house, "head")
    browser = house.browser()
    browser.cookies.set("ringwatch", "planted", domain=HOST)
    browser.post(post.link_to(address_of(Role.HEAD)), data=CHOSEN)
    token = browser.cookies.get("ringwatch", domain=HOST)
    assert token not in {None, "planted"}
