"""Lists that leave the house as files: that somebody took one is on record (C12)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from fastapi.responses import StreamingResponse

from operations import notes
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
        notes.of_act(tx, f"{name}_exported", visitor.me.id, visitor.now)

    def rows() -> Iterator[Sequence[str]]:
        with reading(parts.database) as tx:
            yield columns
            yield from lines(tx)

    today = visitor.now.astimezone(ZoneInfo(visitor.timezone))
    return spreadsheets.download(f"{name}-{today:%Y-%m-%d}.csv", rows())
