"""A log line tells what happened and keeps what must be kept."""

import json
import logging
import sys

from wiring.logs import Line

SECRET = "tk_0123456789"


def line(words: str, *args: object, as_json: bool = False, **facts: object) -> str:
    record = logging.LogRecord("collector.mqtt", logging.INFO, "x.py", 1, words, args, None)
    record.created = 1781485323.004
    record.facts = facts
    return Line("collector", as_json=as_json, secrets=[SECRET]).format(record)


def test_one_event_is_one_line_in_utc() -> None:
    said = line("stored %d", 7, took_s=0.5, site="天府 1")
    assert said.startswith("2026-06-15T01:02:03.004Z INFO     collector collector.mqtt: stored 7")
    assert said.endswith(' took_s=0.5 site="天府 1"')
    assert "\n" not in line("two\nlines", body="three\nfour")


def test_json_is_one_object() -> None:
    said = json.loads(line("stored %d", 7, as_json=True, count=3))
    assert said["words"] == "stored 7"
    assert said["process"] == "collector"
    assert said["count"] == 3


def test_secrets_are_not_told() -> None:
    said = line(f"cannot reach mqtt://u:pw@h:1883 nor https://x/?token=abc&a=1 with {SECRET}")
    assert "pw" not in said
    assert "abc" not in said
    assert SECRET not in said
    assert "mqtt://***@h:1883" in said
    assert "a=1" in said


def test_a_traceback_stays_on_the_line_and_is_redacted() -> None:
    try:
        raise ValueError(SECRET)  # noqa: TRY301 - the trace is the point
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "broken", (), sys.exc_info())
    said = Line("web", as_json=False, secrets=[SECRET]).format(record)
    assert "Traceback" in said
    assert "\n" not in said
    assert SECRET not in said
