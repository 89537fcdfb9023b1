"""Every route x role x own or foreign site; a new route that is not listed fails the first test."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from rules.model import Role, WorkOrder
from rules.workflow import Verb
from storage import journal
from storage.db import reading
from tests.web.api.conftest import Program, client
from tests.web.conftest import START, House
from web.api.application import ROUTERS

# Letters as in tests/rules/test_permits.py; "+" is everybody.
OPEN = {
    ("GET", "/faults"): "+",
    ("POST", "/faults"): "AHVPEC",
    ("GET", "/work-orders"): "+",
    ("GET", "/work-orders/{order_id}"): "+",
    ("POST", "/work-orders/{order_id}/{verb}"): "AHPE",  # acknowledge; each verb: below
    ("GET", "/devices/{site}/{code}"): "+",
    ("GET", "/devices/{site}/{code}/series"): "+",
    ("GET", "/devices/{site}/{code}/units"): "AHVPE",
    ("POST", "/devices/{site}/{code}/swap"): "AHPE",
    ("POST", "/devices/{site}/{code}/accept-configuration"): "AHPE",
    ("GET", "/maintenance"): "+",
    ("POST", "/maintenance"): "AHPE",
    ("GET", "/maintenance/planned"): "+",
    ("POST", "/maintenance/planned"): "AHPE",
    ("POST", "/maintenance/planned/{planned_id}/cancel"): "AHPE",
    ("POST", "/maintenance/{window_id}/end"): "AHPE",
    ("POST", "/maintenance/{window_id}/prolong"): "AHPE",
    ("GET", "/inspections"): "+",
    ("GET", "/inspections/{inspection_id}"): "+",
    ("GET", "/inspections/{inspection_id}/report.pdf"): "+",
    ("GET", "/contact-cards"): "AHVPEC",
    ("GET", "/contact-cards/{customer_id}/card.pdf"): "AHVPEC",
    ("GET", "/statistics"): "+",
    ("GET", "/figures/on-call"): "AHVP",
    ("GET", "/drills"): "AHVPE",
    ("GET", "/rota"): "ADHVPES",
    ("GET", "/rota/shifts"): "ADHVPES",
    ("GET", "/swaps"): "AHPE",
    ("GET", "/swaps/{swap_id}"): "AHPE",
    ("POST", "/swaps"): "AHPE",
    ("POST", "/swaps/{swap_id}/{verb}"): "AHPE",  # decline
    ("GET", "/handovers"): "AHPE",
    ("GET", "/handovers/{note_id}"): "AHPE",
    ("POST", "/handovers"): "AHPE",
    ("POST", "/handovers/{note_id}/read"): "AHPE",
    ("GET", "/occasions"): "ADHVPES",
    ("GET", "/occasions/{occasion_id}"): "ADHVPES",
    ("POST", "/occasions/{occasion_id}/preparation/{item_id}/done"): "AHPE",
    ("GET", "/escalations"): "AHVPE",
    ("GET", "/work-orders/{order_id}/escalation"): "AHVPE",
    ("GET", "/notices"): "AHVPE",
    ("GET", "/notices/{notice_id}"): "AHVPE",
    ("GET", "/rejects"): "AHVPE",
    ("GET", "/discovered"): "AHVPE",
    ("GET", "/events"): "+",
}
ENDLESS = {("GET", "/events")}  # its tests are in test_events.py
LETTERS = dict(zip("ADHVPESC", Role, strict=True))
BY_BODY = {
    ("POST", "/faults"),
    ("POST", "/maintenance"),
    ("POST", "/maintenance/planned"),
}
OF_THE_ROTA = ("/swaps", "/handovers", "/occasions")  # of no site; events: test_duties.py
OF_A_SITE = [
    path
    for path in OPEN
    if ("{" in path[1] and not path[1].startswith(OF_THE_ROTA)) or path in BY_BODY
]
BY_ROTA = {("POST", "/swaps"), ("POST", "/handovers")}  # who does not stand is told beside a field
SOON, UNTIL = ((START + timedelta(hours=hours)).isoformat() for hours in (1, 2))
SWAPPED = [(START + timedelta(days=days)).isoformat() for days in (3, 4)]
VERBS = {
    **dict.fromkeys(("acknowledge", "decline"), "AHPE"),
    **dict.fromkeys(("depart", "arrive", "diagnose", "repair", "verify", "leave"), "AHPE"),
    **dict.fromkeys(("propose", "postpone", "repair-remotely"), "AHPE"),
    "arrange": "AH",
    "accept": "AHPEC",
    **dict.fromkeys(("dispatch", "close", "cancel", "reopen"), "AHP"),
}


def letter_of(role: Role) -> str:
    return next(key for key, each in LETTERS.items() if each is role)


def said_at(path: str, site: str) -> dict[str, Any] | None:
    """What is sent there."""
    span = {"layer": "first", "starts_at": SWAPPED[0], "ends_at": SWAPPED[1]}
    work = {"site": site, "reason": "new lens", "until": UNTIL}
    said: dict[str, dict[str, Any]] = {
        "/swaps": {"given": span, "note": "wedding"},
        "/handovers": {"layer": "first", "text": "the key is at the gate"},
        "/faults": {"site": site, "device": "d0", "symptom": "black", "reporter": "Zhou"},
        "/maintenance": work,
        "/maintenance/planned": {**work, "starts_at": SOON},
        "/maintenance/{window_id}/prolong": {"until": UNTIL},
        "/devices/{site}/{code}/accept-configuration": {"reason": "programmed anew"},
        "/devices/{site}/{code}/swap": {
            "serial": "E2",
            "reason": "lightning",
            "whereabouts": "repair",
        },
    }
    return said.get(path)


def ask(who: TestClient, method: str, path: str, order: WorkOrder, site: str = "S-1") -> Any:
    verb = "decline" if path.startswith("/swaps") else "acknowledge"
    filled = path.replace("{order_id}", str(order.id)).replace("{verb}", verb)
    for name in ("swap_id", "note_id", "occasion_id", "item_id"):
        filled = filled.replace(f"{{{name}}}", "1" if site == "S-1" else "999")
    filled = filled.replace("{inspection_id}", "1" if site == "S-1" else "3")
    filled = filled.replace("{customer_id}", "1" if site == "S-1" else "999")
    for name in ("window_id", "planned_id"):
        filled = filled.replace(f"{{{name}}}", "1" if site == "S-1" else "2")
    filled = filled.replace("{notice_id}", "1" if site == "S-1" else "999")
    filled = filled.replace("{site}", site).replace("{code}", "d0")
    more = "?metric=battery_pct" if path.endswith("series") else ""
    body = said_at(path, site) if method == "POST" else None
    return who.request(method, f"/api/v1{filled}{more}", json=body)


def test_every_route_is_listed_with_those_it_is_open_to() -> None:
    found = {
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert found == set(OPEN)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.usefixtures("issued", "windows", "duties")
def test_each_role_may_do_exactly_its_own(program: Program, order: WorkOrder, role: Role) -> None:
    for (method, path), open_to in sorted(OPEN.items()):
        if (method, path) in ENDLESS:
            continue
        answer = ask(program(role), method, path, order)
        open_ = open_to == "+" or letter_of(role) in open_to
        assert (answer.status_code == 403) is not open_, (method, path, answer.text)
        possible = {200, 201, 403, 409} | ({422} if (method, path) in BY_ROTA else set())
        assert answer.status_code in possible, (method, path, answer.text)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.usefixtures("bound", "order", "issued", "foreign_sheet", "windows")
def test_a_foreign_site_is_not_even_there(
    house: House, program: Program, foreign: WorkOrder, role: Role
) -> None:
    who, before = program(role), newest(house)
    for method, path in OF_A_SITE:
        answer = ask(who, method, path, foreign, "S-9")
        assert answer.status_code in ({403, 422} if (method, path) in BY_BODY else {404}), (
            path,
            answer,
        )
        said = answer.text.replace('"value":"S-9"', "").replace("S-9/d0", "")  # as it was sent
        assert "S-9" not in said
    for path in (
        "/maintenance?state=all",
        "/maintenance/planned?device=",
        "/faults?state=all",
        "/work-orders?state=all",
        "/inspections?period=",
    ):
        items = who.get(f"/api/v1{path}").json()["items"]
        assert {one["site"] for one in items} == {"S-1"}
        assert who.get(f"/api/v1{path}&site=S-9").json()["items"] == []
    assert who.get("/api/v1/statistics").json()["sites"] == ["S-1"]
    assert who.get("/api/v1/statistics?site=S-9").json()["sites"] == []
    assert newest(house) == before


@pytest.mark.parametrize("role", list(Role))
def test_each_verb_is_open_to_whom_the_page_offers_it(
    program: Program, order: WorkOrder, role: Role
) -> None:
    assert set(VERBS) == set(Verb)
    who = program(role)
    for verb, open_to in VERBS.items():
        answer = who.post(f"/api/v1/work-orders/{order.id}/{verb}", json={})
        assert (answer.status_code == 403) is not (letter_of(role) in open_to), (verb, answer.text)


@pytest.mark.parametrize("token", ["", "rw_nonsense"])
def test_a_stranger_gets_nothing(house: House, order: WorkOrder, token: str) -> None:
    for method_path in OPEN:
        answer = ask(client(house, token), *method_path, order)
        assert answer.status_code == 401, method_path
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_cookie_does_not_count(house: House, order: WorkOrder) -> None:
    for method_path in OPEN:
        assert ask(house.enter(Role.ADMIN), *method_path, order).status_code == 401, method_path


def newest(house: House) -> int:
    with reading(house.parts.database) as tx:
        entries = journal.after(tx, 0, START)
        return len([entry for entry in entries if entry.verb != "token_given"])
