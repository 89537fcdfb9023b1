"""Orders by API: the page's own operations, once each, and on the version that was read."""

import threading

import pytest

from rules.model import Role, WorkOrder
from storage import journal
from storage import work_orders as order_rows
from storage.db import reading
from tests.web.api.conftest import Program, a_token, client
from tests.web.conftest import START, House

ITEMS = "/api/v1/work-orders"


def verbs_of(house: House, order: WorkOrder) -> list[str]:
    with reading(house.parts.database) as tx:
        return [entry.verb for entry in journal.of_order(tx, order.id)]


def code_of(role: Role) -> str:
    return f"P-{list(Role).index(role)}"


def test_an_order_goes_its_way_by_api(house: House, program: Program, order: WorkOrder) -> None:
    head, engineer = program(Role.HEAD), program(Role.ENGINEER)
    at = f"{ITEMS}/{order.id}"
    assert head.get(at).json()["state"] == "unanswered"
    sent = head.post(f"{at}/dispatch", json={"person": code_of(Role.ENGINEER)})
    assert sent.json()["assignees"] == [code_of(Role.ENGINEER)]
    for verb, text in (
        ("depart", ""), ("arrive", ""), ("diagnose", "cable"), ("repair", "new cable"),
        ("verify", "seen the picture"), ("leave", ""), ("accept", "Zhou"),
    ):  # fmt: skip
        house.clock.passes(minutes=5)
        answer = engineer.post(f"{at}/{verb}", json={"text": text} if text else None)
        if verb == "verify":  # the device still reports it: nobody can vouch against it
            assert answer.status_code == 409, answer.text
            break
        assert answer.status_code == 200, (verb, answer.text)
    whole = engineer.get(at).json()
    assert whole["state"] == "proving"
    assert whole["stage"] == "handling"
    assert whole["arrived_at"] == "2026-06-15T01:12:03Z"
    assert whole["late"] is False
    assert whole["received_by"] == code_of(Role.HEAD)
    assert [one["code"] for one in whole["faults"]] == ["CAM_VIDEO_LOSS"]
    told = [one for one in whole["timeline"] if one["verb"] == "diagnosed"]
    assert told[0]["quote"] == "cable"
    assert told[0]["person"] == code_of(Role.ENGINEER)
    chinese = engineer.get(at, headers={"Accept-Language": "zh-CN"}).json()["timeline"]
    assert chinese[0]["text"] != whole["timeline"][0]["text"]


def test_a_customer_is_told_no_names_of_ours(program: Program, order: WorkOrder) -> None:
    program(Role.ENGINEER).post(f"{ITEMS}/{order.id}/acknowledge")
    answer = program(Role.CUSTOMER).get(f"{ITEMS}/{order.id}")
    whole = answer.json()
    assert (whole["received_by"], whole["assignees"]) == (None, [])
    assert {one["verb"] for one in whole["timeline"]} >= {"order_opened", "acknowledged"}
    assert "paged" not in {one["verb"] for one in whole["timeline"]}
    assert "王" not in answer.text
    assert "P-" not in answer.text


def test_what_is_decided_on_another_version_is_refused(
    house: House, program: Program, order: WorkOrder
) -> None:
    who, at = program(Role.HEAD), f"{ITEMS}/{order.id}"
    tag = who.get(at).headers["etag"]
    done = who.post(f"{at}/acknowledge", headers={"If-Match": tag})
    assert done.status_code == 200
    assert done.headers["etag"] != tag
    before = verbs_of(house, order)
    stale = who.post(f"{at}/arrange", headers={"If-Match": tag})
    assert stale.status_code == 412
    assert stale.headers["etag"] == done.headers["etag"]
    assert verbs_of(house, order) == before
    both = {"If-Match": f'"99", {done.headers["etag"]}'}
    assert who.post(f"{at}/arrange", headers=both).status_code == 200
    assert who.post(f"{at}/depart", headers={"If-Match": "*"}).status_code == 200


def test_sent_twice_under_one_key_it_is_done_once(
    house: House, program: Program, order: WorkOrder
) -> None:
    who, at = program(Role.ENGINEER), f"{ITEMS}/{order.id}"
    who.post(f"{at}/acknowledge")
    key = {"Idempotency-Key": "k-1"}
    first = who.post(f"{at}/diagnose", json={"text": "cable"}, headers=key)
    again = who.post(f"{at}/diagnose", json={"text": "cable"}, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    assert verbs_of(house, order).count("diagnosed") == 1
    other = who.post(f"{at}/diagnose", json={"text": "lens"}, headers=key)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:ringwatch:problem:key-used"
    house.clock.passes(hours=24)
    late = who.post(f"{at}/diagnose", json={"text": "lens"}, headers=key)
    assert late.status_code == 200
    assert verbs_of(house, order).count("diagnosed") == 2


def test_a_key_belongs_to_its_token_and_a_refusal_is_not_kept(
    house: House, program: Program, order: WorkOrder
) -> None:
    at, key = f"{ITEMS}/{order.id}", {"Idempotency-Key": "k-1"}
    who, other = program(Role.ENGINEER), program(Role.HEAD)
    assert who.post(f"{at}/depart", headers=key).status_code == 409
    assert other.post(f"{at}/acknowledge", headers=key).status_code == 200
    assert who.post(f"{at}/depart", headers=key).status_code == 200
    assert verbs_of(house, order).count("departed") == 1


def test_eight_at_once_under_one_key_do_it_once(house: House, order: WorkOrder) -> None:
    token = a_token(house, Role.ENGINEER)
    client(house, token).post(f"{ITEMS}/{order.id}/acknowledge")
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        said = {"text": "cable"}
        one = client(house, token).post(
            f"{ITEMS}/{order.id}/diagnose", json=said, headers={"Idempotency-Key": "k"}
        )
        answers.append((one.status_code, one.content))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert verbs_of(house, order).count("diagnosed") == 1


def test_what_is_agreed_before_the_work(house: House, program: Program, order: WorkOrder) -> None:
    """B14, C07, C13: the appointment beside the deadline, solutions, a repair from afar."""
    who, at = program(Role.DISPATCHER), f"{ITEMS}/{order.id}"
    deadline = who.post(f"{at}/acknowledge").json()["on_site_by"]
    both = [{"what": "new plug", "feasible": "1 h"}, {"what": "core", "feasible": "a ladder"}]
    assert who.post(f"{at}/propose", json={"solutions": both}).status_code == 200
    said = {"text": "Mr Zhou", "appointment": "2026-06-16T09:30:00+08:00"}
    done = who.post(f"{at}/postpone", json=said).json()
    assert (done["appointment"], done["on_site_by"]) == ("2026-06-16T01:30:00Z", deadline)
    assert done["assignees"] == []
    ended = who.post(f"{at}/repair-remotely", json={"text": "restarted"}).json()
    assert (ended["state"], ended["arrived_at"]) == ("proving", None)
    told = [one["verb"] for one in ended["timeline"] if one["verb"] != "customer_told"]
    assert told[-3:] == ["proposed", "postponed", "repaired_remotely"]
    assert "2026-06-16 Tue 09:30" in next(
        one["text"] for one in ended["timeline"] if one["verb"] == "postponed"
    )
    assert verbs_of(house, order).count("postponed") == 1


def test_acknowledging_again_is_no_error_for_whoever_has_it(
    program: Program, order: WorkOrder
) -> None:
    who, at = program(Role.ENGINEER), f"{ITEMS}/{order.id}/acknowledge"
    assert [who.post(at).status_code for _ in range(2)] == [200, 200]
    taken = program(Role.HEAD).post(at)
    assert taken.status_code == 409
    assert "has it already" in taken.json()["detail"]


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("dispatch", {}, "person"),
        ("dispatch", {"person": "P-99"}, "person"),
        ("dispatch", {"person": "P-7"}, "person"),  # the customer
        ("depart", {"person": "P-5"}, "person"),
        ("depart", {"text": "on my way"}, "text"),
        ("diagnose", {"text": " "}, "text"),
        ("diagnose", {"text": 7}, "text"),
        ("diagnose", {"text": "a\0b"}, "text"),
        ("diagnose", {"words": "cable"}, "words"),
        ("explode", {}, "verb"),
        ("propose", {}, "solutions"),
        ("propose", {"solutions": [{"what": "a plug", "feasible": "now"}]}, "solutions"),
        ("propose", {"solutions": [{"what": "a plug", "feasible": " "}] * 2}, "solutions"),
        ("propose", {"solutions": [{"what": "a plug"}]}, "solutions.0.feasible"),
        ("postpone", {"text": "on Tuesday"}, "appointment"),
        ("postpone", {"text": "x", "appointment": "2026-06-15T01:02:03Z"}, "appointment"),
        ("postpone", {"text": "x", "appointment": "2026-12-15T01:02:03Z"}, "appointment"),
        ("postpone", {"text": "x", "appointment": "2026-06-16T01:02:03"}, "appointment"),
        ("postpone", {"appointment": "2026-06-16T01:02:03Z"}, "text"),
        ("repair-remotely", {}, "text"),
        ("repair-remotely", {"text": "x", "appointment": "2026-06-16T01:02:03Z"}, "appointment"),
        ("depart", {"solutions": [{"what": "a", "feasible": "b"}]}, "solutions"),
    ],
)
def test_what_is_not_accepted_is_named(
    house: House, program: Program, order: WorkOrder, verb: str, body: dict[str, object], field: str
) -> None:
    who = program(Role.HEAD)
    who.post(f"{ITEMS}/{order.id}/acknowledge")
    before = verbs_of(house, order)
    answer = who.post(f"{ITEMS}/{order.id}/{verb}", json=body)
    assert answer.status_code == 422, answer.text
    [wrong] = answer.json()["errors"]
    assert wrong["field"] == field
    assert wrong["accepted"]
    assert verbs_of(house, order) == before


def test_lists_go_newest_first_by_cursor(
    program: Program, order: WorkOrder, foreign: WorkOrder
) -> None:
    who = program(Role.HEAD)
    first = who.get(f"{ITEMS}?limit=1").json()
    assert [one["id"] for one in first["items"]] == [str(foreign.id)]
    then = who.get(f"{ITEMS}?limit=1&cursor={first['next']}").json()
    assert [one["id"] for one in then["items"]] == [str(order.id)]
    assert then["next"] is None
    assert who.get(f"{ITEMS}?state=closed").json() == {"items": [], "next": None}
    assert [one["site"] for one in who.get(f"{ITEMS}?site=S-9&state=").json()["items"]] == ["S-9"]
    whole = who.get(f"{ITEMS}/{order.id}").json()
    assert then["items"] == [whole]


@pytest.mark.parametrize("order_id", ["0", "99", "x", "-1", "9" * 30, "٣"])
def test_no_such_order(program: Program, order_id: str) -> None:
    answer = program(Role.HEAD).get(f"{ITEMS}/{order_id}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_each_step_carries_the_person_of_the_token(
    house: House, program: Program, order: WorkOrder
) -> None:
    program(Role.HEAD).post(f"{ITEMS}/{order.id}/arrange")
    with reading(house.parts.database) as tx:
        [said] = [one for one in journal.after(tx, 0, START) if one.verb == "arranged"]
        known = order_rows.get(tx, order.id)
    assert said.person_id == house.people[Role.HEAD]
    assert known is not None
    assert known.arranged_by == house.people[Role.HEAD]
