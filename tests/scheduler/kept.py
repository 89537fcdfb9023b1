"""What the night left behind, read back: who was paged when, and how late."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rules.model import OrderId
from storage import deadlines, journal
from storage.db import Database, reading
from storage.deadlines import Deadline

ALLOWED = timedelta(seconds=15)  # real seconds, on a busy machine


def pages(database: Database, order_id: OrderId) -> list[tuple[str, datetime]]:
    """(person, when), oldest first."""
    return _said(database, order_id, "paged")


def sent_off(database: Database, order_id: OrderId) -> list[tuple[str, datetime]]:
    return _said(database, order_id, "told_to_go")


def warnings(database: Database, order_id: OrderId) -> list[tuple[int, datetime]]:
    with reading(database) as tx:
        entries = journal.of_order(tx, order_id)
    return [(entry.facts["percent"], entry.at) for entry in entries if entry.verb == "warned"]


def owed(database: Database, now: datetime) -> list[Deadline]:
    with reading(database) as tx:
        return deadlines.due(tx, now, 10_000)


def assert_kept(
    said: Sequence[tuple[str, datetime]], promised: Iterable[tuple[str, datetime]]
) -> None:
    """Everybody who was promised a call got exactly that one, and in its time."""
    promised = list(promised)
    assert Counter(who for who, _ in said) == Counter(who for who, _ in promised)
    for who in {who for who, _ in promised}:
        made = sorted(at for name, at in said if name == who)
        due = sorted(at for name, at in promised if name == who)
        for was, should in zip(made, due, strict=True):
            assert should <= was <= should + ALLOWED, f"{who}: {was - should} late"


def _said(database: Database, order_id: OrderId, verb: str) -> list[tuple[str, datetime]]:
    with reading(database) as tx:
        entries = journal.of_order(tx, order_id)
    return [(entry.facts["person"].lower(), entry.at) for entry in entries if entry.verb == verb]
