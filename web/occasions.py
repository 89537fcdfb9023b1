"""The page of one event: what it shows, and what is said beside a form that was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from operations import occasions as occasion_desk
from operations.refusals import NotNowError
from rules import occasions as occasion_rules
from rules.assets import Site
from rules.model import CustomerId, Layer
from rules.occasions import Kind, Occasion
from rules.permits import Verb
from storage import journal
from storage import occasions as occasion_rows
from storage import people as people_rows
from storage import sites as site_rows
from storage.db import Tx, reading
from storage.views import names
from storage.views import occasions as occasion_view
from web import timeline
from web.figures import instant_of, local_form
from web.timeline import Moment
from web.wired import ForbiddenError, NotFoundError, Viewer, page
from wiring.parts import Parts

TOLD = 20  # lines of its journal
ITEM_VERBS: Mapping[str, Verb] = {"done": Verb.WORK, "open": Verb.WORK, "strike": Verb.SET_ROTA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form as it came back. `form` says which of the page's forms was refused, and why."""

    form: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    sites: frozenset[str] = frozenset()
    wrong: Mapping[str, str] = field(default_factory=dict)
    said: str = ""

    def of(self, form: str, name: str, otherwise: object = "") -> str:
        """What stands in that field: what was typed, else what is known."""
        return self.fields.get(name, "") if form == self.form else str(otherwise)

    def error(self, form: str, name: str) -> str:
        return self.wrong.get(name, "") if form == self.form else ""

    def instant(self, name: str, timezone: str) -> datetime:
        """Raises `NotNowError` beside the field."""
        at = instant_of(self.fields[name], timezone)
        if at is None:
            raise NotNowError("occasion.refused.instant", field=name)
        return at

    def refused(
        self, visitor: Viewer, message_id: str, field: str = "", **facts: object
    ) -> "Typed":
        """With what is wrong, beside its field where there is one."""
        said = visitor.say(message_id, **facts)
        return replace(self, wrong={field: said} if field else {}, said="" if field else said)


def seen(tx: Tx, visitor: Viewer, occasion_id: int) -> Occasion:
    """Another customer's is not even there."""
    occasion = occasion_rows.get(tx, occasion_id)
    if occasion is None or not _in_reach(tx, visitor, occasion.customer_id):
        raise NotFoundError
    return occasion


def changeable(tx: Tx, visitor: Viewer, occasion_id: int) -> Occasion:
    """Only by whom all its sites are open to: what concerns all of us by who sees all of us."""
    visitor.must(Verb.SET_ROTA)
    occasion = seen(tx, visitor, occasion_id)
    if not _may_change(tx, visitor, occasion):
        raise ForbiddenError("permit.site")
    return occasion


def sites_of(tx: Tx, visitor: Viewer, occasion: Occasion) -> list[Site]:
    """Those of its customer that the viewer sees; of all of us, all sites."""
    if occasion.customer_id is None:
        found = site_rows.all_sites(tx)
    else:
        found = site_rows.of_customer(tx, occasion.customer_id)
    return [one for one in found if visitor.may(Verb.SEE_SITE, one.id, one.customer_id)]


def item_to(tx: Tx, visitor: Viewer, occasion_id: int, item_id: int, verb: str) -> int:
    """The item, if the viewer may do that with it: `done`, `open` or `strike`."""
    item = occasion_rows.get_preparation(tx, item_id)
    mine = item is not None and item.person_id == visitor.me.id and verb != "strike"
    if not mine:
        visitor.must(ITEM_VERBS.get(verb, Verb.WORK))
    occasion = seen(tx, visitor, occasion_id)
    if item is None or item.occasion_id != occasion.id or verb not in ITEM_VERBS:
        raise NotFoundError
    if verb == "strike":
        changeable(tx, visitor, occasion_id)
    return item.id


def shown(
    request: Request, parts: Parts, visitor: Viewer, occasion_id: int, typed: Typed | None = None
) -> Response:
    """The whole page; `typed` is the form that was refused, or is still being filled in."""
    with reading(parts.database) as tx:
        values = _values(tx, visitor, seen(tx, visitor, occasion_id))
    status = 422 if typed and (typed.wrong or typed.said) else 200
    return page(
        request, visitor, "occasions/one.html", status=status, typed=typed or Typed(), **values
    )


def _values(tx: Tx, visitor: Viewer, occasion: Occasion) -> dict[str, object]:
    guards = occasion_rows.guards_of(tx, occasion.id)
    items = occasion_rows.preparations_of(tx, [occasion.id])
    duty = occasion_desk.duty_of(tx, occasion.id)
    mentioned = [occasion.made_by, *(one.person_id for one in guards)]
    mentioned += [number for one in items for number in (one.person_id, one.done_by) if number]
    mentioned += [one.person_id for one in duty if one.person_id]
    today = visitor.now.astimezone(ZoneInfo(visitor.timezone)).date()
    over = occasion.archived_at is not None or occasion.ends_at <= visitor.now
    clients = {one.id: one.name for one in occasion_view.clients(tx, visitor.reach)}
    return {
        "occasion": occasion,
        "customer": clients.get(occasion.customer_id, "") if occasion.customer_id else "",
        "sites": sites_of(tx, visitor, occasion),
        "guards": guards,
        "duty": duty,
        "items": [(one, occasion_rules.stands(one, today)) for one in items],
        "people": names.of_people(tx, mentioned),
        "staff": people_rows.all_staff(tx),
        "told": _told(tx, visitor, occasion),
        "over": over,
        "changeable": not over and _may_change(tx, visitor, occasion),
        "layers": list(Layer),
        "kinds": list(Kind),
        "local": lambda at: local_form(at, visitor.timezone),
        "today": today,
    }


def _told(tx: Tx, visitor: Viewer, occasion: Occasion) -> list[Moment]:
    """What was done about it, the youngest first."""
    entries = journal.of_record(tx, f"occasions/{occasion.id}", limit=TOLD)
    people = names.of_people(tx, [one.person_id for one in entries])
    return timeline.moments(visitor.language, entries, (), people)


def _may_change(tx: Tx, visitor: Viewer, occasion: Occasion) -> bool:
    if occasion.customer_id is None:
        return bool(visitor.reach.everything and visitor.may(Verb.SET_ROTA))
    own = site_rows.of_customer(tx, occasion.customer_id)
    return all(
        visitor.may(Verb.SET_ROTA, site.id, site.customer_id)
        for site in own
        if not occasion.site_ids or site.id in occasion.site_ids
    )


def _in_reach(tx: Tx, visitor: Viewer, customer_id: CustomerId | None) -> bool:
    if customer_id is None or visitor.reach.everything:
        return True
    own = site_rows.of_customer(tx, customer_id)
    return any(visitor.may(Verb.SEE_SITE, site.id, customer_id) for site in own)
