"""The company's lists in the browser: every noun by the same form, every change on record (A18)."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from operations.imports import Kind, columns_of
from rules.model import CustomerId, DeviceId, PersonId, Role, SiteId
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import journal, revision
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import reading, transaction
from storage.discovered import Heard, heard
from storage.journal import Entry
from tests.storage.assets import a_contract, a_site, some_devices
from tests.web.conftest import START, House, an_order


class _Form(HTMLParser):
    """What a browser would send if nothing were touched, and what stands beside which field."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.errors: dict[str, str] = {}
        self._options: list[tuple[str, bool]] = []
        self._open = ""
        self._into = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = bool(re.fullmatch(r"/manage/\w+/(new|\d+)", given["action"]))
        if tag == "p" and given.get("id", "").endswith("-error"):
            self._open, self._into = "error", given["id"].removesuffix("-error")
            self.errors[self._into] = ""
        if self._inside and tag in {"select", "option", "textarea", "input"}:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "option":
            self._options.append((given["value"], "selected" in given))
        elif tag == "input":
            if given.get("type") != "checkbox" or "checked" in given:
                self.fields.append((given["name"], given.get("value", "")))
        else:
            self._open, self._into, self._options = tag, given["name"], []
            if tag == "textarea":
                self.fields.append((self._into, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select" and self._open == "select":
            chosen = [value for value, selected in self._options if selected]
            sent = (chosen or [value for value, _ in self._options])[:1]
            self.fields += [(self._into, value) for value in sent]
        if tag in {"select", "textarea", "p"}:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "error":
            self.errors[self._into] += data.strip()
        if self._open == "textarea":
            self.fields[-1] = (self._into, self.fields[-1][1] + data)


def form_of(html: str) -> _Form:
    parsed = _Form()
    parsed.feed(html)
    return parsed


def typed(html: str, **over: str | list[str]) -> dict[str, Any]:
    """The form as it came, with `over` typed into it."""
    found: dict[str, Any] = {}
    for name, value in form_of(html).fields:
        found.setdefault(name, []).append(value)
    return {**found, **over}


def entries(house: House, record: str) -> list[Entry]:
    with reading(house.parts.database) as tx:
        return journal.of_record(tx, record, limit=50)


@pytest.fixture
def admin(house: House) -> TestClient:
    with transaction(house.parts.database) as tx:
        a_contract(tx, "K1")
        some_devices(tx, SiteId(1), 3)
    return house.enter(Role.ADMIN)


NEW: dict[Kind, dict[str, str]] = {
    Kind.CUSTOMERS: {"code": "C2", "name": "银行"},
    Kind.CONTRACTS: {
        "number": "K2",
        "customer": "C1",
        "start": "2026-01-01",
        "end": "2026-12-31",
    },
    Kind.SITES: {"code": "S-2", "name": "分店", "customer": "C1", "zone": "ring2"},
    Kind.SYSTEMS: {"code": "V", "name": "视频", "kind": "video"},
    Kind.DEVICES: {"code": "cam-9", "name": "门口", "via": "d0"},
    Kind.PEOPLE: {"code": "li", "name": "李敏", "roles": "engineer", "sites": "*"},
}
WRONG = {
    Kind.CUSTOMERS: ("code", "", "must be filled"),
    Kind.CONTRACTS: ("end", "2025-01-01", "before the start"),
    Kind.SITES: ("on_site_hours", "900", "no number from 0.1 to 720"),
    Kind.SYSTEMS: ("kind", "Video!", "lower-case"),
    Kind.DEVICES: ("ip", "10.0.0", "no IP address"),
    Kind.PEOPLE: ("email", "li", "no mail address"),
}
CHANGED = {
    Kind.CUSTOMERS: ("name", "银行二"),
    Kind.CONTRACTS: ("scope", "视频"),
    Kind.SITES: ("address", "总府路 1 号"),
    Kind.SYSTEMS: ("size", "large"),
    Kind.DEVICES: ("location", "东门"),
    Kind.PEOPLE: ("name", "李敏敏"),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(
    admin: TestClient, kind: Kind
) -> None:
    column, bad, says = WRONG[kind]
    page = admin.get(f"/manage/{kind}/new?site=S-1").text
    refused = admin.post(f"/manage/{kind}/new", data=typed(page, **{**NEW[kind], column: bad}))
    assert refused.status_code == 422
    shown = form_of(refused.text)
    assert says in shown.errors[column]
    kept = dict(shown.fields)
    assert all(kept[name] == value for name, value in NEW[kind].items() if name != column)
    mended = {column: "", **NEW[kind]}
    added = admin.post(f"/manage/{kind}/new", data=typed(refused.text, **mended))
    assert added.status_code == 303


def added(admin: TestClient, kind: Kind) -> str:
    """The address of a new line."""
    page = admin.get(f"/manage/{kind}/new?site=S-1").text
    answer = admin.post(f"/manage/{kind}/new", data=typed(page, **NEW[kind]))
    assert answer.status_code == 303, form_of(answer.text).errors
    return str(answer.headers["location"].partition("?")[0])


@pytest.mark.parametrize("kind", Kind)
def test_each_noun_is_added_changed_archived_and_brought_back(
    house: House, admin: TestClient, kind: Kind
) -> None:
    """One form, six nouns; every step leaves a line with who did it and what was before."""
    where = added(admin, kind)
    assert where in admin.get(f"/manage/{kind}").text
    name, value = CHANGED[kind]
    saved = admin.post(where, data=typed(admin.get(where).text, **{name: value}))
    assert saved.headers["location"].endswith("?done=saved"), saved.text
    assert f'<ins translate="no">{value}</ins>' in admin.get(where).text
    assert admin.post(f"{where}/archive").status_code == 303
    assert where not in admin.get(f"/manage/{kind}").text
    assert where in admin.get(f"/manage/{kind}?archived=1").text
    assert admin.post(f"{where}/restore").status_code == 303
    assert where in admin.get(f"/manage/{kind}").text
    told = entries(house, where.removeprefix("/manage/"))
    assert [one.verb.removeprefix("record_") for one in told] == [
        "restored",
        "archived",
        "changed",
        "added",
    ]
    assert {one.person_id for one in told} == {house.people[Role.ADMIN]}
    assert [name, NEW[kind].get(name, ""), value] in told[2].facts["changes"]


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_touched_is_not_changed(house: House, admin: TestClient, kind: Kind) -> None:
    where = added(admin, kind)
    with reading(house.parts.database) as tx:
        before = revision.current(tx)
    for reveal in ("", "?reveal=yes"):
        saved = admin.post(where, data=typed(admin.get(where + reveal).text))
        assert saved.headers["location"].endswith("?done=same"), saved.text
    with reading(house.parts.database) as tx:
        assert revision.current(tx) == before


def test_every_column_of_every_list_is_on_its_form(admin: TestClient) -> None:
    for kind in Kind:
        fields = {
            name for name, _ in form_of(admin.get(f"/manage/{kind}/new?site=S-1").text).fields
        }
        assert {f"was.{column.name}" for column in columns_of(kind)} <= fields, kind


def test_two_at_once_the_second_sees_what_the_first_wrote(house: House, admin: TestClient) -> None:
    """Optimistic locking: nothing is lost, and nothing is overwritten unseen."""
    head = house.enter(Role.HEAD)
    mine, theirs = admin.get("/manage/sites/1").text, head.get("/manage/sites/1").text
    head.post("/manage/sites/1", data=typed(theirs, name="新店", address="总府路"))
    late = admin.post("/manage/sites/1", data=typed(mine, name="旧店", zone_reason="试"))
    assert late.status_code == 409
    assert "王2 changed this while you were typing" in late.text
    fields = dict(form_of(late.text).fields)
    assert (fields["name"], fields["address"], fields["zone_reason"]) == ("旧店", "总府路", "试")
    assert "Now stored:" in late.text
    assert "新店" in late.text
    assert admin.post("/manage/sites/1", data=typed(late.text)).status_code == 303
    with reading(house.parts.database) as tx:
        site = site_rows.get(tx, SiteId(1))
    assert site is not None
    assert (site.name, site.address, site.zone_reason) == ("旧店", "总府路", "试")


def test_personal_data_are_hidden_until_asked_for_and_each_look_is_on_record(
    house: House, admin: TestClient
) -> None:
    """C12. What was hidden is not lost by saving the rest."""
    where = f"/manage/people/{house.people[Role.ENGINEER]}"
    hidden = admin.get(where).text
    assert "+8613800000000" not in hidden
    assert admin.post(where, data=typed(hidden, name="王五")).status_code == 303
    with reading(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[Role.ENGINEER])
    assert person is not None
    assert (person.name, person.phone, len(person.channels)) == ("王五", "+8613800000000", 1)
    shown = admin.get(f"{where}?reveal=yes").text
    assert "+8613800000000" in shown
    looks = [e for e in entries(house, where.removeprefix("/manage/")) if e.verb == "personal_seen"]
    assert [look.person_id for look in looks] == [house.people[Role.ADMIN]]
    admin.post(where, data=typed(shown, phone="+8613900000077"))
    assert "+86****77" in admin.get(where).text
    assert "+8613900000077" not in admin.get(where).text


def test_roles_sites_and_channels_of_a_person(house: House, admin: TestClient) -> None:
    where = f"/manage/people/{house.people[Role.SALES]}?reveal=yes"
    data = typed(admin.get(where).text, roles=["engineer", "dispatcher"], sites=["S-1"])
    data |= {"channels.channel": ["mail", "ntfy"], "channels.target": ["w@example.com", "wang"]}
    assert admin.post(where.partition("?")[0], data=data).status_code == 303
    with reading(house.parts.database) as tx:
        person = people_rows.get(tx, house.people[Role.SALES])
    assert person is not None
    assert person.roles == {Role.ENGINEER, Role.DISPATCHER}
    assert (person.all_sites, sorted(person.site_ids)) == (False, [1])
    assert [(one.channel, one.target) for one in person.channels] == [
        ("mail", "w@example.com"),
        ("ntfy", "wang"),
    ]
    data = typed(admin.get(where).text, **{"channels.target": ["", "wang"]})
    data["roles"] = []
    refused = admin.post(where.partition("?")[0], data=data)
    assert "must be filled" in form_of(refused.text).errors["roles"]


def test_a_circle_is_refused_beside_its_field_with_the_path(admin: TestClient) -> None:
    admin.post("/manage/devices/2", data=typed(admin.get("/manage/devices/2").text, via="d0"))
    page = admin.get("/manage/devices/1").text
    refused = admin.post("/manage/devices/1", data=typed(page, powered_by="d1"))
    assert "d1 → d0 → d1" in form_of(refused.text).errors["powered_by"].replace(
        "d0 → d1 → d0", "d1 → d0 → d1"
    )


def test_what_stands_in_the_way_of_the_archive_is_named(house: House, admin: TestClient) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house, device=DeviceId(1))
    for where in ("/manage/devices/1", "/manage/sites/1", "/manage/customers/1"):
        refused = admin.post(f"{where}/archive")
        assert refused.status_code == 409
        assert order.number in refused.text
    refused = admin.post(f"/manage/people/{house.people[Role.ADMIN]}/archive")
    assert "cannot archive yourself" in refused.text


def test_an_archived_site_is_out_of_lists_and_search_but_not_forgotten(
    house: House, admin: TestClient
) -> None:
    admin.post("/manage/customers/1/archive")
    assert "/sites/1" not in admin.get("/sites").text
    assert "/devices/1" not in admin.get("/devices").text
    assert "/sites/1" not in admin.get("/search?q=S-1").text
    assert "No longer in use" in admin.get("/devices/1").text
    said = {"symptom": "x", "reporter": "y"}
    assert admin.post("/devices/1/report", data=said).status_code == 404
    assert "Archived 2026-06-15" in admin.get("/sites/1").text
    form = admin.get("/manage/sites/1").text
    assert "<fieldset disabled>" in form
    assert admin.post("/manage/sites/1", data=typed(form, name="x")).status_code == 422
    refused = admin.post("/manage/sites/1/restore")
    assert refused.status_code == 409
    assert "is archived" in refused.text
    admin.post("/manage/customers/1/restore")
    with reading(house.parts.database) as tx:
        assert len(device_rows.all_devices(tx)) == 3
        assert len(contract_rows.of_customer(tx, CustomerId(1))) == 1


KEEPERS = {
    Kind.CUSTOMERS: {Role.ADMIN, Role.HEAD, Role.SALES_DIRECTOR, Role.SALES},
    Kind.CONTRACTS: {Role.ADMIN, Role.HEAD, Role.SALES_DIRECTOR, Role.SALES},
    Kind.SITES: {Role.ADMIN, Role.HEAD, Role.DISPATCHER},
    Kind.SYSTEMS: {Role.ADMIN, Role.HEAD, Role.DISPATCHER},
    Kind.DEVICES: {Role.ADMIN, Role.HEAD, Role.DISPATCHER},
    Kind.PEOPLE: {Role.ADMIN},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.usefixtures("admin")
def test_each_list_is_open_to_who_keeps_it(house: House, role: Role) -> None:
    browser = house.enter(role)
    for kind, keepers in KEEPERS.items():
        paths = (f"/manage/{kind}", f"/manage/{kind}/new", f"/manage/{kind}/1")
        answers = [browser.get(path).status_code for path in paths]
        answers += [
            browser.post(path).status_code
            for path in (f"/manage/{kind}/new", f"/manage/{kind}/1/restore")
        ]
        assert (403 in answers) is (role not in keepers), (kind, answers)
        assert (set(answers) == {403}) is (role not in keepers), (kind, answers)


def test_who_sees_one_site_keeps_that_site_and_no_other(house: House, admin: TestClient) -> None:
    """Sites say where: another's site is not even there."""
    with transaction(house.parts.database) as tx:
        other = a_site(tx, "S-2")
        dispatcher = house.people[Role.DISPATCHER]
        people_rows.change(tx, dispatcher, {"all_sites": False})
        people_rows.set_sites(tx, dispatcher, [SiteId(1)])
        some_devices(tx, other, 1)
    browser = house.enter(Role.DISPATCHER)
    assert "S-2" not in browser.get("/manage/sites").text
    assert browser.get(f"/manage/sites/{other}").status_code == 404
    assert browser.post(f"/manage/sites/{other}/archive").status_code == 404
    assert browser.get("/manage/devices/4").status_code == 404
    assert browser.get("/manage/devices/new?site=S-2").status_code == 404
    assert browser.get("/manage/sites/new").status_code == 403
    page = typed(browser.get("/manage/devices/new?site=S-1").text, code="x", name="x")
    assert browser.post("/manage/devices/new", data={**page, "site": "S-2"}).status_code == 404
    assert browser.post("/manage/devices/new", data=page).status_code == 303
    assert admin.get("/manage/devices/4").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff=\xfe&&&=",
        b"stamp=1&was.name=&name=%00",
        b"was.code=&code=%00&was.customer=&customer=%00",
        b"a=1&" * 5000,
    ],
)
def test_no_body_makes_a_form_stumble(admin: TestClient, body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/manage/sites/1", "/manage/sites/new"):
        assert admin.post(path, content=body, headers=kind).status_code in {409, 422}
    with_nothing = admin.post("/manage/nothing/1", content=body, headers=kind)
    assert with_nothing.status_code == 404


def test_a_long_list_goes_by_pages(house: House, admin: TestClient) -> None:
    with transaction(house.parts.database) as tx:
        customer_rows.add(tx, [{"code": f"X{n:03}", "name": f"x{n}"} for n in range(60)])
    first = admin.get("/manage/customers?q=x").text
    assert "60 lines" in first
    following = re.search(r'href="([^"]*after=[^"]*)" rel="next"', first)
    assert following is not None
    second = admin.get(following.group(1).replace("&amp;", "&")).text
    seen = re.findall(r"/manage/customers/(\d+)\"", first + second)
    assert len(set(seen)) == 60


def test_who_left_is_let_in_no_more(house: House, admin: TestClient) -> None:
    engineer = house.enter(Role.ENGINEER)
    assert engineer.get("/orders").status_code == 200
    admin.post(f"/manage/people/{house.people[Role.ENGINEER]}/archive")
    assert engineer.get("/orders").status_code == 303
    with reading(house.parts.database) as tx:
        gone = people_rows.get(tx, PersonId(house.people[Role.ENGINEER]))
    assert gone is not None
    assert gone.left_at == START


def test_an_archived_device_that_speaks_is_told_apart(house: House, admin: TestClient) -> None:
    with transaction(house.parts.database) as tx:
        one = Heard(site="S-1", device="d0", at=START, messages=1, topic="t", sample="{}")
        heard(tx, [one], keep=10)
    admin.post("/manage/devices/1/archive")
    stranger = {"site": "S-1", "device": "d0", "name": "x", "type": "camera"}
    assert "belongs to an archived device" in admin.post("/discovered/enrol", data=stranger).text
