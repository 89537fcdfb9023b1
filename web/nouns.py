"""The six lists: who keeps each, what its form asks, and what may be chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from operations.imports import Kind
from rules.assets import Customer
from rules.model import Crs, DeviceType, Link, Monitored, Role, Zone
from rules.permits import Verb
from storage import contracts as contract_rows
from storage import customers as customer_rows
from storage import devices as device_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.db import Tx
from storage.views import reach as reaches
from web.forms import Control, Field, Group, Option
from web.wired import ForbiddenError, NotFoundError, Viewer

MOST_CHOICES = 300  # beyond, the code is typed

KEPT_BY: Mapping[Kind, Verb] = {
    Kind.CUSTOMERS: Verb.KEEP_CONTRACTS,
    Kind.CONTRACTS: Verb.KEEP_CONTRACTS,
    Kind.SITES: Verb.KEEP_SITES,
    Kind.SYSTEMS: Verb.KEEP_SITES,
    Kind.DEVICES: Verb.KEEP_SITES,
    Kind.PEOPLE: Verb.KEEP_PEOPLE,
}
ICONS: Mapping[Kind, str] = {
    Kind.CUSTOMERS: "address-book",
    Kind.CONTRACTS: "file-text",
    Kind.SITES: "building",
    Kind.SYSTEMS: "list-check",
    Kind.DEVICES: "cpu",
    Kind.PEOPLE: "users",
}
AT_SITE = frozenset({Kind.SYSTEMS, Kind.DEVICES})
_YES_NO = ("no", "yes")


def _plain(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name=name) for name in names)


def _choice(name: str, options: Sequence[str] = (), words: str = "") -> Field:
    return Field(name=name, control=Control.CHOICE, options=tuple(options), words=words)


def _figure(name: str) -> Field:
    return Field(name=name, control=Control.FIGURE)


def _day(name: str) -> Field:
    return Field(name=name, control=Control.DAY)


_LANGUAGE = _choice("language", ("zh", "en"), "record.language")
GROUPS: Mapping[Kind, tuple[Group, ...]] = {
    Kind.CUSTOMERS: (
        Group(name="who", fields=(*_plain("code", "name", "address"), _LANGUAGE)),
        Group(name="reach", fields=_plain("phone", "email")),
    ),
    Kind.CONTRACTS: (
        Group(
            name="contract",
            fields=(
                *_plain("number"),
                _choice("customer"),
                _choice("tier", ("basic", "advanced", "exclusive"), "tier"),
                Field(name="scope", control=Control.LONG),
            ),
        ),
        Group(name="term", fields=(_day("start"), _day("end"), _day("free_until"))),
        Group(
            name="duties",
            fields=(
                _figure("retention_days"),
                _choice("quarter", ("natural", "contract"), "record.quarter"),
                _figure("survey_months"),
            ),
        ),
    ),
    Kind.SITES: (
        Group(
            name="site",
            fields=(*_plain("code", "name"), _choice("customer"), _choice("contract")),
        ),
        Group(
            name="place",
            fields=(
                *_plain("address"),
                _figure("lon"),
                _figure("lat"),
                _choice("crs", ("", *Crs), "crs"),
            ),
        ),
        Group(
            name="zone",
            fields=(
                _choice("zone", ("auto", *Zone), "zone"),
                _figure("on_site_hours"),
                *_plain("zone_reason"),
            ),
        ),
        Group(
            name="duties",
            fields=(
                _choice("key_project", _YES_NO, "record.yes_no"),
                _figure("retention_days"),
                *_plain("timezone"),
                Field(name="access_note", control=Control.LONG),
            ),
        ),
    ),
    Kind.SYSTEMS: (
        Group(name="system", fields=(_choice("site"), *_plain("code", "name", "kind"))),
        Group(name="duties", fields=_plain("size", "complexity", "importance", "extra_cycles")),
    ),
    Kind.DEVICES: (
        Group(
            name="device",
            fields=(
                _choice("site"),
                _choice("system"),
                *_plain("code", "name"),
                _choice("type", tuple(DeviceType), "device_type"),
                _choice("importance", ("normal", "key"), "record.importance"),
            ),
        ),
        Group(name="links", fields=tuple(_choice(link) for link in Link)),
        Group(
            name="watch",
            fields=(
                _choice("monitored", tuple(Monitored), "record.monitored"),
                _figure("reporting_interval_s"),
                _choice("ups", _YES_NO, "record.yes_no"),
                *_plain("dialect", "dialect_id"),
            ),
        ),
        Group(
            name="where",
            fields=_plain("location", "position", "ip", "mac"),
        ),
        Group(
            name="asset",
            fields=(
                *_plain("model", "serial", "batch", "supplier", "asset_tag", "firmware"),
                _day("installed"),
                _day("warranty_end"),
            ),
            folded=True,
        ),
    ),
    Kind.PEOPLE: (
        Group(name="who", fields=(*_plain("code", "name"), _LANGUAGE)),
        Group(
            name="rights",
            fields=(
                Field(name="roles", control=Control.TICKS, options=tuple(Role), words="role"),
                Field(name="sites", control=Control.TICKS, options=("*",), words="record.sites"),
                _choice("customer"),
            ),
        ),
        Group(
            name="reach",
            fields=(
                *_plain("phone", "email"),
                Field(name="channels", control=Control.ADDRESSES),
            ),
        ),
    ),
}
WHERE = (Group(name="site", fields=(_choice("site"),)),)  # asked before anything else
EMPTY: Mapping[Kind, Mapping[str, str]] = {
    Kind.CUSTOMERS: {"language": "zh"},
    Kind.CONTRACTS: {"tier": "basic", "quarter": "natural", "survey_months": "12"},
    Kind.SITES: {"zone": "auto", "key_project": "no"},
    Kind.SYSTEMS: {},
    Kind.DEVICES: {
        "type": DeviceType.CAMERA,
        "importance": "normal",
        "ups": "no",
        "monitored": "",
        "dialect": "native",
    },
    Kind.PEOPLE: {"language": "zh"},
}


def must_keep(
    tx: Tx, visitor: Viewer, kind: Kind, record: Any = None, *, fresh: bool = False
) -> None:
    """Lists of the whole company are kept by who sees all of it; a site's things by site."""
    visitor.must(KEPT_BY[kind])
    company_wide = kind in {Kind.CUSTOMERS, Kind.CONTRACTS, Kind.PEOPLE}
    if (company_wide or (fresh and kind is Kind.SITES)) and not visitor.reach.everything:
        raise ForbiddenError("permit.site")
    if record is not None and record.site_id is not None:
        customer = reaches.customer_of(tx, record.site_id)
        if not visitor.may(KEPT_BY[kind], record.site_id, customer):
            raise NotFoundError


def choices(
    tx: Tx, visitor: Viewer, kind: Kind, cells: Mapping[str, str]
) -> dict[str, list[Option]]:
    """What fields that name another line may name; nothing where that would be too long a list."""
    found: dict[str, list[Option]] = {}
    if kind in {Kind.CONTRACTS, Kind.SITES, Kind.PEOPLE}:
        theirs = _customers(tx, visitor)
        customers = [(one.code, one.name) for one in theirs]
        found["customer"] = _options(visitor, customers, none=kind is Kind.PEOPLE)
    if kind is Kind.SITES:
        of = customer_rows.by_code(tx, cells.get("customer", ""))
        known = contract_rows.of_customer(tx, of.id) if of else contract_rows.all_contracts(tx)
        near = {one.id for one in _customers(tx, visitor)}
        known = [one for one in known if one.customer_id in near]
        numbers = [(one.number, one.scope) for one in known]
        found["contract"] = _options(visitor, numbers, none=True)
    if kind in {Kind.SYSTEMS, Kind.DEVICES, Kind.PEOPLE}:
        ids = reaches.site_ids(tx, visitor.reach)
        mine = [one for one in site_rows.all_sites(tx) if ids is None or one.id in ids]
        named = [(one.code, one.name) for one in mine]
        found["sites" if kind is Kind.PEOPLE else "site"] = _options(visitor, named)
    if kind is Kind.DEVICES:
        found |= _of_site(tx, visitor, cells)
    return found


def _customers(tx: Tx, visitor: Viewer) -> list[Customer]:
    """Those of the viewer's sites: who else our customers are, not everybody need know (C12)."""
    ids = reaches.site_ids(tx, visitor.reach)
    every = customer_rows.all_customers(tx)
    if ids is None:
        return every
    near = {one.customer_id for one in site_rows.all_sites(tx) if one.id in ids}
    return [one for one in every if one.id in near]


def _of_site(tx: Tx, visitor: Viewer, cells: Mapping[str, str]) -> dict[str, list[Option]]:
    site = site_rows.by_code(tx, cells.get("site", ""))
    systems = system_rows.of_site(tx, site.id) if site else []
    devices = device_rows.of_site(tx, site.id) if site else []
    others = [(one.code, one.name) for one in devices if one.code != cells.get("code")]
    linked = _options(visitor, others, none=True)
    return {
        "system": _options(visitor, [(one.code, one.name) for one in systems], none=True),
        **{link.value: linked for link in Link},
    }


def _options(
    visitor: Viewer, known: Sequence[tuple[str, str]], *, none: bool = False
) -> list[Option]:
    if len(known) > MOST_CHOICES:
        return []
    listed = [
        Option(value=code, word=f"{code} · {name}" if name and name != code else code, data=True)
        for code, name in known
    ]
    return [Option(value="", word=visitor.say("record.nothing")), *listed] if none else listed
