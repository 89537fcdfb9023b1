"""C14: the company's own words to its customers, previewed and put back; each contract's wishes."""

import pytest

from rules.model import ContractId, Role, SiteId
from rules.tellings import Step, Wishes
from storage import company
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import sites as site_rows
from storage import tellings as telling_rows
from storage.db import reading, transaction
from tests.storage.assets import a_contract, a_site
from tests.web.conftest import House, an_order

WORDS = {"subject": "Hello {customer}", "body": "{number}\r\n{fault}"}


def test_our_words_until_there_are_own_ones_and_back(house: House) -> None:
    browser = house.enter(Role.HEAD, "en")
    assert "usual words" in browser.get("/templates").text
    saved = browser.post("/templates/reported/en", data=WORDS)
    assert saved.headers["location"] == "/templates/reported/en?done=saved"
    page = browser.get(saved.headers["location"]).text
    assert "Hello Jinjiang Commercial Bank" in page  # the made-up order, filled in
    assert "Rewritten" in page
    with reading(house.parts.database) as tx:
        kept = telling_rows.template(tx, Step.REPORTED, "en")
        assert telling_rows.template(tx, Step.REPORTED, "zh") is None
    assert kept is not None
    assert kept.body == "{number}\n{fault}"
    browser.post("/templates/reported/en/reset")
    with reading(house.parts.database) as tx:
        assert telling_rows.template(tx, Step.REPORTED, "en") is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"body": "{customer.email}"}, "{customer.email} is not known here"),
        ({"body": "{repair}"}, "Accepted: {customer}, {company}"),
        ({"subject": "{{number}}"}, "too many"),
        ({"body": "  "}, "Please write something"),
        ({"subject": "x" * 161}, "At most 160"),
    ],
)
def test_what_is_no_template_is_refused_and_stays_typed(
    house: House, changed: dict[str, str], said: str
) -> None:
    answer = house.enter(Role.HEAD, "en").post("/templates/reported/en", data=WORDS | changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert next(iter(changed.values())).strip() in answer.text
    with reading(house.parts.database) as tx:
        assert telling_rows.own_templates(tx) == {}


def test_the_preview_is_of_a_real_order_and_keeps_nothing(house: House) -> None:
    with transaction(house.parts.database) as tx:
        order = an_order(tx, house)
    typed = {**WORDS, "body": "{number} <b>{site}</b>", "order": order.number}
    shown = house.enter(Role.HEAD, "en").post("/templates/reported/en/preview", data=typed).text
    assert f"{order.number} &lt;b&gt;S-1&lt;/b&gt;" in shown
    assert f"Shown for order {order.number}" in shown
    with reading(house.parts.database) as tx:
        assert telling_rows.own_templates(tx) == {}


def test_the_preview_names_what_it_does_not_know_and_leaves_it_as_typed(house: House) -> None:
    with transaction(house.parts.database) as tx:
        company.set_fact(tx, "name", "Chengdu Watch", house.clock())
    typed = {"subject": "{number}", "body": "At {sight}\n{repair}\n{company}"}
    shown = house.enter(Role.HEAD, "en").post("/templates/reported/en/preview", data=typed).text
    assert "{sight} is not known here. Accepted: {customer}, {company}" in shown
    assert "At {sight}\n{repair}\nChengdu Watch" in shown  # our own name, as it will be


def test_a_contract_says_which_steps_and_who_reads(house: House) -> None:
    with transaction(house.parts.database) as tx:
        a_contract(tx)
        contract = contract_rows.by_number(tx, "K1")
        assert contract is not None
        site_rows.change(tx, SiteId(1), {"contract_id": contract.id})
    browser = house.enter(Role.HEAD, "en")
    address = f"/tellings/{contract.id}"
    assert 'value="on_the_way">' in browser.get(address).text
    browser.post(address, data={"step": ["on_the_way", "danced"], "names": "yes"})
    with reading(house.parts.database) as tx:
        kept = telling_rows.wishes(tx, ContractId(contract.id))
    assert kept == Wishes(steps=frozenset({Step.ON_THE_WAY}), names=True)
    assert 'value="on_the_way" checked>' in browser.get(address).text
    assert f'href="{address}"' in browser.get(f"/manage/contracts/{contract.id}").text


def test_a_contract_nobody_can_be_told_of_says_what_to_do(house: House) -> None:
    with transaction(house.parts.database) as tx:
        a_contract(tx, "K9", "C9")
        contract = contract_rows.by_number(tx, "K9")
        assert contract is not None
        site_rows.change(tx, a_site(tx, "S9", "C9"), {"contract_id": contract.id})
    browser = house.enter(Role.HEAD, "en")
    address = f"/tellings/{contract.id}"
    page = browser.get(address).text
    assert "of 1 site" in page
    assert "neither a contact with an address" in page
    assert 'href="/manage/people/new"' in page
    with transaction(house.parts.database) as tx:
        customer_rows.change(tx, contract.customer_id, {"email": "office@bank"})
        company.set_fact(tx, "channels", ["sms"], house.clock())
    assert "not set up here: mail" in browser.get(address).text
    with transaction(house.parts.database) as tx:
        company.set_fact(tx, "channels", ["mail"], house.clock())
    page = browser.get(address).text
    assert "of 1 site" not in page
    assert "own mail address" in page
