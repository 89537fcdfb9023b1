"""An event as JSON to an outside program: a `[[webhook]]` of the settings.

Signed like every webhook of ours (`notify/webhook.py`); the body is the event itself, written when
it was put into the outbox. Any 2xx takes it. Whatever else is answered, it comes again: the
program may be under repair. `Idempotency-Key` is the same each time.
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from notify.address import take_apart
from notify.channel import READ_S, Channel, Letter, UndeliveredError
from notify.webhook import WebhookProvider
from rules.notices import Result


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HookPlan:
    """A `[[webhook]]`; `channel` is what its notices in the outbox are addressed to."""

    name: str
    channel: str
    url: str
    secret_file: Path
    ca_file: Path | None = None


class EventHook(WebhookProvider):
    def __init__(self, plan: HookPlan, *, timeout_s: float = READ_S) -> None:
        files = {"secret_file": str(plan.secret_file)}
        if plan.ca_file:
            files["ca_file"] = str(plan.ca_file)
        address = dataclasses.replace(take_apart(plan.url, options=()), options=files)
        super().__init__(address, timeout_s=timeout_s)
        self.label = f"{address.label}#{plan.name}"

    def body(self, letter: Letter) -> bytes:
        try:
            json.loads(letter.body)
        except ValueError:
            words = "the event could not be read"
            raise UndeliveredError(words, result=Result.FAILED) from None
        return letter.body.encode()


def channel(plan: HookPlan) -> Channel:
    """Raises `ProviderAddressError`."""
    return Channel(name=plan.channel, providers=(EventHook(plan),))
