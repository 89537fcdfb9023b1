"""What dialects know of their nodes, as the bytes they wrote it in."""

from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import select

from storage.db import Tx, insert_into
from storage.tables.field import dialect_memories

Node: TypeAlias = tuple[str, str]  # a source's prefix, and the node within it


def everything(tx: Tx) -> dict[Node, bytes]:
    return {(row.prefix, row.node): row.body for row in tx.execute(select(dialect_memories))}


def put_all(tx: Tx, learnt: Mapping[Node, bytes]) -> None:
    if not learnt:
        return
    row = insert_into(tx, dialect_memories)
    upsert = row.on_conflict_do_update(
        index_elements=["prefix", "node"], set_={"body": row.excluded.body}
    )
    tx.execute(
        upsert,
        [{"prefix": prefix, "node": node, "body": body} for (prefix, node), body in learnt.items()],
    )
