"""Figures changed for a type, a model, a customer or one device (A18): the most specific holds.

Each figure alone, over the policy's, which stands over the catalogue's. What a contract or a
supervised account promises stands between the customer's figures and the device's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from rules import figures
from rules.assets import Device
from rules.codes import CATALOGUE, Sign
from rules.figures import LIMITS, Figure, Kind
from rules.model import CustomerId, DeviceType, PersonId, SiteId
from rules.policy import Policy, Silence

ALLOWANCE = "silence.allowance_s"  # for how long a device may be quiet, whatever its interval
STANDBY = "power.standby_s"  # rated: for how long its battery carries it without mains
ON_BATTERY = "MAINS_LOSS"
REQUIRED_DAYS = "limits.REC_RETENTION_LOW.raise_at"
SILENCE = (ALLOWANCE, "silence.back_for_s", "silence.will_held_s")
_ALLOWANCE = Figure(
    name=ALLOWANCE, group="silence", kind=Kind.NUMBER, unit="s", most=figures.LONGEST_S
)
_STANDBY = Figure(name=STANDBY, group="power", kind=Kind.NUMBER, unit="s", most=figures.LONGEST_S)
_OWN = {ALLOWANCE: _ALLOWANCE, STANDBY: _STANDBY}  # of devices only: the policy names none


class Scope(StrEnum):
    """For whom a figure was changed, the least specific first."""

    TYPE = "type"
    MODEL = "model"
    CUSTOMER = "customer"
    DEVICE = "device"


class Origin(StrEnum):
    """Where a figure in force comes from, the least specific first."""

    CATALOGUE = "catalogue"
    POLICY = "policy"
    TYPE = "type"
    MODEL = "model"
    CUSTOMER = "customer"
    CONTRACT = "contract"
    SITE = "site"
    CATEGORY = "category"  # of a supervised alarm account (EN 50136)
    DEVICE = "device"
    INTERVAL = "interval"  # follows from how often the device reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One figure of one subject as somebody changed it; never altered, at most withdrawn.

    `subject`: the device type, the model, the customer's or the device's id.
    """

    id: int
    scope: Scope
    subject: str
    name: str
    value: float
    why: str
    made_by: PersonId
    made_at: datetime
    withdrawn_by: PersonId | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A figure that is not the policy's, and where it comes from."""

    value: float
    origin: Origin


Figures: TypeAlias = Mapping[str, Given]  # by the figure's name
NONE: Figures = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """All that stand, by whom they are for; and what contracts and accounts promise.

    `customers`: whose each site is. `retention`: days of recordings to be kept, by site.
    `accounts`: figures that an alarm account's supervision promises, by its name in the dialect.
    """

    by: Mapping[tuple[Scope, str], Mapping[str, float]] = field(default_factory=dict)
    customers: Mapping[SiteId, CustomerId] = field(default_factory=dict)
    retention: Mapping[SiteId, Given] = field(default_factory=dict)
    accounts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, device: Device) -> Figures:
        """Every figure of this device that is not the policy's."""
        found: dict[str, Given] = {}
        for scope, subject in subjects(device, self.customers.get(device.site_id)).items():
            if scope is Scope.DEVICE:
                self._promised(device, found)
            for name, value in self.by.get((scope, subject), {}).items():
                found[name] = Given(value, Origin(scope.value))
        return found or NONE

    def supervises(self, device: Device) -> bool:
        """Is it an alarm host whose account has a category?"""
        return ALLOWANCE in self._promises(device)

    def _promises(self, device: Device) -> Mapping[str, float]:
        return self.accounts.get(device.dialect_id, {}) if device.dialect == "dc09" else {}

    def _promised(self, device: Device, found: dict[str, Given]) -> None:
        if device.type is DeviceType.RECORDER and device.site_id in self.retention:
            found[REQUIRED_DAYS] = self.retention[device.site_id]
        for name, value in self._promises(device).items():
            found[name] = Given(value, Origin.CATEGORY)


def subjects(device: Device, customer_id: CustomerId | None) -> dict[Scope, str]:
    """What an override may be for to hold for this device, the least specific first."""
    return {
        Scope.TYPE: device.type.value,
        Scope.MODEL: device.model.strip().casefold(),
        Scope.CUSTOMER: "" if customer_id is None else str(customer_id),
        Scope.DEVICE: str(device.id),
    }


def by_subject(standing: Iterable[Override]) -> dict[tuple[Scope, str], dict[str, float]]:
    """Those that stand and that this program knows."""
    found: dict[tuple[Scope, str], dict[str, float]] = {}
    for one in standing:
        if one.withdrawn_at is None and find(one.name) is not None:
            found.setdefault((one.scope, one.subject), {})[one.name] = one.value
    return found


def find(name: str) -> Figure | None:
    """A figure that may be changed for some devices only; None for any other name."""
    if name in _OWN:
        return _OWN[name]
    figure = figures.find(name)
    return figure if figure and (figure.code or name in SILENCE) else None


def of_code(code: str) -> tuple[Figure, ...]:
    """The figures by which this kind of fault is judged, and that may be changed."""
    known = CATALOGUE.get(code)
    if known is None:
        return ()
    if known.sign is Sign.SILENCE:
        names: Iterable[str] = SILENCE
    else:
        names = [f"limits.{code}.{last}" for last in LIMITS]
        names += [STANDBY] if code == ON_BATTERY else []
    return tuple(figure for name in names if (figure := find(name)))


def silence(policy: Policy, given: Figures) -> Silence:
    """The policy's figures of silence, each replaced where the device has another."""
    changed = {
        name.removeprefix("silence."): given[name].value for name in SILENCE[1:] if name in given
    }
    return replace(policy.silence, **changed) if changed else policy.silence


def in_force(name: str, policy: Policy, given: Figures) -> tuple[float | None, Origin]:
    """The value of a figure for a device, and where it comes from; None: nobody named one."""
    if name in given:
        return given[name].value, given[name].origin
    if name == STANDBY:
        return None, Origin.CATALOGUE
    figure = find(name)
    if figure is None or name == ALLOWANCE:
        return None, Origin.INTERVAL
    value = figures.value_of(policy, name)
    assert value is None or isinstance(value, float | int)  # noqa: S101 - limits are numbers
    return value, Origin.CATALOGUE if value == figure.default else Origin.POLICY
