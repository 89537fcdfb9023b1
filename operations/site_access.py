"""How one gets into a site: kept current, seen by whoever goes there, on record (E02, C12)."""

from datetime import datetime

from operations import notes
from rules import site_access
from rules.model import OrderId, PersonId, SiteId, WorkOrder
from rules.policy import Policy
from rules.site_access import AccessCard, Unfit
from rules.travel import Way, way_to
from storage import access_cards, journal
from storage.db import Tx


class CardError(ValueError):
    """The card cannot be kept like this; `unfit` names the field and says why."""

    def __init__(self, unfit: Unfit) -> None:
        super().__init__(unfit.message_id)
        self.unfit = unfit


def change(tx: Tx, site_id: SiteId, card: AccessCard, *, by: PersonId, now: datetime) -> bool:
    """False when nothing is different. Raises `CardError`."""
    if unfit := site_access.unfit(card):
        raise CardError(unfit)
    before = access_cards.get(tx, site_id)
    if card == before:
        return False
    access_cards.put(tx, site_id, card, by=by, now=now)
    changed = [
        name for name in AccessCard.__slots__ if getattr(card, name) != getattr(before, name)
    ]
    _note(tx, "access_card_changed", site_id, by, now, fields=changed)
    return True


def look(tx: Tx, site_id: SiteId, *, by: PersonId, now: datetime) -> AccessCard:
    """Whoever asks to see it is on record."""
    _note(tx, "contacts_seen", site_id, by, now)
    return access_cards.get(tx, site_id)


def look_for(tx: Tx, order: WorkOrder, *, by: PersonId, now: datetime) -> AccessCard:
    """Whoever has the order sees it with the order: on record once."""
    seen = journal.told_by(tx, order.id, "access_seen", by)
    if not seen:
        _note(tx, "access_seen", order.site_id, by, now, order_id=order.id)
    return access_cards.get(tx, order.site_id)


def written(tx: Tx, order: WorkOrder) -> tuple[str, ...]:
    """What is known of getting in, by name only: for whoever does not have the order yet."""
    return access_cards.get(tx, order.site_id).written


def way(tx: Tx, order: WorkOrder, policy: Policy) -> Way | None:
    """How long it takes to get there (E03)."""
    return way_to(access_cards.get(tx, order.site_id).travel_min, order.zone, policy.travel)


def _note(
    tx: Tx,
    verb: str,
    site_id: SiteId,
    by: PersonId,
    now: datetime,
    *,
    order_id: OrderId | None = None,
    **facts: object,
) -> None:
    record = f"sites/{site_id}"
    notes.of_act(tx, verb, by, now, facts, record=record, site_id=site_id, order_id=order_id)
