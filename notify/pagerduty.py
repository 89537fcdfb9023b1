"""PagerDuty's Events API v2: `pagerduty://events.pagerduty.com/?token_file=…` (a routing key).

All notices about one order are one incident (`dedup_key`): it opens with the first, is taken when
somebody has the order, and is resolved when the device is healthy or the order closed. A drill is
one for each who is called, resolved when they answered or it is over.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from notify import robot
from notify.channel import Letter
from notify.robot import Ask, Craft, Keys, Robot
from rules.notices import Kind

_SEVERITIES = ("critical", "error", "warning")
_MOST_SUMMARY = 1024
_MOST_DETAILS = 16_000
_REFUSED = 1


def _action(letter: Letter) -> str:
    if letter.over or letter.kind in {Kind.RESTORED, Kind.DRILL_OVER}:
        return "resolve"
    return "acknowledge" if letter.kind == Kind.RELIEVED else "trigger"


def _incident(letter: Letter) -> str:
    return f"ringwatch-{letter.about or letter.id}"


def _ask(keys: Keys, letter: Letter) -> Ask:
    body: dict[str, Any] = {
        "routing_key": keys.token,
        "event_action": _action(letter),
        "dedup_key": _incident(letter),
    }
    if body["event_action"] == "trigger":
        body["payload"] = {
            "summary": letter.subject[:_MOST_SUMMARY],
            "source": "Ringwatch",
            "severity": "info" if letter.kind == Kind.DRILL else _SEVERITIES[letter.rank],
            "timestamp": letter.at.astimezone(UTC).isoformat(),
            "custom_details": {"text": robot.cut(letter.body, _MOST_DETAILS)},
        }
        body["links"] = [{"href": letter.link, "text": "Ringwatch"}] if letter.link else []
    return Ask(where="/v2/enqueue", body=body)


def _read(said: Mapping[str, Any]) -> tuple[int | None, str]:
    if "status" not in said:
        return None, ""
    code = 0 if said["status"] == "success" else _REFUSED
    problems = said.get("errors")
    more = "; ".join(map(str, problems)) if isinstance(problems, list) else ""
    return code, f"{said.get('message', '')} {more}".strip()


CRAFT = Craft(
    name="pagerduty",
    ask=_ask,
    read=_read,
    per_min=120,
    waits_s={},
    options=tuple(name for name in robot.OPTIONS if name not in {"secret_file", "keyword"}),
    merges=False,  # every order is an incident of its own
    incident=_incident,
)


def provider(url: str) -> Robot:
    return robot.provider(CRAFT, url)
