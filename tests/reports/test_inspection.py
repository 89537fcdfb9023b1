"""The report of an inspection, set for real and read back (B04, A09, A10, B11)."""

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from reports import inspection
from reports.pool import render
from reports.stamps import QR, Stamp
from rules.inspections import Area, Decision
from storage.files import NoSuchFileError
from storage.views.inspection_sheets import Material
from tests.reports import samples

STAMP = Stamp(number="MI-2026-11-0042-zh", verify_url="https://r.example.com/verify/q7Xw2Lr9Tt0Z")
UGLY = (
    '*bold* #read("/etc/passwd") $x^2$ <b>html</b> \\u{41} @ref `code` '
    "👨‍👩‍👧 ئۇيغۇر \ud800 \x00 = h"
)


def pages_of(made: Material, language: str = "zh", stamp: Stamp | None = STAMP) -> list[str]:
    """What a reader of the finished PDF finds on each page, without the blanks of its lines."""
    return [squeezed(page.extract_text()) for page in reader(made, language, stamp).pages]


def reader(made: Material, language: str = "zh", stamp: Stamp | None = STAMP) -> PdfReader:
    job = inspection.job(made, language, samples.store(made), at=samples.NOW, stamp=stamp)
    return PdfReader(io.BytesIO(render(job)))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def values(made: Material, language: str = "zh") -> Mapping[str, Any]:
    job = inspection.job(made, language, samples.store(made), at=samples.NOW, stamp=STAMP)
    return job.data


def test_the_first_page_says_in_a_sentence_how_the_system_stands() -> None:
    """B04: verdict, figures against their targets and what is to be decided, on one page."""
    made = samples.material(12, bad=(1, 5), left=(9,))
    first = pages_of(made)[0]
    for told in ("月度巡检报告", "2026年11月", made.customer.name, made.site.name, "HT-2026-018"):
        assert squeezed(told) in first
    assert "有2处问题待处理" in first
    assert "91.6%" in first  # 11 of 12, never rounded up
    assert "目标≥98%" in first
    assert "需要贵方决定" in first
    assert "护罩破裂，已拍照" in first
    assert "1个点位未检" in first


def test_a_sound_system_asks_for_nothing() -> None:
    first = pages_of(samples.material(3), "en")[0]
    assert "all3pointswerechecked" in first
    assert "Nothingneedsyourdecision" in first


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_every_point_is_there_under_its_area(language: str) -> None:
    """A09, A10: 120 points, each with its result, by area."""
    text = "".join(pages_of(samples.material(120, bad=(1, 40), left=(9,)), language))
    for point in samples.material(120).sheet.points:
        assert point.code in text
    for area in ("前端", "管线", "中心") if language != "en" else ("Frontend", "Lines", "Control"):
        assert area in text


def test_both_languages_stand_side_by_side() -> None:
    text = "".join(pages_of(samples.material(4, bad=(1,)), "both"))
    assert "月度巡检报告" in text
    assert "Monthlyinspectionreport" in text
    assert "异常" in text
    assert "Abnormal" in text


def test_an_area_without_points_is_said_to_have_none() -> None:
    """A10: four areas, all four on paper."""
    areas = values(samples.material(3))["areas"]
    assert [one["area"][0] for one in areas] == ["前端", "管线", "中心", "系统"]
    none = areas[list(Area).index(Area.SYSTEM)]
    assert none["counts"] == [0, 0, 0, 0]
    assert none["conclusion"] == ["本系统无此类点位"]


def test_what_people_wrote_is_printed_as_it_is_and_never_fatal() -> None:
    """No markup, no file read, no failure: what the font lacks is a box."""
    made = samples.material(4, bad=(1,), words={1: UGLY})
    inspected = replace(made.sheet.inspection, remarks=UGLY, signer_name="#emoji🙂" * 5)
    made = replace(
        made,
        sheet=replace(made.sheet, inspection=inspected),
        site=replace(made.site, name="*站点* 🏦" + "长" * 150),
        company="#import<b>&" + "x" * 200,
    )
    text = "".join(pages_of(made))
    assert squeezed('*bold* #read("/etc/passwd") $x^2$ <b>html</b> \\u{41} @ref `code` □') in text
    assert "root:" not in text
    assert "*站点*□" in text


def test_a_draft_says_so_on_every_page_and_carries_no_code() -> None:
    for page in pages_of(samples.material(3), stamp=None):
        assert "草稿：未签发，未签名" in page
    data = inspection.job(
        samples.material(3), "zh", samples.store(samples.material(3)), at=samples.NOW
    )
    assert QR not in data.files
    issued = "".join(pages_of(samples.material(3)))
    assert "草稿" not in issued
    assert STAMP.verify_url in issued
    assert STAMP.number in issued


def test_the_pages_carry_the_hash_of_the_values_they_were_made_of() -> None:
    """B04: other values, another hash; the same values, the same."""
    made = samples.material(3)
    data = values(made)
    assert len(data["hash"]) == hashlib.sha256().digest_size * 2
    assert data["hash"] in "".join(pages_of(made))
    assert values(made)["hash"] == data["hash"]
    other = replace(made, company="Other")
    assert values(other)["hash"] != data["hash"]


def test_a_photo_that_is_gone_is_said_to_be() -> None:
    """And one that is damaged, or no picture at all: the report goes on without it."""
    made = samples.material(8, bad=(1, 5), photos=(1, 2, 5))
    store = samples.store(made)
    names = [photo.file for photo in made.sheet.photos]

    def damaged(name: str) -> bytes:
        if name == names[0]:
            raise NoSuchFileError(name)
        if name == names[1]:
            return store(name)[:2000]
        return b"<svg onload=x>" if name == names[2] else store(name)

    job = inspection.job(made, "zh", damaged, at=samples.NOW, stamp=STAMP)
    pictures = [name for name in job.files if name.startswith("photo")]
    assert len(pictures) == len(set(names)) - 3
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(render(job))).pages)
    assert text.count("照片文件缺失") == 3


def test_a_false_check_counts_as_not_checked_and_says_so() -> None:
    """B11: what the head found false stands on paper, and asks for another look."""
    made = samples.material(4)
    points = tuple(
        replace(one, decision=Decision.FALSE, decision_reason="照片是上月的") if one.doubts else one
        for one in made.sheet.points
    )
    text = "".join(pages_of(replace(made, sheet=replace(made.sheet, points=points))))
    assert "检查不成立，按未检计" in text
    assert "照片是上月的" in text
    assert "1个点位的检查经复核不成立" in text
    assert "3/4个" in text


def test_an_unsigned_sheet_gives_its_reason_where_the_signature_would_be() -> None:
    text = "".join(pages_of(samples.material(3, signed=False)))
    assert "未签字：客户负责人出差" in text


def test_it_is_declared_archival_and_tagged_with_its_language() -> None:
    """PDF/A-2a and PDF/UA-1: a reading program finds headings, tables and what pictures show."""
    made = reader(samples.material(4, bad=(1,), photos=(1,)), "en")
    metadata = made.xmp_metadata
    assert metadata is not None
    told = metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part(>|=\")2", told)
    assert re.search(r"pdfaid:conformance(>|=\")A", told)
    assert re.search(r"pdfuaid:part(>|=\")1", told)
    catalogue: Any = made.root_object
    assert catalogue["/Lang"].startswith("en")
    kinds = structure(catalogue["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TH", "/Figure"} <= kinds
    assert made.metadata is not None
    assert made.metadata.title == f"Monthly inspection report · {samples.material(1).site.name}"


def structure(node: Any) -> set[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return {one for each in node for one in structure(each)}
    if not isinstance(node, dict):
        return set()
    own = {str(node["/S"])} if "/S" in node else set()
    return own | (structure(node["/K"]) if "/K" in node else set())


def test_every_font_is_embedded() -> None:
    made = reader(samples.material(3), "both")
    pages: list[Any] = list(made.pages)
    fonts = [one.get_object() for page in pages for one in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_numbers_of_pages_stay_in_bounds() -> None:
    """A summary of one page whatever is on it; 120 points with photos in less than ten."""
    small = pages_of(samples.material(3), "both")
    assert len(small) <= 4
    large = pages_of(samples.material(120, bad=(1, 5, 6, 40), left=(9, 10), photos=(1, 5)), "zh")
    assert len(large) <= 8
    assert "需要贵方决定" in large[0]
    assert "指标与算法" in large[1]
