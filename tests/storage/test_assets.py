"""Customers, contracts, sites, systems, people and the company's own facts."""

from dataclasses import replace
from datetime import date

from rules.model import Address, Crs, Role, Zone
from storage import company
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.db import Database, Tx, transaction
from tests.storage.assets import NOW, a_contract, a_customer, a_site


def test_a_customer_is_found_by_code_and_changed(database: Database) -> None:
    with transaction(database) as tx:
        number = a_customer(tx, "C1")
        customer_rows.change(tx, number, {"name": "锦江商场", "phone": "028-1"})
        found = customer_rows.get(tx, number)
        assert found == customer_rows.by_code(tx, "C1")
        assert found is not None
        assert (found.name, found.phone, found.language) == ("锦江商场", "028-1", "zh")
        assert customer_rows.by_code(tx, "nobody") is None
        assert customer_rows.all_customers(tx) == [found]


def test_a_contract_is_found_by_number(database: Database) -> None:
    with transaction(database) as tx:
        a_contract(tx, "K1")
        found = contract_rows.by_number(tx, "K1")
        assert found is not None
        assert (found.tier, found.starts_on, found.free_until) == ("basic", date(2026, 1, 1), None)
        contract_rows.change(tx, found.id, {"tier": "advanced"})
        changed = contract_rows.get(tx, found.id)
        assert changed is not None
        assert changed.tier == "advanced"
        assert contract_rows.of_customer(tx, found.customer_id) == [changed]
        assert contract_rows.all_contracts(tx) == [changed]


def test_a_site_knows_zone_and_the_system_of_its_coordinate(database: Database) -> None:
    with transaction(database) as tx:
        number = a_site(tx, "S1")
        before = site_rows.get(tx, number)
        assert before is not None
        assert (before.zone, before.given_crs, before.lon) == (Zone.RING1, None, None)
        site_rows.change(tx, number, {"given_crs": "bd09", "lon": 104.0, "lat": 30.6})
        after = site_rows.by_code(tx, "S1")
        assert after is not None
        assert (after.given_crs, after.lon, after.lat) == (Crs.BD09, 104.0, 30.6)
        assert site_rows.all_sites(tx) == [after]
        assert site_rows.all_ids(tx) == [number]
        assert site_rows.of_customer(tx, after.customer_id) == [after]


def test_systems_belong_to_their_site(database: Database) -> None:
    with transaction(database) as tx:
        number = a_site(tx, "S1")
        system_rows.add(tx, [{"site_id": number, "code": "V", "name": "监控", "kind": "video"}])
        (found,) = system_rows.of_site(tx, number)
        system_rows.change(tx, found.id, {"size": "large"})
        changed = system_rows.get(tx, found.id)
        assert changed is not None
        assert (changed.kind, changed.size) == ("video", "large")
        assert system_rows.all_systems(tx) == [changed]


def test_a_person_has_roles_sites_and_channels(database: Database) -> None:
    with transaction(database) as tx:
        site = a_site(tx, "S1")
        _add_person(tx, "wang", ["engineer", "dispatcher"])
        _add_person(tx, "guest", ["customer"], customer_id=a_customer(tx))
        wang = people_rows.by_code(tx, "wang")
        assert wang is not None
        people_rows.set_sites(tx, wang.id, [site, site])
        found = people_rows.get(tx, wang.id)
        assert found is not None
        assert found.roles == {Role.ENGINEER, Role.DISPATCHER}
        assert found.site_ids == {site}
        assert found.channels == (Address("mail", "a@example.com"), Address("webhook", "x"))
        assert [p.code for p in people_rows.all_staff(tx)] == ["wang"]
        assert [p.code for p in people_rows.all_people(tx)] == ["guest", "wang"]
        assert people_rows.with_role(tx, Role.DISPATCHER) == [found]


def test_who_has_left_is_paged_no_more_but_keeps_the_name(database: Database) -> None:
    with transaction(database) as tx:
        _add_person(tx, "wang", ["engineer"])
        wang = people_rows.by_code(tx, "wang")
        assert wang is not None
        people_rows.leave(tx, wang.id, NOW)
        assert people_rows.all_staff(tx) == []
        assert people_rows.get(tx, wang.id) == replace(wang, left_at=NOW)
        assert people_rows.known_codes(tx) == {"wang": wang.id}


def test_a_fact_of_the_company_is_set_and_set_again(database: Database) -> None:
    with transaction(database) as tx:
        assert company.fact(tx, "name") is None
        company.set_fact(tx, "name", "锦城安防", NOW)
        company.set_fact(tx, "city_hours", 6.0, NOW)
        company.set_fact(tx, "name", {"zh": "锦城安防"}, NOW)
        assert company.fact(tx, "name") == {"zh": "锦城安防"}
        assert company.fact(tx, "city_hours") == 6.0


def _add_person(tx: Tx, code: str, roles: list[str], **more: object) -> None:
    channels = [["mail", "a@example.com"], ["webhook", "x"]]
    people_rows.add(
        tx, [{"code": code, "name": code, "roles": roles, "channels": channels, **more}]
    )
