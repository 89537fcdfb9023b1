"""WCAG 2.2 AA by axe-core, thumbs and widths, on every page of the night: light, dark, phone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from operations import alerts as alert_desk
from operations import work_orders as order_desk
from rules.model import DeviceId, Role, Severity
from storage import states, telemetry
from storage.db import transaction
from storage.states import LastWord
from tests.browser.conftest import DESKTOP, PHONE, Open, log_in
from tests.browser.test_frame import SMALL
from tests.web.conftest import START, House, a_fault, an_order

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (tags) => (await axe.run(document, {runOnly: tags})).violations
  .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | "))"""
MEANT = "main button, main select, main input:not([type=checkbox]), main label.mine, nav a, summary"
PAGES = (
    "/",
    "/?wall=1",
    "/orders",
    "/orders?q=nowhere",
    "/orders/1",
    "/orders/2",
    "/sites",
    "/sites/1?reveal=yes",
    "/sites/1/graph",
    "/devices",
    "/devices/2?metric=battery_pct",
    "/devices/3",
)


@pytest.fixture
def night(house: House) -> House:
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
        second = an_order(tx, house, device=DeviceId(2))
        me = house.people[Role.ENGINEER]
        order_desk.acknowledge(tx, second.id, me, START)
        order_desk.arrive(tx, second.id, me, START)
        a_fault(tx, house, code="BATT_LOW", severity=Severity.MINOR, device=DeviceId(3))
        alert_desk.raise_alert(tx, "MON_NOTIFY_FAILED", "mail", {}, house.parts.policy, START)
        word = LastWord(
            device_id=DeviceId(2),
            wire_state="online",
            last_heard_at=START,
            metrics={"battery_pct": 12, "temperature_c": 47},
            flags={"tamper": True, "mains": True},
        )
        states.put_all(tx, [word])
    with transaction(house.parts.telemetry) as tx:
        telemetry.write(tx, [(DeviceId(2), START, {"battery_pct": 12})])
    return house


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [(DESKTOP, False, "en"), (DESKTOP, True, "zh"), (PHONE, False, "zh"), (PHONE, True, "en")],
    ids=["desk-light-en", "desk-dark-zh", "phone-light-zh", "phone-dark-en"],
)
def test_every_page_is_fit_for_everybody(
    open_page: Open, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    page = open_page("/login?next=/orders", size=size, language=language, dark=dark)
    log_in(page)
    found: dict[str, Any] = {}
    for path in PAGES:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = true)")
        if wrong := _wrong(page):
            found[path] = wrong
    assert found == {}


def _wrong(page: Page) -> list[str]:
    page.evaluate(AXE)
    wrong: list[str] = page.evaluate(RUN, TAGS)
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        wrong.append("scrolls sideways")
    wrong += [f"too small: {one}" for one in page.evaluate(SMALL, MEANT)]
    return wrong
