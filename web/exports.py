"""Lists that leave the house as files: that somebody took one is on record (C12)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from fastapi.responses import StreamingResponse

from storage import journal
from storage.db import Tx, reading, transaction
from web import spreadsheets
from web.wired import Viewer
from wiring.parts import Parts

MOST_EXPORTED = 100_000  # lines of one file


def on_record(
    parts: Parts,
    visitor: Viewer,
    name: str,
    columns: Sequence[str],
    lines: Callable[[Tx], Iterable[Sequence[str]]],
) -> StreamingResponse:
    """`lines` as `<name>-<today>.csv`; first the journal says `<name>_exported`."""
    with transaction(parts.database) as tx:
        entry = journal.Entry(
            at=visitor.now, actor="person", person_id=visitor.me.id, verb=f"{name}_exported"
        )
        journal.write(tx, entry)

    def rows() -> Iterator[Sequence[str]]:
        with reading(parts.database) as tx:
            yield columns
            yield from lines(tx)

    today = visitor.now.astimezone(ZoneInfo(visitor.timezone))
    return spreadsheets.download(f"{name}-{today:%Y-%m-%d}.csv", rows())
