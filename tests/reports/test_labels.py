"""E01: what is printed is what a phone reads, on every paper, whatever the words are."""

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
import segno
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reports import labels
from reports.labels import LAYOUTS, Label, Layout, Sheet
from tests import qr
from tests.examples import examples

NOW = datetime(2026, 11, 23, 1, 2, 3, 456, tzinfo=UTC)
DPI = 300
A4_MM = (210, 297)


def a_label(number: int, title: str = "大门东侧枪机 1 号") -> Label:
    sticker = f"ABCD2345{number:04d}".replace("0", "Z").replace("1", "Y")
    return Label(
        url=f"https://ringwatch.example.com/s/{sticker}",
        id=sticker,
        title=title,
        code=f"CAM-{number:03d}",
        place="一层 大堂",
        owner="总府路支行 · 安信",
    )


def a_sheet(layout: Layout, count: int, **more: bool | int) -> Sheet:
    every = [a_label(number) for number in range(count)]
    return Sheet(layout=layout, labels=every, title="标签", language="zh", **more)  # type: ignore[arg-type]


def pictures(pdf: bytes) -> list[Image.Image]:
    """The pages of the PDF itself, drawn as a viewer would."""
    source = (
        "#set page(width: 210mm, height: 297mm, margin: 0mm)\n"
        '#image("sheet.pdf", page: {page}, width: 210mm)'
    )
    drawn: list[Image.Image] = []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sheet.pdf").write_bytes(pdf)
        main = Path(folder) / "main.typ"
        for number in range(len(pypdf.PdfReader(io.BytesIO(pdf)).pages)):
            main.write_text(source.format(page=number + 1))
            made = typst.compile(main, root=Path(folder), format="png", ppi=DPI)
            assert isinstance(made, bytes)
            drawn.append(Image.open(io.BytesIO(made)))
    return drawn


def code_at(page: Image.Image, layout: Layout, place: int) -> Image.Image:
    """The code of one place of the sheet, with its quiet zone."""
    across, down = layout.corner_mm(place)
    left = across + labels.PADDING_MM
    top = down + (layout.height_mm - layout.code_mm) / 2
    box = (left, top, left + layout.code_mm, top + layout.code_mm)
    return page.crop(tuple(round(mm / 25.4 * DPI) for mm in box))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_code_of_a_printed_sheet_reads_as_its_label_says(name: str) -> None:
    layout = LAYOUTS[name]
    count = layout.a_sheet + 1
    sheet = a_sheet(layout, count, cut=True)
    pages = pictures(labels.render(sheet, NOW))
    assert len(pages) == 2
    read = [
        qr.read(code_at(pages[n // layout.a_sheet], layout, n % layout.a_sheet))
        for n in range(count)
    ]
    assert read == [one.url for one in sheet.labels]


def test_a_sheet_already_begun_is_gone_on_with() -> None:
    layout = LAYOUTS["3x8"]
    [page] = pictures(labels.render(a_sheet(layout, 2, skip=22), NOW))
    assert code_at(page, layout, 21).convert("L").getextrema() == (255, 255)
    assert qr.read(code_at(page, layout, 22)) == a_label(0).url
    assert qr.read(code_at(page, layout, 23)) == a_label(1).url


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_label_leaves_its_place_or_the_paper(name: str) -> None:
    layout = LAYOUTS[name]
    for place in range(layout.a_sheet):
        across, down = layout.corner_mm(place)
        assert across >= 0
        assert down >= 0
        assert across + layout.width_mm <= A4_MM[0] + 0.01
        assert down + layout.height_mm <= A4_MM[1] + 0.01
    module = layout.code_mm / (len(segno.make(a_label(1).url, error="m").matrix) + 8)
    assert module >= 0.38  # a phone at arm's length; the smallest paper is read close by


def test_users_words_are_printed_and_never_read_as_markup() -> None:
    nasty = '#panic("x") *bold* $a$ \\ <label> @ref // comment \U0001f4f7 ' + "長" * 300
    one = Label(url="https://x.example/s/A", id="A2", title=nasty, code=nasty, place="", owner="#")
    pdf = labels.render(Sheet(layout=LAYOUTS["3x8"], labels=[one], title=nasty, language="en"), NOW)
    text = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert '#panic("x")' in text.replace("\n", " ")


def test_it_is_archival_tagged_and_says_its_title() -> None:
    pdf = labels.render(a_sheet(LAYOUTS["2x7"], 3), NOW)
    document = pypdf.PdfReader(io.BytesIO(pdf))
    assert document.metadata is not None
    assert document.metadata.title == "标签"
    assert b"pdfaid" in pdf
    assert b"/StructTreeRoot" in pdf or "/StructTreeRoot" in document.root_object


@settings(max_examples=examples(60))
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=90), st.sampled_from("lmqh"))
def test_our_reader_reads_what_the_maker_wrote(words: str, level: str) -> None:
    """The proof of the proof: any text, any level, several versions and masks."""
    made = segno.make(words, error=level, micro=False, mode="byte", encoding="utf-8", eci=False)
    assert qr.decode([list(row) for row in made.matrix]) == words
