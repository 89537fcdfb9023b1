"""Sheets of QR labels for common adhesive A4 paper (E01)."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import segno

from reports.typesetting import compile as typeset

QUIET = 4  # modules of white around the code, as the standard asks
PADDING_MM = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Millimetres on A4. `gap_mm` is between columns; rows touch each other."""

    columns: int
    rows: int
    width_mm: float
    height_mm: float
    left_mm: float
    top_mm: float
    gap_mm: float = 0

    @property
    def a_sheet(self) -> int:
        return self.columns * self.rows

    @property
    def code_mm(self) -> float:
        """The side of the QR code with its quiet zone."""
        return min(self.height_mm - 2 * PADDING_MM, self.width_mm * 0.45)

    def corner_mm(self, place: int) -> tuple[float, float]:
        """Where the label at `place` of a sheet begins, from the left and the top."""
        row, column = divmod(place, self.columns)
        across = self.left_mm + column * (self.width_mm + self.gap_mm)
        return across, self.top_mm + row * self.height_mm


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "3x8": Layout(columns=3, rows=8, width_mm=70, height_mm=37, left_mm=0, top_mm=0.5),
        "2x7": Layout(
            columns=2, rows=7, width_mm=99.1, height_mm=38.1, left_mm=4.65, top_mm=15.15, gap_mm=2.5
        ),
        "2x4": Layout(
            columns=2, rows=4, width_mm=99.1, height_mm=67.7, left_mm=4.65, top_mm=13.1, gap_mm=2.5
        ),
        "5x13": Layout(
            columns=5, rows=13, width_mm=38.1, height_mm=21.2, left_mm=4.75, top_mm=10.7, gap_mm=2.5
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """`url` is what the code says; `id` stands below it, to be typed where no camera helps."""

    url: str
    id: str
    title: str
    code: str
    place: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`skip`: places of the first sheet that are used up. `cut`: hairlines for plain paper."""

    layout: Layout
    labels: Sequence[Label]
    title: str
    language: str
    skip: int = 0
    cut: bool = False


def render(sheet: Sheet, at: datetime) -> bytes:
    """The PDF; as many pages as the labels need. Raises what `typesetting.compile` raises."""
    layout = sheet.layout
    skip = max(0, min(sheet.skip, layout.a_sheet - 1))
    placed = [_placed(layout, skip + number, one) for number, one in enumerate(sheet.labels)]
    data = {
        "title": sheet.title,
        "language": sheet.language,
        "cut": sheet.cut,
        "layout": {**asdict(layout), "code_mm": layout.code_mm, "padding_mm": PADDING_MM},
        "pages": [
            [one for one in placed if one["page"] == page]
            for page in range(placed[-1]["page"] + 1 if placed else 0)
        ],
    }
    codes = {f"qr-{one.id}.svg": _code(one.url) for one in sheet.labels}
    return typeset("labels", data, codes, at=at.replace(microsecond=0))


def _placed(layout: Layout, number: int, label: Label) -> dict[str, Any]:
    page, place = divmod(number, layout.a_sheet)
    across, down = layout.corner_mm(place)
    spaced = " ".join(label.id[n : n + 4] for n in range(0, len(label.id), 4))
    return {**asdict(label), "page": page, "x": across, "y": down, "shown": spaced}


def _code(url: str) -> bytes:
    """Level M: a scratched label still reads."""
    drawn = io.BytesIO()
    made = segno.make(url, error="m", micro=False)
    made.save(drawn, kind="svg", border=QUIET, xmldecl=False, svgns=True, omitsize=True)
    return drawn.getvalue()
