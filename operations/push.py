"""A person has a browser told: from then on it is one of their addresses, on the channel `push`."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from operations import notes
from operations.refusals import NotNowError
from rules import push as push_rules
from rules.model import Person
from storage import push
from storage.db import Tx
from storage.push import Subscription

MOST = 10  # browsers of one person (ours)
_POINT, _AUTH = 65, 16  # bytes of the browser's key and of its secret (RFC 8291)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Browser:
    """What the browser says of itself when its owner agrees."""

    endpoint: str
    p256dh: str
    auth: str
    device: str


def subscribe(
    tx: Tx, person: Person, browser: Browser, hosts: Collection[str], now: datetime
) -> Subscription:
    """Raises `NotNowError` for an address of no browser's push service, or keys that are none."""
    if not push_rules.permitted(browser.endpoint, hosts):
        raise NotNowError("push.refused.host", field="endpoint")
    if not (_is_key(browser.p256dh, _POINT) and _is_key(browser.auth, _AUTH)):
        raise NotNowError("push.refused.key", field="p256dh")
    held = push.of_people(tx, [person.id]).get(person.id, [])
    if len(held) >= MOST and browser.endpoint not in {one.endpoint for one in held}:
        raise NotNowError("push.refused.most", field="endpoint", most=MOST)
    made = push.add(
        tx,
        person.id,
        browser.endpoint,
        browser.p256dh,
        browser.auth,
        browser.device,
        now,
    )
    notes.of_act(tx, "push_on", person.id, now, {"device": browser.device})
    return made


def unsubscribe(tx: Tx, person: Person, subscription_id: int, now: datetime) -> bool:
    """One of one's own; False when there is none such."""
    held = push.get(tx, subscription_id)
    if held is None or held.person_id != person.id:
        return False
    push.end(tx, held.id, now)
    notes.of_act(tx, "push_off", person.id, now, {"device": held.device})
    return True


def _is_key(given: str, length: int) -> bool:
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except (binascii.Error, ValueError):
        return False
    return len(raw) == length
