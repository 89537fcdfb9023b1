"""Lists as files for a spreadsheet: UTF-8 with a mark, one table, nothing in it that runs."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from fastapi.responses import StreamingResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def download(name: str, rows: Iterable[Sequence[str]]) -> StreamingResponse:
    """Streamed, so that a long list costs no memory; `rows` begin with the headings.

    A number is written as it is, whatever it begins with; any other cell that begins like a
    formula is made text.
    """
    return StreamingResponse(
        _written(rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _written(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "\ufeff"
    for cells in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([_plain(cell) for cell in cells])
        yield line.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _number(cell) else cell


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
