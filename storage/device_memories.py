"""What is remembered of devices beyond their last word, as the bytes it was written in."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

import msgspec
from sqlalchemy import delete, select

from rules.model import DeviceId
from storage.db import Tx, insert_into
from storage.tables.wavering import device_memories

_T = TypeVar("_T")


class Kept(NamedTuple):
    """Whose memory, and of what."""

    device_id: DeviceId
    kind: str


def everything(tx: Tx) -> dict[Kept, bytes]:
    rows = tx.execute(select(device_memories))
    return {Kept(DeviceId(row.device_id), row.kind): row.body for row in rows}


def value(tx: Tx, device_id: DeviceId, kind: str, of: type[_T]) -> _T | None:
    """The memory as the value of `rules/` that it is; None where there is none to be read."""
    mine = (device_memories.c.device_id == device_id) & (device_memories.c.kind == kind)
    body = tx.scalar(select(device_memories.c.body).where(mine))
    return None if body is None else _read(body, of)


def values(tx: Tx, device_id: DeviceId, kind: str, of: type[_T]) -> dict[str, _T]:
    """Every memory of a kind that has points (`reach:ch-3`), by point."""
    mine = device_memories.c.device_id == device_id
    found = select(device_memories.c.kind, device_memories.c.body).where(
        mine, device_memories.c.kind.startswith(f"{kind}:", autoescape=True)
    )
    return {
        name.partition(":")[2]: known
        for name, body in tx.execute(found)
        if (known := _read(body, of)) is not None
    }


def put_all(tx: Tx, learnt: Mapping[Kept, bytes]) -> None:
    if not learnt:
        return
    row = insert_into(tx, device_memories)
    upsert = row.on_conflict_do_update(
        index_elements=["device_id", "kind"], set_={"body": row.excluded.body}
    )
    tx.execute(upsert, [{**key._asdict(), "body": body} for key, body in learnt.items()])


def forget(tx: Tx, gone: Iterable[Kept]) -> None:
    for key in gone:
        mine = (device_memories.c.device_id == key.device_id) & (device_memories.c.kind == key.kind)
        tx.execute(delete(device_memories).where(mine))


def _read(body: bytes, of: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(body, type=of)
    except (ValueError, RecursionError):
        return None  # of another release: learnt anew from what comes
