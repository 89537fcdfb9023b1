"""`people.csv`: our staff, the customers' contacts, and where each can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operations.imports import cells
from operations.imports.cells import CellError, Column
from operations.imports.outcome import Row, Tally
from operations.imports.writing import Task, Wanted, without_doubles, write
from rules.model import CustomerId, Person, Role, SiteId
from rules.push import CHANNEL
from storage import customers as customer_rows
from storage import people as people_rows
from storage import sites as site_rows

EVERYWHERE = "*"


def _roles(value: str) -> list[str]:
    roles = cells.several(value)
    unknown = [role for role in roles if role not in list(Role)]
    if unknown or not roles:
        raise CellError("import.error.roles", part=", ".join(unknown), choices=", ".join(Role))
    if Role.CUSTOMER in roles and len(roles) > 1:
        raise CellError("import.error.customer_and_staff")
    return sorted(roles)


COLUMNS = (
    Column(name="code", read=cells.name, example="wang.lei", needed=True),
    Column(name="name", read=cells.text, example="王磊", needed=True),
    Column(name="roles", read=_roles, example="engineer;dispatcher", needed=True),
    Column(name="sites", read=cells.several, example="S01;S02", empty=()),
    Column(name="customer", read=cells.name, example="C001", empty=None),
    Column(name="phone", read=cells.phone, example="+8613800000001"),
    Column(name="email", read=cells.email, example="wang@example.com"),
    Column(
        name="channels",
        read=cells.channels,
        example="mail:wang@example.com;ntfy:wang-lei",
        empty=(),
    ),
    Column(name="language", read=cells.one_of(("zh", "en")), example="zh", empty="zh"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    sites: Mapping[str, SiteId]
    customers: Mapping[str, CustomerId]


def bring_in(rows: Sequence[Row], task: Task) -> Tally:
    tx = task.tx
    around = _Around(
        sites={site.code: site.id for site in site_rows.all_sites(tx)},
        customers={one.code: one.id for one in customer_rows.all_customers(tx)},
    )
    known = {person.code: person for person in people_rows.everyone(tx)}
    sound = [
        row
        for row in without_doubles(rows, ["code"], task.findings)
        if _stands(row, known.get(row.given["code"]), around, task)
    ]
    sound = _leaving_an_admin(sound, known, task)
    moved = _moved(sound, known, around)
    tally = write(
        [_wanted(row, row.given["code"] in known, around) for row in sound],
        known,
        add=lambda new: people_rows.add(tx, new),
        change=lambda number, columns: people_rows.change(tx, number, columns),
        says=_says,
        also=moved,
    )
    ids = people_rows.known_codes(tx)
    for code, sites in moved.items():
        people_rows.set_sites(tx, ids[code], sites)
    return tally


def _stands(row: Row, old: Person | None, around: _Around, task: Task) -> bool:
    given, refuse = row.given, task.findings.refuse
    if old is not None and old.left_at is not None:
        refuse(row, "code", "import.error.left")
    unknown = [one for one in given.get("sites", ()) if one not in {*around.sites, EVERYWHERE}]
    if unknown:
        refuse(row, "sites", "import.error.no_such_sites", part=", ".join(unknown))
    is_customer = Role.CUSTOMER in given["roles"]
    customer = given.get("customer")
    if customer and customer not in around.customers:
        refuse(row, "customer", "import.error.no_such_customer")
    elif customer and not is_customer:
        refuse(row, "customer", "import.error.staff_of_a_customer")
    elif is_customer and not customer and ("customer" in given or not (old and old.customer_id)):
        refuse(row, "customer", "import.error.customer_of_nobody")
    return row.sound


def _leaving_an_admin(rows: Sequence[Row], known: Mapping[str, Person], task: Task) -> list[Row]:
    """Somebody must be able to let others in: the last administrator stays one."""
    admins = {one.code for one in known.values() if Role.ADMIN in one.roles and not one.left_at}
    named = {row.given["code"]: row for row in rows}
    promoted = {code for code, row in named.items() if Role.ADMIN in row.given["roles"]}
    if not admins or promoted or admins - named.keys():
        return list(rows)
    for code in admins:
        task.findings.refuse(named[code], "roles", "import.error.last_admin")
    return [row for row in rows if row.sound]


def _wanted(row: Row, known: bool, around: _Around) -> Wanted:  # noqa: FBT001 - of one caller
    columns: dict[str, Any] = {k: v for k, v in row.given.items() if k not in {"sites", "customer"}}
    if "sites" in row.given:
        columns["all_sites"] = EVERYWHERE in row.given["sites"]
    customer = row.given.get("customer")
    if "customer" in row.given or Role.CUSTOMER not in row.given["roles"]:
        columns["customer_id"] = around.customers[customer] if customer else None
    elif not known:
        columns["customer_id"] = None
    if "channels" in columns or not known:
        addresses = columns.get("channels", ())
        columns["channels"] = [[one.channel, one.target] for one in addresses]
    return Wanted(key=row.given["code"], columns=columns)


def _moved(
    rows: Sequence[Row], known: Mapping[str, Person], around: _Around
) -> dict[str, frozenset[SiteId]]:
    """Whose sites are not those stored."""
    moved = {}
    for row in rows:
        if "sites" not in row.given:
            continue
        named = (site for site in row.given["sites"] if site != EVERYWHERE)
        sites = frozenset(around.sites[site] for site in named)
        old = known.get(row.given["code"])
        if sites != (old.site_ids if old else frozenset()):
            moved[row.given["code"]] = sites
    return moved


def _says(person: Any, column: str) -> Any:
    if column == "roles":
        return sorted(role.value for role in person.roles)
    if column == "channels":
        return [[one.channel, one.target] for one in person.channels if one.channel != CHANNEL]
    return getattr(person, column)
