"""WCAG 2.2 AA by axe-core, thumbs and widths, on every page of the night: light, dark, phone."""

import pytest

from operations import alerts as alert_desk
from operations import work_orders as order_desk
from rules.model import DeviceId, Role, Severity
from storage import states, telemetry
from storage.db import transaction
from storage.states import LastWord
from tests.browser.conftest import DESKTOP, PHONE, Open, log_in
from tests.browser.fitness import misfits
from tests.web.conftest import START, House, a_fault, a_window, an_order

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

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
    "/devices/2?metric=battery_pct&metric=temperature_c&span=week",
    "/devices/2?metric=temperature_c",
    "/devices/3",
    "/devices/3/swap",
    "/maintenance",
    "/maintenance/device/3",
    "/maintenance/site/1",
)


@pytest.fixture
def night(house: House) -> House:
    with transaction(house.parts.database) as tx:
        an_order(tx, house)
        second = an_order(tx, house, device=DeviceId(2))
        me = house.people[Role.ENGINEER]
        order_desk.acknowledge(tx, second.id, me, START)
        order_desk.arrive(tx, second.id, me, START)
        a_window(tx, house, second)
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
    [(DESKTOP, False, "en"), (PHONE, True, "zh")],
    ids=["desk-light-en", "phone-dark-zh"],
)
def test_every_page_is_fit_for_everybody(
    open_page: Open, size: tuple[int, int], language: str, *, dark: bool
) -> None:
    page = open_page("/login?next=/orders", size=size, language=language, dark=dark)
    log_in(page)
    assert misfits(page, MEANT, *PAGES) == {}
