"""Programs outside that share a secret with us, each by its name."""

from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Partner(BaseModel):
    """`secret_file` holds the secret, of at least `LEAST_SECRET` characters."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    LEAST_SECRET: ClassVar[int] = 1

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$", description="a-z, 0-9, - and _")
    secret_file: Path

    @field_validator("secret_file")
    @classmethod
    def _holds_a_secret(cls, given: Path) -> Path:
        try:
            secret = given.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"the file cannot be read: {error}") from error
        if not secret:
            raise ValueError("the file is empty")
        if len(secret) < cls.LEAST_SECRET:
            raise ValueError(f"the secret has fewer than {cls.LEAST_SECRET} characters")
        return given

    @property
    def secret(self) -> str:
        """Read anew each time: the file may have been renewed."""
        return self.secret_file.read_text(encoding="utf-8").strip()


P = TypeVar("P", bound=Partner)


def told_apart(given: tuple[P, ...]) -> tuple[P, ...]:
    if len({one.name for one in given}) < len(given):
        raise ValueError("two of one name")
    return given
