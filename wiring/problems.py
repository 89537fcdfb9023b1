"""What is wrong with a setting, in words an administrator can act on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

# Settings whose value, or part of it, may be a secret: never shown, not even when wrong.
HIDDEN = frozenset(
    {
        "database_url",
        "mqtt_url",
        "dead_man_url",
        "influx_token",
        "channel",
        "oidc",
        "webhook",
        "mail_replies",
        "inbound",
        "dc09",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    name: str
    given: str
    accepted: str
    example: str = ""
    origin: str = ""

    def __str__(self) -> str:
        """One line: where, name, value, what is accepted, an example."""
        where = f" ({self.origin})" if self.origin else ""
        example = f"; for example: {self.example}" if self.example else ""
        return f"{self.name}{where} is {self.given!r}; accepted: {self.accepted}{example}"


class SettingsError(Exception):
    """The settings cannot be used; nothing was started."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"The settings are not right, so nothing was started:\n{lines}")


def problem_of(error: Any, fields: Mapping[str, FieldInfo], origins: Mapping[str, str]) -> Problem:
    """One of pydantic's errors in our words: what the setting is, and what is accepted."""
    name = str(error["loc"][0]) if error["loc"] else ""
    field = _innermost(fields, error["loc"])
    accepted = (field.description if field else "") or error["msg"]
    if error["type"] == "value_error":  # our own words say what is wrong between the parts
        accepted = f"{accepted}; {error['msg'].removeprefix('Value error, ')}"
    return Problem(
        ".".join(str(part) for part in error["loc"]),
        "(secret)" if field is None or name in HIDDEN else str(error.get("input", "")),
        accepted,
        str(field.examples[0]) if field and field.examples else "",
        origins.get(name, ""),
    )


def _innermost(fields: Mapping[str, FieldInfo], place: Sequence[object]) -> FieldInfo | None:
    """The field of a table within a table that the error is about."""
    found = None
    for part in place:
        field = fields.get(part) if isinstance(part, str) else None
        if field is not None:
            found, fields = field, _fields_within(field.annotation)
    return found


def _fields_within(annotation: Any) -> Mapping[str, FieldInfo]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.model_fields
    return next(filter(None, map(_fields_within, get_args(annotation))), {})
