"""Write down where a rule does not fit the work, and what comes of it (A18)."""

from datetime import datetime

from operations import notes
from rules.model import PersonId
from storage import rule_remarks as remark_rows
from storage.db import Tx

LEAST, LONGEST, LONGEST_CLAUSE = 3, 2000, 80


class TooShortError(Exception):
    """Nothing was written: there is nothing to read."""


def write(tx: Tx, clause: str, text: str, *, by: PersonId, now: datetime) -> int:
    """Raises `TooShortError`."""
    said, about = _said(text), clause.strip()[:LONGEST_CLAUSE]
    remark_id = remark_rows.add(tx, about, said, by, now)
    facts = {"clause": about, "said": said}
    notes.of_act(tx, "rule_remarked", by, now, facts, record=_record(remark_id))
    return remark_id


def review(tx: Tx, remark_id: int, outcome: str, *, by: PersonId, now: datetime) -> bool:
    """False when there is no such remark, or it was reviewed already. Raises `TooShortError`."""
    said, known = _said(outcome), remark_rows.get(tx, remark_id)
    if known is None or not remark_rows.review(tx, remark_id, said, by, now):
        return False
    facts = {"clause": known.clause, "said": said}
    notes.of_act(tx, "rule_reviewed", by, now, facts, record=_record(remark_id))
    return True


def _said(text: str) -> str:
    said = text.strip()
    if not LEAST <= len(said) <= LONGEST:
        raise TooShortError
    return said


def _record(remark_id: int) -> str:
    return f"rule_remarks/{remark_id}"
