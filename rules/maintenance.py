"""Maintenance mode: while people work on devices, what these say is recorded and pages nobody.

It always has an owner, a reason and an end, at most eight hours ahead at once; it may be
prolonged, and ends by itself (domain rules §3.6, traps 14). What is still wrong then is raised.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from rules.assets import Device
from rules.evidence import Span
from rules.model import PersonId, SiteId

LONGEST = timedelta(hours=8)  # at once
FURTHEST = timedelta(days=366)  # planned ahead (ours)
SHORTEST = timedelta(minutes=1)

WindowId = NewType("WindowId", int)
PlannedId = NewType("PlannedId", int)


class Scope(StrEnum):
    DEVICE = "device"
    SYSTEM = "system"
    SITE = "site"


Subject = tuple[Scope, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Who works on what, from when to when, and why: one device, a system or a whole site."""

    site_id: SiteId
    scope: Scope
    subject_id: int
    owner_id: PersonId
    reason: str
    starts_at: datetime
    ends_at: datetime

    @property
    def subject(self) -> Subject:
        return self.scope, self.subject_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Work):
    """Maintenance from `starts_at` up to `ends_at`."""

    id: WindowId
    ended_at: datetime | None = None
    ended_by: PersonId | None = None

    @property
    def span(self) -> Span:
        return self.starts_at, self.ended_at or self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Work):
    """Maintenance that begins by itself at `starts_at`; over once it began or nobody wants it."""

    id: PlannedId
    planned_by: PersonId
    planned_at: datetime
    over_at: datetime | None = None


def subjects_of(device: Device) -> tuple[Subject, ...]:
    """Whose maintenance is this device's too."""
    own: tuple[Subject, ...] = ((Scope.DEVICE, device.id), (Scope.SITE, device.site_id))
    return (*own, (Scope.SYSTEM, device.system_id)) if device.system_id else own


def covering(device: Device, windows: Iterable[Window], now: datetime) -> Window | None:
    """Of the windows that hold this device now, the one that ends last."""
    mine = set(subjects_of(device))
    holding = (one for one in windows if one.subject in mine and one.span[1] > now)
    return max(holding, key=lambda one: (one.ends_at, one.id), default=None)


def refusal(until: datetime, now: datetime) -> str | None:
    """Why it may not last until then; None: it may."""
    if until < now + SHORTEST:
        return "too_short"
    return "too_long" if until > now + LONGEST else None


def planning_refusal(starts_at: datetime, ends_at: datetime, now: datetime) -> str | None:
    """Why it may not be planned so; None: it may. What begins now is no plan."""
    if starts_at <= now:
        return "past"
    return "far" if starts_at > now + FURTHEST else refusal(ends_at, starts_at)
