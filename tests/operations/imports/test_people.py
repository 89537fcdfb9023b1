"""`people.csv` and `contracts.csv`, and all six files together."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from operations.imports import Kind, load_folder
from rules.model import Address, Role
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Database, transaction
from tests.operations.imports.office import BEFORE, NOW, POLICY, hand_in, opened, refused

HEAD = "code,name,roles,sites,customer,phone,email,channels,language\n"
WANG = (
    "wang,王磊,engineer;dispatcher,S1;S2,,+8613800000001,wang@example.com,"
    "mail:wang@example.com;sms:+8613800000001；ntfy:wang-lei,en\n"
)


@pytest.fixture
def office(database: Database) -> Database:
    opened(database, Kind.SITES)
    return database


def test_a_person_with_everything(office: Database) -> None:
    assert hand_in(office, Kind.PEOPLE, HEAD + WANG).created == 1
    assert hand_in(office, Kind.PEOPLE, HEAD + WANG).unchanged == 1
    with transaction(office) as tx:
        wang = people_rows.by_code(tx, "wang")
        sites = frozenset(site.id for site in site_rows.all_sites(tx))
    assert wang is not None
    assert wang.roles == {Role.ENGINEER, Role.DISPATCHER}
    assert (wang.site_ids, wang.all_sites, wang.language) == (sites, False, "en")
    assert wang.channels == (
        Address("mail", "wang@example.com"),
        Address("sms", "+8613800000001"),
        Address("ntfy", "wang-lei"),
    )


def test_a_star_is_every_site(office: Database) -> None:
    hand_in(office, Kind.PEOPLE, "code,name,roles,sites\nli,李,head,*\n")
    with transaction(office) as tx:
        (li,) = people_rows.all_staff(tx)
    assert (li.all_sites, li.site_ids) == (True, frozenset())


def test_missing_columns_keep_sites_and_channels(office: Database) -> None:
    hand_in(office, Kind.PEOPLE, HEAD + WANG)
    outcome = hand_in(office, Kind.PEOPLE, "code,name,roles\nwang,王磊,engineer;dispatcher\n")
    assert outcome.unchanged == 1
    outcome = hand_in(office, Kind.PEOPLE, "code,name,roles,sites\nwang,王磊,engineer,S1\n")
    assert outcome.updated == 1
    with transaction(office) as tx:
        (wang,) = people_rows.all_staff(tx)
    assert len(wang.channels) == 3
    assert len(wang.site_ids) == 1
    assert wang.roles == {Role.ENGINEER}


def test_a_customers_contact_belongs_to_a_customer(office: Database) -> None:
    rows = "code,name,roles,customer\nguest,陈,customer,C1\n"
    assert hand_in(office, Kind.PEOPLE, rows).created == 1
    assert hand_in(office, Kind.PEOPLE, "code,name,roles\nguest,陈女士,customer\n").updated == 1
    with transaction(office) as tx:
        guest = people_rows.by_code(tx, "guest")
        assert guest is not None
        assert guest.customer_id is not None
        assert customer_rows.get(tx, guest.customer_id) is not None
        assert people_rows.all_staff(tx) == []


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("roles", "boss", "roles"),
        ("roles", ";", "roles"),
        ("roles", "customer;head", "customer_and_staff"),
        ("roles", "customer", "customer_of_nobody"),
        ("sites", "S1;S9", "no_such_sites"),
        ("customer", "C9", "no_such_customer"),
        ("customer", "C1", "staff_of_a_customer"),
        ("language", "de", "one_of"),
        ("channels", "mail", "channel"),
        ("channels", "mail:", "channel"),
        ("channels", "Mail:a@example.com", "channel"),
        ("channels", "mail:nobody", "email"),
        ("channels", "sms:call-me", "phone"),
        ("channels", "webhook:http://10.0.0.1/x", "channel_target"),
        ("channels", "ntfy:two words", "channel_target"),
    ],
)
def test_what_a_person_cannot_be(office: Database, column: str, value: str, message: str) -> None:
    cells = {"code": "x", "name": "甲", "roles": "engineer", "customer": "", column: value}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    (error,) = refused(office, Kind.PEOPLE, text)
    assert error[3] == message


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("customer", "C9", "no_such_customer"),
        ("customer", "C2", "contract_of_another"),
        ("tier", "gold", "one_of"),
        ("start", "01.01.2026", "date"),
        ("end", "2025-12-31", "ends_before_start"),
        ("survey_months", "13", "whole"),
        ("survey_months", "5", "whole"),
        ("retention_days", "-1", "whole"),
        ("quarter", "half", "one_of"),
    ],
)
def test_what_a_contract_cannot_be(office: Database, column: str, value: str, message: str) -> None:
    hand_in(office, Kind.CUSTOMERS, "code,name\nC2,别家\n")
    cells = {
        "number": "K1",
        "customer": "C1",
        "tier": "basic",
        "start": "2026-01-01",
        "end": "2026-12-31",
        column: value,
    }
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    assert [(e[1], e[3]) for e in refused(office, Kind.CONTRACTS, text)] == [(column, message)]


def test_a_contract_is_prolonged_by_importing_it_again(office: Database) -> None:
    text = "number,customer,tier,start,end\nK1,C1,exclusive,2026-01-01,2027-12-31\n"
    assert hand_in(office, Kind.CONTRACTS, text).updated == 1
    with transaction(office) as tx:
        contract = contract_rows.by_number(tx, "K1")
    assert contract is not None
    assert (contract.tier, contract.ends_on.year, contract.survey_months) == ("exclusive", 2027, 12)


def folder_with(folder: Path, **changed: str) -> Path:
    for kind, text in BEFORE.items():
        (folder / f"{kind}.csv").write_text(changed.get(kind, text), "utf-8")
    (folder / "people.csv").write_text(HEAD + WANG, "utf-8")
    return folder


def test_all_six_are_loaded_together(database: Database, tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    with transaction(database) as tx:
        outcomes = load_folder(tx, folder, policy=POLICY, by=None, now=NOW)
    assert {kind: one.created for kind, one in outcomes.items()} == {
        Kind.CUSTOMERS: 1,
        Kind.CONTRACTS: 1,
        Kind.SITES: 2,
        Kind.SYSTEMS: 1,
        Kind.DEVICES: 3,
        Kind.PEOPLE: 1,
    }


def test_an_error_in_the_last_keeps_none_of_the_six(database: Database, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, devices="site,code,type\nS1,x,toaster\n")
    with transaction(database) as tx:
        outcomes = load_folder(tx, folder, policy=POLICY, by=None, now=NOW)
        assert [kind for kind, one in outcomes.items() if not one.fine] == [Kind.DEVICES]
        assert customer_rows.all_customers(tx) == []
    with transaction(database) as tx:
        assert customer_rows.all_customers(tx) == []


def test_a_dry_run_of_all_six_keeps_none(database: Database, tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    with transaction(database) as tx:
        outcomes = load_folder(tx, folder, policy=POLICY, by=None, now=NOW, dry_run=True)
        assert all(one.fine and one.created for one in outcomes.values())
        assert site_rows.all_sites(tx) == []


def test_two_who_bring_the_same_list_at_once_do_not_trip_over_each_other(
    database: Database,
) -> None:
    text = "code,name\n" + "".join(f"C{number},甲\n" for number in range(200))
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(hand_in, database, Kind.CUSTOMERS, text) for _ in range(4)]
        outcomes = [one.result() for one in tries]
    assert sorted(one.created for one in outcomes) == [0, 0, 0, 200]
    assert sorted(one.unchanged for one in outcomes) == [0, 200, 200, 200]
