"""The ladder as it was climbed in the past (A02): the first and the head at once, then higher."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ringwatch.demo.company.letters import WORDS, Letters, Scene
from ringwatch.demo.company.past import Visit
from rules.escalation import Why
from rules.model import Layer, Person, PersonId
from rules.notices import Kind, Result
from storage.journal import Entry

_OUT_OF_REACH = 0.3  # of those who did not answer: no channel got to them


class Ladder:
    """Tells whom an order's visit names, and says what is to stand in the journal of it."""

    def __init__(self, people: Mapping[PersonId, Person], letters: Letters) -> None:
        self._people, self._letters = people, letters

    def climb(self, visit: Visit, scene: Scene) -> Iterator[Entry]:
        first, head = self._people[visit.first], self._people[visit.head]
        unreached = visit.second_answered and self._letters.missing(_OUT_OF_REACH)
        for number, (minutes, person, layer, why) in enumerate(self._rungs(visit), start=1):
            facts = {"layer": layer, "why": why, "nobody_on_duty": False}
            at = scene.order.opened_at + timedelta(minutes=minutes)
            key, matter = f"order:{scene.order.id}:page:{number}", scene.to(person, head)
            more = {"channels": len(person.channels), "page": number}
            yield _called(scene, at, "paged", person, facts | more)
            if unreached and person is first:
                over_at = self._letters.lose(matter, Kind.PAGE, key, facts, at)
                yield self._bury(scene, first, head, key, over_at)
            else:
                self._letters.tell(matter, Kind.PAGE, key, facts, at)
        yield self._report(scene, first, head)

    def _rungs(self, visit: Visit) -> list[tuple[int, Person, Layer, Why]]:
        """Minutes after the opening, who, in which layer, and why."""
        first, second = self._people[visit.first], self._people[visit.second]
        rungs = [(0, first, Layer.FIRST, Why.NEW_FAULT)]
        if visit.second_answered:
            rungs.append((5, first, Layer.FIRST, Why.NOBODY_ANSWERED))
            rungs.append((10, second, Layer.SECOND, Why.NOBODY_ANSWERED))
        return rungs

    def _report(self, scene: Scene, first: Person, head: Person) -> Entry:
        facts: dict[str, Any] = {"paged": [first.name], "nobody_on_duty": False}
        at, key = scene.order.opened_at, f"order:{scene.order.id}:report"
        self._letters.tell(scene.to(head, first), Kind.REPORT, key, facts, at)
        return _called(scene, at, "head_told", head, facts | {"channels": len(head.channels)})

    def _bury(self, scene: Scene, missed: Person, head: Person, key: str, at: datetime) -> Entry:
        """What reached nobody is told to the head, and is on record."""
        channel, words = missed.channels[0].channel, WORDS[Result.FAILED]
        facts = {"channel": channel, "words": words}
        about = {"missed_id": missed.id, "missed_kind": Kind.PAGE, **facts}
        matter = scene.to(head, missed=missed)
        self._letters.tell(matter, Kind.DEAD_LETTER, f"dead:{key}:{missed.id}", about, at)
        noted = {"kind": Kind.PAGE, "person": missed.name, **facts}
        return _entry(scene, at, "undelivered", noted, actor="system", person_id=missed.id)


def _called(scene: Scene, at: datetime, verb: str, person: Person, facts: dict[str, Any]) -> Entry:
    who = {"person": person.name, "person_id": person.id}
    return _entry(scene, at, verb, {**who, **facts}, actor="clock")


def _entry(scene: Scene, at: datetime, verb: str, facts: dict[str, Any], **by: Any) -> Entry:
    order = scene.order
    return Entry(
        at=at,
        verb=verb,
        facts=facts,
        order_id=order.id,
        fault_id=order.root_fault_id,
        site_id=order.site_id,
        **by,
    )
