"""What is wrong with a setting, in words an administrator can act on."""

from collections.abc import Sequence
from dataclasses import dataclass


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
