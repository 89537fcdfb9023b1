"""One line per event, in UTC, with its facts; what is secret never gets as far as the line."""

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from pydantic import SecretStr

from wiring.settings import Settings

_CREDENTIALS = re.compile(r"(?P<head>[a-z][a-z0-9+.-]*://)[^\s/@]+@", re.IGNORECASE)
_IN_QUERY = re.compile(
    r"(?P<head>[?&](?:access_token|token|key|secret|sign|password|pass)=)[^\s&\"']+", re.IGNORECASE
)
_SHORTEST_SECRET = 6  # shorter ones would blank out ordinary words
_QUIET = (
    "alembic",
    "apprise",
    "apscheduler",
    "httpcore2",
    "httpx2",
    "httpx",
    "urllib3",
    "uvicorn.access",
)
_PLAIN = re.compile(r"^[^\s\"=]+$")


class Line(logging.Formatter):
    """Text as `time level process logger: words key=value`, or one JSON object a line."""

    def __init__(self, process: str, *, as_json: bool, secrets: Iterable[str]) -> None:
        super().__init__()
        self._process, self._as_json = process, as_json
        self._secrets = sorted(
            {one for one in secrets if len(one) >= _SHORTEST_SECRET}, key=len, reverse=True
        )

    def format(self, record: logging.LogRecord) -> str:
        facts = dict(getattr(record, "facts", {}))
        if record.exc_info:
            facts["trace"] = self.formatException(record.exc_info)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        at = at.replace("+00:00", "Z")
        words = record.getMessage()
        if self._as_json:
            said = {"at": at, "level": record.levelname.lower(), "process": self._process}
            said |= {"logger": record.name, "words": words} | facts
            return self.redacted(json.dumps(said, ensure_ascii=False, default=str))
        tail = "".join(f" {name}={_quoted(value)}" for name, value in facts.items())
        flat = words.replace("\n", "\\n")
        line = f"{at} {record.levelname:<8} {self._process:<9} {record.name}: {flat}{tail}"
        return self.redacted(line)

    def redacted(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return _IN_QUERY.sub(r"\g<head>***", _CREDENTIALS.sub(r"\g<head>***@", line))


def start(process: str, settings: Settings) -> None:
    """Make this process log to stderr; unexpected ends of threads are events too."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = settings.log_format == "json"
    handler.setFormatter(Line(process, as_json=as_json, secrets=_secrets(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _ended
    threading.excepthook = _thread_ended


def _secrets(settings: Settings) -> list[str]:
    single = [value for _, value in settings if isinstance(value, SecretStr)]
    providers = [one for channel in settings.channel for one in channel.providers]
    return [one.get_secret_value() for one in [*single, *providers]]


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("ringwatch").critical(
        "ended by an unexpected %s: %s", kind.__name__, error, exc_info=(kind, error, trace)
    )


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    error = ended.exc_value
    if error is None or isinstance(error, SystemExit):
        return
    name = ended.thread.name if ended.thread else "?"
    logging.getLogger("ringwatch").critical(
        "thread %s ended by %s: %s", name, type(error).__name__, error, exc_info=error
    )


def _quoted(value: Any) -> str:
    words = str(value)
    return words if _PLAIN.match(words) else json.dumps(words, ensure_ascii=False)
