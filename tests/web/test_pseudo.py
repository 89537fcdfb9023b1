"""In the pseudo-language every word of ours stands in brackets: a bare one was never translated.

Data are marked `translate="no"`, or sit in code; times and numbers have no letters to show.
"""

import re
from html.parser import HTMLParser

import pytest

from operations import alerts as alert_desk
from operations import contact_cards as card_desk
from operations import drills as drill_desk
from operations import work_orders as order_desk
from rules.model import CustomerId, DeviceId, OrderId, PersonId, Role, Severity, SiteId
from storage import outbox, states, telemetry
from storage import work_orders as order_rows
from storage.db import Tx, transaction
from storage.discovered import Heard, heard
from storage.rejects import Reject, add_all
from storage.states import LastWord
from tests.web import escalations, rotas
from tests.web.conftest import START, House, a_fault, a_window, an_order
from tests.web.drills import a_drill
from tests.web.events import an_event

VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "use",
    "path",
    "circle",
    "rect",
    "line",
}
SILENT = {"script", "style", "code", "pre", "kbd"}
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-label")
BARE = re.compile(r"[A-Za-z]{2,}")

PAGES = (
    "/", "/?wall=1", "/orders", "/orders?state=closed", "/orders/1", "/orders/1/behind",
    "/orders/2", "/orders/3",
    "/duty", "/sites/1/access", "/sites", "/sites/1",
    "/sites/1?reveal=yes", "/sites/1/graph", "/sites?q=nowhere",
    "/devices", "/devices?q=nowhere", "/devices/1", "/devices/2", "/devices/3",
    "/devices/2?span=year", "/devices/2?metric=battery_pct&span=week",
    "/account", "/account?ended=2", "/account/second-factor", "/logins", "/logins?q=nowhere",
    "/logins/1", "/logins/6", "/logins/8?sent=yes",
    "/escalations", "/escalations/1", "/escalations/2", "/escalations/1/edit", "/escalations/new",
    "/escalations/simulate", "/escalations/simulate?site=S-1", "/escalations/simulate?site=none",
    "/escalations/simulate?site=S-1&severity=minor", "/escalations/simulate?site=S-1&taken=5",
    "/templates", "/templates/reported/en", "/templates/coming/zh?done=saved", "/tellings/1",
    "/rota", "/rota?week=2027-06-01", "/rota/past", "/rota/past?at=x", "/rota/month",
    "/rota/month?month=2027-10", "/rota/overrides", "/rota/rotations", "/rota/rotations/new",
    "/rota/rotations/1",
    "/notices", "/notices/1", "/notices/2", "/notices?state=dead",
    "/discovered", "/discovered?ignored=yes",
    "/discovered/enrol?site=S-1&device=cam-9", "/discovered/enrol?site=HOTEL&device=nvr-1",
    "/rejects", "/rejects/1", "/password", "/nothing-here", "/setup/device", "/setup/device/seen",
    "/policy", "/policy?changed=1&q=nothing", "/policy/zone_hours.ring1", "/policy/warn_at",
    "/policy/limits.TEMP_HIGH.raise_at", "/limits", "/devices/1/limits/TEMP_HIGH",
    "/devices/1/limits/DEV_OFFLINE", "/remarks", "/remarks?state=reviewed", "/channels",
    "/labels", "/labels?q=nowhere", "/labels/1", "/s/ABCD", "/s/" + "2" * 12,
    "/manage", "/manage/customers", "/manage/contracts?archived=1", "/manage/sites?q=nowhere",
    "/manage/systems", "/manage/devices?site=S-1", "/manage/people", "/manage/customers/1",
    "/manage/sites/1?reveal=yes", "/manage/sites/new", "/manage/devices/1?done=saved",
    "/manage/devices/new", "/manage/devices/new?site=S-1", "/manage/people/1?reveal=yes",
    "/import", "/import?kind=rings", "/search", "/search?q=S-1", "/search?q=nowhere",
    "/map/place?lon=104.06&lat=30.65&crs=gcj02", "/map/place?lon=x&lat=1&crs=wgs84",
    "/maintenance?state=planned",
    "/maintenance", "/maintenance?state=over", "/maintenance/device/1", "/maintenance/device/2",
    "/figures/on-call", "/figures/on-call/orders?which=called", "/figures/on-call?month=2020-01",
    "/figures/on-call/pages?which=all", "/figures/on-call/pages?which=undelivered",
    "/figures/on-call/shifts?which=hours", "/figures/on-call/shifts?which=holidays&person=9",
    "/dead-man", "/drills", "/drills/new", "/drills/1", "/drills/2",
    "/devices/1/swap", "/devices/1/configuration", "/alarms", "/alarms?site=x", "/alarms/hosts",
    "/duty/swaps", "/duty/notes", "/duty/calendar",
    "/occasions", "/occasions?state=over", "/occasions/new", "/occasions/1", "/occasions/2",
    "/contact-cards", "/contact-cards?state=outdated", "/contact-cards?state=never&done=issued",
    "/contact-cards/1?reveal=yes", "/contact-cards/2",
    "/maintenance/site/1", "/verify", "/journal", "/journal?kind=orders&person=1&site=S-9",
)  # fmt: skip


class Ear(HTMLParser):
    """Hears every word of a page that is not marked as data."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        data = values.get("translate") == "no" or tag in SILENT or self._in_data()
        if not data:
            self.bare += [
                f"{tag} {name}={values[name]}" for name in SPOKEN if bare(values.get(name) or "")
            ]
        if tag not in VOID:
            self.open.append((tag, data))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._in_data() and bare(data):
            self.bare.append(data.strip())

    def _in_data(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def bare(text: str) -> bool:
    """Whether plain letters stand outside the brackets that `say` puts around its sentences."""
    while (without := re.sub(r"\[[^\[\]]*\]", "", text)) != text:
        text = without
    return bool(BARE.search(text))


@pytest.fixture
def busy_house(house: House) -> House:
    with transaction(house.parts.database) as tx:
        add_all(tx, [Reject(at=START, topic="t", body=b"b", reason="r", traceback="T")], keep=9)
        for site, device in (("S-1", "cam-9"), ("HOTEL", "nvr-1")):
            one = Heard(site=site, device=device, at=START, messages=2, topic="t", sample="s")
            heard(tx, [one], keep=9)
        outbox.put(
            tx,
            outbox.Draft(
                key="k",
                kind="page",
                severity=Severity.MAJOR,
                person_id=house.people[Role.ENGINEER],
                channel="mail",
                target="wang@example.com",
                site_id=SiteId(1),
            ),
            START,
        )
        escalations.bound(tx, house, escalations.a_plan(tx, house))
        escalations.a_plan(tx, house, "Named", house.people[Role.SALES], PersonId(99))
        _a_night(tx, house)
        an_event(tx, house)
        an_event(tx, house, guarded=False)
        card_desk.issue(tx, CustomerId(1), by=None, now=START)
        rotas.a_rotation(tx, house)
        rotas.an_override(tx, house)
    with transaction(house.parts.telemetry) as tx:
        telemetry.write(tx, [(DeviceId(2), START, {"battery_pct": 12})])
    return house


def _a_night(tx: Tx, house: House) -> None:
    """One order at its beginning, one on its way, one at its end; a minor fault; an alert."""
    for device in (1, 2, 3):
        an_order(tx, house, device=DeviceId(device) if device > 1 else None)
    me, now = house.people[Role.ENGINEER], START
    for number in (2, 3):
        order_desk.acknowledge(tx, OrderId(number), me, now)
    order_desk.arrive(tx, OrderId(3), me, now)
    order_desk.repair(tx, OrderId(3), me, now, "ersetzt")
    a_fault(tx, house, code="BATT_LOW", severity=Severity.MINOR)
    alert_desk.raise_alert(tx, "MON_NOTIFY_FAILED", "mail", {}, house.parts.policy, now)
    first = order_rows.get(tx, OrderId(1))
    assert first is not None
    a_window(tx, house, first)
    a_fault(tx, house, code="TAMPER")
    a_drill(tx, house)
    drill_desk.cancel(tx, a_drill(tx, house).id, me, now)
    word = LastWord(
        device_id=DeviceId(2),
        wire_state="online",
        last_heard_at=now,
        metrics={"battery_pct": 12, "temperature_c": 47, "strange_one": 3},
        flags={"tamper": True, "mains": True, "odd": False},
    )
    states.put_all(tx, [word])


def test_no_page_holds_a_bare_string(busy_house: House) -> None:
    browser = busy_house.enter(Role.ADMIN, "xx")
    for address in PAGES:
        answer = browser.get(address)
        assert answer.status_code < 500, address  # it would be said in translated words, too
        _listen(answer.text, address)
    for address, form in (
        ("/password", {"current": "x", "new": "y", "again": "z"}),
        ("/rota", {"layer": "first"}),
        ("/escalations/new", {"name": " "}),
        ("/escalations/2/bind", {"site": "nowhere"}),
        ("/templates/found/en", {"subject": "{x}", "body": ""}),
        ("/templates/found/en", {"subject": "x", "body": "a { b"}),
        ("/templates/found/en/preview", {"subject": "x", "body": "y", "order": "none"}),
        ("/rota", rotas.TONIGHT),
        ("/rota/rotations/new", {"name": " "}),
        ("/rota/rotations/new", rotas.TURNS),
        ("/rota/days", {"on": "soon"}),
        ("/rota/country", {"country": "XX"}),
        ("/discovered/enrol", {"site": "S-1", "device": "cam-9"}),
        ("/orders/2/depart", {}),
        ("/policy/zone_hours.ring1", {"value": "soon", "why": ""}),
        ("/devices/1/limits/TEMP_HIGH", {"name": "limits.TEMP_HIGH.raise_at", "value": "warm"}),
        ("/policy/ladder.again_s", {"value": "never", "why": "", "when": "later", "at": "x"}),
        ("/remarks", {"text": " "}),
        ("/labels/1", {}),
        ("/occasions/new", {"name": " "}),
        ("/duty/swaps/offer", {"layer": "first", "starts_at": "x"}),
        ("/duty/swaps/1/accept", {}),
        ("/duty/notes/write", {"layer": "first", "text": " "}),
        ("/duty/calendar/issue", {}),
        ("/occasions/1", {"name": "x", "starts_at": "soon"}),
        ("/occasions/1/guards", {"site": "1", "person": "2", "starts_at": "2026-06-15T09:00"}),
        ("/occasions/1/duty", {"layer": "first", "starts_at": "x", "person": "2"}),
        ("/occasions/1/items", {"text": " ", "due_on": "2026-06-20"}),
        ("/contact-cards/service-line", {"service_line": "call us"}),
        ("/maintenance/device/1", {"half_hours": "2", "reason": "x"}),
        ("/maintenance/device/2", {"half_hours": "99", "reason": ""}),
        ("/maintenance/device/2", {"half_hours": "99", "reason": "x", "owner": "99"}),
        ("/drills/new", {"name": " ", "when": "due", "due": "soon"}),
        ("/drills/new", {"name": "x", "when": "now", "rhythm": "own", "rule": "FREQ=HOURLY"}),
        ("/devices/1/configuration", {"reason": ""}),
        ("/devices/1/configuration", {"reason": "x"}),
        ("/devices/1/swap", {"reason": ""}),
        ("/devices/1/swap", {"reason": "x", "whereabouts": "spare"}),
        ("/maintenance/site/1/plan", {"starts_at": "x", "half_hours": "2", "what": "x"}),
        ("/maintenance/site/1/plan", {"starts_at": "2026-06-20T10:00", "half_hours": "2"}),
        ("/maintenance/windows/1/prolong", {"half_hours": ""}),
        ("/orders/2/diagnose", {"text": " "}),
        ("/orders/1/verify", {"text": "x"}),
        ("/devices/1/report", {"symptom": "", "at": "never"}),
        ("/devices/2/report", {"symptom": "x", "reporter": "y", "at": "2031-01-01T00:00"}),
    ):
        _listen(browser.post(address, data=form).text, f"POST {address}")
    _listen(busy_house.enter(Role.SALES, "xx").get("/rejects").text, "403")
    stranger = busy_house.browser("xx")
    _listen(stranger.get("/login").text, "/login")
    _listen(stranger.post("/login", data={"name": "王", "password": "x"}).text, "POST /login")


def test_the_set_up_holds_none_either(empty_house: House) -> None:
    browser = empty_house.browser("xx")
    _listen(browser.get("/setup").text, "/setup")
    _listen(browser.post("/setup", data={"token": "零"}).text, "POST /setup")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_speaks_both_languages(busy_house: House, language: str) -> None:
    browser = busy_house.enter(Role.ADMIN, language)
    for address in PAGES:
        html = re.sub(r'<(\w+) translate="no">.*?</\1>', "", browser.get(address).text)  # data
        has_chinese_words = re.search(r"<h1>(?:(?!</h1>).)*[\u4e00-\u9fff]", html, re.DOTALL)
        assert bool(has_chinese_words) is (language == "zh") or "<h1>" not in html, address


def test_the_ear_hears() -> None:
    ear = Ear()
    ear.feed('<p>Save</p><p>[Šåṽé]</p><p translate="no">Wang</p><a title="Open">1</a><br>OK')
    assert ear.bare == ["Save", "a title=Open", "OK"]


def _listen(html: str, address: str) -> None:
    ear = Ear()
    ear.feed(html)
    assert ear.bare == [], address
