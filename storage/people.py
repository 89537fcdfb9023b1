"""The people: our own staff and the customers' contacts, and where each can be told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, true, update

from rules.model import Address, CustomerId, Person, PersonId, Role, SiteId
from rules.push import CHANNEL
from storage import push
from storage.db import Tx
from storage.tables.company import people, person_sites


def get(tx: Tx, person_id: PersonId) -> Person | None:
    """Also a person who has left: old orders still name them."""
    return _first(_people(tx, people.c.id == person_id))


def present(tx: Tx, person_id: PersonId) -> Person | None:
    """Only who is still with us."""
    return _first(_people(tx, (people.c.id == person_id) & people.c.left_at.is_(None)))


def by_code(tx: Tx, code: str) -> Person | None:
    """Also a person who has left: the code stays theirs."""
    return _first(_people(tx, people.c.code == code))


def all_people(tx: Tx) -> list[Person]:
    """Everyone who has not left, by code."""
    return _people(tx, people.c.left_at.is_(None))


def everyone(tx: Tx) -> list[Person]:
    """Everyone there ever was, also those who have left."""
    return _people(tx, true())


def all_staff(tx: Tx) -> list[Person]:
    """Everyone of ours who has not left: no customers."""
    return [person for person in all_people(tx) if person.roles - {Role.CUSTOMER}]


def staff_among(tx: Tx, ids: Collection[PersonId]) -> dict[PersonId, Person]:
    """Those of `ids` who are of ours and have not left."""
    if not ids:
        return {}
    found = _people(tx, people.c.id.in_(sorted(ids)) & people.c.left_at.is_(None))
    return {person.id: person for person in found if person.roles - {Role.CUSTOMER}}


def with_role(tx: Tx, role: Role) -> list[Person]:
    return [person for person in all_people(tx) if role in person.roles]


def of_customer(tx: Tx, customer_id: CustomerId) -> list[Person]:
    """Their people who have not left."""
    return _people(tx, (people.c.customer_id == customer_id) & people.c.left_at.is_(None))


def known_codes(tx: Tx) -> dict[str, PersonId]:
    """Every code ever given, also of those who have left."""
    return {
        code: PersonId(number) for code, number in tx.execute(select(people.c.code, people.c.id))
    }


def add(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of column values; the caller has checked them."""
    if rows:
        tx.execute(insert(people), [dict(row) for row in rows])


def change(tx: Tx, person_id: PersonId, columns: Mapping[str, Any]) -> None:
    tx.execute(update(people).where(people.c.id == person_id).values(dict(columns)))


def leave(tx: Tx, person_id: PersonId, now: datetime) -> None:
    """The person is with us no longer; their name stays on what they did."""
    change(tx, person_id, {"left_at": now})


def set_sites(tx: Tx, person_id: PersonId, site_ids: Iterable[SiteId]) -> None:
    tx.execute(delete(person_sites).where(person_sites.c.person_id == person_id))
    rows = [{"person_id": person_id, "site_id": site_id} for site_id in sorted(set(site_ids))]
    if rows:
        tx.execute(insert(person_sites), rows)


def _first(found: list[Person]) -> Person | None:
    return found[0] if found else None


def _people(tx: Tx, condition: Any) -> list[Person]:
    rows = tx.execute(select(people).where(condition).order_by(people.c.code)).mappings().all()
    sites: dict[int, set[SiteId]] = {row["id"]: set() for row in rows}
    bound = select(person_sites).join(people, people.c.id == person_sites.c.person_id)
    for person_id, site_id in tx.execute(bound.where(condition)):
        sites[person_id].add(SiteId(site_id))
    browsers = push.of_people(tx, list(sites))
    return [
        _person(row, frozenset(sites[row["id"]]), [one.id for one in browsers.get(row["id"], ())])
        for row in rows
    ]


def _person(row: Any, site_ids: frozenset[SiteId], browsers: Sequence[int]) -> Person:
    """A browser that asked to be told is an address like those on the list of people."""
    customer = row["customer_id"]
    listed = (Address(name, to) for name, to in row["channels"] if name != CHANNEL)
    told = (Address(CHANNEL, str(number)) for number in browsers)
    return Person(
        id=PersonId(row["id"]),
        code=row["code"],
        name=row["name"],
        roles=frozenset(Role(role) for role in row["roles"]),
        all_sites=row["all_sites"],
        site_ids=site_ids,
        language=row["language"],
        channels=(*listed, *told),
        phone=row["phone"],
        email=row["email"],
        customer_id=CustomerId(customer) if customer is not None else None,
        left_at=row["left_at"],
    )
