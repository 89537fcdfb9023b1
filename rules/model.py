"""The words of the trade. Plain frozen values; they know nothing of the world.

Ids are the database's whole numbers, told apart by type. Instants are aware UTC datetimes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

CustomerId = NewType("CustomerId", int)
ContractId = NewType("ContractId", int)
SiteId = NewType("SiteId", int)
SystemId = NewType("SystemId", int)
DeviceId = NewType("DeviceId", int)
PersonId = NewType("PersonId", int)
FaultId = NewType("FaultId", int)
OrderId = NewType("OrderId", int)
NoticeId = NewType("NoticeId", int)


class Severity(StrEnum):
    """C05: 紧急, 重大, 一般."""

    EMERGENCY = "emergency"
    MAJOR = "major"
    MINOR = "minor"

    @property
    def rank(self) -> int:
        """0 is the most urgent; what a queue sorts by."""
        return _RANKS[self]


_RANKS = {Severity.EMERGENCY: 0, Severity.MAJOR: 1, Severity.MINOR: 2}


class Role(StrEnum):
    ADMIN = "admin"
    SALES_DIRECTOR = "sales_director"
    HEAD = "head"
    SUPERVISOR = "supervisor"
    DISPATCHER = "dispatcher"
    ENGINEER = "engineer"
    SALES = "sales"
    CUSTOMER = "customer"


class Layer(StrEnum):
    """Who stands where on the rota, in the order in which they are called."""

    FIRST = "first"
    SECOND = "second"
    LEAD = "lead"  # leads the shift
    HEAD = "head"
    DEPUTY = "deputy"  # of the head


class DeviceType(StrEnum):
    CAMERA = "camera"
    LENS = "lens"
    PTZ = "ptz"
    ENCODER = "encoder"
    DECODER = "decoder"
    RECORDER = "recorder"
    DETECTOR = "detector"
    PANIC_BUTTON = "panic_button"
    SOUNDER = "sounder"
    ZONE = "zone"
    ALARM_HOST = "alarm_host"
    EXPANDER = "expander"
    ACCESS_CONTROLLER = "access_controller"
    READER = "reader"
    LOCK = "lock"
    SWITCH = "switch"
    GATEWAY = "gateway"
    UPLINK = "uplink"
    POWER = "power"
    UPS = "ups"
    SPD = "spd"
    GROUND = "ground"
    LINE = "line"
    MONITOR = "monitor"
    MATRIX = "matrix"
    SENSOR = "sensor"
    OTHER = "other"


class Monitored(StrEnum):
    YES = "yes"
    INDIRECT = "indirect"
    NO = "no"


class DeviceState(StrEnum):
    """What the board says of a device; `unknown` is never healthy."""

    OK = "ok"
    FAULT = "fault"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    INSPECTED_ONLY = "inspected_only"
    MAINTENANCE = "maintenance"
    DISABLED = "disabled"
    REMOVED = "removed"


class Link(StrEnum):
    """The edges of the asset graph: from a device to what it depends on."""

    VIA = "via"
    POWERED_BY = "powered_by"
    RECORDED_BY = "recorded_by"


class Crs(StrEnum):
    """The system a coordinate was given in; we store WGS-84 only."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Zone(StrEnum):
    """A03: the distance zone of a site."""

    RING1 = "ring1"
    RING2 = "ring2"
    RING3 = "ring3"
    CITY = "city"
    NEIGHBOUR = "neighbour"
    REMOTE = "remote"


class ClockSource(StrEnum):
    """Whose word started the on-site clock (A03)."""

    CUSTOMER_NOTICE = "customer_notice"
    MONITOR = "monitor"


class Stage(StrEnum):
    """C06: the four stages of an order."""

    INTAKE = "intake"
    DIAGNOSIS = "diagnosis"
    HANDLING = "handling"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with one point of one device.

    It began after one instant and before another, where one can tell; `opened_at` is when we knew.
    `suspect_id` is a device that may be behind it: silent too, but not yet due.
    """

    id: FaultId
    device_id: DeviceId
    site_id: SiteId
    code: str
    point: str
    severity: Severity
    opened_at: datetime
    source: ClockSource
    why: str
    began_after: datetime | None = None
    began_before: datetime | None = None
    occurrences: int = 1
    provisional: bool = False
    explained_by: FaultId | None = None
    suspect_id: DeviceId | None = None
    order_id: OrderId | None = None
    maintenance_id: int | None = None  # it waits for the end of this, or was over before
    cleared_at: datetime | None = None
    clear_why: str = ""
    repeat_of: FaultId | None = None

    @property
    def open(self) -> bool:
        return self.cleared_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """From the first page to the customer's acceptance: seven instants, never one status."""

    id: OrderId
    number: str
    site_id: SiteId
    root_fault_id: FaultId
    severity: Severity
    opened_at: datetime
    clock_started_at: datetime
    clock_source: ClockSource
    zone: Zone
    on_site_hours: float
    on_site_rule: str
    on_site_by: datetime
    version: int = 1
    pages_made: int = 0
    escalation_id: int | None = None  # the plan as it stood when the order opened
    ladder_started_at: datetime | None = None
    first_paged_id: PersonId | None = None
    received_by: PersonId | None = None
    received_at: datetime | None = None
    head_id: PersonId | None = None
    head_informed_at: datetime | None = None
    arranged_at: datetime | None = None
    arranged_by: PersonId | None = None
    self_dispatched_at: datetime | None = None
    stalled_at: datetime | None = None  # whoever has it did not set out: others are called again
    assignee_id: PersonId | None = None
    dispatched_at: datetime | None = None
    appointment_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    late_reason: str = ""
    diagnosed_at: datetime | None = None
    diagnosis: str = ""
    repaired_at: datetime | None = None
    repair: str = ""
    verified_at: datetime | None = None
    verified_how: str = ""
    left_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_by: str = ""
    closed_at: datetime | None = None
    close_reason: str = ""

    @property
    def open(self) -> bool:
        return self.closed_at is None

    @property
    def holder_id(self) -> PersonId | None:
        """Who has it: who was sent, else who took it."""
        return self.assignee_id or self.received_by

    @property
    def answered(self) -> bool:
        """Somebody has it, and nobody else is called for it."""
        return self.received_at is not None and self.stalled_at is None

    @property
    def late(self) -> bool:
        """Arrival counts, not repair; at the very second is in time (A03)."""
        return self.arrived_at is not None and self.arrived_at > self.on_site_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: PersonId
    code: str
    name: str
    roles: frozenset[Role]
    all_sites: bool
    site_ids: frozenset[SiteId]
    language: str
    channels: tuple["Address", ...] = ()
    phone: str = ""
    email: str = ""
    customer_id: CustomerId | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be told: a channel of the settings and the target within it."""

    channel: str
    target: str
