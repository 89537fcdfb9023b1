"""Message ids to sentences. Every file of `messages/` is read once; a key may stand in one only."""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

LANGUAGES = ("zh", "en")
PSEUDO = "xx"

_strict = False


class UnknownMessageError(KeyError):
    """No catalogue holds this key."""


def be_strict(*, strict: bool) -> None:
    """In tests a missing key raises; for people it is shown as it is."""
    global _strict  # noqa: PLW0603 - a switch of the test run, never of a request
    _strict = strict


def say(language: str, key: str, /, **facts: Any) -> str:
    """The sentence `key` in `language`, its blanks filled. Facts are plain text or numbers."""
    text = _find(language, key, facts)
    if text is None:
        if _strict:
            raise UnknownMessageError(key)
        return key
    try:
        filled = text.format_map(facts)
    except (KeyError, IndexError, ValueError) as error:
        if _strict:
            raise UnknownMessageError(f"{key}: {error!r}") from error
        return text
    if language != PSEUDO:
        return filled
    return "\n".join(f"[{line}]" for line in filled.split("\n"))  # a step is shown by itself


def has(key: str) -> bool:
    return _find("en", key, {"n": 1}) is not None


def keys(language: str) -> frozenset[str]:
    return frozenset(_catalogue(language))


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def language_name(language: str) -> str:
    """A language in its own words: 中文, English."""
    return {"zh": "中文", "en": "English"}.get(language, language)


def text_of(language: str, key: str) -> str:
    return _catalogue(language)[key]


def _find(language: str, key: str, facts: Mapping[str, Any]) -> str | None:
    catalogue = _catalogue(language)
    if key in catalogue:
        return catalogue[key]
    form = "one" if facts.get("n") == 1 and language != "zh" else "other"
    return catalogue.get(f"{key}.{form}") or catalogue.get(f"{key}.other")


@cache
def _catalogue(language: str) -> dict[str, str]:
    if language == PSEUDO:
        return {key: _accented(text) for key, text in _catalogue("en").items()}
    known = language if language in LANGUAGES else "en"
    return read(files("words").joinpath("messages"), known)


def read(folder: Traversable, language: str) -> dict[str, str]:
    """Every message of `folder` in one language. A key that stands in two files is an error."""
    merged: dict[str, str] = {}
    for source in sorted(folder.iterdir(), key=lambda file: file.name):
        if not source.name.endswith(f".{language}.toml"):
            continue
        for key, text in _flat(tomllib.loads(source.read_text(encoding="utf-8"))):
            if key in merged:
                raise ValueError(f"{source.name}: the key {key!r} stands in another file already")
            merged[key] = text
    return merged


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """TOML reads `a.b = ...` as nested tables; we want `a.b` back."""
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            found += _flat(value, f"{key}.")
        else:
            found.append((key, str(value)))
    return found


_ACCENTS = str.maketrans(
    "AaCcDdEeGgHhIiLlNnOoRrSsTtUuWwYyZz",
    "ÅåÇçÐðÉéĜĝĤĥÎîĻļÑñÖöŔŕŠšŢţÛûŴŵÝýŽž",
)


def _accented(text: str) -> str:
    """English in accents, its blanks untouched."""
    pieces = []
    for literal, name, spec, conversion in string.Formatter().parse(text):
        pieces.append(literal.translate(_ACCENTS).replace("{", "{{").replace("}", "}}"))
        if name is not None:
            tail = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            pieces.append("{" + name + tail + "}")
    return "".join(pieces)
