"""What a customer was told of the last orders (C14), in the words and at the hours of the house."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from operations import tellings as telling_desk
from operations.tellings import About
from ringwatch.demo.company.letters import Letters, Scene
from rules import tellings as rules
from rules.model import Person, WorkOrder
from rules.notices import Kind
from rules.tellings import Step, Told
from storage import tellings as telling_rows
from storage.db import Tx
from storage.journal import Entry

LATELY = timedelta(days=14)
Happening = tuple[datetime, str, Mapping[str, Any]]  # when, the journal's verb, its facts


class Customers:
    """Tells those who have somebody to read it, of orders opened since `since`."""

    def __init__(self, tx: Tx, base_url: str, since: datetime) -> None:
        self._tx, self._since = tx, since
        self._letters = Letters(tx, base_url)

    def hear(self, scene: Scene, order: WorkOrder, story: Sequence[Happening]) -> Iterator[Entry]:
        """Send what was worth a letter; what is to stand in the order's journal of it."""
        if order.opened_at < self._since:
            return
        about = telling_desk.about_order(self._tx, order)
        found = telling_desk.audience(self._tx, about.site, about.customer) if about else None
        if about is None or found is None or not found.contacts:
            return
        steps = [one for one in _steps(order, story) if one[1] in about.wishes.steps]
        ends = [at for at, *_ in steps[1:]]
        for (at, step, verb, facts), over_at in zip_longest(steps, ends):
            told = replace(about, outcome=rules.outcome_of(verb, facts))
            goes_at = rules.not_before(order, step, told.wishes, ZoneInfo(told.site.timezone), at)
            if over_at is None or goes_at <= over_at:
                self._send(scene, found.contacts, step, told, goes_at)
            said = telling_desk.record(self._tx, step, told, found.contacts)
            yield telling_rows.entry(order, telling_rows.TOLD, said, at)

    def _send(
        self, scene: Scene, readers: Sequence[Person], step: Step, told: About, at: datetime
    ) -> None:
        for reader in readers:
            said = telling_desk.letter(self._tx, reader, step, told)
            key = f"telling:{scene.order.id}:{step}"
            self._letters.tell(scene.to(reader), Kind.TELLING, key, said, at)


def _steps(
    order: WorkOrder, story: Sequence[Happening]
) -> Iterator[tuple[datetime, Step, str, Mapping[str, Any]]]:
    before: list[Told] = []
    for at, verb, facts in story:
        if step := rules.step_of(verb, facts, order, before):
            until = rules.until_of(order).isoformat()
            before.append(Told(step=step, who=order.holder_id, until=until))
            yield at, step, verb, facts
