"""The pages of the house: what they answer, what they hold back, what they do."""

from rules.model import Layer, Role, Severity, SiteId
from storage import devices as device_rows
from storage import duty as duty_rows
from storage import journal, outbox
from storage import people as people_rows
from storage.db import reading, transaction
from storage.discovered import Heard, heard
from storage.rejects import Reject, add_all
from storage.views import discovered as discovered_view
from tests.web.conftest import START, House
from words.refusals import because


def _notice(house: House, number: int, role: Role = Role.ENGINEER, **changed: object) -> None:
    draft = {
        "key": f"k{number}",
        "kind": "page",
        "severity": Severity.EMERGENCY,
        "person_id": house.people[role],
        "channel": "sms",
        "target": "+8613812345678",
        "site_id": SiteId(1),
    }
    with transaction(house.parts.database) as tx:
        outbox.put(tx, outbox.Draft(**(draft | changed)), house.clock())  # type: ignore[arg-type]


# --- the delivery ledger


def test_the_ledger_masks_targets_until_a_leader_asks_and_that_is_on_record(house: House) -> None:
    _notice(house, 1)
    browser = house.enter(Role.HEAD)
    assert "+86…78" in browser.get("/notices").text
    assert "+8613812345678" in browser.get("/notices?reveal=yes").text
    with reading(house.parts.database) as tx:
        looks = [entry for entry in journal.after(tx, 0, START) if entry.verb == "targets_seen"]
    assert [look.person_id for look in looks] == [house.people[Role.HEAD]]


def test_an_engineer_sees_their_own_target_and_nobody_elses(house: House) -> None:
    _notice(house, 1)
    _notice(house, 2, Role.HEAD, target="+8613900000099")
    browser = house.enter(Role.ENGINEER)
    html = browser.get("/notices").text
    assert "+8613812345678" in html
    assert "+8613900000099" not in html
    assert browser.get("/notices?reveal=yes").status_code == 403


def test_the_ledger_is_filtered_by_the_viewers_sites(house: House) -> None:
    _notice(house, 1, target="+8613812345611")
    with transaction(house.parts.database) as tx:
        people_rows.change(tx, house.people[Role.SUPERVISOR], {"all_sites": False})
    assert "Nobody has been told anything" in house.enter(Role.SUPERVISOR).get("/notices").text


def test_filters_live_in_the_address_and_lists_go_by_cursor(house: House) -> None:
    for number in range(60):
        _notice(house, number, target=f"+86138123450{number:02d}")
    browser = house.enter(Role.HEAD)
    first = browser.get("/notices?state=waiting")
    assert "60 notices" in first.text
    assert first.text.count("<tr data-row") == 50
    assert "state=waiting&amp;before=11" in first.text
    assert browser.get("/notices?state=waiting&before=11").text.count("<tr data-row") == 10
    assert "Nothing matches" in browser.get("/notices?state=dead").text
    person = house.people[Role.HEAD]
    assert "Nothing matches" in browser.get(f"/notices?person={person}").text
    assert browser.get("/notices?state=%27&before=x&person=y").status_code == 200


# --- discovered devices


def _speaks(house: House, site: str, device: str) -> None:
    with transaction(house.parts.database) as tx:
        one = Heard(site=site, device=device, at=START, messages=3, topic="t", sample="<b>bold</b>")
        heard(tx, [one], keep=100)


def test_a_device_is_enrolled_with_one_form(house: House) -> None:
    _speaks(house, "S-1", "cam-9")
    browser = house.enter(Role.DISPATCHER)
    assert "&lt;b&gt;bold&lt;/b&gt;" in browser.get("/discovered").text
    form = {"site": "S-1", "device": "cam-9", "name": "大门", "type": "camera", "system": ""}
    answer = browser.post("/discovered/enrol", data=form)
    with reading(house.parts.database) as tx:
        device = device_rows.by_code(tx, "S-1", "cam-9")
        assert device is not None
        assert (device.name, device.type) == ("大门", "camera")
        assert answer.headers["location"] == f"/devices/{device.id}"
        assert discovered_view.count(tx) == 0
        assert journal.after(tx, 0, START)[-1].verb == "enrolled"
    assert browser.post("/discovered/enrol", data=form).status_code == 404


def test_a_code_that_is_taken_is_told_and_the_form_kept(house: House) -> None:
    _speaks(house, "S-1", "cam-9")
    browser = house.enter(Role.HEAD)
    form = {"site": "S-1", "device": "cam-9", "name": "大门", "type": "camera"}
    browser.post("/discovered/enrol", data=form)
    _speaks(house, "S-1", "cam-9")
    answer = browser.post("/discovered/enrol", data=form)
    assert answer.status_code == 422
    assert "code already" in answer.text
    assert 'value="大门"' in answer.text
    assert "name and a type" in browser.post("/discovered/enrol", data=form | {"name": " "}).text
    assert browser.post("/discovered/enrol", data=form | {"type": "rocket"}).status_code == 422


def test_a_device_of_an_unknown_site_says_what_to_do(house: House) -> None:
    _speaks(house, "HOTEL", "nvr-1")
    html = house.enter(Role.HEAD).get("/discovered/enrol?site=HOTEL&device=nvr-1").text
    assert "No site of ours has the code HOTEL" in html
    assert 'href="/manage/sites/new"' in html


def test_an_ignored_device_can_be_taken_back(house: House) -> None:
    _speaks(house, "S-1", "cam-9")
    browser = house.enter(Role.HEAD)
    one = {"site": "S-1", "device": "cam-9"}
    browser.post("/discovered/ignore", data=one)
    assert "cam-9" not in browser.get("/discovered").text
    assert "cam-9" in browser.get("/discovered?ignored=yes").text
    browser.post("/discovered/ignore", data=one | {"ignored": "no"})
    assert "cam-9" in browser.get("/discovered").text
    assert browser.post("/discovered/ignore", data=one | {"site": "X"}).status_code == 404


# --- rejects


def test_a_rejected_message_is_shown_and_cannot_act(house: House) -> None:
    bodies = [b"<script>alert(1)</script>", b"\xff\x00\x01", "零\x1b[2J".encode()]
    with transaction(house.parts.database) as tx:
        add_all(
            tx,
            [Reject(at=START, topic="t/1", body=body, reason="no JSON") for body in bodies],
            keep=10,
        )
    browser = house.enter(Role.ENGINEER)
    assert browser.get("/rejects?reason=no+JSON").text.count("<tr data-row") == 3
    assert "&lt;script&gt;alert(1)" in browser.get("/rejects/1").text
    assert "ff 00 01" in browser.get("/rejects/2").text
    assert "零\\x1b[2J" in browser.get("/rejects/3").text


def test_why_it_was_refused_is_said_in_the_readers_language(house: House) -> None:
    known, unknown = because("too_large", size=70_000, most=65_536), "Segfault: core dumped"
    with transaction(house.parts.database) as tx:
        told = [Reject(at=START, topic="t", body=b"", reason=why) for why in (known, unknown)]
        add_all(tx, told, keep=10)
    browser = house.enter(Role.ENGINEER, "zh")
    listed = browser.get("/rejects").text
    assert listed.count("内容有 70000 字节，最多接受 65536 字节") == 2  # the filter and the row
    assert listed.count(f'<span translate="no">{unknown}</span>') == 2
    assert "内容有 70000 字节" in browser.get("/rejects/1").text
    assert browser.get("/rejects", params={"reason": known}).text.count("<tr data-row") == 1


# --- the rota


def test_the_rota_answers_who_would_be_called_now(house: House) -> None:
    browser = house.enter(Role.HEAD)
    html = browser.get("/rota").text
    assert "Nobody stands on the rota right now" in html
    assert html.count("Gap") >= 3
    form = {
        "layer": "first",
        "person": str(house.people[Role.ENGINEER]),
        "starts": "2026-06-15T00:00",
        "ends": "2026-06-17T00:00",
        "step": "save",
    }
    assert browser.post("/rota", data=form).headers["location"] == "/rota?done=1"
    with reading(house.parts.database) as tx:
        [shift] = duty_rows.standing(tx, START).values()
    assert shift.layer is Layer.FIRST
    assert shift.starts_at == START  # what was before stays as it was
    assert shift.ends_at.isoformat() == "2026-06-16T16:00:00+00:00"  # midnight in Chengdu
    assert "Nobody stands" not in browser.get("/rota").text
    assert browser.post("/rota", data=form | {"person": ""}).status_code == 303
    assert "Nobody stands" in browser.get("/rota").text


def test_times_that_make_no_sense_are_told_and_kept(house: House) -> None:
    browser = house.enter(Role.HEAD)
    form = {
        "layer": "first",
        "person": "1",
        "starts": "2026-06-16T08:00",
        "ends": "2026-06-16T07:00",
    }
    for changed in ({}, {"ends": "soon"}, {"ends": "2036-06-16T00:00"}, {"layer": "fourth"}):
        answer = browser.post("/rota", data=form | changed)
        assert answer.status_code == 422, changed
        assert 'value="2026-06-16T08:00"' in answer.text
    stranger = {"person": str(house.people[Role.CUSTOMER]), "ends": "2026-06-17T00:00"}
    assert "not one of our staff" in browser.post("/rota", data=form | stranger).text


# --- the frame


def test_language_and_light_are_switched_and_kept(house: House) -> None:
    browser = house.enter(Role.HEAD, "zh")
    assert 'lang="zh-CN"' in browser.get("/rota").text
    answer = browser.post("/language", data={"language": "en", "next": "/rota"})
    assert answer.headers["location"] == "/rota"
    assert 'lang="en"' in house.browser("en").get("/login").text
    dark = browser.post("/theme", data={"theme": "dark", "next": "//evil.example"})
    assert dark.headers["location"] == "/"
    assert 'data-bs-theme="dark"' in browser.get("/rota").text
    assert "set-cookie" not in browser.post("/theme", data={"theme": "pink"}).headers


def test_without_a_choice_the_persons_language_counts_then_the_browsers(house: House) -> None:
    known = house.enter(Role.HEAD)
    known.cookies.delete("language")
    assert 'lang="zh-CN"' in known.get("/rota", headers={"Accept-Language": "en"}).text
    stranger = house.browser()
    stranger.cookies.delete("language")
    assert 'lang="en"' in stranger.get("/login", headers={"Accept-Language": "de, en;q=0.7"}).text
    assert 'lang="zh-CN"' in stranger.get("/login", headers={"Accept-Language": "fr"}).text


def test_the_nav_shows_what_is_open(house: House) -> None:
    assert 'href="/discovered"' in house.enter(Role.ENGINEER).get("/rota").text
    assert 'href="/discovered"' not in house.enter(Role.SALES).get("/rota").text


def test_the_demo_says_on_every_page_that_it_is_one(house: House) -> None:
    assert "Demo company" not in house.browser().get("/login").text


def test_phone_numbers_are_for_those_who_need_them(house: House) -> None:
    assert "tel:+8613800000000" in house.enter(Role.ENGINEER).get("/rota").text
    assert "tel:" not in house.enter(Role.SALES).get("/rota").text
