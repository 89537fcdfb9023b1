"""Customers' events and holidays (A08): planned, prepared for, and guarded on site."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operations import duty as duty_desk
from operations import notes, notices, refusals
from operations import rota as rota_desk
from operations.refusals import NotNowError
from rules import occasions as occasion_rules
from rules import permits
from rules.duty import Span
from rules.model import CustomerId, Layer, Person, PersonId, Role, Severity, SiteId
from rules.notices import Kind as NoticeKind
from rules.occasions import LONGEST, Guard, Occasion
from rules.rotations import Override, Why
from storage import deadlines
from storage import occasions as occasion_rows
from storage import people as people_rows
from storage import rotations as rotation_rows
from storage import sites as site_rows
from storage.db import Tx
from storage.views import names

LONGEST_NAME, LONGEST_TEXT = 200, 2000
AROUND = timedelta(days=1)  # (ours) extra duty may begin the evening before


class NoSuchOccasionError(LookupError):
    """There is no occasion, guard or preparation of that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish(Span):
    """What is planned. `customer_id` None: for all of us; `site_ids` empty: all of the customer."""

    name: str
    customer_id: CustomerId | None = None
    site_ids: tuple[SiteId, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra(Span):
    """Who is put on duty in which layer for it, above the usual rota."""

    layer: Layer
    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Span):
    """Who is to stand by where, and when."""

    site_id: SiteId
    person_id: PersonId


def plan(tx: Tx, wish: Wish, by: PersonId, now: datetime) -> Occasion:
    """Raises `NotNowError` beside the field that is wrong."""
    columns = _checked(tx, wish, now)
    occasion = occasion_rows.add(tx, {**columns, "made_at": now, "made_by": by})
    note(tx, occasion, "occasion_planned", by, now)
    return occasion


def change(tx: Tx, occasion_id: int, wish: Wish, by: PersonId, now: datetime) -> Occasion:
    """Guards outside its new span or sites stand down. Raises `NotNowError`."""
    before = running(tx, occasion_id)
    occasion = occasion_rows.change(tx, before.id, _checked(tx, wish, now))
    for guard in occasion_rows.guards_of(tx, occasion.id):
        if not _fits(tx, occasion, guard.site_id, guard):
            _stand_down(tx, occasion, guard, by, now)
    promise(tx, occasion, now)
    note(tx, occasion, "occasion_changed", by, now)
    return occasion


def archive(tx: Tx, occasion_id: int, by: PersonId, now: datetime) -> Occasion:
    """It does not take place, or is of no interest any more: guards and extra duty end with it."""
    occasion = running(tx, occasion_id)
    for guard in occasion_rows.guards_of(tx, occasion.id):
        if guard.ends_at > now:
            _stand_down(tx, occasion, guard, by, now)
    for extra in duty_of(tx, occasion.id):
        if extra.ends_at > now:
            rota_desk.revoke(tx, extra.id, by=by, now=now)
    occasion = occasion_rows.change(tx, occasion.id, {"archived_at": now})
    promise(tx, occasion, now)
    note(tx, occasion, "occasion_archived", by, now)
    return occasion


def post_guard(tx: Tx, occasion_id: int, post: Post, by: PersonId, now: datetime) -> Guard:
    """Somebody stands by on site, and is told. Raises `NotNowError`."""
    occasion = running(tx, occasion_id)
    person = people_rows.present(tx, post.person_id)
    if person is None or not person.roles - {Role.CUSTOMER}:
        raise NotNowError("occasion.refused.person", field="person")
    if not permits.goes_to(person, post.site_id):
        raise NotNowError("occasion.refused.not_there", field="person", name=person.name)
    if post.starts_at >= post.ends_at or post.ends_at <= now:
        raise NotNowError("occasion.refused.guard_span", field="starts_at")
    if not _fits(tx, occasion, post.site_id, post):
        raise NotNowError("occasion.refused.outside", field="starts_at")
    if occasion_rows.guards_by(tx, post.person_id, post):
        raise NotNowError("occasion.refused.elsewhere", field="person", name=person.name)
    columns = {name: getattr(post, name) for name in ("site_id", "person_id")}
    columns |= {"starts_at": post.starts_at, "ends_at": post.ends_at}
    guard = occasion_rows.add_guard(tx, {"occasion_id": occasion.id, **columns})
    _tell_guard(tx, occasion, guard, "posted", now)
    note(tx, occasion, "guard_posted", by, now, site_id=post.site_id, person=person.name)
    return guard


def stand_down(tx: Tx, guard_id: int, by: PersonId, now: datetime) -> None:
    """Nobody needs to stand by there any more; who would have is told."""
    guard = occasion_rows.get_guard(tx, guard_id)
    if guard is None:
        raise NoSuchOccasionError(guard_id)
    _stand_down(tx, running(tx, guard.occasion_id), guard, by, now)


def extra_duty(tx: Tx, occasion_id: int, extra: Extra, now: datetime) -> Override:
    """What the rota would be told of it. Raises `NotNowError` and `RotaError`."""
    occasion = running(tx, occasion_id)
    if extra.starts_at < occasion.starts_at - AROUND or extra.ends_at > occasion.ends_at + AROUND:
        raise NotNowError("occasion.refused.outside", field="starts_at")
    decided = Override(
        layer=extra.layer,
        person_id=extra.person_id,
        starts_at=extra.starts_at,
        ends_at=extra.ends_at,
        reason=occasion.name,
        kind=Why.OCCASION,
        occasion_id=occasion.id,
    )
    rota_desk.must_be_possible(tx, decided, now)
    return decided


def put_on_duty(tx: Tx, occasion_id: int, extra: Extra, by: PersonId, now: datetime) -> Override:
    """Extra duty (A08): an override of the rota that belongs to the event.

    Raises `NotNowError` and `RotaError`.
    """
    occasion, decided = running(tx, occasion_id), extra_duty(tx, occasion_id, extra, now)
    [override] = rota_desk.override_all(tx, [decided], by=by, now=now)
    name = names.person(tx, extra.person_id)
    note(tx, occasion, "occasion_duty_added", by, now, layer=extra.layer, person=name)
    return override


def drop_duty(tx: Tx, occasion_id: int, override_id: int, by: PersonId, now: datetime) -> None:
    """The rota is as it would be without it. Raises `NoSuchOccasionError` and `RotaError`."""
    occasion = running(tx, occasion_id)
    mine = {one.id: one for one in duty_of(tx, occasion.id)}
    if override_id not in mine:
        raise NoSuchOccasionError(override_id)
    rota_desk.revoke(tx, override_id, by=by, now=now)
    note(tx, occasion, "occasion_duty_dropped", by, now, layer=mine[override_id].layer)


def duty_of(tx: Tx, occasion_id: int) -> list[Override]:
    """The extra duty of an occasion that still holds, by time."""
    return sorted(
        rotation_rows.overrides_of_occasion(tx, occasion_id), key=lambda one: one.starts_at
    )


def guards_at(tx: Tx, site_id: SiteId, now: datetime) -> list[Person]:
    """Who stands by at that site at this instant: called first, beside the first layer (A08).

    Who has left, or looks after that site no more, is nobody's guard.
    """
    standing = occasion_rows.guards_at(tx, site_id, now)
    found = (people_rows.present(tx, guard.person_id) for guard in standing)
    able = (person for person in found if person and permits.goes_to(person, site_id))
    return list({person.id: person for person in able}.values())


def _tell_guard(tx: Tx, occasion: Occasion, guard: Guard, what: str, now: datetime) -> None:
    person = people_rows.present(tx, guard.person_id)
    if person is None:
        return
    span = {"starts_at": guard.starts_at.isoformat(), "ends_at": guard.ends_at.isoformat()}
    notices.tell(
        tx,
        person,
        NoticeKind.OCCASION,
        key=f"guard:{guard.id}:{what}:{now.isoformat()}",
        severity=Severity.MINOR,
        site_id=guard.site_id,
        facts=said_of(occasion, what) | span,
        now=now,
    )


def said_of(occasion: Occasion, what: str) -> dict[str, Any]:
    """What a letter about it says: `notice.occasion.<what>`, and the page it leads to."""
    return {
        "what": what,
        "name": occasion.name,
        "starts_at": occasion.starts_at.isoformat(),
        "ends_at": occasion.ends_at.isoformat(),
        "page": f"/occasions/{occasion.id}",
    }


def _stand_down(tx: Tx, occasion: Occasion, guard: Guard, by: PersonId, now: datetime) -> None:
    occasion_rows.drop_guard(tx, guard.id)
    if guard.ends_at > now:
        _tell_guard(tx, occasion, guard, "stood_down", now)
    name = names.person(tx, guard.person_id)
    note(tx, occasion, "guard_stood_down", by, now, site_id=guard.site_id, person=name)


def _checked(tx: Tx, wish: Wish, now: datetime) -> dict[str, Any]:
    name = refusals.said(wish.name, "occasion.refused.name", field="name", most=LONGEST_NAME)
    if wish.ends_at <= wish.starts_at or wish.ends_at <= now:
        raise NotNowError("occasion.refused.span", field="ends_at")
    if wish.ends_at - wish.starts_at > LONGEST:
        raise NotNowError("occasion.refused.too_long", field="ends_at", days=LONGEST.days)
    here = site_rows.of_customer(tx, wish.customer_id) if wish.customer_id else []
    if wish.customer_id and not here:
        raise NotNowError("occasion.refused.no_sites", field="customer")
    if not set(wish.site_ids) <= {site.id for site in here}:
        raise NotNowError("occasion.refused.sites", field="sites")
    return {
        "customer_id": wish.customer_id,
        "name": name,
        "site_ids": sorted(set(wish.site_ids)),
        "note": wish.note.strip()[:LONGEST_TEXT],
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
    }


def _fits(tx: Tx, occasion: Occasion, site_id: SiteId, span: Span) -> bool:
    """A guard stands within the occasion, at a site of it."""
    site = site_rows.get(tx, site_id)
    within = occasion.starts_at <= span.starts_at and span.ends_at <= occasion.ends_at
    known = site is not None and occasion_rules.concerns(occasion, site.id, site.customer_id)
    return within and known


def running(tx: Tx, occasion_id: int) -> Occasion:
    """Held, and in use. Raises `NoSuchOccasionError` and `NotNowError`."""
    occasion = occasion_rows.lock(tx, occasion_id)
    if occasion is None:
        raise NoSuchOccasionError(occasion_id)
    if occasion.archived_at is not None:
        raise NotNowError("occasion.refused.archived")
    return occasion


def promise(tx: Tx, occasion: Occasion, now: datetime) -> None:
    """The next morning on which somebody must hear of it."""
    items = occasion_rows.preparations_of(tx, [occasion.id])
    at = occasion_rules.next_morning(occasion, items, now, duty_desk.timezone(tx))
    deadlines.put(tx, deadlines.Kind.OCCASION, "occasion", occasion.id, at)


def note(
    tx: Tx,
    occasion: Occasion,
    verb: str,
    by: PersonId,
    now: datetime,
    *,
    site_id: SiteId | None = None,
    **facts: Any,
) -> None:
    """In the journal, under a site of the event: whoever sees none of them does not read it."""
    if site_id is None and occasion.customer_id is not None:  # else all of us would read of it
        own = site_rows.of_customer(tx, occasion.customer_id)
        site_id = next(iter(occasion.site_ids or (site.id for site in own)), None)
    told, record = {"name": occasion.name, **facts}, f"occasions/{occasion.id}"
    notes.of_act(tx, verb, by, now, told, record=record, site_id=site_id)
