"""Alembic runs this file; the open connection and what to do it on come from `migrate.py`."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.db import Utc

given = context.config.attributes


def _render(kind: str, value: object, autogen: AutogenContext) -> str | Literal[False]:
    """Our one column type is written out by its name, not by what an engine makes of it."""
    if kind == "type" and isinstance(value, Utc):
        autogen.imports.add("from storage.db import Utc")
        return "Utc()"
    return False


def _ours(name: str | None, kind: str, _: object) -> bool:
    """On PostgreSQL two trees share a database: each sees only its own tables."""
    return kind != "table" or name in given["metadata"].tables


context.configure(
    connection=given["connection"],
    target_metadata=given["metadata"],
    version_table=given["version_table"],
    include_name=_ours,
    render_item=_render,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
