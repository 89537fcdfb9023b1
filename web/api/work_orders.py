"""Work orders: where each stands, and every verb of the way that exists."""

from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import AwareDatetime, Field

from rules.agreements import Solution
from rules.model import OrderId, Person, PersonId, Role
from rules.permits import Verb as Permit
from rules.workflow import Verb
from storage import people as people_rows
from storage import work_orders as order_rows
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.views import dossiers
from storage.views.dossiers import Dossier, Wanted
from web import acts
from web.acts import Typed
from web.api import shapes
from web.api.asked import Asked, Id, Line, Paged, Said, Strict
from web.api.callers import Caller, OrderActor, OrderReader
from web.api.once import answered, once
from web.api.problems import ProblemError, refused
from web.wired import NotFoundError, Wired
from wiring.parts import Parts

router = APIRouter(tags=["work orders"])

WITH_TAG: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "its version", "schema": {"type": "string"}}}}
}
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="412 when the version is another"),
]


class Filter(Paged):
    state: Literal["open", "closed", "all"] = "open"
    site: Line = ""


class Proposed(Strict):
    """One way to repair, and how feasible it is."""

    what: Annotated[Said, Field(min_length=1)]
    feasible: Annotated[Said, Field(min_length=1)]


class Step(Strict):
    """What comes with a verb: `text` in words; the others only with the verb they belong to.

    `person` is a code (dispatch), `appointment` an instant (postpone), `solutions` are proposed.
    """

    text: Said = ""
    person: Line = ""
    appointment: AwareDatetime | None = None
    solutions: tuple[Proposed, ...] = Field(default=(), max_length=20)


@router.get("/work-orders")
def work_orders(
    parts: Wired, caller: OrderReader, asked: Annotated[Filter, Query()]
) -> shapes.WorkOrders:
    caller.must(Permit.SEE_ORDER)
    wanted = Wanted(reach=caller.reach, state=asked.state, site=asked.site)
    with reading(parts.database) as tx:
        found = dossiers.listed(tx, wanted, before=asked.before, limit=asked.limit)
    items = [shapes.work_order(one, caller) for one in found.rows]
    return shapes.WorkOrders(items=items, next=found.next or None)


@router.get("/work-orders/{order_id}", responses=WITH_TAG)
def work_order(
    parts: Wired, caller: OrderReader, order_id: Id, response: Response
) -> shapes.WorkOrder:
    with reading(parts.database) as tx:
        whole = seen(tx, caller, OrderId(int(order_id)))
    response.headers["ETag"] = _tag(whole)
    return shapes.work_order(whole, caller)


@router.post("/work-orders/{order_id}/{verb}", response_model=shapes.WorkOrder, responses=WITH_TAG)
def act(  # noqa: PLR0913, PLR0917 - what a verb takes
    parts: Wired,
    caller: OrderActor,
    asked: Asked,
    order_id: Id,
    verb: Verb,
    step: Annotated[Step | None, Body()] = None,
    if_match: IfMatch = None,
) -> Response:
    done = _Act(verb, OrderId(int(order_id)), step or Step(), if_match)
    return once(parts, caller, asked, step, lambda tx: done.work(tx, parts, caller))


class _Act:
    """One verb that is asked for."""

    def __init__(self, verb: Verb, order_id: OrderId, step: Step, if_match: str | None) -> None:
        self.verb, self.order_id, self.step, self.if_match = verb, order_id, step, if_match

    def work(self, tx: Tx, parts: Parts, caller: Caller) -> Answer:
        order_rows.lock(tx, self.order_id)
        whole = seen(tx, caller, self.order_id)
        caller.must(acts.PERMITS[self.verb], whole.site.id, whole.site.customer_id)
        self._matches(whole)
        typed = self._typed(tx, caller, whole)
        mine = self.verb is Verb.ACKNOWLEDGE and whole.order.received_by == caller.me.id
        if not (mine and whole.order.open):  # the second of two clicks
            acts.perform(tx, self.verb, self.order_id, typed, parts.policy, caller.now)
        now_at = seen(tx, caller, self.order_id)
        return answered(shapes.work_order(now_at, caller), headers={"ETag": _tag(now_at)})

    def _matches(self, whole: Dossier) -> None:
        wanted = [one.strip() for one in self.if_match.split(",")] if self.if_match else ["*"]
        if not {"*", _tag(whole)}.intersection(wanted):
            facts = {"version": whole.order.version}
            now_at = {"ETag": _tag(whole)}
            raise ProblemError("changed", "api.detail.changed", facts, headers=now_at)

    def _typed(self, tx: Tx, caller: Caller, whole: Dossier) -> Typed:
        """Nothing that was sent is overlooked in silence."""
        takes_text = self.verb in acts.LONG or self.verb is Verb.ACCEPT
        step = self.step
        wrong = [
            (name, value, f"api.accepts.no_{name}")
            for name, value, taken in (
                ("text", step.text, takes_text),
                ("person", step.person, self.verb is Verb.DISPATCH),
                ("appointment", step.appointment, self.verb is Verb.POSTPONE),
                ("solutions", len(step.solutions), self.verb is Verb.PROPOSE),
            )
            if value and not taken
        ]
        if wrong:
            raise refused(*wrong)
        return Typed(
            by=caller.me.id,
            text=step.text,
            person=self._goer(tx, whole) if self.verb is Verb.DISPATCH else None,
            appointment=step.appointment.astimezone(UTC) if step.appointment else None,
            solutions=tuple(
                Solution(what=one.what, feasible=one.feasible) for one in step.solutions
            ),
        )

    def _goer(self, tx: Tx, whole: Dossier) -> PersonId:
        known = people_rows.by_code(tx, self.step.person)
        person = people_rows.present(tx, known.id) if known else None
        if person is None or not _can_go(person, whole):
            raise refused(("person", self.step.person, "api.accepts.person"))
        return person.id


def _can_go(person: Person, whole: Dossier) -> bool:
    """Whom the order's page offers: one of ours who has this site."""
    return bool(person.roles - {Role.CUSTOMER}) and (
        person.all_sites or whole.site.id in person.site_ids
    )


def seen(tx: Tx, caller: Caller, order_id: OrderId) -> Dossier:
    """Another's order is not even there."""
    whole = next(iter(dossiers.of_orders(tx, [order_id])), None)
    if whole is None or not caller.may(Permit.SEE_ORDER, whole.site.id, whole.site.customer_id):
        raise NotFoundError
    return whole


def _tag(whole: Dossier) -> str:
    return f'"{whole.order.version}"'
