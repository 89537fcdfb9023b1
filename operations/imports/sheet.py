"""Bytes of a CSV file to rows: UTF-8 with or without BOM, or GB18030; order of columns free."""

import csv
import io
from collections.abc import Iterator, Sequence

from operations.imports.cells import CellError, Column
from operations.imports.outcome import Findings, Row

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 500_000


def read(data: bytes, columns: Sequence[Column], findings: Findings) -> list[Row]:
    """Every row whose cells are sound; what is not goes into `findings`."""
    words = _decoded(data, findings)
    if words is None:
        return []
    lines = _lines(words, findings)
    header = next(lines, None)
    if header is None:
        if not findings.errors:
            findings.refuse_file("import.error.empty_file")
        return []
    names = [cell.strip() for cell in header[1]]
    if not _header_is_sound(names, header[0], columns, findings):
        return []
    by_name = {column.name: column for column in columns}
    rows = (_row(line, cells, names, findings) for line, cells in lines)
    return [row for row in rows if row and _understood(row, by_name, findings)]


def understood(row: Row, columns: Sequence[Column], findings: Findings) -> bool:
    """A line that comes from elsewhere than a file."""
    return _understood(row, {column.name: column for column in columns}, findings)


def _decoded(data: bytes, findings: Findings) -> str | None:
    if len(data) > MOST_BYTES:
        findings.refuse_file("import.error.too_big", most_mib=MOST_BYTES // 2**20)
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in words:
            return words
    findings.refuse_file("import.error.encoding")
    return None


def _lines(words: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line of the file on which it begins."""
    reader = csv.reader(io.StringIO(words, newline=""), strict=True)
    begins = 1
    try:
        for count, cells in enumerate(reader):
            if count > MOST_ROWS:
                findings.refuse_file("import.error.too_many_rows", line=begins, most=MOST_ROWS)
                return
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        findings.refuse_file("import.error.csv", line=begins, why=str(error))


def _header_is_sound(
    names: list[str], line: int, columns: Sequence[Column], findings: Findings
) -> bool:
    known = [column.name for column in columns]
    before = findings.errors_in_all
    for name in names:
        if name not in known:
            accepted = ", ".join(known)
            findings.refuse_file(
                "import.error.unknown_column", line=line, column=name, accepted=accepted
            )
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        findings.refuse_file("import.error.column_twice", line=line, column=name)
    for column in columns:
        if column.needed and column.name not in names:
            findings.refuse_file("import.error.missing_column", line=line, column=column.name)
    return findings.errors_in_all == before


def _row(line: int, cells: list[str], names: list[str], findings: Findings) -> Row | None:
    if len(cells) != len(names):
        findings.refuse_file("import.error.cells", line=line, found=len(cells), expected=len(names))
        return None
    raw = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    return Row(line=line, raw=raw)


def _understood(row: Row, columns: dict[str, Column], findings: Findings) -> bool:
    for name, cell in row.raw.items():
        column = columns[name]
        if not cell:
            row.given[name] = column.empty
            if column.needed:
                findings.refuse(row, name, "import.error.empty", example=column.example)
            continue
        try:
            row.given[name] = column.read(cell)
        except CellError as error:
            findings.refuse(row, name, error.message_id, example=column.example, **error.facts)
    return row.sound
