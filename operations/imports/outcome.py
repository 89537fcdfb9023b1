"""What an import did, or everything that is wrong with the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_ERRORS = 1000  # a file that is wrong throughout is not read to people line by line


class Kind(StrEnum):
    """The six files, in the order in which they stand on each other."""

    CUSTOMERS = "customers"
    CONTRACTS = "contracts"
    SITES = "sites"
    SYSTEMS = "systems"
    DEVICES = "devices"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """`say(language, message_id, **facts)` is the sentence: what is wrong, what is accepted.

    `say(language, place, sentence=..., **facts)` puts before it where that is.
    `line` is where the row begins in the file, counted from 1; 0 speaks of the whole file.
    `facts` repeat line, column and value, so that the sentence needs nothing else.
    """

    line: int
    column: str
    value: str
    message_id: str
    facts: Mapping[str, Any]

    @property
    def place(self) -> str:
        """The message id that says where before `{sentence}`; empty for the whole file."""
        if not self.line:
            return ""
        return "import.at.cell" if self.column else "import.at.line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Nothing is written if `errors` is not empty, or in a dry run."""

    kind: Kind
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    errors_in_all: int = 0
    warnings: tuple[RowError, ...] = ()
    changes: tuple[Any, ...] = ()  # of `operations.imports.changes.Change`
    dry_run: bool = False

    @property
    def fine(self) -> bool:
        return not self.errors_in_all


@dataclass(slots=True)
class Tally:
    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(slots=True, kw_only=True)
class Row:
    """One line of the file: `given` holds what its cells say, column by column."""

    line: int
    raw: Mapping[str, str]
    given: dict[str, Any] = field(default_factory=dict)
    sound: bool = True


@dataclass(slots=True)
class Findings:
    """Collects what is wrong; a refused row is not written, the others are still looked at."""

    errors: list[RowError] = field(default_factory=list)
    errors_in_all: int = 0
    warnings: list[RowError] = field(default_factory=list)

    def refuse(self, row: Row, column: str, message_id: str, **facts: Any) -> None:
        row.sound = False
        self.refuse_file(
            message_id, line=row.line, column=column, value=row.raw.get(column, ""), **facts
        )

    def refuse_file(self, message_id: str, *, line: int = 0, **facts: Any) -> None:
        self.errors_in_all += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(_error(line, message_id, facts))

    def warn(self, row: Row, column: str, message_id: str, **facts: Any) -> None:
        if len(self.warnings) < MOST_ERRORS:
            facts |= {"column": column, "value": row.raw.get(column, "")}
            self.warnings.append(_error(row.line, message_id, facts))


def _error(line: int, message_id: str, facts: dict[str, Any]) -> RowError:
    column, value = str(facts.get("column", "")), _shortened(str(facts.get("value", "")))
    facts = {"line": line, "example": "", **facts, "column": column, "value": value}
    return RowError(line=line, column=column, value=value, message_id=message_id, facts=facts)


def _shortened(value: str) -> str:
    """As a person can read it: one line, printable, not long."""
    plain = "".join(c if c.isprintable() else "�" for c in value)
    return plain if len(plain) <= 80 else plain[:79] + "…"  # noqa: PLR2004 - a line
