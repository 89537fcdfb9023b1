"""Last part: remarks, who signed, and how to find out whether the file in hand is the one."""

from datetime import datetime
from typing import Any

from reports.inspection_parts import Story
from reports.inspection_summary import NOTHING
from rules.model import PersonId


def of(story: Story, verify_url: str) -> dict[str, Any]:
    say, one = story.tongue.say, story.material.sheet.inspection
    return {
        "remarks": one.remarks,
        "remarks_label": say("paper.remarks"),
        "signatures": [
            _signed(story, "inspector", one.finished_by or one.started_by, one.finished_at),
            _signed(story, "reviewer", one.decided_by, one.decided_at),
            _customer(story),
        ],
        "stamp_box": say("paper.sign.stamp"),
        "verify_url": verify_url,
        "verify": say("paper.verify") if verify_url else say("paper.verify_draft"),
        "hash_label": say("paper.hash"),
        "made": say("paper.made", version=one.checklist_version),
        "glyphs": say("paper.glyphs"),
    }


def _signed(story: Story, role: str, who: PersonId | None, at: datetime | None) -> dict[str, Any]:
    name = story.material.names.get(who, "") if who else ""
    return {
        "label": story.tongue.say(f"paper.sign.{role}"),
        "name": name or NOTHING,
        "at": _at(story, at),
        "picture": "",
        "why": None,
    }


def _customer(story: Story) -> dict[str, Any]:
    one, say = story.material.sheet.inspection, story.tongue.say
    why = say("paper.sign.unsigned", reason=one.unsigned_reason) if one.unsigned_reason else None
    return {
        "label": say("paper.sign.customer"),
        "name": one.signer_name or NOTHING,
        "at": _at(story, one.signed_at),
        "picture": story.album.take(one.signature) if one.signature else "",
        "alt": say("paper.sign.picture", name=one.signer_name)[0],
        "why": None if one.signed_at else why or say("paper.sign.waiting"),
    }


def _at(story: Story, at: datetime | None) -> str:
    return story.tongue.instant(at) if at else NOTHING
