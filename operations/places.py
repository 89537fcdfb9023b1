"""The company's map: the rings of its city, and the hours that are in force (A03)."""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules import zones as zone_rules
from rules.assets import Site
from rules.coordinates import Point
from rules.model import PersonId
from rules.policy import Policy, ZoneHours
from rules.rings import City, RingsError, read_city
from rules.zones import OnSite, Placed, Reason, place
from storage import company, journal
from storage import sites as site_rows
from storage.db import Tx
from storage.journal import Entry

MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RingsTaken:
    """`sites_elsewhere`: codes of sites that these rings would put into another zone.

    They keep their zone until `sites.csv` is imported again; running orders keep theirs anyway.
    """

    city: City
    sites_elsewhere: tuple[str, ...]


def take_rings(
    tx: Tx, data: bytes, *, by: PersonId | None, now: datetime, dry_run: bool = False
) -> RingsTaken:
    """Make a GeoJSON file the company's rings (`docs/zones.md`). Raises `RingsError`."""
    document = _json(data)
    city = read_city(document)
    if not dry_run:
        company.set_fact(tx, "rings", document, now)
        journal.write(tx, _entry(city, by, now))
    return RingsTaken(city=city, sites_elsewhere=_elsewhere(tx, city))


def city_of(tx: Tx) -> City | None:
    """The city as it was taken in, or None as long as nobody brought rings."""
    document = company.fact(tx, "rings")
    return None if document is None else read_city(document)


def hours_in_force(tx: Tx, policy: Policy) -> ZoneHours:
    """The table of hours; where the policy names none for the city, the company's own choice."""
    city_hours = company.fact(tx, "city_hours")
    if city_hours is None or policy.zone_hours.city is not None:
        return policy.zone_hours
    return dataclasses.replace(policy.zone_hours, city=float(city_hours))


def as_in_force(tx: Tx, sites: Iterable[Site], policy: Policy) -> list[Site]:
    """The same sites with the hours that hold for them today, as pages show them."""
    hours, shown = hours_in_force(tx, policy), []
    for site in sites:
        entered = OnSite(hours=site.on_site_hours, rule=Reason(id=site.on_site_rule))
        now = zone_rules.in_force(site.zone, entered, hours)
        shown.append(dataclasses.replace(site, on_site_hours=now.hours, on_site_rule=now.rule.id))
    return shown


def on_site_of(tx: Tx, site: Site, policy: Policy) -> OnSite:
    """How soon we must be there as of now: what the next order will be frozen with (A03, A18)."""
    entered = OnSite(hours=site.on_site_hours, rule=Reason(id=site.on_site_rule))
    return zone_rules.in_force(site.zone, entered, hours_in_force(tx, policy))


def _json(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise RingsError("rings.error.too_big", most_mib=MOST_BYTES // 2**20)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RingsError("rings.error.json", why=str(error)) from error


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _elsewhere(tx: Tx, city: City) -> tuple[str, ...]:
    codes = []
    for site in site_rows.all_sites(tx):
        if site.lon is None or site.lat is None or site.zone_how != "auto":
            continue
        found = place(city, Point(site.lon, site.lat), site.address, warn_m=0)
        if not isinstance(found, Placed) or found.zone is not site.zone:
            codes.append(site.code)
    return tuple(codes)


def _entry(city: City, by: PersonId | None, now: datetime) -> Entry:
    facts = {"neighbours": len(city.neighbours), "border": city.border is not None}
    actor = "system" if by is None else "person"
    return Entry(at=now, actor=actor, person_id=by, verb="rings_imported", facts=facts)
