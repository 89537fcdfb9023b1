"""What would happen if nobody came: who gets what when (A02, A03, E03). Pure.

The same verdicts as the real ladder's, asked one after the other; `tests/scheduler` holds both
against each other with the clock turned.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rules import escalation, travel
from rules.escalation import Call, Cast, Page, Tries, Why
from rules.escalation_plans import Plan, may_wait
from rules.model import Address, Layer, Person, PersonId, WorkOrder
from rules.notices import Kind
from rules.policy import Policy
from rules.travel import Way

MISSED = 100  # per cent of the time: the head is warned too


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A fault as it might be. `order` is as it would be opened, at its `opened_at`.

    `cast_at` says who is meant when, given who has the order or was paged first. `way`: to the
    site; None: nobody knows how long it takes. `taken_after_s`: the first one paged takes it then
    and never sets out; None: nobody ever answers.
    """

    order: WorkOrder
    plan: Plan
    own: Plan
    policy: Policy
    cast_at: Callable[[datetime, PersonId | None], Cast]
    timezone: ZoneInfo
    way: Way | None = None
    taken_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One person is told. `addresses` empty: there is no way to reach them.

    `place`, for a page: where they stand; `percent`, for a warning: of the time that is gone.
    """

    at: datetime
    kind: Kind
    person: Person
    addresses: tuple[Address, ...]
    place: str = ""
    why: Why | None = None
    percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """All that happens. `order` as it is in the end; `waits_until`: a minor fault's order opens."""

    told: tuple[Told, ...]
    order: WorkOrder
    waits_until: datetime | None = None


def run(scene: Scene, until: datetime) -> Course:
    """Everything up to `until`; of a minor fault that may wait, from when its order opens on."""
    order, policy = scene.order, scene.policy
    if not may_wait(order.severity, order.clock_source):
        return _Night(scene, order, until).course()
    due = order.opened_at + timedelta(days=policy.minor_order_after_days)
    opens_at = scene.plan.quiet.over_at(due, scene.timezone)
    later = opens_at - order.opened_at
    opened = replace(
        order,
        opened_at=opens_at,
        clock_started_at=opens_at,
        on_site_by=order.on_site_by + later,
    )
    course = _Night(scene, opened, until + later).course()
    return replace(course, told=(*_digest(scene), *course.told), waits_until=opens_at)


def _digest(scene: Scene) -> Iterator[Told]:
    at = scene.plan.quiet.next_end(scene.order.opened_at, scene.timezone)
    cast = scene.cast_at(at, None)
    known: set[PersonId] = set()
    for target in scene.plan.digest:
        for place, person in cast.of(target):
            if person.id not in known:
                known.add(person.id)
                yield Told(
                    at=at,
                    kind=Kind.MINORS,
                    person=person,
                    addresses=person.channels,
                    place=place,
                )


class _Night:
    """The order as it goes on, and what was told so far. `_next` holds what is promised when."""

    def __init__(self, scene: Scene, order: WorkOrder, until: datetime) -> None:
        self._scene, self._order, self._until = scene, order, until
        self._told: list[Told] = []
        self._people: dict[PersonId, Person] = {}
        self._next: dict[str, datetime] = {}

    def course(self) -> Course:
        self._open()
        while due := self._due():
            what, at = due
            del self._next[what]
            self._do(what, at)
        return Course(told=tuple(self._told), order=self._order)

    def _due(self) -> tuple[str, datetime] | None:
        """What was promised first; of two at one instant, what was promised earlier."""
        waiting = [(at, _turn(what), what) for what, at in self._next.items() if at <= self._until]
        at, _, what = min(waiting, default=(self._until, 0, ""))
        return (what, at) if what else None

    def _do(self, what: str, at: datetime) -> None:
        acts: dict[str, Callable[[datetime], None]] = {
            "taken": self._take,
            "ladder": self._climb,
            "head": self._ask_head,
            "reminded": self._remind,
            "stalled": self._stall,
            "leave": self._call_to_leave,
        }
        if what in acts:
            acts[what](at)
        else:
            self._warn(at, int(what))

    def _open(self) -> None:
        scene, now = self._scene, self._order.opened_at
        paged = self._call(escalation.first_calls(scene.plan), Why.NEW_FAULT, now)
        head = self._cast(now).layers.get(Layer.HEAD)
        first = paged[0].person.id if paged else None
        self._order = replace(self._order, ladder_started_at=now, first_paged_id=first)
        if head:
            self._order = replace(self._order, head_id=head.id, head_informed_at=now)
            self._tell(now, Kind.REPORT, head, on=escalation.report_on(head, paged))
        self._next["ladder"] = escalation.next_rung(now, scene.plan, scene.own, now)
        self._next["head"] = now + timedelta(seconds=scene.policy.ladder.head_silent_s)
        for percent, at in escalation.warning_steps(self._order, scene.policy.warn_at):
            self._next[str(percent)] = max(at, now)
        if scene.way and (leave_by := travel.leave_by(self._order, scene.way)) > now:
            self._next["leave"] = leave_by
        if scene.taken_after_s is not None and paged:
            self._next["taken"] = now + timedelta(seconds=scene.taken_after_s)

    def _take(self, at: datetime) -> None:
        """The first one paged says yes, and stays; who was told to go meanwhile has it still."""
        who = self._order.first_paged_id
        holder = self._order.assignee_id or who
        self._order = replace(self._order, received_by=who, received_at=at, assignee_id=holder)
        self._next.pop("ladder", None)
        wait = timedelta(seconds=self._scene.policy.ladder.under_way_s)
        self._next |= {"reminded": at + wait, "stalled": at + 2 * wait}

    def _climb(self, at: datetime) -> None:
        scene = self._scene
        verdict = escalation.next_calls(self._order, scene.plan, scene.own, at, at)
        self._call(verdict.calls, verdict.why, at)
        if verdict.ask_again_at:
            self._next["ladder"] = verdict.ask_again_at

    def _ask_head(self, at: datetime) -> None:
        head = self._people.get(self._order.head_id) if self._order.head_id else None
        ways = len({one.channel for one in head.channels}) if head else 0
        tries = Tries(made=ways, possible=ways)
        verdict = escalation.judge_head(self._order, self._scene.policy.ladder, tries, at)
        if verdict.ask_again_at:
            self._next["head"] = verdict.ask_again_at
        if verdict.go:
            self._send(at)

    def _send(self, at: datetime) -> None:
        layers = self._cast(at).layers
        others = [layers[one].id for one in (Layer.FIRST, Layer.SECOND) if one in layers]
        goer = escalation.receiver(self._order, others)
        if goer is None:
            return
        self._order = replace(
            self._order, self_dispatched_at=at, dispatched_at=at, assignee_id=goer
        )
        self._tell(at, Kind.GO, self._people[goer], why=Why.HEAD_SILENT)

    def _remind(self, at: datetime) -> None:
        if holder := self._holder():
            self._tell(at, Kind.UNDER_WAY, holder, why=Why.NOT_UNDER_WAY)

    def _stall(self, at: datetime) -> None:
        holder, scene = self._holder(), self._scene
        if holder is None:
            return
        self._order = replace(self._order, stalled_at=at)
        others = escalation.next_other(scene.plan, self._cast(at), holder.id)
        self._call(others, Why.NOT_UNDER_WAY, at)
        started_at = self._order.ladder_started_at or at
        self._next["ladder"] = escalation.next_rung(started_at, scene.plan, scene.own, at)

    def _warn(self, at: datetime, percent: int) -> None:
        """Whoever has it, else the first layer; when the promise is broken the head as well."""
        layers = self._cast(at).layers
        head = layers.get(Layer.HEAD) if percent >= MISSED else None
        asked = [self._holder() or layers.get(Layer.FIRST), head]
        for person in {one.id: one for one in asked if one}.values():
            self._tell(at, Kind.WARNING, person, percent=percent)

    def _call_to_leave(self, at: datetime) -> None:
        """The last moment: whoever has it, else the first layer."""
        person = self._holder() or self._cast(at).layers.get(Layer.FIRST)
        if person and at < self._order.on_site_by:
            self._tell(at, Kind.SET_OUT, person)

    def _holder(self) -> Person | None:
        who = self._order.holder_id
        return self._people.get(who) if who else None

    def _cast(self, at: datetime) -> Cast:
        cast = self._scene.cast_at(at, self._order.holder_id or self._order.first_paged_id)
        for person in (*cast.layers.values(), *cast.people.values(), *cast.guards):
            self._people[person.id] = person
        return cast

    def _call(self, calls: Sequence[Call], why: Why, at: datetime) -> list[Page]:
        idle = self._order.holder_id if self._order.stalled_at else None
        made = escalation.pages(calls, self._scene.plan, self._cast(at), but=idle)
        self._told += (
            Told(
                at=at,
                kind=Kind.PAGE,
                person=page.person,
                addresses=page.addresses,
                place=page.place,
                why=why,
            )
            for page in made
        )
        return made

    def _tell(
        self,
        at: datetime,
        kind: Kind,
        person: Person,
        *,
        on: tuple[Address, ...] | None = None,
        why: Why | None = None,
        percent: int = 0,
    ) -> None:
        """On all their channels, or only on those."""
        ways = person.channels if on is None else on
        if ways or not person.channels:
            told = Told(at=at, kind=kind, person=person, addresses=ways, why=why, percent=percent)
            self._told.append(told)


def _turn(what: str) -> int:
    return _TURNS.index(what) if what in _TURNS else -1  # the warnings are promised before all


_TURNS = ("ladder", "head", "taken", "reminded", "stalled")
