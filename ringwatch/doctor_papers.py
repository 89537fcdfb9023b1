"""The doctor's look at what documents need: a Chinese font, and a key that is good for a while."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from reports import keys
from reports.fonts import FontMissingError, look_up
from reports.keys import SigningKeyError
from wiring.settings import Settings

_SOON = timedelta(days=60)


def look(settings: Settings, now: datetime) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(how bad, message id, facts) of each finding: good, odd or bad."""
    yield _font(settings)
    yield _key(settings, now)


def _font(settings: Settings) -> tuple[str, str, dict[str, Any]]:
    try:
        face = look_up(settings.fonts)
    except FontMissingError as error:
        return "bad", "font_missing", {"why": str(error)}
    return "good", "font", {"family": face.family}


def _key(settings: Settings, now: datetime) -> tuple[str, str, dict[str, Any]]:
    folder = settings.keys_folder
    try:
        pair = keys.read(folder)
        if pair is None:
            return "odd", "key_none", {"folder": folder}
        facts = keys.check(pair, now)
    except PermissionError:
        return "odd", "key_hidden", {"folder": folder}
    except (OSError, SigningKeyError) as error:
        return "bad", "key_wrong", {"folder": folder, "why": str(error)}
    said = {"name": facts.name, "until": f"{facts.valid_until:%Y-%m-%d}"}
    soon = facts.valid_until - now < _SOON
    return ("odd", "key_ends", said) if soon else ("good", "key", said)
