"""The first run without the demo: a one-time token lets one person found the company."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from operations import notes, passwords
from rules.model import CustomerId, PersonId, Role, Zone
from rules.policy import ZoneHours
from storage import company, customers, revision
from storage import logins as login_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.logins import Login

TOKEN_LIVES = timedelta(days=1)


class TokenError(Exception):
    """The token is unknown, too old, or was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRun:
    """What is typed in at the first run, checked. `password_hash` is the administrator's."""

    company: str
    timezone: str
    city_hours: float | None
    name: str
    login: str
    email: str
    password_hash: str
    language: str
    customer: str
    site_code: str
    site_name: str
    zone: Zone
    on_site_hours: float
    on_site_rule: str


def needed(tx: Tx) -> bool:
    """Nobody can come in yet, and no company is known."""
    return company.fact(tx, "name") is None and not login_rows.any_exists(tx)


def create_token(tx: Tx, now: datetime) -> str:
    """What the log of the first run shows, once; good for a day."""
    token = passwords.new_token()
    login_rows.put_setup_token(tx, passwords.token_hash(token), now)
    return token


def token_fits(tx: Tx, token: str, now: datetime) -> bool:
    return login_rows.setup_token_is_fresh(tx, passwords.token_hash(token), now - TOKEN_LIVES)


def redeem(tx: Tx, token: str, first: FirstRun, now: datetime) -> Login:
    """Found the company: its facts, the administrator, the first site. Raises `TokenError`.

    The administrator is head of department too, until others are: somebody must be told (A02).
    """
    if not token_fits(tx, token, now) or not needed(tx):
        raise TokenError
    if not login_rows.use_setup_token(tx, passwords.token_hash(token), now):
        raise TokenError
    for name in ("name", "timezone", "city_hours"):
        value = first.company if name == "name" else getattr(first, name)
        company.set_fact(tx, name, value, now)
    person_id = _administrator(tx, first)
    _first_site(tx, first)
    revision.bump(tx)
    notes.of_act(tx, "founded", person_id, now)
    login_id = login_rows.add(
        tx, person_id, first.login, first.password_hash, now, must_change=False
    )
    login = login_rows.get(tx, login_id)
    assert login is not None  # noqa: S101 - inserted two lines above
    return login


def hours_of(zone: Zone, hours: ZoneHours, city_hours: float | None) -> float | None:
    """The table's hours of a zone; for the city outside ring 3 the company's own."""
    return city_hours if zone is Zone.CITY else hours.of(zone)


def _administrator(tx: Tx, first: FirstRun) -> PersonId:
    row = {
        "code": first.login,
        "name": first.name,
        "roles": [Role.ADMIN, Role.HEAD],
        "all_sites": True,
        "customer_id": None,
        "phone": "",
        "email": first.email,
        "channels": [["mail", first.email]] if first.email else [],
        "language": first.language,
    }
    people_rows.add(tx, [row])
    person = people_rows.by_code(tx, first.login)
    assert person is not None  # noqa: S101 - inserted above
    return person.id


def _first_site(tx: Tx, first: FirstRun) -> None:
    code = "C1"
    customers.add(tx, [{"code": code, "name": first.customer, "language": first.language}])
    customer = customers.by_code(tx, code)
    row = {
        "code": first.site_code,
        "name": first.site_name,
        "customer_id": CustomerId(customer.id) if customer else None,
        "zone": first.zone,
        "zone_how": "manual",
        "zone_reason": "",
        "on_site_hours": first.on_site_hours,
        "on_site_rule": first.on_site_rule,
        "timezone": first.timezone,
    }
    site_rows.add(tx, [row])
