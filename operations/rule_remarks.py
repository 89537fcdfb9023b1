"""Write down where a rule does not fit the work, and what comes of it (A18)."""

from datetime import datetime

from rules.model import PersonId
from storage import journal
from storage import rule_remarks as remark_rows
from storage.db import Tx
from storage.journal import Entry

LEAST, LONGEST, LONGEST_CLAUSE = 3, 2000, 80


class TooShortError(Exception):
    """Nothing was written: there is nothing to read."""


def write(tx: Tx, clause: str, text: str, *, by: PersonId, now: datetime) -> int:
    """Raises `TooShortError`."""
    said, about = _said(text), clause.strip()[:LONGEST_CLAUSE]
    remark_id = remark_rows.add(tx, about, said, by, now)
    _note(tx, "rule_remarked", remark_id, about, said, by, now)
    return remark_id


def review(tx: Tx, remark_id: int, outcome: str, *, by: PersonId, now: datetime) -> bool:
    """False when there is no such remark, or it was reviewed already. Raises `TooShortError`."""
    said, known = _said(outcome), remark_rows.get(tx, remark_id)
    if known is None or not remark_rows.review(tx, remark_id, said, by, now):
        return False
    _note(tx, "rule_reviewed", remark_id, known.clause, said, by, now)
    return True


def _said(text: str) -> str:
    said = text.strip()
    if not LEAST <= len(said) <= LONGEST:
        raise TooShortError
    return said


def _note(  # noqa: PLR0913, PLR0917 - one line of the journal
    tx: Tx, verb: str, remark_id: int, clause: str, said: str, by: PersonId, now: datetime
) -> None:
    journal.write(
        tx,
        Entry(
            at=now,
            actor="person",
            person_id=by,
            verb=verb,
            record=f"rule_remarks/{remark_id}",
            facts={"clause": clause, "said": said},
        ),
    )
