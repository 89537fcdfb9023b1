"""A03: by when somebody must stand on the site, frozen when the order opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.model import ClockSource, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSite:
    """The promise and where it came from; arrival at the very second is in time."""

    clock_started_at: datetime
    clock_source: ClockSource
    zone: Zone
    hours: float
    rule: str
    by: datetime


def promise(
    started_at: datetime, source: ClockSource, zone: Zone, hours: float, rule: str
) -> OnSite:
    """Elapsed time, round the clock: no business hours, no time zone, no pause.

    `started_at` is the receipt of the customer's notice, or the opening of a fault the monitor
    found (ours). Raises ValueError when `hours` is not positive.
    """
    if hours <= 0:
        raise ValueError(f"on-site hours must be greater than 0, not {hours}")
    return OnSite(
        clock_started_at=started_at,
        clock_source=source,
        zone=zone,
        hours=hours,
        rule=rule,
        by=started_at + timedelta(hours=hours),
    )
