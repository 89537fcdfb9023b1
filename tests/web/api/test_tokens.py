"""A token: given once, for a while, for named things, in a person's name."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from operations import api_tokens as token_desk
from rules.model import Role, WorkOrder
from rules.scopes import Scope
from storage import api_tokens as token_rows
from storage import journal
from storage.db import reading, transaction
from storage.tables.access import api_tokens
from storage.tables.company import people
from tests.web.api.conftest import Program, a_token, client
from tests.web.conftest import START, House
from web.api.pace import Pace

NEEDED = {
    Scope.FAULTS_READ: ("GET", "/faults"),
    Scope.FAULTS_REPORT: ("POST", "/faults"),
    Scope.ORDERS_READ: ("GET", "/work-orders"),
    Scope.ORDERS_ACT: ("POST", "/work-orders/1/acknowledge"),
    Scope.DEVICES_READ: ("GET", "/devices/S-1/d0"),
    Scope.DEVICES_MAINTAIN: ("POST", "/maintenance/1/end"),
    Scope.INSPECTIONS_READ: ("GET", "/inspections"),
    Scope.CONTACT_CARDS_READ: ("GET", "/contact-cards"),
    Scope.STATISTICS_READ: ("GET", "/statistics"),
    Scope.ROTA_READ: ("GET", "/rota"),
    Scope.ROTA_ACT: ("POST", "/handovers/1/read"),
    Scope.NOTICES_READ: ("GET", "/notices"),
    Scope.INTAKE_READ: ("GET", "/rejects"),
}
REPORT = {"site": "S-1", "device": "d0", "symptom": "black", "reporter": "Zhou"}


@pytest.mark.usefixtures("order")
def test_a_token_opens_its_scopes_and_nothing_else(program: Program) -> None:
    for scope in NEEDED:
        who = program(Role.ADMIN, [scope])
        for needed, (method, path) in NEEDED.items():
            body = REPORT if needed is Scope.FAULTS_REPORT else None
            answer = who.request(method, f"/api/v1{path}", json=body)
            assert (answer.status_code == 403) is (needed is not scope), (scope, path, answer.text)
            if needed is not scope:
                assert needed in answer.json()["detail"]
                assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_it_ends_with_its_time(house: House) -> None:
    who = client(house, a_token(house, Role.HEAD, days=1))
    house.clock.passes(hours=23, minutes=59)
    assert who.get("/api/v1/faults").status_code == 200
    house.clock.passes(minutes=1)
    answer = who.get("/api/v1/faults")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_revoked_one_opens_nothing_and_both_are_on_record(house: House) -> None:
    who = client(house, a_token(house, Role.HEAD))
    assert who.get("/api/v1/faults").status_code == 200
    with transaction(house.parts.database) as tx:
        assert token_desk.revoke(tx, 1, house.clock())
        assert not token_desk.revoke(tx, 1, house.clock())
        verbs = [one.verb for one in journal.after(tx, 0, START)]
    assert who.get("/api/v1/faults").status_code == 401
    assert [verb for verb in verbs if verb.startswith("token")] == ["token_given", "token_revoked"]


def test_whoever_has_left_calls_no_more(house: House) -> None:
    who = client(house, a_token(house, Role.HEAD))
    with transaction(house.parts.database) as tx:
        gone = update(people).where(people.c.id == house.people[Role.HEAD])
        tx.execute(gone.values(left_at=START))
    assert who.get("/api/v1/faults").status_code == 401


def test_only_its_hash_is_kept(house: House) -> None:
    secret = a_token(house, Role.HEAD)
    assert secret.startswith("rw_")
    assert len(secret) >= 46
    with reading(house.parts.database) as tx:
        rows = [tuple(map(str, row)) for row in tx.execute(select(api_tokens))]
        said = [str(one.facts) for one in journal.after(tx, 0, START)]
    assert not any(secret in word for row in rows for word in row)
    assert not any(secret in facts for facts in said)


def test_its_use_is_noted_once_a_minute(house: House) -> None:
    who = client(house, a_token(house, Role.HEAD))
    for _ in range(3):
        assert who.get("/api/v1/faults").status_code == 200
        house.clock.passes(seconds=25)
    assert last_used(house) == START
    assert who.get("/api/v1/faults").status_code == 200
    assert last_used(house) == START + timedelta(seconds=75)


def test_whoever_asks_too_fast_is_told_how_long_to_wait(house: House, order: WorkOrder) -> None:
    api = next(one for one in house.app.routes if getattr(one, "path", "") == "/api/v1")
    api.app.state.pace = Pace(lambda: 6)  # type: ignore[attr-defined]
    who, other = (client(house, a_token(house, Role.HEAD)) for _ in range(2))
    answers = [who.get(f"/api/v1/work-orders/{order.id}").status_code for _ in range(7)]
    assert answers == [200] * 6 + [429]
    slow = who.get("/api/v1/faults")
    assert slow.headers["retry-after"] == "10"
    assert other.get("/api/v1/faults").status_code == 200
    house.clock.passes(seconds=10)
    assert who.get("/api/v1/faults").status_code == 200
    assert who.get("/api/v1/faults").status_code == 429


def test_a_scope_that_is_no_more_opens_nothing(house: House) -> None:
    who = client(house, a_token(house, Role.HEAD))
    with transaction(house.parts.database) as tx:
        tx.execute(update(api_tokens).values(scopes=["everything"]))
        assert token_rows.everything(tx)[0].scopes == frozenset()
    assert who.get("/api/v1/faults").status_code == 403


def last_used(house: House) -> object:
    with reading(house.parts.database) as tx:
        return token_rows.everything(tx)[0].last_used_at
