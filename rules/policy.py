"""Every figure a company may change, gathered into one value. Times in seconds unless named.

The defaults are the written rules (requirements A02, A03) and `docs/clauses.md` names each
source; "(ours)" marks a figure the rules leave open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from rules.model import Severity, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneHours:
    """A03: hours from the notice to arrival. City has no figure in the rules: set at set-up."""

    ring1: float = 2.0
    ring2: float = 3.0
    ring3: float = 4.0
    neighbour: float = 6.0
    city: float | None = None

    def of(self, zone: Zone) -> float | None:
        """Hours of `zone`; None where only a contract (remote) or a choice (city) can say."""
        return {
            Zone.RING1: self.ring1,
            Zone.RING2: self.ring2,
            Zone.RING3: self.ring3,
            Zone.NEIGHBOUR: self.neighbour,
            Zone.CITY: self.city,
            Zone.REMOTE: None,
        }[zone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A02: who is called when nobody answers; after `loop_s` it starts again."""

    again_s: float = 300
    second_s: float = 600
    head_page_s: float = 900
    loop_s: float = 900
    head_silent_s: float = 600
    head_channels: int = 2
    under_way_s: float = 1800  # (ours) who took it is called again, then the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """When a quiet device counts as silent (DEV_OFFLINE)."""

    intervals: float = 3
    least_s: float = 180
    default_interval_s: float = 60
    battery_sensor_s: float = 25 * 3600
    will_held_s: float = 120
    back_for_s: float = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """How long a fault waits that an ancestor could explain, and grace after a cause clears."""

    at_most_s: float = 120
    grace_s: float = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonCauses:
    """When so much fails at once that one cause must be behind it (§3.6 of the domain rules).

    Many points of a site: more than `most`, or more than `share_pct` of it and `least` of them.
    """

    within_s: float = 300
    most: int = 10
    share_pct: float = 20
    least: int = 4  # (ours) three of a small site are no mass
    mains: int = 2
    dark_pct: float = 50
    sites: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """E03 (ours): how long the way takes where the site's access card does not say."""

    ring1_s: float = 2400
    ring2_s: float = 3600
    ring3_s: float = 5400
    city_s: float = 5400
    neighbour_s: float = 9000

    def of(self, zone: Zone) -> float | None:
        """Seconds; None for a remote site: only its card can say."""
        return {
            Zone.RING1: self.ring1_s,
            Zone.RING2: self.ring2_s,
            Zone.RING3: self.ring3_s,
            Zone.CITY: self.city_s,
            Zone.NEIGHBOUR: self.neighbour_s,
            Zone.REMOTE: None,
        }[zone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """How many ordinary letters one address has within a while; the rest travels as one (ours)."""

    letters: int = 5
    within_s: float = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaFigures:
    """What a rota is held against before it is saved (ours: 11 h as EU 2003/88 art. 3; a week)."""

    rest_s: float = 11 * 3600
    longest_s: float = 7 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """C02: how soon somebody has to answer, from the customer's notice or from the finding."""

    emergency_s: float = 300
    ordinary_s: float = 900  # on average
    never_over_s: float = 1800
    any_s: float = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Solutions:
    """C07: how many ways to repair are proposed at least, by severity."""

    emergency: int = 2
    major: int = 2
    minor: int = 1

    def of(self, severity: Severity) -> int:
        return {
            Severity.EMERGENCY: self.emergency,
            Severity.MAJOR: self.major,
            Severity.MINOR: self.minor,
        }[severity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One changed figure of one fault code; None keeps the catalogue's."""

    raise_at: float | None = None
    clear_at: float | None = None
    raise_after_s: float | None = None
    clear_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    zone_hours: ZoneHours = field(default_factory=ZoneHours)
    ladder: Ladder = field(default_factory=Ladder)
    silence: Silence = field(default_factory=Silence)
    hold: Hold = field(default_factory=Hold)
    common_causes: CommonCauses = field(default_factory=CommonCauses)
    travel: Travel = field(default_factory=Travel)
    storm: Storm = field(default_factory=Storm)
    rota: RotaFigures = field(default_factory=RotaFigures)
    response: Response = field(default_factory=Response)
    solutions: Solutions = field(default_factory=Solutions)
    limits: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    warn_at: tuple[float, ...] = (0.5, 0.75, 1.0)
    echo_every_s: float = 0.25
    echo_late_s: float = 10
    appointment_notice_s: float = 7200
    link_hours: float = 24
    ring_warning_m: float = 400
    minor_order_after_days: float = 30
    contact_card_settle_s: float = 1800  # (ours) so long after the last change a card goes out anew
    inspection_run_points: int = 5  # (ours) so many points in a row,
    inspection_point_s: float = 15  # each within so many seconds of the one before: too fast
    rejects_kept: int = 10_000
    discovered_kept: int = 10_000
    hot_hours: float = 24  # then packed by the day (ADR 30): never more than 42 h of hot readings
    session_hours: float = 12
    api_per_minute: float = 600
