"""Contact cards in the browser: who holds which, issued, replaced, seen on record (A13, C12)."""

from collections.abc import Sequence

import pytest

from rules.model import CustomerId, PersonId, Role, SiteId
from storage import customers as customer_rows
from storage import journal
from storage import people as people_rows
from storage.db import reading, transaction
from storage.journal import Entry
from tests.storage.assets import a_customer, a_site
from tests.web.api.conftest import a_token, client
from tests.web.conftest import START, House
from tests.web.contact_cards import PDF, issued, printed

PHONE, NEW = "+8613800000000", "+8613911112222"
HERE = "/contact-cards/1"


def told(house: House, verb: str) -> Sequence[Entry]:
    with reading(house.parts.database) as tx:
        return [one for one in journal.after(tx, 0, START) if one.verb == verb]


def has_another_phone(house: House, role: Role = Role.HEAD) -> None:
    with transaction(house.parts.database) as tx:
        people_rows.change(tx, house.people[role], {"phone": NEW})


def looks_again(house: House) -> None:
    """What the clock does each minute."""
    from operations import contact_cards as card_desk  # noqa: PLC0415

    with transaction(house.parts.database) as tx:
        card_desk.compare(tx, house.parts.policy, house.clock())


def test_a_card_is_issued_by_a_button_and_the_list_says_who_holds_which(house: House) -> None:
    head = house.enter(Role.HEAD)
    assert "One customer has no card yet" in head.get("/contact-cards").text
    assert "Issued now, the card would say" in head.get(HERE).text
    assert head.post(f"{HERE}/issue").headers["location"] == f"{HERE}?done=issued"
    assert "Version 1" in head.get(HERE).text
    assert "is up to date" in head.get("/contact-cards").text
    (line,) = told(house, "contact_card_issued")
    assert (line.person_id, line.record) == (house.people[Role.HEAD], "contact-cards/1")


def test_what_outdates_a_card_is_said_with_the_hour_of_the_new_one(house: House) -> None:
    with transaction(house.parts.database) as tx:
        issued(tx)
    has_another_phone(house)
    looks_again(house)
    head = house.enter(Role.HEAD)
    page = head.get(HERE).text
    assert "another number" in page
    assert "goes out by itself at" in page
    assert "One customer holds a card that is out of date" in head.get("/contact-cards").text
    assert 'href="/contact-cards/1"' in head.get("/contact-cards?state=outdated").text
    assert 'href="/contact-cards/1"' not in head.get("/contact-cards?state=never").text
    head.post(f"{HERE}/issue")
    page = head.get(HERE).text
    assert "another number" not in page
    assert "Replaced" in page  # the first, in the list of versions


def test_numbers_are_shown_on_demand_and_each_look_is_on_record(house: House) -> None:
    with transaction(house.parts.database) as tx:
        issued(tx)
    engineer = house.enter(Role.ENGINEER)
    assert PHONE not in engineer.get(HERE).text
    assert told(house, "contact_card_seen") == []
    assert PHONE in engineer.get(f"{HERE}?reveal=yes").text
    (look,) = told(house, "contact_card_seen")
    assert (look.person_id, look.facts) == (house.people[Role.ENGINEER], {"name": "C1"})


def test_the_paper_is_for_the_customer_and_those_of_ours_who_come_there(house: House) -> None:
    with transaction(house.parts.database) as tx:
        paper = f"/documents/{printed(tx, house).id}"
        a_site(tx, "S-9", "C9")
        far = people_rows.get(tx, house.people[Role.SUPERVISOR])
        assert far is not None
        people_rows.change(tx, far.id, {"all_sites": False})
        people_rows.set_sites(tx, far.id, [SiteId(2)])
    for role, status in {
        Role.CUSTOMER: 200,
        Role.ENGINEER: 200,
        Role.SALES: 404,  # no number of ours is a seller's business
        Role.SUPERVISOR: 404,  # looks after another customer's site
    }.items():
        assert house.enter(role).get(paper).status_code == status, role
    seen = [one.person_id for one in told(house, "document_seen")]
    assert seen == [house.people[Role.CUSTOMER], house.people[Role.ENGINEER]]
    with transaction(house.parts.database) as tx:
        other = a_customer(tx, "C9")
        people_rows.change(tx, house.people[Role.CUSTOMER], {"customer_id": other})
    assert house.enter(Role.CUSTOMER).get(paper).status_code == 404


def test_sending_it_again_leads_back_to_the_card(house: House) -> None:
    with transaction(house.parts.database) as tx:
        paper = printed(tx, house)
    answer = house.enter(Role.DISPATCHER).post(f"/documents/{paper.id}/send")
    assert answer.headers["location"] == HERE
    (line,) = told(house, "document_sent")
    assert line.facts["count"] == 1
    assert house.enter(Role.ENGINEER).post(f"/documents/{paper.id}/send").status_code == 403


def test_a_customer_finds_the_card_in_the_portal(house: House) -> None:
    customer = house.enter(Role.CUSTOMER)
    assert "appears here once it is issued" in customer.get("/portal").text
    house.enter(Role.HEAD).post(
        "/contact-cards/service-line", data={"service_line": "400-800-1234"}
    )
    with transaction(house.parts.database) as tx:
        paper = printed(tx, house)
    page = customer.get("/portal").text
    assert f'href="/documents/{paper.id}"' in page
    assert 'href="tel:400-800-1234"' in page
    assert PHONE not in page
    assert customer.get(HERE).status_code == 403  # the desk's page is ours


def test_the_code_on_an_old_card_says_that_it_is_replaced(house: House) -> None:
    """A13: whoever scans the card beside the telephone learns whether it still holds."""
    with transaction(house.parts.database) as tx:
        first = printed(tx, house)
    stranger = house.browser()
    page = stranger.get(f"/verify/{first.public_id}").text
    assert "This contact card is in force" in page
    assert PHONE not in page
    has_another_phone(house)
    with transaction(house.parts.database) as tx:
        second = printed(tx, house)
    page = stranger.get(f"/verify/{first.public_id}").text
    assert "has been replaced" in page
    assert "version 2" in page
    assert "is in force" in stranger.get(f"/verify/{second.public_id}").text
    compared = stranger.post(
        f"/verify/{first.public_id}", files={"file": ("card.pdf", PDF + b"1", "application/pdf")}
    ).text
    assert "This is the report as issued" in compared


@pytest.mark.parametrize("typed", ["call us", "<b>1234567</b>"])
def test_a_service_line_that_is_no_number_stays_typed_beside_its_error(
    house: House, typed: str
) -> None:
    answer = house.enter(Role.HEAD).post(
        "/contact-cards/service-line", data={"service_line": typed}
    )
    assert answer.status_code == 422
    assert "Enter a phone number" in answer.text
    assert typed in answer.text.replace("&lt;", "<").replace("&gt;", ">")
    assert told(house, "service_line_set") == []


def test_what_touches_every_card_is_for_who_looks_after_all_sites(house: House) -> None:
    near = house.people[Role.DISPATCHER]
    with transaction(house.parts.database) as tx:
        people_rows.change(tx, near, {"all_sites": False})
        people_rows.set_sites(tx, near, [SiteId(1)])
    dispatcher = house.enter(Role.DISPATCHER)
    for path in ("missing", "service-line"):
        assert dispatcher.post(f"/contact-cards/{path}").status_code == 403
    assert dispatcher.post(f"{HERE}/issue").status_code == 303


def test_where_nobody_can_be_called_the_refusal_says_what_is_missing(house: House) -> None:
    with transaction(house.parts.database) as tx:
        for person in house.people.values():
            people_rows.change(tx, PersonId(person), {"phone": ""})
    answer = house.enter(Role.HEAD).post(f"{HERE}/issue")
    assert answer.status_code == 422
    assert "There is no number to call" in answer.text


def test_all_who_never_had_one_get_theirs_at_once(house: House) -> None:
    with transaction(house.parts.database) as tx:
        a_customer(tx, "C2")
        gone = a_customer(tx, "C3")
        customer_rows.change(tx, gone, {"archived_at": START})
        issued(tx)
    house.enter(Role.HEAD).post("/contact-cards/missing")
    assert {one.record for one in told(house, "contact_card_issued")} == {
        "contact-cards/1",
        "contact-cards/2",
    }


def test_programs_read_who_holds_which_and_the_card_itself(house: House) -> None:
    with transaction(house.parts.database) as tx:
        paper = printed(tx, house)
        a_customer(tx, "C2")
    head = client(house, a_token(house, Role.HEAD))
    newest, first = head.get("/api/v1/contact-cards").json()["items"]
    assert (newest["code"], newest["state"], newest["version"]) == ("C2", "never", None)
    assert (first["state"], first["version"]) == ("holds", 1)
    assert PHONE not in str(first)
    (document,) = first["documents"]
    assert head.get(document["url"]).content == PDF + str(paper.subject_id).encode()
    assert len(told(house, "document_seen")) == 1
    theirs = client(house, a_token(house, Role.CUSTOMER))
    assert [one["code"] for one in theirs.get("/api/v1/contact-cards").json()["items"]] == ["C1"]
    assert theirs.get(document["url"]).status_code == 200
    with transaction(house.parts.database) as tx:
        other = CustomerId(a_customer(tx, "C2"))
        people_rows.change(tx, house.people[Role.CUSTOMER], {"customer_id": other})
    assert theirs.get(document["url"]).status_code == 404
