"""Every route x role. A new route that is not listed here fails the first test."""

import re

import pytest
from fastapi.routing import APIRoute

from rules.model import Role
from storage.db import transaction
from storage.discovered import Heard, heard
from storage.rejects import Reject, add_all
from tests.web.conftest import START, House, a_window, an_order
from web.main import ROUTERS

FIGURE_LISTS = [f"/{of}{file}" for of in ("orders", "pages", "shifts") for file in ("", ".csv")]
# Letters as in tests/rules/test_permits.py; "*" is open to everyone, "+" to whoever is logged in.
OPEN = {
    ("GET", "/"): "+",  # a customer is led on to the sites
    ("GET", "/stream"): "+",
    ("POST", "/alerts/{alert_id}/acknowledge"): "AHPE",
    ("GET", "/orders"): "+",
    ("GET", "/orders/{order_id}"): "+",
    ("GET", "/orders/{order_id}/behind"): "+",
    ("POST", "/orders/{order_id}/{verb}"): "AHPE",  # acknowledge; each verb: test_orders.py
    ("GET", "/inspections"): "+",
    ("GET", "/inspections/{inspection_id}"): "+",  # a customer: once it is issued
    ("POST", "/inspections/{inspection_id}/{step}"): "AHVPE",  # each step: test_inspections.py
    ("GET", "/inspections/{inspection_id}/next"): "AHVPE",
    ("GET", "/inspections/{inspection_id}/points/{point_id}"): "AHVPE",
    ("POST", "/inspections/{inspection_id}/points/{point_id}"): "AHVPE",
    ("POST", "/inspections/{inspection_id}/points/{point_id}/photos"): "AHVPE",
    ("POST", "/inspections/{inspection_id}/points/{point_id}/photos/{photo_id}/remove"): "AHVPE",
    ("POST", "/inspections/{inspection_id}/points/{point_id}/decide"): "AH",
    ("GET", "/inspections/{inspection_id}/sign"): "AHVPE",
    ("POST", "/inspections/{inspection_id}/sign"): "AHVPE",
    ("POST", "/inspections/{inspection_id}/unsigned"): "AHVPE",
    ("GET", "/inspections/{inspection_id}/signature"): "+",
    ("GET", "/photos/{photo_id}"): "+",
    ("GET", "/documents/{document_id}"): "+",
    ("POST", "/documents/{document_id}/send"): "AHP",  # a report: AH
    ("POST", "/inspections/{inspection_id}/copies"): "AH",
    ("GET", "/contact-cards"): "AHVPE",
    ("POST", "/contact-cards/missing"): "AHP",
    ("POST", "/contact-cards/service-line"): "AHP",
    ("GET", "/contact-cards/{customer_id}"): "AHVPE",
    ("POST", "/contact-cards/{customer_id}/issue"): "AHP",
    ("POST", "/contact-cards/{customer_id}/copies"): "AHP",
    ("GET", "/verify"): "*",
    ("POST", "/verify"): "*",
    ("GET", "/verify/{public_id}"): "*",
    ("POST", "/verify/{public_id}"): "*",
    ("GET", "/sites"): "+",
    ("GET", "/sites/{site_id}"): "+",
    ("GET", "/sites/{site_id}/graph"): "+",
    ("GET", "/sites/{site_id}/access"): "AHP",
    ("POST", "/sites/{site_id}/access"): "AHP",
    ("GET", "/duty"): "ADHVPES",
    ("POST", "/duty/{order_id}"): "ADHVPES",  # each step asks for its own
    ("GET", "/devices"): "+",
    ("GET", "/devices/{device_id}"): "+",
    ("GET", "/devices/{device_id}/curve"): "+",
    ("GET", "/devices/{device_id}/curve.csv"): "+",
    ("POST", "/devices/{device_id}/report"): "AHVPEC",
    ("GET", "/devices/{device_id}/limits/{fault_code}"): "ADHVPES",
    ("POST", "/devices/{device_id}/limits/{fault_code}"): "AH",
    ("GET", "/limits"): "ADHVPES",
    ("POST", "/limits/{override_id}/withdraw"): "AH",
    ("GET", "/devices/{device_id}/configuration"): "AHPE",
    ("POST", "/devices/{device_id}/configuration"): "AHPE",
    ("GET", "/devices/{device_id}/swap"): "AHPE",
    ("POST", "/devices/{device_id}/swap"): "AHPE",
    ("GET", "/search"): "+",
    ("GET", "/manage"): "ADHPS",
    ("GET", "/manage/{kind}"): "AHP",  # sites; each list: test_records.py
    ("GET", "/manage/{kind}/new"): "AHP",
    ("POST", "/manage/{kind}/new"): "AHP",
    ("GET", "/manage/{kind}/{number}"): "AHP",
    ("POST", "/manage/{kind}/{number}"): "AHP",
    ("POST", "/manage/{kind}/{number}/archive"): "AHP",
    ("POST", "/manage/{kind}/{number}/restore"): "AHP",
    ("GET", "/import"): "ADHPS",
    ("POST", "/import"): "ADHPS",
    ("POST", "/import/apply"): "ADHPS",
    ("GET", "/map/rings"): "AHP",
    ("GET", "/map/place"): "AHP",
    ("GET", "/dead-man"): "AHVPE",
    **{("GET", f"/figures/on-call{path}"): "AHVP" for path in ("", "/months.csv", *FIGURE_LISTS)},
    ("GET", "/drills"): "AHVPE",
    ("GET", "/drills/new"): "AHP",
    ("POST", "/drills/new"): "AHP",
    ("GET", "/drills/{drill_id}"): "AHVPE",
    ("GET", "/drills/{drill_id}/report.csv"): "AHVPE",
    ("POST", "/drills/{drill_id}/answer"): "AHVPE",
    ("POST", "/drills/{drill_id}/cancel"): "AHP",
    ("GET", "/l/drill/{token}"): "*",
    ("POST", "/l/drill/{token}"): "*",
    ("POST", "/hooks/in/{name}"): "*",  # signed: test_inbound.py
    ("GET", "/l/{token}"): "*",
    ("GET", "/sw.js"): "*",
    ("GET", "/manifest.webmanifest"): "*",
    ("GET", "/push/key"): "+",
    ("POST", "/push"): "+",
    ("POST", "/push/{subscription_id}/off"): "+",
    ("POST", "/push/answer/{notice_id}"): "+",  # its reader: test_push.py
    ("POST", "/l/{token}"): "*",
    ("GET", "/l/list/{token}"): "*",
    ("POST", "/l/list/{token}"): "*",
    ("GET", "/static/{version}/{name:path}"): "*",
    ("GET", "/healthz"): "*",
    ("GET", "/metrics"): "AH",
    ("GET", "/login"): "*",
    ("POST", "/login"): "*",
    ("POST", "/logout"): "*",
    ("POST", "/language"): "*",
    ("POST", "/theme"): "*",
    ("GET", "/setup"): "*",
    ("POST", "/setup"): "*",
    ("GET", "/setup/device"): "A",
    ("GET", "/setup/device/seen"): "A",
    ("GET", "/password"): "+",
    ("POST", "/password"): "+",
    ("GET", "/login/mail"): "*",
    ("POST", "/login/mail"): "*",
    ("GET", "/a/{token}"): "*",
    ("POST", "/a/{token}"): "*",
    ("GET", "/login/code"): "*",
    ("POST", "/login/code"): "*",
    ("POST", "/login/again"): "*",
    ("GET", "/login/oidc"): "*",
    ("GET", "/login/oidc/callback"): "*",
    ("GET", "/account"): "+",
    ("POST", "/account/sessions/end"): "+",
    ("GET", "/account/second-factor"): "+",
    ("POST", "/account/second-factor"): "+",
    ("POST", "/account/second-factor/confirm"): "+",
    ("POST", "/account/second-factor/spare"): "+",
    ("POST", "/account/second-factor/off"): "+",
    ("GET", "/logins"): "A",
    ("GET", "/logins/{person_id}"): "A",
    ("POST", "/logins/{person_id}/{verb}"): "A",  # each verb: test_logins.py
    ("GET", "/portal"): "C",
    ("GET", "/maintenance"): "ADHVPES",
    ("GET", "/maintenance/{scope}/{number}"): "AHPE",
    ("POST", "/maintenance/{scope}/{number}"): "AHPE",
    ("POST", "/maintenance/{scope}/{number}/plan"): "AHPE",
    ("POST", "/maintenance/planned/{planned_id}/cancel"): "AHPE",
    ("POST", "/maintenance/windows/{window_id}/prolong"): "AHPE",
    ("POST", "/maintenance/windows/{window_id}/end"): "AHPE",
    ("GET", "/rota"): "ADHVPES",
    ("GET", "/escalations"): "AHVPE",
    ("GET", "/templates"): "ADHPS",
    ("GET", "/templates/{telling}/{language}"): "ADHPS",
    ("POST", "/templates/{telling}/{language}"): "AH",
    ("POST", "/templates/{telling}/{language}/preview"): "AH",
    ("POST", "/templates/{telling}/{language}/reset"): "AH",
    ("GET", "/tellings/{contract_id}"): "ADHS",
    ("POST", "/tellings/{contract_id}"): "ADHS",
    ("GET", "/escalations/simulate"): "AHVPE",
    ("GET", "/escalations/new"): "AH",
    ("POST", "/escalations/new"): "AH",
    ("GET", "/escalations/{plan_id}"): "AHVPE",
    ("GET", "/escalations/{plan_id}/edit"): "AH",
    ("POST", "/escalations/{plan_id}/edit"): "AH",
    ("POST", "/escalations/{plan_id}/retire"): "AH",
    ("POST", "/escalations/{plan_id}/bind"): "AH",
    ("POST", "/escalations/bindings/{binding_id}/remove"): "AH",
    ("POST", "/rota"): "AHP",
    ("GET", "/rota/past"): "ADHVPES",
    ("GET", "/rota/month"): "ADHVPES",
    ("POST", "/rota/days"): "AHP",
    ("POST", "/rota/country"): "AHP",
    ("GET", "/rota/overrides"): "ADHVPES",
    ("POST", "/rota/overrides/{override_id}/revoke"): "AHP",
    ("GET", "/rota/rotations"): "ADHVPES",
    ("GET", "/rota/rotations/new"): "AHP",
    ("POST", "/rota/rotations/new"): "AHP",
    ("GET", "/rota/rotations/{rotation_id}"): "ADHVPES",
    ("POST", "/rota/rotations/{rotation_id}"): "AHP",
    ("POST", "/rota/rotations/{rotation_id}/archive"): "AHP",
    ("GET", "/duty/swaps"): "AHPE",
    ("POST", "/duty/swaps/offer"): "AHPE",
    ("POST", "/duty/swaps/{swap_id}/accept"): "AHPE",
    ("POST", "/duty/swaps/{swap_id}/decline"): "AHPE",
    ("POST", "/duty/swaps/{swap_id}/withdraw"): "AHPE",
    ("GET", "/duty/notes"): "AHPE",
    ("POST", "/duty/notes/write"): "AHPE",
    ("POST", "/duty/notes/{note_id}/read"): "AHPE",
    ("GET", "/duty/calendar"): "ADHVPES",
    ("POST", "/duty/calendar/issue"): "ADHVPES",
    ("POST", "/duty/calendar/revoke"): "ADHVPES",
    ("POST", "/duty/calendar/revoke/{person_id}"): "AH",
    ("GET", "/ics/{token}.ics"): "*",
    ("GET", "/occasions"): "ADHVPES",
    ("GET", "/occasions/new"): "AHP",
    ("POST", "/occasions/new"): "AHP",
    ("GET", "/occasions/{occasion_id}"): "ADHVPES",
    ("POST", "/occasions/{occasion_id}"): "AHP",
    ("POST", "/occasions/{occasion_id}/archive"): "AHP",
    ("POST", "/occasions/{occasion_id}/guards"): "AHP",
    ("POST", "/occasions/{occasion_id}/guards/{guard_id}/stand-down"): "AHP",
    ("POST", "/occasions/{occasion_id}/duty"): "AHP",
    ("POST", "/occasions/{occasion_id}/duty/{override_id}/drop"): "AHP",
    ("POST", "/occasions/{occasion_id}/items"): "AHP",
    # Whoever must see to an item may tick it off; each verb: test_occasions.py
    ("POST", "/occasions/{occasion_id}/items/{item_id}/{verb}"): "AHPE",
    ("GET", "/discovered"): "AHVPE",
    ("GET", "/discovered.csv"): "AHVPE",
    ("POST", "/discovered/enrol-all"): "AHP",
    ("POST", "/discovered/ignore"): "AHP",
    ("GET", "/discovered/enrol"): "AHP",
    ("POST", "/discovered/enrol"): "AHP",
    ("GET", "/rejects"): "AHVPE",
    ("GET", "/alarms"): "AHVPEC",
    ("GET", "/alarms.csv"): "AHVPEC",
    ("GET", "/alarms/hosts"): "AHVPE",
    ("GET", "/rejects/{reject_id}"): "AHVPE",
    ("GET", "/notices"): "AHVPE",
    ("GET", "/notices/{notice_id}"): "AHVPE",
    ("GET", "/policy"): "ADHVPES",
    ("GET", "/policy/{name}"): "ADHVPES",
    ("POST", "/policy/{name}"): "AH",
    ("POST", "/policy/changes/{change_id}/withdraw"): "AH",
    ("GET", "/remarks"): "ADHVPES",
    ("POST", "/remarks"): "ADHVPES",
    ("POST", "/remarks/{remark_id}/review"): "AH",
    ("GET", "/journal"): "AHVP",
    ("GET", "/journal.csv"): "AHVP",
    ("GET", "/labels"): "AHVPE",
    ("GET", "/labels/{site_id}"): "AHVPE",
    ("POST", "/labels/{site_id}"): "AHVPE",
    ("GET", "/labels/{site_id}/sheet.pdf"): "AHVPE",
    ("POST", "/stickers/{sticker_id}/{verb}"): "AHVPE",
    ("GET", "/s/{sticker_id}"): "+",
    ("POST", "/hooks/from/{hook}"): "*",  # signed, or with a secret: test_hooks.py
    ("POST", "/hooks/from/{hook}/{secret}"): "*",
    ("GET", "/channels"): "ADHVPES",
    ("POST", "/channels/test"): "ADHVPES",
}
LETTERS = dict(zip("ADHVPESC", Role, strict=True))
ENDLESS = {("GET", "/stream")}  # its tests are in test_stream.py
FILLED = {
    **dict.fromkeys(
        (
            "{alert_id}",
            "{notice_id}",
            "{subscription_id}",
            "{reject_id}",
            "{document_id}",
            "{customer_id}",
            "{order_id}",
            "{site_id}",
            "{device_id}",
            "{person_id}",
            "{rotation_id}",
            "{occasion_id}",
            "{swap_id}",
            "{note_id}",
            "{guard_id}",
            "{item_id}",
        ),
        "1",
    ),
    **dict.fromkeys(("{change_id}", "{remark_id}", "{name}", "{sticker_id}"), "1"),
    **dict.fromkeys(("{inspection_id}", "{point_id}", "{photo_id}"), "1"),
    "{kind}": "sites",
    "{fault_code}": "TEMP_HIGH",
    "{override_id}": "1",
    "{plan_id}": "1",
    "{telling}": "reported",
    "{language}": "en",
    "{contract_id}": "1",
    "{binding_id}": "1",
    "{drill_id}": "1",
    "{scope}": "device",
    "{window_id}": "1",
    "{planned_id}": "1",
    "{number}": "1",
    "{public_id}": "x",
    "{step}": "start",
    "{verb}": "acknowledge",
    "{version}": "x",
    "{name:path}": "ringwatch.css",
}


def routes() -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in set(route.methods or ()) - {"HEAD"}  # answered as GET is
    }


def test_every_route_is_listed_with_those_it_is_open_to() -> None:
    assert routes() == set(OPEN)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_exactly_its_pages(house: House, role: Role) -> None:
    with transaction(house.parts.database) as tx:
        add_all(tx, [Reject(at=START, topic="t", body=b"b", reason="r")], keep=10)
        one = Heard(site="S-1", device="cam", at=START, messages=1, topic="t", sample="s")
        heard(tx, [one], keep=10)
        a_window(tx, house, an_order(tx, house))
    letter = next(key for key, each in LETTERS.items() if each is role)
    for (method, path), open_to in sorted(OPEN.items()):
        if open_to == "*" or (method, path) in ENDLESS:
            continue
        answer = _ask(house, role, method, path)
        refused = answer == 403
        assert refused is not (open_to == "+" or letter in open_to), (method, path, answer)


def test_a_stranger_gets_none_of_them(house: House) -> None:
    got: dict[tuple[str, str], tuple[int, str]] = {}
    for method, path in (key for key, open_to in OPEN.items() if open_to != "*"):
        answer = house.browser().request(method, _address(path))
        led_to_login = answer.headers.get("location", "").startswith("/login")
        if answer.status_code not in {401, 403} and not (
            answer.status_code == 303 and led_to_login
        ):
            got[method, path] = answer.status_code, answer.text
    assert got == {}


def test_metrics_are_open_to_this_machine_but_not_through_a_proxy(house: House) -> None:
    from starlette.testclient import TestClient  # noqa: PLC0415

    near = TestClient(house.app, client=("127.0.0.1", 1))
    assert "ringwatch_devices 0" in near.get("/metrics").text
    assert near.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 403


def _ask(house: House, role: Role, method: str, path: str) -> int:
    browser = house.enter(role)
    form = {"site": "S-1", "device": "cam", "ignored": "no"} if method == "POST" else {}
    return browser.request(method, _address(path), data=form).status_code


def _address(path: str) -> str:
    filled = re.sub(r"\{[^}]+\}", lambda found: FILLED[found.group()], path)
    return f"{filled}?site=S-1&device=cam" if path == "/discovered/enrol" else filled
