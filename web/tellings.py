"""What the form of a point says, done in one transaction: values, one item, or all that is open.

A double tap finds its word already there; a stale page is told so, and nothing is done.
"""

from typing import Any

from pydantic import BaseModel, Field

from operations import inspections as inspection_desk
from operations.refusals import NotNowError
from rules.inspections import Answer, Item, ItemId, Point, Result
from storage import inspections as inspection_rows
from storage.db import Tx
from web import inspecting
from web.inspecting import Trouble
from web.wired import NotFoundError, Viewer
from wiring.parts import Parts

CONFLICT = 409
VALUES = "values"  # what was measured is kept, nothing else is said
_SHORT = Field(default="", max_length=64)
_NOTE = Field(default="", max_length=2000)


class Said(BaseModel):
    """What the form of a point sends: `say` is a result, of all open items or of one: `normal-7`.

    `of` and `value` go in pairs: which item was measured, and what was typed.
    """

    say: str = _SHORT
    seen: str = _SHORT
    of: list[str] = Field(default_factory=list, max_length=200)
    value: list[str] = Field(default_factory=list, max_length=200)
    item_abnormal: str = _SHORT
    note_abnormal: str = _NOTE
    item_not_checked: str = _SHORT
    note_not_checked: str = _NOTE


class Beside(Exception):  # noqa: N818 - it carries what the page says
    """Nothing of what was sent has been done: the transaction is left by it."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


def answered(tx: Tx, visitor: Viewer, parts: Parts, before: Point, said: Said) -> Trouble | None:
    """Raises `Beside`; what came twice is done already."""
    inspection_rows.lock(tx, before.inspection_id)
    now = inspection_rows.point(tx, before.id)
    if now is None:
        raise NotFoundError
    result, item = _meant(said, now)
    note = getattr(said, f"note_{result}", "") if result else ""
    typed = {ItemId(int(of)): value for of, value in _pairs(said)}
    if said.seen and said.seen != inspecting.fingerprint(now):
        if _is_done(now, result, item, note):
            return None
        return Trouble(message=visitor.say("sheet.changed_meanwhile"), status=CONFLICT)
    tell = _Telling(tx, visitor, parts, now, typed)
    tell.values(but=item if result is not Result.NORMAL else None)
    if result is None:
        return None
    if item:
        tell.one(item, result, note)
    else:
        tell.rest(result, note)
    return None


class _Telling:
    """One form's words, said item by item in its transaction."""

    def __init__(
        self, tx: Tx, visitor: Viewer, parts: Parts, point: Point, typed: dict[ItemId, str]
    ) -> None:
        self._tx, self._visitor, self._point, self._typed = tx, visitor, point, typed
        self._policy = parts.policy

    def values(self, *, but: Item | None) -> None:
        """Each figure typed anew makes its item normal, when it is inside its limits."""
        for item in self._point.items:
            value = self._value(item)
            if value is None or item == but or value == item.value:
                continue
            kept = item.result is Result.ABNORMAL
            result = Result.ABNORMAL if kept else Result.NORMAL
            self._say(item, Answer(result=result, note=item.note if kept else "", value=value))

    def one(self, item: Item, result: Result, note: str) -> None:
        value = None if result is Result.NOT_CHECKED else self._value(item)
        self._say(item, Answer(result=result, note=note, value=value))

    def rest(self, result: Result, note: str) -> None:
        me, now = self._visitor.me.id, self._visitor.now
        try:
            inspection_desk.answer_point(
                self._tx, self._point.id, Answer(result=result, note=note), me, self._policy, now
            )
        except NotNowError as error:
            raise Beside(self._trouble(error, result, note, None)) from error

    def _say(self, item: Item, answer: Answer) -> None:
        me, now = self._visitor.me.id, self._visitor.now
        try:
            inspection_desk.answer(self._tx, item.id, answer, me, self._policy, now)
        except NotNowError as error:
            raise Beside(self._trouble(error, answer.result, answer.note, item)) from error

    def _value(self, item: Item) -> float | None:
        """What was typed for the item, read as people write figures."""
        text = self._typed.get(item.id, "").strip().replace(",", ".").replace("。", ".")
        if not text or not item.unit:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not -1e9 < value < 1e9:  # noqa: PLR2004 - nothing on a site measures more
            message = self._visitor.say("inspection.refused.number", unit=item.unit)
            raise Beside(self._beside(message, f"value-{item.id}"))
        return value

    def _trouble(self, error: NotNowError, result: Result, note: str, item: Item | None) -> Trouble:
        facts = {name: _plain(fact) for name, fact in error.facts.items()}
        message = self._visitor.say(error.message_id, **facts)
        if error.field == "value" and item:
            return self._beside(message, f"value-{item.id}")
        beside = str(result) if error.field == "note" else ""
        return self._beside(message, beside, note=note, item=item.id if item else None)

    def _beside(self, message: str, beside: str, **more: Any) -> Trouble:
        return Trouble(message=message, beside=beside, values=self._typed, **more)


def _plain(fact: Any) -> Any:
    return f"{fact:g}" if isinstance(fact, float) else fact


def _pairs(said: Said) -> list[tuple[str, str]]:
    pairs = zip(said.of, said.value, strict=False)
    return [(of, value[:32]) for of, value in pairs if of.isdecimal() and len(of) < 19]  # noqa: PLR2004


def _meant(said: Said, point: Point) -> tuple[Result | None, Item | None]:
    """Which result, and of which item; no item: of all that are open."""
    word, _, number = said.say.partition("-")
    if word not in set(Result):
        if word in {VALUES, ""}:
            return None, None
        raise NotFoundError
    chosen = number or getattr(said, f"item_{word}", "")
    if not chosen:
        return Result(word), None
    found = (one for one in point.items if str(one.id) == chosen)
    if item := next(found, None):
        return Result(word), item
    raise NotFoundError


def _is_done(point: Point, result: Result | None, item: Item | None, note: str) -> bool:
    """Does the point say already what was sent?"""
    if result is None or item is None:
        return point.answered
    return (item.result, item.note) == (result, note.strip())
