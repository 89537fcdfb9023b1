"""The page of one notice: the proof that somebody was called, try by try (B24)."""

from datetime import timedelta

import pytest

from operations import receipts as receipt_desk
from operations import replies as reply_desk
from operations import work_orders as order_desk
from rules.model import Role, WorkOrder
from rules.notices import Kind, Result, State
from rules.receipts import Status, Tiding
from rules.replies import Said
from storage import journal, ledger, links, outbox
from storage import people as people_rows
from storage.db import reading, transaction
from storage.outbox import Ending, Notice
from tests.storage.assets import a_site
from tests.web.api.conftest import Program, a_token, client
from tests.web.conftest import START, House, an_order
from tests.web.escalations import a_plan, bound
from words.catalogue import text_of

LATER = START + timedelta(seconds=2)
WORDS = "250 2.0.0 queued as 4711"


@pytest.fixture
def program(house: House) -> Program:
    """A program of that role, with a token of every scope."""
    return lambda role: client(house, a_token(house, role))


def paged(house: House, order: WorkOrder) -> Notice:
    with reading(house.parts.database) as tx:
        return next(one for one in ledger.of_order(tx, order.id) if one.kind == "page")


def sent(house: House, notice: Notice) -> Notice:
    """By mail, at the second try."""
    with transaction(house.parts.database) as tx:
        for result, state in ((Result.TIMEOUT, State.FAILED), (Result.SENT, State.SENT)):
            held = outbox.lock_due(tx, notice.id, LATER)
            assert held
            taken = outbox.lease(tx, held, "smtp://mail.example.com", LATER, lease_s=60)
            again = LATER if state == State.FAILED else None
            ending = Ending(
                state=state, result=result, words=WORDS, text="Please take", again_at=again
            )
            outbox.record(tx, taken, ending, LATER + timedelta(seconds=0.4))
        found = ledger.get(tx, notice.id)
    assert found
    return found


def test_the_reason_is_said_in_words_with_the_step_of_the_plan(house: House) -> None:
    with transaction(house.parts.database) as tx:
        kept = a_plan(tx, house, "Banks at night")
        bound(tx, house, kept)
        order = an_order(tx, house)
    notice, head = paged(house, order), house.enter(Role.HEAD)
    page = head.get(f"/notices/{notice.id}").text
    assert notice.key.rpartition(":page:")[0] not in page  # `order:1` is for us
    assert "Call no. 1 for this order" in page
    assert "round 1, step 1" in page
    assert f'<a href="/escalations/{kept.id}" translate="no">Banks at night</a>' in page
    assert f'<a href="/escalations/{kept.id}"' in head.get(f"/orders/{order.id}").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_notice_has_a_reason_in_words(language: str) -> None:
    assert all(text_of(language, f"proof.because.{kind}") for kind in Kind)


def test_every_try_with_the_provider_s_words_and_the_text_as_it_was_sent(
    house: House, order: WorkOrder
) -> None:
    notice = sent(house, paged(house, order))
    html = house.enter(Role.HEAD).get(f"/notices/{notice.id}").text
    for shown in ("Attempt 1: Timed out", "Attempt 2: Sent", WORDS, "Please take", "took 0.4 s"):
        assert shown in html
    assert "smtp://mail.example.com" in html
    assert "a new fault" in html
    assert order.number in html
    assert "w…@example.com" in html
    assert "wang@example.com" not in html


def test_receipts_and_answers_stand_in_the_story(house: House, order: WorkOrder) -> None:
    notice = sent(house, paged(house, order))
    with transaction(house.parts.database) as tx:
        attempt = f"{notice.id}-{notice.lease}"
        tiding = Tiding(status=Status.DELIVERED, words="handset", attempt=attempt)
        receipt_desk.take(
            tx, "smtp://mail.example.com", tiding, lambda _: 1, house.parts.policy, LATER
        )
        reply_desk.reply(
            tx, notice, Said.TAKE, key="mail:1", way="mail", policy=house.parts.policy, now=LATER
        )
    html = house.enter(Role.HEAD).get(f"/notices/{notice.id}").text
    for shown in ("Arrived on the device", "handset", "Answered by mail", "I take it → Done"):
        assert shown in html
    assert "took it at" in html


def test_the_button_of_the_link_stands_in_the_story(house: House, order: WorkOrder) -> None:
    notice = paged(house, order)
    with transaction(house.parts.database) as tx:
        expires = START + timedelta(hours=1)
        token = links.create(tx, notice.person_id, "order", order.id, notice.id, START, expires)
        found = links.find(tx, token, START)
        assert found
        links.use(tx, found.id, LATER)
    html = house.enter(Role.HEAD).get(f"/notices/{notice.id}").text
    assert "The button behind the personal link was pressed" in html


def test_taken_back_says_why(house: House, order: WorkOrder) -> None:
    notice = paged(house, order)
    with transaction(house.parts.database) as tx:
        order_desk.acknowledge(tx, order.id, house.people[Role.ENGINEER], LATER)
    html = house.enter(Role.HEAD).get(f"/notices/{notice.id}").text
    assert "Taken back before it went out:" in html
    assert "somebody had answered" in html


def test_whole_addresses_are_shown_on_record(house: House, order: WorkOrder) -> None:
    """C12."""
    address = f"/notices/{paged(house, order).id}?reveal=yes"
    assert "wang@example.com" in house.enter(Role.HEAD).get(address).text
    assert house.enter(Role.SUPERVISOR).get(address).status_code == 403
    with reading(house.parts.database) as tx:
        assert "targets_seen" in [one.verb for one in journal.after(tx, 0, START)]


def test_another_site_s_notice_is_not_there(house: House, order: WorkOrder) -> None:
    with transaction(house.parts.database) as tx:
        elsewhere = a_site(tx, "S-9")
        person = house.people[Role.ENGINEER]
        people_rows.change(tx, person, {"all_sites": False})
        people_rows.set_sites(tx, person, [elsewhere])
    notice = paged(house, order)
    assert house.enter(Role.ENGINEER).get(f"/notices/{notice.id}").status_code == 404
    assert house.enter(Role.HEAD).get("/notices/99999").status_code == 404


def test_the_ledger_leads_to_it(house: House, order: WorkOrder) -> None:
    notice = paged(house, order)
    assert f'href="/notices/{notice.id}"' in house.enter(Role.HEAD).get("/notices").text


def test_programs_read_the_same_proof(house: House, program: Program, order: WorkOrder) -> None:
    notice = sent(house, paged(house, order))
    with transaction(house.parts.database) as tx:
        policy = house.parts.policy
        reply_desk.reply(tx, notice, Said.TAKE, key="k", way="mail", policy=policy, now=LATER)
    said = program(Role.HEAD).get(f"/api/v1/notices/{notice.id}").json()
    assert [one["result"] for one in said["attempts"]] == ["timeout", "sent"]
    assert said["words"] == [WORDS, WORDS]
    assert [(one["way"], one["result"]) for one in said["answers"]] == [("mail", "done")]
    assert (said["text"], said["taken_back"], said["receipts"]) == ("Please take", "", [])
    assert "wang@" not in str(said)
    assert program(Role.SALES).get(f"/api/v1/notices/{notice.id}").status_code == 403
    assert program(Role.HEAD).get("/api/v1/notices/99999").status_code == 404
