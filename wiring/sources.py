"""Where settings come from: the TOML file and the environment, told apart and put together."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from wiring.problems import Problem

PREFIX = "RINGWATCH_"
SECRETS = ("database_url", "mqtt_url", "dead_man_url", "influx_token")
# for the TOML file only
_TABLES = (
    *("policy", "channel", "source", "webhook", "retention", "oidc", "dc09"),
    *("mail_replies", "inbound", "push"),
)
_YES_NO = ("insecure_http", "demo")
_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_FILE_MARK = "file:"
DEFAULT_FILE = "ringwatch.toml"


@dataclass(slots=True)
class Gathered:
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def gather(
    environment: Mapping[str, str], overrides: Mapping[str, Any], known: Iterable[str]
) -> Gathered:
    """Later sources win: TOML, then environment, then overrides."""
    names = list(known)
    found = Gathered()
    data = overrides.get("data") or environment.get(f"{PREFIX}DATA") or "var"
    _read_toml(environment, Path(data), names, found)
    _read_environment(environment, names, found)
    for name, value in overrides.items():
        if value is not None:
            found.values[name], found.origins[name] = value, "given"
    for name in _YES_NO:
        if isinstance(found.values.get(name), str):
            found.values[name] = _WORDS.get(found.values[name].lower(), found.values[name])
    return found


def secret_of(given: SecretStr) -> SecretStr:
    """The secret itself; `file:/path` means the first line of that file."""
    words = given.get_secret_value()
    if not words.startswith(_FILE_MARK):
        return given
    return SecretStr(_first_line(Path(words.removeprefix(_FILE_MARK))))


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip().splitlines()[0]
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise ValueError("the file cannot be read or is empty") from error


def toml_file(environment: Mapping[str, str], data: Path) -> Path:
    """Where the TOML file is, or would be."""
    named = environment.get(f"{PREFIX}CONFIG")
    return Path(named) if named else data / DEFAULT_FILE


def _read_toml(
    environment: Mapping[str, str], data: Path, names: list[str], found: Gathered
) -> None:
    named = environment.get(f"{PREFIX}CONFIG")
    path = toml_file(environment, data)
    if not named and not path.is_file():
        return
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        accepted = f"a readable TOML file ({error})"
        found.problems.append(Problem(f"{PREFIX}CONFIG", str(path), accepted))
        return
    allowed = [*names, *(f"{name}_file" for name in SECRETS)]
    for name, value in table.items():
        if name in allowed:
            _take(name, value, str(path), found)
        else:
            found.problems.append(_unknown(name, value, allowed, str(path)))


def _read_environment(environment: Mapping[str, str], names: list[str], found: Gathered) -> None:
    plain = [name for name in names if name not in _TABLES]
    allowed = {f"{PREFIX}{name.upper()}": name for name in plain}
    allowed |= {f"{PREFIX}{name.upper()}_FILE": f"{name}_file" for name in SECRETS}
    for variable, value in sorted(environment.items()):
        if not variable.startswith(PREFIX) or variable.startswith(f"{PREFIX}TEST_"):
            continue
        if variable == f"{PREFIX}CONFIG":
            continue
        if variable in allowed:
            if f"{variable}_FILE" in allowed and f"{variable}_FILE" in environment:
                _refuse_both(variable, found)
            _take(allowed[variable], value, variable, found)
        else:
            found.problems.append(_unknown(variable, value, allowed, "environment"))


def _refuse_both(variable: str, found: Gathered) -> None:
    found.problems.append(Problem(variable, "(secret)", f"{variable} or {variable}_FILE, not both"))


def _take(name: str, value: Any, origin: str, found: Gathered) -> None:
    if name.endswith("_file") and name.removesuffix("_file") in SECRETS:
        name = name.removesuffix("_file")
        try:
            value = _first_line(Path(str(value)))
        except ValueError as error:
            found.problems.append(Problem(f"{name}_file", str(value), str(error), origin=origin))
            return
    found.values[name], found.origins[name] = value, origin


def _unknown(name: str, value: Any, allowed: Iterable[str], origin: str) -> Problem:
    """An unknown name may hold a secret (a misspelt one): its value is never shown."""
    near = difflib.get_close_matches(name, list(allowed), n=1)
    hint = f"a known name; did you mean {near[0]}?" if near else "a known name"
    shown = "(not shown)" if isinstance(value, str) else type(value).__name__
    return Problem(name, shown, hint, origin=origin)
