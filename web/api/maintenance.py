"""Maintenance mode: what is worked on, begun, prolonged and ended by programs too."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from operations import maintenance as maintenance_desk
from operations.maintenance import Subject, Wish
from rules.maintenance import Scope, Window, WindowId, Work
from rules.model import PersonId, Role
from rules.permits import Verb
from storage import devices as device_rows
from storage import maintenance as window_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage import systems as system_rows
from storage.api_answers import Answer
from storage.db import Tx, reading
from storage.views import maintenance as maintenance_view
from storage.views.maintenance import Ahead, Line, Wanted
from web.api.asked import Asked, Id, Paged, Strict
from web.api.asked import Line as OneLine
from web.api.callers import Caller, DeviceReader, Maintainer
from web.api.once import answered, once
from web.api.problems import refused
from web.wired import NotFoundError, Wired

router = APIRouter(tags=["maintenance"])


class Where(Paged):
    """`device`: its own, its system's and its site's."""

    site: OneLine = ""
    device: OneLine = ""


class Filter(Where):
    state: Literal["running", "over", "all"] = "running"


class Begin(Strict):
    """Of a device, else of a system, else of the whole site; it begins at once.

    `until` lies at most eight hours ahead. `owner` is a person's code; without it the token's own.
    """

    site: Annotated[OneLine, Field(min_length=1)]
    system: OneLine = ""
    device: OneLine = ""
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
    until: AwareDatetime
    owner: OneLine = ""


class Until(Strict):
    """Another end, at most eight hours from now."""

    until: AwareDatetime


class Named(BaseModel):
    """Planned or under way. `code` of what is worked on.

    A customer is not told who of ours is responsible.
    """

    id: str
    site: str
    scope: Scope
    code: str
    owner: str | None
    reason: str
    starts_at: datetime
    ends_at: datetime


class Maintenance(Named):
    """`code` of what is worked on; `ends_at` as promised, `ended_at` as it was.

    `held`: open faults that are raised if they are still there at its end. A customer is not told
    who of ours is responsible.
    """

    ended_at: datetime | None
    held: int


class AllMaintenance(BaseModel):
    items: list[Maintenance]
    next: str | None


@router.get("/maintenance")
def listed(parts: Wired, caller: DeviceReader, asked: Annotated[Filter, Query()]) -> AllMaintenance:
    running = None if asked.state == "all" else asked.state == "running"
    wanted = Wanted(reach=caller.reach, running=running, site=asked.site, device=asked.device)
    with reading(parts.database) as tx:
        found = maintenance_view.listed(tx, wanted, before=asked.before, limit=asked.limit)
    return AllMaintenance(
        items=[_one(line, caller) for line in found.rows], next=found.next or None
    )


@router.post("/maintenance", status_code=201, response_model=Maintenance)
def start(parts: Wired, caller: Maintainer, asked: Asked, said: Begin) -> Response:
    caller.must(Verb.MAINTAIN_DEVICE)

    def work(tx: Tx) -> Answer:
        subject, wish = wished(tx, caller, said)
        window = maintenance_desk.start(tx, subject, wish, caller.me.id, caller.now)
        return answered(_again(tx, caller, window), 201)

    return once(parts, caller, asked, said, work)


@router.post("/maintenance/{window_id}/prolong", response_model=Maintenance)
def prolong(parts: Wired, caller: Maintainer, asked: Asked, window_id: Id, said: Until) -> Response:
    until = said.until.astimezone(UTC)
    act = _acting(
        caller,
        window_id,
        lambda tx, number: maintenance_desk.prolong(tx, number, until, caller.me.id, caller.now),
    )
    return once(parts, caller, asked, said, act)


@router.post("/maintenance/{window_id}/end", response_model=Maintenance)
def end(parts: Wired, caller: Maintainer, asked: Asked, window_id: Id) -> Response:
    act = _acting(
        caller,
        window_id,
        lambda tx, number: maintenance_desk.end(tx, number, caller.me.id, caller.now),
    )
    return once(parts, caller, asked, None, act)


def _acting(
    caller: Caller, window_id: str, act: Callable[[Tx, WindowId], Window]
) -> Callable[[Tx], Answer]:
    """Another's is not even there."""

    def work(tx: Tx) -> Answer:
        window = window_rows.get(tx, WindowId(int(window_id)))
        if window is None:
            raise NotFoundError
        must_maintain(tx, caller, window)
        return answered(_again(tx, caller, act(tx, window.id)))

    return work


def must_maintain(tx: Tx, caller: Caller, work: Work) -> None:
    """Another's is not even there."""
    subject = maintenance_desk.subject_of(tx, *work.subject)
    if subject is None:
        raise NotFoundError
    site = subject.site
    if not caller.may(Verb.SEE_SITE, site.id, site.customer_id):
        raise NotFoundError
    caller.must(Verb.MAINTAIN_DEVICE, site.id, site.customer_id)


def wished(tx: Tx, caller: Caller, said: Begin) -> tuple[Subject, Wish]:
    """What is to be worked on, and how; refused field by field."""
    subject = _subject(tx, caller, said)
    owner = _owner(tx, caller, said.owner) if said.owner else caller.me.id
    wish = Wish(owner_id=owner, reason=said.reason, until=said.until.astimezone(UTC))
    return subject, wish


def _subject(tx: Tx, caller: Caller, said: Begin) -> Subject:
    """The device, else the system, else the site that was named."""
    site = site_rows.by_code(tx, said.site)
    if site is None or not caller.may(Verb.MAINTAIN_DEVICE, site.id, site.customer_id):
        raise refused(("site", said.site, "api.accepts.site"))
    field, scope, number = "site", Scope.SITE, int(site.id)
    if said.device:
        device = device_rows.by_code(tx, said.site, said.device)
        field, scope, number = "device", Scope.DEVICE, int(device.id) if device else 0
    elif said.system:
        system = system_rows.by_code(tx, said.site, said.system)
        field, scope, number = "system", Scope.SYSTEM, int(system.id) if system else 0
    subject = maintenance_desk.subject_of(tx, scope, number)
    if subject is None or not subject.in_use:
        raise refused((field, getattr(said, field), f"api.accepts.{field}"))
    return subject


def _owner(tx: Tx, caller: Caller, code: str) -> PersonId:
    known = people_rows.by_code(tx, code)
    person = people_rows.present(tx, known.id) if known else None
    if person is None or not person.roles - {Role.CUSTOMER} or not caller.may(Verb.DISPATCH):
        raise refused(("owner", code, "api.accepts.person"))
    return person.id


def _again(tx: Tx, caller: Caller, window: Window) -> Maintenance:
    wanted = Wanted(reach=caller.reach, subjects=[window.subject])
    [line] = maintenance_view.listed(tx, wanted, before=window.id + 1, limit=1).rows
    return _one(line, caller)


def named(number: int, work: Work, line: Line | Ahead, caller: Caller) -> dict[str, Any]:
    """The fields of `Named`."""
    ours = caller.me.roles != {Role.CUSTOMER}
    return {
        "id": str(number),
        "site": line.site_code,
        "scope": work.scope,
        "code": line.code,
        "owner": line.owner_code if ours else None,
        "reason": work.reason,
        "starts_at": work.starts_at,
        "ends_at": work.ends_at,
    }


def _one(line: Line, caller: Caller) -> Maintenance:
    window = line.window
    said = named(window.id, window, line, caller)
    return Maintenance(**said, ended_at=window.ended_at, held=line.held)
