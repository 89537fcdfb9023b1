"""`[mail_replies]`, `[[inbound]]` and `[push]` of the TOML file: how people answer from outside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from notify import mailbox
from notify.channel import ProviderAddressError
from wiring import sources
from wiring.partners import Partner, told_apart

_FROZEN = ConfigDict(frozen=True, extra="forbid")


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


class InboundSettings(Partner):
    """A program that may answer for people: POST /hooks/in/<name>, signed with the secret."""

    LEAST_SECRET: ClassVar[int] = 16


class PushSettings(BaseModel):
    """Notifications to installed pages. `hosts`: push services beside those of the browsers."""

    model_config = _FROZEN

    key_file: Path | None = None
    contact: str = Field(default="", pattern=r"^(|mailto:[^\s@]+@[^\s@]+|https://\S+)$")
    hosts: tuple[str, ...] = ()


Inbounds = Annotated[tuple[InboundSettings, ...], AfterValidator(told_apart)]
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
