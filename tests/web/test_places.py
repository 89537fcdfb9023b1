"""Sites by cause, devices with their state and readings, reports taken with their time."""

import re
from datetime import timedelta

import pytest

from rules.causes import Verdict
from rules.model import DeviceId, Link, Role, Severity, SiteId
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import journal, listening, states, telemetry
from storage import people as people_rows
from storage import sites as site_rows
from storage import work_orders as order_rows
from storage.db import reading, transaction
from storage.states import LastWord
from tests.storage.assets import a_site, some_devices
from tests.web.conftest import START, House, a_fault, an_order

HTMX = {"HX-Request": "true"}


@pytest.fixture
def three(house: House) -> House:
    """Three cameras, all heard a moment ago; the second hangs on the first."""
    with transaction(house.parts.database) as tx:
        ids = some_devices(tx, SiteId(1), 3)
        device_rows.set_links(tx, {ids[1]: {Link.VIA: ids[0]}})
        words = [
            LastWord(
                device_id=one,
                wire_state="online",
                last_heard_at=START,
                metrics={"temperature_c": 47.5, "video_fps": 25},
                flags={"video_loss": False},
            )
            for one in ids
        ]
        states.put_all(tx, words)
    return house


def test_a_well_site_says_so_in_one_sentence(three: House) -> None:
    html = three.enter(Role.ENGINEER).get("/sites/1").text
    assert "All 3 devices are well" in html
    assert "Nothing is wrong here" in html


def test_what_is_cut_off_stands_below_its_cause(three: House) -> None:
    with transaction(three.parts.database) as tx:
        root = a_fault(tx, three, code="DEV_OFFLINE")
        behind = Verdict(why="cause", explained_by=root.id)
        a_fault(tx, three, code="DEV_OFFLINE", verdict=behind, device=DeviceId(2))
    html = three.enter(Role.ENGINEER).get("/sites/1").text
    assert "1 of 3 devices has a fault; 1 more is unreachable behind them" in html
    assert "Cuts off 1 more device" in html
    device = three.enter(Role.ENGINEER).get("/devices/2").text
    assert "Unreachable behind d0" in device
    graph = three.enter(Role.ENGINEER).get("/sites/1/graph").text
    assert graph.index(">d0<") < graph.index("1 below it") < graph.index(">d1<")


def test_while_we_are_deaf_no_device_is_called_well(three: House) -> None:
    with transaction(three.parts.database) as tx:
        listening.change(tx, stalled_since=START)
    browser = three.enter(Role.ENGINEER)
    for address in ("/sites", "/sites/1", "/devices", "/devices/1", "/sites/1/graph"):
        html = browser.get(address).text
        main = html[html.index('<main id="main"') :]
        assert 'class="state is-ok"' not in main.split("readings")[0], address
    assert "The monitor is deaf" in browser.get("/devices/1").text


def test_contacts_are_hidden_and_each_look_is_on_record(three: House) -> None:
    with transaction(three.parts.database) as tx:
        site_rows.change(tx, SiteId(1), {"access_note": "key at the guard, 028-1234"})
    for role in (Role.CUSTOMER, Role.SALES):
        html = three.enter(role).get("/sites/1").text
        assert "028-1234" not in html
        assert three.enter(role).get("/sites/1?reveal=yes").status_code == 403
    browser = three.enter(Role.ENGINEER)
    assert "028-1234" not in browser.get("/sites/1").text
    with reading(three.parts.database) as tx:
        before = journal.last_id(tx)
    assert "028-1234" in browser.get("/sites/1?reveal=yes").text
    with reading(three.parts.database) as tx:
        looks = journal.after(tx, before, START + timedelta(days=1))
    assert [(one.verb, one.person_id) for one in looks] == [
        ("contacts_seen", three.people[Role.ENGINEER])
    ]
    assert browser.get("/sites/1?reveal=yes", headers=HTMX).status_code == 200
    with reading(three.parts.database) as tx:
        assert len(journal.after(tx, before, START + timedelta(days=1))) == 1


def test_anothers_site_and_device_are_not_even_there(three: House) -> None:
    with transaction(three.parts.database) as tx:
        other = a_site(tx, "S-2", customer="C2")
        second = customer_rows.by_code(tx, "C2")
        assert second is not None
        who = three.people[Role.CUSTOMER]
        people_rows.change(tx, who, {"customer_id": second.id})
        people_rows.set_sites(tx, who, [other])
    browser = three.enter(Role.CUSTOMER)
    for address in ("/sites/1", "/sites/1/graph", "/devices/1", "/devices?site=1"):
        assert browser.get(address).status_code == 404, address
    assert browser.post("/devices/1/report", data={"symptom": "x"}).status_code == 404
    assert ">d0<" not in browser.get("/devices").text
    assert re.findall(r'id="s(\d+)"', browser.get("/sites").text) == [str(other)]


def test_a_device_shows_readings_with_limit_and_where_it_comes_from(three: House) -> None:
    with transaction(three.parts.telemetry) as tx:
        points = [
            (DeviceId(1), START - timedelta(minutes=n), {"temperature_c": 40 + n / 100})
            for n in range(600)
        ]
        telemetry.write(tx, points)
    html = three.enter(Role.ENGINEER).get("/devices/1?metric=temperature_c").text
    for shown in ("47.5", "near the limit", "fault above 50, over below 45", "catalogue"):
        assert shown in html
    assert "Lowest 40, highest 45.99, last 40" in html
    assert 'data-plot="/devices/1/curve?span=day&amp;metric=temperature_c"' in html
    assert "style=" not in html[html.index("<main") :]
    bogus = three.enter(Role.ENGINEER).get("/devices/1?metric=nonsense&span=month")
    assert bogus.status_code == 200


def test_a_device_in_fault_leads_to_its_order_and_shades_its_curve(three: House) -> None:
    with transaction(three.parts.database) as tx:
        order = an_order(tx, three)
    with transaction(three.parts.telemetry) as tx:
        telemetry.write(tx, [(DeviceId(1), START, {"video_fps": 25})])
    three.clock.passes(minutes=5)
    html = three.enter(Role.ENGINEER).get("/devices/1").text
    assert "Fault: Video lost" in html
    assert f'href="/orders/{order.id}"' in html
    drawn = three.enter(Role.ENGINEER).get("/devices/1/curve").json()
    assert [(one["severity"], one["name"]) for one in drawn["faults"]] == [
        ("emergency", "Video lost")
    ]


def test_a_report_starts_the_clock_at_the_notice_by_the_sites_clocks(three: House) -> None:
    browser = three.enter(Role.DISPATCHER)
    form = {"symptom": "black", "reporter": "刘强", "at": "2026-06-15T08:30"}  # Shanghai
    answer = browser.post("/devices/3/report", data=form)
    assert answer.status_code == 303
    number = int(answer.headers["location"].rpartition("/")[2])
    with reading(three.parts.database) as tx:
        order = order_rows.get(tx, number)  # type: ignore[arg-type]
    assert order is not None
    assert order.clock_started_at.isoformat() == "2026-06-15T00:30:00+00:00"
    assert order.clock_source == "customer_notice"


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"symptom": "", "reporter": "x", "at": "2026-06-15T09:00"}, "symptom"),
        ({"symptom": "x", "reporter": " ", "at": "2026-06-15T09:00"}, "reporter"),
        ({"symptom": "x", "reporter": "y", "at": "2026-06-15T09:30"}, "at"),
        ({"symptom": "x", "reporter": "y", "at": "2026-06-01T09:00"}, "at"),
        ({"symptom": "x", "reporter": "y", "at": "soon"}, "at"),
    ],
)
def test_a_wrong_report_says_so_beside_the_field(
    three: House, form: dict[str, str], wrong: str
) -> None:
    said = three.enter(Role.CUSTOMER).post("/devices/1/report", data=form, headers=HTMX)
    assert said.status_code == 422
    assert re.findall(r'id="(\w+)-error"', said.text) == [wrong]
    with reading(three.parts.database) as tx:
        assert order_rows.all_open(tx) == []


def test_devices_are_found_by_words_type_and_trouble(three: House) -> None:
    with transaction(three.parts.database) as tx:
        a_fault(tx, three, severity=Severity.MINOR)
    browser = three.enter(Role.ENGINEER)
    for address, ids in (
        ("/devices", ["1", "2", "3"]),
        ("/devices?q=d1", ["2"]),
        ("/devices?q=s-1+D2", ["3"]),
        ("/devices?q=100%25", []),
        ("/devices?type=camera&ill=1", ["1"]),
        ("/devices?type=recorder", []),
        ("/devices?after=2", ["3"]),
        ("/devices?site=1", ["1", "2", "3"]),
    ):
        html = browser.get(address).text
        assert re.findall(r'<tr data-row id="d(\d+)"', html) == ids, address


def test_sites_are_found_and_paged(house: House) -> None:
    with transaction(house.parts.database) as tx:
        for n in range(60):
            a_site(tx, f"T-{n:02}")
    browser = house.enter(Role.HEAD)
    html = browser.get("/sites").text
    assert "61 sites" in html
    assert len(re.findall(r'<tr data-row id="s', html)) == 50
    following = re.search(r'href="([^"]*after=[^"]*)" rel="next"', html)
    assert following
    rest = browser.get(following.group(1).replace("&amp;", "&")).text
    assert len(re.findall(r'<tr data-row id="s', rest)) == 11
    assert len(re.findall(r'<tr data-row id="s', browser.get("/sites?q=t-07").text)) == 1
