"""`[[channel]]` and `[[source]]` of the TOML file."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from wiring import sources

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class ChannelSettings(BaseModel):
    """A way to reach people: the first provider, then its fail-over.

    A provider is an address, or `file:/path` of a file that holds it.
    """

    model_config = _FROZEN

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$", description="a-z, 0-9, - and _")
    providers: tuple[SecretStr, ...] = Field(min_length=1, description="one or more addresses")
    group: bool = False

    @field_validator("providers")
    @classmethod
    def _read_files(cls, given: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return tuple(sources.secret_of(one) for one in given)


class SourceSettings(BaseModel):
    model_config = _FROZEN

    site: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$", description="a site's code")
    dialect: str = Field(min_length=1, description="a dialect's name")
    prefix: str = Field(min_length=1, description="the first words of the topics")


def mail_channel(channels: Iterable[ChannelSettings]) -> str:
    """The first channel that is mail to one person; empty when there is none."""
    return next((one.name for one in channels if not one.group and _is_mail(one)), "")


def _is_mail(channel: ChannelSettings) -> bool:
    schemes = (one.get_secret_value().partition("://")[0].lower() for one in channel.providers)
    return all(scheme in {"smtp", "smtps"} for scheme in schemes)
