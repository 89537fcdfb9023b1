"""The report of a monthly inspection (月度巡检报告, B04): what is known becomes a job of print.

First page: the summary a manager reads in half a minute. Then figures, findings with photos,
the full table of points, signatures. Decided elsewhere (`rules.verdicts`), only said here.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import segno

from reports import inspection_closing, inspection_findings, inspection_points, inspection_summary
from reports.inspection_parts import Story, story_of
from reports.pictures import Pictures
from reports.pool import Job
from reports.tongues import LANGUAGES, Tongue
from rules import periods
from storage.views.inspection_sheets import Material

TEMPLATE = "inspection"
QR = "qr.svg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What makes the pages the issued ones. Without it they are a draft, and say so."""

    number: str
    verify_url: str


def job(  # noqa: PLR0913 - what is printed, in which words, and how it is sealed
    material: Material,
    language: str,
    pictures: Callable[[str], bytes],
    *,
    at: datetime,
    stamp: Stamp | None = None,
    seal: Callable[[bytes], bytes] | None = None,
    fonts: Path | None = None,
) -> Job:
    """The document in `zh`, `en` or `both`, dated `at`; `pictures` reads one by its name.

    `seal` signs in the worker. A picture that is gone is said to be, the report goes on.
    """
    tongue = Tongue(LANGUAGES[language], material.site.timezone)
    album = Pictures(pictures)
    data = pages(material, tongue, album, at=at, stamp=stamp)
    files = dict(album.files)
    if stamp:
        files[QR] = _qr(stamp.verify_url)
    return Job(template=TEMPLATE, data=data, files=files, at=at, fonts=fonts, seal=seal)


def content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of the values the pages were made of; pictures are named by what is in them."""
    values = {name: one for name, one in data.items() if name != "hash"}
    told = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def pages(
    material: Material, tongue: Tongue, album: Pictures, *, at: datetime, stamp: Stamp | None
) -> dict[str, Any]:
    """Everything the template prints, as plain values."""
    story = story_of(material, tongue, album, at)
    data = {
        **_frame(story, stamp),
        **inspection_summary.of(story),
        **inspection_findings.of(story),
        **inspection_points.of(story),
        **inspection_closing.of(story, stamp.verify_url if stamp else ""),
    }
    return {**data, "hash": content_hash(data)}


def _frame(story: Story, stamp: Stamp | None) -> dict[str, Any]:
    """What stands on every page."""
    say, material = story.tongue.say, story.material
    month = periods.read(material.sheet.inspection.period)
    return {
        "languages": list(story.tongue.languages),
        "title": say("paper.title"),
        "company": material.company,
        "place": material.site.name,
        "system": material.system.name,
        "period": story.tongue.month(month),
        "number": stamp.number if stamp else "",
        "foot": f"{material.site.name} · {material.system.name} · {month}",
        "draft": None if stamp else say("paper.draft"),
        "watermark": " ".join(say("paper.watermark")),
        "headings": {name: say(f"paper.heading.{name}") for name in _HEADINGS},
        "labels": {name: say(f"paper.column.{name}") for name in _COLUMNS},
        "qr": QR if stamp else "",
        "qr_alt": say("paper.qr", url=stamp.verify_url if stamp else "")[0],
    }


_HEADINGS = (
    *("asks", "chart", "figures", "areas", "reasons", "worst", "findings", "record", "photos"),
    *("points", "items", "signatures", "verify"),
)


_COLUMNS = (
    *("figure", "reached", "aim", "how", "area", "due", "done", "normal", "abnormal"),
    *("conclusion", "reason", "count", "number", "point", "kind", "result", "found", "device"),
    *("difference", "decision", "items", "down"),
)


def _qr(url: str) -> bytes:
    picture = BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", border=0, dark="#1b2430")
    return picture.getvalue()
