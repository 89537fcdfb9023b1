"""Which notices are still wanted, and when to try again. Pure."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rules.model import PersonId


class Kind(StrEnum):
    """Why a person is told. `notice.<kind>.subject` names its text in the catalogues."""

    PAGE = "page"
    REPORT = "report"
    GO = "go"
    WARNING = "warning"
    APPOINTMENT = "appointment"
    UNDER_WAY = "under_way"  # you took it, and have not set out yet
    SET_OUT = "set_out"  # the last moment to leave (E03)
    DEAD_LETTER = "dead_letter"
    RESTORED = "restored"
    ASSIGNED = "assigned"
    RELIEVED = "relieved"
    ALERT = "alert"
    EVENT = "event"  # for a program: a webhook
    RESET = "reset"
    INVITATION = "invitation"
    MAGIC = "magic"
    SECURITY = "security"
    MINORS = "minors"  # the day's minor faults, when the quiet hours end
    DOCUMENT = "document"  # a report for the customer
    UNADDRESSED = "unaddressed"  # a report that has nobody to go to
    SWAP = "swap"  # somebody offers a span of duty
    SWAP_NEWS = "swap_news"  # what became of an offer
    HANDOVER = "handover"  # what the last shift left in writing
    OCCASION = "occasion"  # of a customer's event: what to prepare, where to stand by (A08)
    ANSWER = "answer"  # what became of the reader's own answer
    DRILL = "drill"  # called as if it were real, and marked as what it is
    DRILL_OVER = "drill_over"  # for a provider that keeps an incident until it is resolved
    DRILL_REPORT = "drill_report"  # how fast they answered, to the head
    TELLING = "telling"  # to a customer: a step of their order (C14)
    UNTOLD = "untold"  # to the heads: nobody of a customer's can be told
    TEST = "test"  # asked for by its reader, to see whether the channel carries


INCIDENT = "incident:"  # what a provider's name for a letter begins with that opened an incident

# A telephone rings for what somebody must do or not do now; the rest can be read (ours).
WORTH_A_CALL = frozenset(
    {
        Kind.PAGE,
        Kind.REPORT,
        Kind.GO,
        Kind.WARNING,
        Kind.APPOINTMENT,
        Kind.UNDER_WAY,
        Kind.SET_OUT,
        Kind.DEAD_LETTER,
        Kind.ASSIGNED,
        Kind.RELIEVED,
        Kind.ALERT,
        Kind.DRILL,
        Kind.TEST,
    }
)


class State(StrEnum):
    """`failed` will be tried again; `dead` and `silenced` are final, like `sent`."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    SILENCED = "silenced"


class Result(StrEnum):
    """How one attempt ended. `timeout` and `unknown`: it may have arrived all the same."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the matter of a notice has come: what decides whether it is still wanted."""

    received_at: datetime | None = None
    arranged_at: datetime | None = None
    self_dispatched_at: datetime | None = None
    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    repaired_at: datetime | None = None
    appointment_at: datetime | None = None
    closed_at: datetime | None = None
    assignee_id: PersonId | None = None
    alert_answered_at: datetime | None = None
    settled_at: datetime | None = None  # what it asks of its reader: an offer, a note to read


def unwanted(kind: str, person_id: PersonId, standing: Standing) -> str | None:
    """Why this notice need not go out any more; None while it is wanted (A02).

    A page ends when somebody has the order; the head's report when the head arranged it or
    the receiver went of his own; a warning when somebody is on site. That all is well again is
    said also when the order closed with it: whoever was called may stay in bed. And whoever was
    on the way hears that there is no need any more.
    """
    if kind in {Kind.EVENT, Kind.ANSWER, Kind.TELLING}:
        return None
    if standing.closed_at and kind not in {Kind.RESTORED, Kind.RELIEVED}:
        return "closed"
    if kind == Kind.RELIEVED:
        back = standing.closed_at is None and standing.assignee_id == person_id
        return "sent_again" if back else None
    if kind in {Kind.ASSIGNED, Kind.UNDER_WAY} and standing.assignee_id not in {None, person_id}:
        return "somebody_else"
    ends = {
        Kind.PAGE: {"received": standing.received_at},
        Kind.REPORT: {
            "arranged": standing.arranged_at,
            "self_dispatched": standing.self_dispatched_at,
        },
        Kind.GO: {
            "arranged": standing.arranged_at,
            "departed": standing.departed_at,
            "arrived": standing.arrived_at,
        },
        Kind.UNDER_WAY: {
            "departed": standing.departed_at,
            "arrived": standing.arrived_at,
            "repaired": standing.repaired_at,
            "appointed": standing.appointment_at,
        },
        Kind.WARNING: {"arrived": standing.arrived_at},
        Kind.APPOINTMENT: {"arrived": standing.arrived_at},
        Kind.SET_OUT: {"departed": standing.departed_at, "arrived": standing.arrived_at},
        Kind.ALERT: {"answered": standing.alert_answered_at},
        Kind.DRILL: {"settled": standing.settled_at},
        Kind.SWAP: {"settled": standing.settled_at},
        Kind.HANDOVER: {"settled": standing.settled_at},
    }.get(Kind(kind), {})
    return next((why for why, at in ends.items() if at), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Every provider is tried once a round; a round that failed is followed by a wait (ours)."""

    waits_s: tuple[float, ...] = (5, 20, 60)

    def rounds(self) -> int:
        return len(self.waits_s) + 1


# A program may be under repair for most of a day (ours).
FOR_PROGRAMS = Retry(waits_s=(5, 20, 60, 300, 900, 3600, 10_800, 21_600, 43_200))


def choose(
    providers: Sequence[str], attempts: int, *, ill: Container[str], held: Container[str]
) -> str | None:
    """Whose turn it is after `attempts`.

    The ill are passed over while anybody is well; the held (who asked to be left alone) always:
    None while all are.
    """
    turn = attempts % len(providers)
    order = [*providers[turn:], *providers[:turn]]
    open_ones = [provider for provider in order if provider not in held]
    well = (provider for provider in open_ones if provider not in ill)
    return next(well, open_ones[0] if open_ones else None)


def try_again_at(
    now: datetime,
    attempts: int,
    providers: int,
    retry: Retry,
    *,
    for_good: bool = False,
) -> datetime | None:
    """When a notice goes out again after its `attempts`-th failure; None: it is dead.

    `for_good`: the provider will never take it, so only those not yet asked remain.
    """
    if for_good and attempts >= providers:
        return None
    if attempts >= providers * retry.rounds():
        return None
    if attempts % providers:
        return now
    return now + timedelta(seconds=retry.waits_s[attempts // providers - 1])
