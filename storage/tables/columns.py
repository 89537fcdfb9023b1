"""The few kinds of column every table is made of."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    true,
)

from storage.db import Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts only INTEGER PRIMARY KEY up by itself.
Id = BigInteger().with_variant(Integer, "sqlite")


def identity() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def points_to(name: str, target: str, *, null: bool = False, index: bool = False) -> Column[int]:
    return Column(name, Id, ForeignKey(target), nullable=null, index=index)


def instant(name: str, *, null: bool = False, index: bool = False) -> Column[Any]:
    return Column(name, Utc, nullable=null, index=index)


def words(name: str, *, default: str = "") -> Column[str]:
    """Text that is never NULL: a unique index over a nullable column accepts two NULLs."""
    return Column(name, Text, nullable=False, server_default=default)


def facts(name: str) -> Column[Any]:
    return Column(name, JSON, nullable=False)


def in_use(table: Table, *, also_archived: bool = False) -> ColumnElement[bool]:
    """Archived rows are out of every list; who wants them too says so."""
    return true() if also_archived else table.c.archived_at.is_(None)


def one_of(column: str, values: Iterable[str] | type[StrEnum]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)
