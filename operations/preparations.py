"""The list that prepares an occasion (A08): written, ticked off; who must do it is reminded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from operations import duty as duty_desk
from operations import notices, refusals
from operations import occasions as occasion_desk
from operations.occasions import LONGEST_TEXT, NoSuchOccasionError
from operations.refusals import NotNowError
from rules import occasions as occasion_rules
from rules.duty import Span
from rules.model import Person, PersonId, Role, Severity
from rules.notices import Kind as NoticeKind
from rules.occasions import Kind, Occasion, Preparation, Stands
from rules.permits import Reach
from storage import occasions as occasion_rows
from storage import people as people_rows
from storage.db import Tx
from storage.views import occasions as occasion_view

MOST_ITEMS = 100
EARLIEST = timedelta(days=366)  # before the end of the occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the preparation list as it is written down."""

    kind: Kind
    text: str
    due_on: date
    person_id: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """An occasion that wants doing: what is due, and of it what is overdue."""

    occasion: Occasion
    due: Sequence[Preparation] = field(default=())
    overdue: int = 0


def prepare(tx: Tx, occasion_id: int, item: Item, by: PersonId, now: datetime) -> None:
    """One more line on the preparation list. Raises `NotNowError`."""
    occasion = occasion_desk.running(tx, occasion_id)
    if len(occasion_rows.preparations_of(tx, [occasion.id])) >= MOST_ITEMS:
        raise NotNowError("occasion.refused.too_many", field="text", most=MOST_ITEMS)
    _put(tx, occasion, item)
    occasion_desk.promise(tx, occasion, now)
    occasion_desk.note(
        tx, occasion, "preparation_added", by, now, text=item.text.strip()[:LONGEST_TEXT]
    )


def tick_off(tx: Tx, number: int, remark: str, by: PersonId, now: datetime) -> Preparation:
    """Done; the first who says so is kept."""
    item, occasion = _item(tx, number)
    if item.done_at is not None:
        return item
    done = {"done_at": now, "done_by": by, "remark": remark.strip()[:LONGEST_TEXT]}
    item = occasion_rows.change_preparation(tx, number, done)
    occasion_desk.promise(tx, occasion, now)
    occasion_desk.note(tx, occasion, "preparation_done", by, now, item=item.text, text=item.remark)
    return item


def take_back(tx: Tx, number: int, by: PersonId, now: datetime) -> Preparation:
    """Not done after all: it is owed again."""
    item, occasion = _item(tx, number)
    undone = {"done_at": None, "done_by": None}
    item = occasion_rows.change_preparation(tx, number, undone)
    occasion_desk.promise(tx, occasion, now)
    occasion_desk.note(tx, occasion, "preparation_reopened", by, now, item=item.text)
    return item


def strike(tx: Tx, number: int, by: PersonId, now: datetime) -> None:
    """Off the list: it was never needed."""
    item, occasion = _item(tx, number)
    occasion_rows.drop_preparation(tx, number)
    occasion_desk.promise(tx, occasion, now)
    occasion_desk.note(tx, occasion, "preparation_struck", by, now, item=item.text)


def remind(tx: Tx, occasion: Occasion, now: datetime) -> datetime | None:
    """The tick's question each morning: who must hear what is due, and the head what is overdue."""
    items = occasion_rows.preparations_of(tx, [occasion.id])
    if occasion.archived_at is None and now < occasion.ends_at:
        _remind(tx, occasion, items, now)
    return occasion_rules.next_morning(occasion, items, now, duty_desk.timezone(tx))


def pressing(tx: Tx, occasions: Iterable[Occasion], now: datetime) -> list[Pressing]:
    """Those of them that want doing today, with what is due."""
    known = {one.id: one for one in occasions if now < one.ends_at}
    today = now.astimezone(duty_desk.timezone(tx)).date()
    mine: dict[int, list[Preparation]] = {number: [] for number in known}
    for item in occasion_rows.preparations_of(tx, known):
        mine[item.occasion_id].append(item)
    found = []
    for number, items in mine.items():
        if due := occasion_rules.pressing(items, today):
            late = sum(occasion_rules.stands(one, today) is Stands.OVERDUE for one in due)
            found.append(Pressing(occasion=known[number], due=due, overdue=late))
    return sorted(found, key=lambda one: (-one.overdue, one.occasion.starts_at))


def of_reach(tx: Tx, reach: Reach, now: datetime) -> list[Pressing]:
    """What presses before the events somebody sees: for the board."""
    ahead = Span(starts_at=now, ends_at=now + EARLIEST)
    return pressing(tx, occasion_view.touching(tx, reach, ahead), now)


def _remind(tx: Tx, occasion: Occasion, items: Sequence[Preparation], now: datetime) -> None:
    today = now.astimezone(duty_desk.timezone(tx)).date()
    due = occasion_rules.pressing(items, today)
    owed: dict[PersonId, list[Preparation]] = {}
    for item in due:
        owed.setdefault(item.person_id or occasion.made_by, []).append(item)
    late = [one for one in due if occasion_rules.stands(one, today) is Stands.OVERDUE]
    head = duty_desk.on_duty(tx, now).head
    for person_id, theirs in owed.items():
        person = people_rows.present(tx, person_id) or head
        if person:
            _tell(tx, person, occasion, "due", theirs, f"{today}:{person_id}", now)
    if head and late:
        _tell(tx, head, occasion, "overdue", late, f"{today}:late", now)


def _tell(  # noqa: PLR0913, PLR0917 - whom, of what, how, and when
    tx: Tx,
    person: Person,
    occasion: Occasion,
    what: str,
    items: Sequence[Preparation],
    reason: str,
    now: datetime,
) -> None:
    facts = occasion_desk.said_of(occasion, what) | {"items": [item.text for item in items]}
    key = f"occasion:{occasion.id}:{what}:{reason}"
    severity = Severity.MAJOR if what == "overdue" else Severity.MINOR
    notices.tell(tx, person, NoticeKind.OCCASION, key=key, severity=severity, facts=facts, now=now)


def _put(tx: Tx, occasion: Occasion, item: Item) -> None:
    text = refusals.said(item.text, "occasion.refused.text", field="text", most=LONGEST_TEXT)
    person = people_rows.present(tx, item.person_id) if item.person_id else None
    if item.person_id and (person is None or not person.roles - {Role.CUSTOMER}):
        raise NotNowError("occasion.refused.person", field="person")
    last = occasion.ends_at.date()
    if not last - EARLIEST <= item.due_on <= last:
        raise NotNowError("occasion.refused.due_on", field="due_on")
    row = {"occasion_id": occasion.id, "kind": item.kind, "text": text, "due_on": item.due_on}
    occasion_rows.add_preparations(tx, [{**row, "person_id": item.person_id}])


def _item(tx: Tx, number: int) -> tuple[Preparation, Occasion]:
    item = occasion_rows.get_preparation(tx, number)
    if item is None:
        raise NoSuchOccasionError(number)
    occasion = occasion_desk.running(tx, item.occasion_id)
    held = occasion_rows.get_preparation(tx, number)  # as it is now that the list is held
    if held is None:
        raise NoSuchOccasionError(number)
    return held, occasion
