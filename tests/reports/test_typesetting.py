"""Paper whatever people write on it: item 2's "never markup", "replaced, never fatal", PDF/A-2a."""

import io
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from reports import fonts, typesetting
from reports.fonts import FontMissingError
from reports.typesetting import TypesettingError
from tests.conftest import needs
from tests.examples import examples

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DEBIAN_REGULAR = fonts.DEBIAN / "NotoSansCJK-Regular.ttc"
NEVER_FIRST = set("，。、；：！？）》」』】％%…")
NEVER_LAST = set("（《「『【￥")
PROOF = """
#let d = json("data.json")
#set text(font: d.font, lang: "zh", region: "cn")
#set document(title: "proof")
#set page(width: d.width * 1mm, height: auto, margin: 5mm)
#d.text
#if "bold" in d { strong(d.bold) }
#for name in d.at("pictures", default: ()) { image(name, alt: name) }
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of templates with one that prints what it is given."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "proof.typ").write_text(PROOF, encoding="utf-8")
    monkeypatch.setattr(typesetting, "TEMPLATES", folder)
    return folder


def printed(
    text: str, files: typesetting.Files | None = None, *, width: int = 160, **more: object
) -> PdfReader:
    data = {"text": text, "width": width, "pictures": list(files or ()), **more}
    return PdfReader(io.BytesIO(typesetting.compile("proof", data, files, at=NOW)))


def read(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def cuts(reader: PdfReader) -> list[Any]:
    """The fonts of the first page."""
    resources: Any = reader.pages[0]["/Resources"]
    return [one.get_object() for one in resources["/Font"].values()]


def a_picture(mode: str = "RGB", kind: str = "JPEG") -> bytes:
    held = io.BytesIO()
    Image.new(mode, (64, 48)).save(held, kind)
    return held.getvalue()


# ---- what it is --------------------------------------------------------------------------------


@pytest.mark.usefixtures("desk")
def test_it_is_archival_tagged_and_carries_its_font() -> None:
    """PDF/A-2a and PDF/UA-1 declared, tagged, every font embedded."""
    reader = printed("月检报告 Monthly inspection", bold="异常")
    root: Any = reader.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    told = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    below = [one["/DescendantFonts"][0].get_object()["/FontDescriptor"] for one in cuts(reader)]
    assert below
    assert all({"/FontFile2", "/FontFile3"} & set(one.get_object()) for one in below)


@pytest.mark.usefixtures("desk")
def test_bold_is_a_cut_of_its_own_not_a_guess() -> None:
    assert fonts.look_up().bold
    assert len(cuts(printed("异常", bold="异常"))) == len(cuts(printed("异常"))) + 1


@pytest.mark.usefixtures("desk")
def test_what_is_printed_can_be_searched_for() -> None:
    """A month stays U+6708: other engines turn it into a radical that no search finds."""
    text = read(printed("2026 年 11 月检查：李敏、𬍛㛃"))
    for wanted in ("11", "月检查", "李敏", "𬍛", "㛃"):
        assert wanted in text
    assert not [char for char in text if "\u2e80" <= char <= "\u2fdf"]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("width", range(24, 50, 3))
def test_no_line_begins_with_a_comma_or_ends_with_a_bracket(width: int) -> None:
    """Kinsoku, at many widths."""
    text = (
        "检查（含“回放”）：正常；异常、未检，均已记录。电压 12.1 V（标准），温度 41 ℃！《规程》。"
        * 3
    )
    lines = [line.strip() for line in read(printed(text, width=width)).splitlines()]
    lines = [line for line in lines if line]
    assert len(lines) > 3
    assert not [line for line in lines if line[0] in NEVER_FIRST]
    assert not [line for line in lines if line[-1] in NEVER_LAST]


# ---- what people write -------------------------------------------------------------------------


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "markup",
    [
        '#read("/etc/passwd")',
        "*bold* _it_ = heading",
        "$x^2$ #let a = 1; #a",
        "<b>html</b> <label> @reference `raw`",
        "https://example.com/#x //comment",
        '#image("/etc/hostname") \\ #panic()',
        "{nb} {{ jinja }} %s ${HOME}",
    ],
)
def test_users_text_is_never_markup(markup: str) -> None:
    """Printed letter by letter, whatever it would mean to the typesetter."""
    assert markup.replace(" ", "") in read(printed(markup)).replace(" ", "").replace("\n", "")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("strange", "shown"),
    [
        ("门口👍", "门口□"),
        ("门口👍🏽左", "门口□左"),
        ("家👨\u200d👩\u200d👧人", "家□人"),
        ("ئۇيغۇر", "□□□□□□"),
        ("བོད", "□□"),
        ("空\x00格\x07", "空格"),
        ("半\ud800字", "半□字"),
        ("私\ue000有", "私□有"),
        ("零\u200b宽\ufeff", "零宽"),
        ("右\u202e左", "右左"),
        ("表\t格", "表 格"),
        ("一\r\n二", "一\n二"),
        ("❤\ufe0f", "❤" if ord("❤") in fonts.look_up().covered else "□"),
    ],
)
def test_what_the_font_lacks_is_replaced_never_fatal(strange: str, shown: str) -> None:
    """With PDF/A one such character would fail the whole report."""
    assert fonts.look_up().shown(strange) == shown
    for line in shown.split("\n"):
        assert line.replace(" ", "") in read(printed(strange)).replace(" ", "")


def test_accents_are_joined_and_a_pile_of_marks_is_cut() -> None:
    """2,000 combining marks on one letter would cost most of a second."""
    face = fonts.look_up()
    assert face.shown("e\u0301") == "é"
    assert len(face.shown("e" + "\u0301" * 2000)) <= 1 + fonts.MOST_MARKS


@given(st.text())
def test_any_text_is_left_with_characters_the_font_has(text: str) -> None:
    face = fonts.look_up()
    shown = face.shown(text)
    assert all(char == "\n" or ord(char) in face.covered for char in shown)
    assert face.shown(shown) == shown
    plain = "".join(char for char in text if char.isascii() and char.isprintable())
    assert len(plain) <= len(unicodedata.normalize("NFC", text))


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_at_all_can_be_printed(desk: Path, text: str) -> None:
    assert desk.is_dir()
    assert len(printed(text).pages) == 1


# ---- what lies beside it -----------------------------------------------------------------------


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "spoilt",
    [b"", b"not a picture", a_picture("CMYK")],
    ids=["empty", "garbage", "cmyk"],
)
def test_a_spoilt_picture_is_an_error_of_its_own(spoilt: bytes) -> None:
    """Why every photo is re-encoded to RGB before it is kept; the next document is not touched."""
    with pytest.raises(TypesettingError):
        printed("照片", {"a.jpg": spoilt})
    assert "照片" in read(printed("照片", {"a.jpg": a_picture()}))


@pytest.mark.usefixtures("desk")
def test_a_picture_that_is_missing_is_an_error_of_its_own() -> None:
    data = {"text": "", "width": 100, "pictures": ["gone.jpg"]}
    with pytest.raises(TypesettingError, match=r"gone\.jpg"):
        typesetting.compile("proof", data, {}, at=NOW)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", ["../up.jpg", "/etc/x.jpg", "a/b.jpg", ".hidden", ".."])
def test_a_file_cannot_be_put_anywhere_else(name: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(TypesettingError, match="file name"):
        printed("一", {name: a_picture()})
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("way", ["/etc/passwd", "../../../../../../etc/passwd", "secret.txt"])
def test_a_template_reads_nothing_outside_its_own_folder(
    desk: Path, tmp_path: Path, way: str
) -> None:
    """The typesetter follows links in its root, so there is none: a link is copied as a file."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden", encoding="utf-8")
    (desk / "secret.txt").symlink_to(secret)
    (desk / "spy.typ").write_text(f'#read("{way}")', encoding="utf-8")
    with pytest.raises(TypesettingError):
        typesetting.compile("spy", {}, at=NOW)


@pytest.mark.usefixtures("desk")
def test_a_linked_picture_is_laid_beside_it_as_a_copy(tmp_path: Path) -> None:
    (tmp_path / "real.jpg").write_bytes(a_picture())
    (tmp_path / "link.jpg").symlink_to(tmp_path / "real.jpg")
    assert printed("一", {"a.jpg": tmp_path / "link.jpg"}).pages[0].images[0].image is not None


def test_templates_fetch_nothing() -> None:
    """A package named in a template would be downloaded while a customer waits."""
    sources = list((Path(fonts.__file__).parent / "typst").glob("*.typ"))
    assert sources
    for source in sources:
        code = source.read_text(encoding="utf-8")
        assert not re.findall(r'(?:import|include)\s+"@', code), source.name
        assert not re.findall(r"\beval\s*\(", code), source.name


def test_a_package_in_a_template_is_refused_at_once(desk: Path) -> None:
    (desk / "far.typ").write_text('#import "@preview/none:0.0.0": *', encoding="utf-8")
    with pytest.raises(TypesettingError):
        typesetting.compile("far", {}, at=NOW)


def test_the_same_values_at_the_same_instant_are_the_same_bytes(desk: Path) -> None:
    """What is re-rendered from the archive's values can be held against the archive."""
    assert desk.is_dir()
    data: Mapping[str, object] = {"text": "一样", "width": 100}
    first = typesetting.compile("proof", data, at=NOW)
    assert typesetting.compile("proof", data, at=NOW) == first
    assert typesetting.compile("proof", {**data, "text": "不一样"}, at=NOW) != first


# ---- where the font comes from -----------------------------------------------------------------


@pytest.fixture
def own_fonts(tmp_path: Path) -> Iterator[Path]:
    if not DEBIAN_REGULAR.is_file():
        needs("fonts-noto-cjk")
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(DEBIAN_REGULAR, folder)
    yield folder
    fonts._face.cache_clear()  # noqa: SLF001 - it holds a font of a folder that is gone


def test_the_folder_of_the_settings_goes_first(own_fonts: Path, desk: Path) -> None:
    """Then the package's, then the system's. Regular alone: bold would only look regular."""
    face = fonts.look_up(own_fonts)
    assert (face.folder, face.family, face.bold) == (own_fonts, "Noto Sans CJK SC", False)
    made = typesetting.compile("proof", {"text": "月检", "width": 80}, fonts=own_fonts, at=NOW)
    assert "月检" in read(PdfReader(io.BytesIO(made)))
    assert desk.is_dir()
    assert fonts.look_up().folder != own_fonts


def test_without_chinese_characters_it_is_no_font_for_us(tmp_path: Path) -> None:
    with pytest.raises(FontMissingError, match=re.escape(str(tmp_path))):
        fonts.look_up(tmp_path)
    with pytest.raises(FontMissingError):
        fonts.look_up(tmp_path / "none")


def test_the_package_brings_regular_and_bold_without_root() -> None:
    face = fonts.look_up()
    assert face.folder.name == fonts.PACKAGE
    assert face.family == "Noto Sans CJK SC"
    assert len(face.covered) > 40_000
