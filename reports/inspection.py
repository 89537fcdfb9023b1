"""The report of a monthly inspection (月度巡检报告, B04): what is known becomes a job of print.

First page: the summary a manager reads in half a minute. Then figures, findings with photos,
the full table of points, signatures. Decided elsewhere (`rules.verdicts`), only said here.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from reports import inspection_closing, inspection_findings, inspection_points, inspection_summary
from reports.inspection_parts import Story, story_of
from reports.pictures import Pictures
from reports.pool import Job
from reports.stamps import QR, Stamp, content_hash
from reports.tongues import LANGUAGES, Tongue
from rules import periods
from storage.views.inspection_sheets import Material

TEMPLATE = "inspection"


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
        files[QR] = stamp.code()
    return Job(template=TEMPLATE, data=data, files=files, at=at, fonts=fonts, seal=seal)


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
