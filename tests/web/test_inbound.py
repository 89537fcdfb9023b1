"""A program answers for a person: signed, fresh, once; with that person's own rights (D05)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules import signatures
from rules.model import Role, WorkOrder
from storage import drills as drill_rows
from storage import journal, ledger
from storage.db import reading, transaction
from tests.web.conftest import START, House, an_order, known
from tests.web.drills import a_drill
from web.main import use
from wiring.answers import InboundSettings
from wiring.problems import SettingsError
from wiring.settings import load

SECRET = "a secret of some length"
CODES = {Role.ENGINEER: "P-5", Role.HEAD: "P-2", Role.SALES: "P-6", Role.SUPERVISOR: "P-3"}


@pytest.fixture
def order(house: House) -> WorkOrder:
    """And a door for a chat bot."""
    file = house.parts.settings.data / "bot.secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    door = InboundSettings(name="bot", secret_file=file)
    settings = house.parts.settings.model_copy(update={"inbound": (door,)})
    house.parts = replace(house.parts, settings=settings)
    use(house.app, house.parts)
    with transaction(house.parts.database) as tx:
        return an_order(tx, house)


def says(
    house: House,
    said: dict[str, Any] | bytes,
    *,
    at: datetime = START,
    secret: str = SECRET,
    name: str = "bot",
    signature: str = "",
) -> tuple[int, str]:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    stamp = str(int(at.timestamp()))
    headers = {
        "X-Ringwatch-Timestamp": stamp,
        "X-Ringwatch-Signature": signature or signatures.signed(secret, stamp, body),
        "Origin": "https://elsewhere.example.com",
        "Sec-Fetch-Site": "cross-site",
    }
    answer = house.browser().post(f"/hooks/in/{name}", content=body, headers=headers)
    result = answer.json().get("result", "") if "json" in answer.headers["content-type"] else ""
    return answer.status_code, result


def word(order: WorkOrder, role: Role = Role.ENGINEER, verb: str = "acknowledge") -> dict[str, Any]:
    return {"person": CODES[role], "verb": verb, "work_order": order.number, "reason": "ill"}


def test_it_takes_the_order_for_that_person_and_silences_the_paging(
    house: House, order: WorkOrder
) -> None:
    assert says(house, word(order)) == (200, "done")
    assert known(house, order).received_by == house.people[Role.ENGINEER]
    with reading(house.parts.database) as tx:
        pages = [one.state for one in ledger.of_order(tx, order.id) if one.kind == "page"]
        said = [one for one in journal.of_order(tx, order.id) if one.verb == "acknowledged"]
    assert set(pages) == {"silenced"}
    assert [one.facts["how"] for one in said] == ["webhook"]


def test_the_answer_to_a_notice_is_its_reader_s(house: House, order: WorkOrder) -> None:
    with reading(house.parts.database) as tx:
        page = next(one for one in ledger.of_order(tx, order.id) if one.kind == "page")
        owner = next(role for role, number in house.people.items() if number == page.person_id)
    assert owner in {Role.ADMIN, Role.HEAD, *CODES}
    said = {"person": "P-7", "verb": "acknowledge", "notice": str(page.id)}
    assert says(house, said) == (403, "forbidden")
    assert known(house, order).received_at is None


def test_who_cannot_says_why(house: House, order: WorkOrder) -> None:
    assert says(house, word(order, verb="decline")) == (200, "done")
    with reading(house.parts.database) as tx:
        said = [one for one in journal.of_order(tx, order.id) if one.verb == "declined"]
    assert [one.facts["reason"] for one in said] == ["ill"]


def test_the_same_message_again_changes_nothing(house: House, order: WorkOrder) -> None:
    """A replay, or a sender that did not hear our answer."""
    assert says(house, word(order, verb="decline")) == (200, "done")
    before = known(house, order).pages_made
    assert says(house, word(order, verb="decline")) == (200, "done")
    assert known(house, order).pages_made == before


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"secret": "another secret of length"}, "signature"),
        ({"signature": "sha256=00"}, "signature"),
        ({"at": START - timedelta(minutes=6)}, "signature"),
        ({"at": START + timedelta(minutes=6)}, "signature"),
    ],
)
def test_unsigned_or_stale_is_refused(
    house: House, order: WorkOrder, more: dict[str, Any], why: str
) -> None:
    assert says(house, word(order), **more) == (401, why)
    assert known(house, order).received_at is None


def test_a_body_changed_on_the_way_is_refused(house: House, order: WorkOrder) -> None:
    stamp = str(int(START.timestamp()))
    signature = signatures.signed(SECRET, stamp, json.dumps(word(order)).encode())
    changed = json.dumps(word(order, verb="decline")).encode()
    assert says(house, changed, signature=signature) == (401, "signature")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{",
        b'{"person": "P-5", "verb": "cancel", "work_order": "2026-00001"}',
        b'{"person": "P-5", "verb": "acknowledge"}',
        b'{"person": "P-5", "verb": "acknowledge", "notice": "1", "work_order": "2026-00001"}',
        b'{"person": "P-5", "verb": "acknowledge", "notice": "1", "colour": "red"}',
    ],
)
def test_what_is_not_a_message_is_told(house: House, order: WorkOrder, said: bytes) -> None:
    assert says(house, said) == (422, "not_understood")
    assert known(house, order).received_at is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"person": "nobody"}, (404, "unknown")),
        ({"work_order": "2026-99999"}, (404, "unknown")),
        ({"work_order": "", "notice": "99999"}, (404, "unknown")),
        ({"work_order": "", "notice": "x"}, (404, "unknown")),
        ({"person": "P-6"}, (403, "forbidden")),
        ({"person": "P-3"}, (403, "forbidden")),
    ],
)
def test_only_with_that_person_s_rights(
    house: House, order: WorkOrder, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert says(house, word(order) | change) == expected
    assert known(house, order).received_at is None


def test_too_late_is_a_conflict(house: House, order: WorkOrder) -> None:
    says(house, word(order))
    assert says(house, word(order, Role.HEAD)) == (409, "not_now")


@pytest.mark.parametrize("verb", ["acknowledge", "decline"])
def test_a_drill_is_answered_on_its_own_channel_and_no_order(
    house: House, order: WorkOrder, verb: str
) -> None:
    """Any word shows that the call was heard; only its own reader was called."""
    with transaction(house.parts.database) as tx:
        drill = a_drill(tx, house)
        [call] = drill_rows.calls(tx, drill.id)
    said = {"person": CODES[Role.HEAD], "verb": verb, "notice": str(call.notice_id)}
    assert says(house, said) == (403, "forbidden")
    assert says(house, said | {"person": CODES[Role.ENGINEER]}) == (200, "done")
    with reading(house.parts.database) as tx:
        [call] = drill_rows.calls(tx, drill.id)
    assert (call.channel, call.answered_how, call.took_s) == ("mail", "webhook", 0)
    assert known(house, order) == order


def test_no_such_door(house: House, order: WorkOrder) -> None:
    assert says(house, word(order), name="other")[0] == 404


@pytest.mark.parametrize(
    "lines",
    [
        'name = "Bot"\nsecret_file = "{file}"',
        'name = "bot"\nsecret_file = "/nowhere"',
        'name = "bot"\nsecret_file = "{short}"',
        'name = "bot"\nsecret_file = "{file}"\n[[inbound]]\nname = "bot"\nsecret_file = "{file}"',
    ],
)
def test_settings_that_are_not_right_are_refused(tmp_path: Path, lines: str) -> None:
    (tmp_path / "long").write_text(SECRET, encoding="utf-8")
    (tmp_path / "short").write_text("short", encoding="utf-8")
    said = lines.format(file=tmp_path / "long", short=tmp_path / "short")
    (tmp_path / "ringwatch.toml").write_text(f"[[inbound]]\n{said}\n", encoding="utf-8")
    with pytest.raises(SettingsError):
        load({"RINGWATCH_DATA": str(tmp_path)})
