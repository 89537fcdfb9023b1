"""The archive of what was handed over: rows are added, and never changed or deleted (B04)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select

from rules.documents import Document, DocumentId, Draft, Kind, Language
from rules.model import CustomerId
from storage.db import Tx
from storage.tables.paper import documents


def add(tx: Tx, draft: Draft, now: datetime) -> Document:
    """Put it beside earlier ones of the same subject and language. The caller holds the subject."""
    revision = next_revision(tx, draft.kind, draft.subject_id, draft.language)
    values = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
    row = insert(documents).values(**values, revision=revision, issued_at=now)
    made = tx.execute(row.returning(documents)).mappings().one()
    return _document(made)


def next_revision(tx: Tx, kind: Kind, subject_id: int, language: Language) -> int:
    mine = _about(kind, subject_id) & (documents.c.language == language)
    last = tx.scalar(select(func.max(documents.c.revision)).where(mine))
    return (last or 0) + 1


def get(tx: Tx, document_id: DocumentId) -> Document | None:
    return _one(tx, documents.c.id == document_id)


def by_public_id(tx: Tx, public_id: str) -> Document | None:
    return _one(tx, documents.c.public_id == public_id)


def by_file(tx: Tx, sha256: str) -> Document | None:
    """The one whose bytes have this hash, whoever asks with a file in hand."""
    return _one(tx, documents.c.file == sha256)


def of_subject(tx: Tx, kind: Kind, subject_id: int) -> list[Document]:
    """Oldest first."""
    found = select(documents).where(_about(kind, subject_id)).order_by(documents.c.id)
    return [_document(row) for row in tx.execute(found).mappings()]


def of_subjects(tx: Tx, kind: Kind, ids: Sequence[int]) -> dict[int, list[Document]]:
    """Those of a page of subjects in one question."""
    found = select(documents).where(documents.c.kind == kind, documents.c.subject_id.in_(ids))
    sorted_out: dict[int, list[Document]] = {}
    for row in tx.execute(found.order_by(documents.c.id)).mappings():
        sorted_out.setdefault(row["subject_id"], []).append(_document(row))
    return sorted_out


def customer_of(tx: Tx, kind: Kind, subject_id: int) -> CustomerId | None:
    """For whom it was printed; None while it was not."""
    found = select(documents.c.customer_id).where(_about(kind, subject_id))
    return tx.scalar(found.order_by(documents.c.id).limit(1))


def _about(kind: Kind, subject_id: int) -> ColumnElement[bool]:
    return (documents.c.kind == kind) & (documents.c.subject_id == subject_id)


def _one(tx: Tx, condition: ColumnElement[bool]) -> Document | None:
    row = tx.execute(select(documents).where(condition).limit(1)).mappings().first()
    return _document(row) if row else None


def _document(row: Mapping[Any, Any]) -> Document:
    return Document(
        **{**row, "kind": Kind(row["kind"]), "language": Language(row["language"])},
    )
