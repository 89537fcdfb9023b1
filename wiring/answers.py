"""`[mail_replies]`, `[[inbound]]` and `[push]` of the TOML file: how people answer from outside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from notify import mailbox
from notify.channel import ProviderAddressError
from wiring import sources

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_SHORTEST_SECRET = 16  # characters


class MailReplySettings(BaseModel):
    """`address` is where answers go to; `mailbox` is where they are read."""

    model_config = _FROZEN

    mailbox: SecretStr = Field(
        description="imap[s]://user@host:port/FOLDER?password_file=FILE",
        examples=["imaps://watch%40example.com@mail.example.com/?password_file=/run/secrets/imap"],
    )
    address: str = Field(pattern=r"^[^\s@<>,;:\"\\]{1,64}@[^\s@<>,;:\"\\]{1,190}$")
    every_s: float = Field(default=15, ge=1, le=3600)

    @field_validator("mailbox")
    @classmethod
    def _is_a_mailbox(cls, given: SecretStr) -> SecretStr:
        given = sources.secret_of(given)
        try:
            mailbox.opened_at(given.get_secret_value())
        except ProviderAddressError as error:
            raise ValueError(str(error)) from error
        return given


class InboundSettings(BaseModel):
    """A program that may answer for people: POST /hooks/in/<name>, signed with the secret."""

    model_config = _FROZEN

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$", description="a-z, 0-9, - and _")
    secret_file: Path

    @field_validator("secret_file")
    @classmethod
    def _holds_a_secret(cls, given: Path) -> Path:
        try:
            secret = given.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"the file cannot be read: {error}") from error
        if len(secret) < _SHORTEST_SECRET:
            raise ValueError(f"the secret has fewer than {_SHORTEST_SECRET} characters")
        return given

    @property
    def secret(self) -> str:
        """Read anew each time: the file may have been renewed."""
        return self.secret_file.read_text(encoding="utf-8").strip()


class PushSettings(BaseModel):
    """Notifications to installed pages. `hosts`: push services beside those of the browsers."""

    model_config = _FROZEN

    key_file: Path | None = None
    contact: str = Field(default="", pattern=r"^(|mailto:[^\s@]+@[^\s@]+|https://\S+)$")
    hosts: tuple[str, ...] = ()


def _told_apart(given: tuple[InboundSettings, ...]) -> tuple[InboundSettings, ...]:
    if len({one.name for one in given}) < len(given):
        raise ValueError("two of one name")
    return given


Inbounds = Annotated[tuple[InboundSettings, ...], AfterValidator(_told_apart)]
MAIL_REPLIES_FIELD: Any = Field(default=None, description="[mail_replies] mailbox, address")
INBOUND_FIELD: Any = Field(default=(), description="[[inbound]] name, secret_file")
PUSH_FIELD: Any = Field(default_factory=PushSettings, description="[push] key_file, contact, hosts")


def lines(
    mail_replies: MailReplySettings | None, inbound: tuple[InboundSettings, ...], push: PushSettings
) -> Mapping[str, str]:
    """As `ringwatch settings` shows them: no secret."""
    read = "(unset)"
    if mail_replies:
        read = f"to {mail_replies.address}, read every {mail_replies.every_s:g} s"
    key = push.key_file or "made in the data folder"
    return {
        "mail_replies": read,
        **{f"inbound.{one.name}": f"POST /hooks/in/{one.name}" for one in inbound},
        "push": f"key {key}",
    }
