"""The contact card (维护工作联系卡, A13) on one sheet, to hang beside the telephone."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import words
from reports.pool import Job
from reports.stamps import QR, Stamp, content_hash
from reports.tongues import LANGUAGES, Tongue, Words, named
from rules.contact_cards import Entry, Issued

TEMPLATE = "contact_card"
LARGE = 3  # heads that are steps of their own; more stand in the table
_TELL = ("tell_1", "tell_2", "tell_3", "tell_4")
_COLUMNS = ("name", "part", "phone", "pager_head")


def job(  # noqa: PLR0913 - what is printed, in which words, and how it is sealed
    issued: Issued,
    timezone: str,
    portal: str,
    language: str,
    _: Callable[[str], bytes],
    *,
    at: datetime,
    stamp: Stamp | None = None,
    seal: Callable[[bytes], bytes] | None = None,
    fonts: Path | None = None,
) -> Job:
    """The card in `zh`, `en` or `both`, dated `at`; it shows no pictures.

    `portal` is the address a customer reports at. Without a stamp it is a draft, and says so.
    """
    data = pages(issued, Tongue(LANGUAGES[language], timezone), portal, stamp)
    files = {QR: stamp.code()} if stamp else {}
    return Job(template=TEMPLATE, data=data, files=files, at=at, fonts=fonts, seal=seal)


def pages(issued: Issued, tongue: Tongue, portal: str, stamp: Stamp | None) -> dict[str, Any]:
    """Everything the template prints, as plain values."""
    card, say = issued.card, tongue.say
    day = words.to_zone(issued.issued_at, tongue.timezone).date().isoformat()
    data = {
        "languages": list(tongue.languages),
        "title": _say(tongue, "title"),
        "company": card.company,
        "place": card.customer,
        "number": stamp.number if stamp else "",
        "foot": card.customer,
        "draft": None if stamp else say("paper.draft"),
        "watermark": " ".join(say("paper.watermark")),
        "version": _say(tongue, "version", version=issued.version),
        "valid_from": _say(tongue, "valid_from", day=day),
        "call": _say(tongue, "call"),
        "steps": _steps(issued, tongue),
        "tell": _say(tongue, "tell"),
        "told": [_say(tongue, one) for one in _TELL],
        "crew": _say(tongue, "crew"),
        "columns": [_say(tongue, one) for one in _COLUMNS],
        "people": [_person(tongue, one) for one in (*card.heads[LARGE:], *card.crew)],
        "more": _say(tongue, "more", n=card.more) if card.more else None,
        "portal": _say(tongue, "portal"),
        "portal_url": portal,
        "current": _say(tongue, "current" if stamp else "current_draft"),
        "hang": _say(tongue, "place"),
        "qr": QR if stamp else "",
        "qr_alt": say("paper.qr", url=stamp.verify_url if stamp else "")[0],
        "verify_url": stamp.verify_url if stamp else "",
        "hash_label": say("paper.hash"),
    }
    return {**data, "hash": content_hash(data)}


def _steps(issued: Issued, tongue: Tongue) -> list[dict[str, Any]]:
    """A02: the service line; if it is not answered, the heads."""
    card = issued.card
    steps: list[dict[str, Any]] = []
    if card.service_line:
        steps.append(
            {
                "label": _say(tongue, "line"),
                "name": "",
                "number": card.service_line,
                "pager": None,
            }
        )
    for one in card.heads[:LARGE]:
        lead = "unanswered" if steps else "first"
        steps.append(
            {
                "label": _say(tongue, lead, part=named(f"contact_card.part.{one.part}")),
                "name": one.name,
                "number": one.phone,
                "pager": _say(tongue, "pager", number=one.pager) if one.pager else None,
            }
        )
    return steps


def _person(tongue: Tongue, one: Entry) -> dict[str, Any]:
    part = tongue.say(f"contact_card.part.{one.part}")
    return {"name": one.name, "part": part, "phone": one.phone, "pager": one.pager}


def _say(tongue: Tongue, key: str, **facts: Any) -> Words:
    return tongue.say(f"contact_card.paper.{key}", **facts)
