"""What the first run asks for, and what it accepts: every mistake beside its field."""

import re
import zoneinfo
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, Field

from operations import passwords
from operations.setup import FirstRun, hours_of
from rules.model import Zone
from rules.policy import ZoneHours
from rules.zones import TABLE, OnSite, on_site

MOST_HOURS = 720.0
_CODE = re.compile(r"^[A-Za-z0-9_.-]{1,64}$")
_LOGIN = re.compile(r"^[^\s|]{1,64}$")
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}$")


class Typed(BaseModel):
    """The form as it was typed."""

    token: str = Field(default="", max_length=200)
    company: str = Field(default="", max_length=200)
    timezone: str = Field(default="", max_length=64)
    city_hours: str = Field(default="", max_length=20)
    name: str = Field(default="", max_length=200)
    login: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=300)
    password: str = Field(default="", max_length=400)
    again: str = Field(default="", max_length=400)
    customer: str = Field(default="", max_length=200)
    site_code: str = Field(default="", max_length=200)
    site_name: str = Field(default="", max_length=200)
    zone: str = Field(default=Zone.RING1.value, max_length=20)
    on_site_hours: str = Field(default="", max_length=20)


@dataclass(frozen=True, slots=True)
class Wrong:
    message_id: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """Either `first`, or what is wrong, field by field."""

    wrong: dict[str, Wrong]
    first: FirstRun | None = None


def check(typed: Typed, table: ZoneHours, language: str) -> Checked:
    """The password is hashed only when all else is right: it takes a while."""
    city = _hours(typed.city_hours)
    zone = Zone(typed.zone) if typed.zone in set(Zone) else Zone.RING1
    hours = _hours(typed.on_site_hours)
    hours = hours if hours is not None else hours_of(zone, table, city)
    wrong = _wrong(typed) | _wrong_hours(typed, table, zone, hours)
    if wrong or hours is None:
        return Checked(wrong)
    first = FirstRun(
        company=typed.company.strip(),
        timezone=typed.timezone,
        city_hours=city,
        name=typed.name.strip(),
        login=typed.login.strip().casefold(),
        email=typed.email.strip(),
        password_hash=passwords.hashed(typed.password),
        language=language if language in {"zh", "en"} else "en",
        customer=typed.customer.strip(),
        site_code=typed.site_code.strip(),
        site_name=typed.site_name.strip(),
        zone=zone,
        on_site_hours=hours,
        on_site_rule=_rule(zone, hours, replace(table, city=city)),
    )
    return Checked({}, first)


def _rule(zone: Zone, hours: float, table: ZoneHours) -> str:
    """By which rule these hours hold; they were checked before."""
    found = on_site(zone, hours, table, by_contract=True)
    return found.rule.id if isinstance(found, OnSite) else TABLE


def _wrong(typed: Typed) -> dict[str, Wrong]:
    needed = ("company", "name", "login", "customer", "site_code", "site_name")
    wrong = {
        name: Wrong("setup.needed") for name in needed if not str(getattr(typed, name)).strip()
    }
    if typed.timezone not in zoneinfo.available_timezones():
        wrong["timezone"] = Wrong("setup.timezone_wrong")
    if typed.login.strip() and not _LOGIN.match(typed.login.strip()):
        wrong["login"] = Wrong("setup.login_wrong")
    if typed.site_code.strip() and not _CODE.match(typed.site_code.strip()):
        wrong["site_code"] = Wrong("setup.code_wrong")
    if typed.email.strip() and not _EMAIL.match(typed.email.strip()):
        wrong["email"] = Wrong("setup.email_wrong")
    if weak := passwords.weakness(typed.password, typed.login.strip()):
        wrong["password"] = Wrong(weak, {"n": passwords.LEAST})
    elif typed.password != typed.again:
        wrong["again"] = Wrong("password.differs")
    return wrong


def _wrong_hours(
    typed: Typed, table: ZoneHours, zone: Zone, hours: float | None
) -> dict[str, Wrong]:
    """A03: a contract may shorten the table; where the table is silent somebody must say."""
    wrong: dict[str, Wrong] = {}
    for name in ("city_hours", "on_site_hours"):
        if str(getattr(typed, name)).strip() and _hours(getattr(typed, name)) is None:
            wrong[name] = Wrong("setup.hours_wrong")
    most = table.of(zone)
    if hours is None and "on_site_hours" not in wrong:
        wrong["on_site_hours"] = Wrong("setup.hours_needed")
    elif hours is not None and most is not None and hours > most:
        wrong["on_site_hours"] = Wrong("setup.hours_longer", {"most": f"{most:g}"})
    return wrong


def _hours(given: str) -> float | None:
    try:
        hours = float(given.strip().replace(",", "."))
    except ValueError:
        return None
    return hours if 0 < hours <= MOST_HOURS else None
