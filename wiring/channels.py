"""`[[channel]]` and `[[source]]` of the TOML file."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from rules.push import CHANNEL
from wiring import sources

OURS = "ringwatch/"
_PREFIX = r"^[^+#$/\x00-\x1f][^+#/\x00-\x1f]*(/[^+#/\x00-\x1f]+)*$"
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class ChannelSettings(BaseModel):
    """A way to reach people: the first provider, then its fail-over.

    A provider is an address, or `file:/path` of a file that holds it.
    """

    model_config = _FROZEN

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$", description="a-z, 0-9, - and _")
    providers: tuple[SecretStr, ...] = Field(min_length=1, description="one or more addresses")
    group: bool = False

    @field_validator("name")
    @classmethod
    def _is_free(cls, given: str) -> str:
        if given == CHANNEL:
            raise ValueError(f"{CHANNEL} is what browsers are told by; another name")
        return given

    @field_validator("providers")
    @classmethod
    def _read_files(cls, given: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return tuple(sources.secret_of(one) for one in given)


class SourceSettings(BaseModel):
    model_config = _FROZEN

    site: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$", description="a site's code")
    dialect: str = Field(
        pattern=r"^[a-z0-9_]{1,32}$", description="a dialect's name", examples=["zigbee2mqtt"]
    )
    prefix: str = Field(
        pattern=_PREFIX,
        max_length=256,
        description="the first words of the topics: no + or #, no / at either end",
        examples=["zigbee2mqtt"],
    )


def _apart(given: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
    """A topic belongs to one source: no prefix may be, or begin, another."""
    prefixes = sorted((f"{one.prefix}/" for one in given), key=len)
    for number, prefix in enumerate(prefixes):
        if prefix.startswith(OURS) or OURS.startswith(prefix):
            raise ValueError(f"prefix {prefix[:-1]!r} belongs to Ringwatch's own topics")
        other = next((one for one in prefixes[number + 1 :] if one.startswith(prefix)), None)
        if other is not None:
            raise ValueError(f"prefixes {prefix[:-1]!r} and {other[:-1]!r} overlap")
    return given


Sources = Annotated[tuple[SourceSettings, ...], AfterValidator(_apart)]


def mail_channel(channels: Iterable[ChannelSettings]) -> str:
    """The first channel that is mail to one person; empty when there is none."""
    return next((one.name for one in channels if not one.group and _is_mail(one)), "")


def _is_mail(channel: ChannelSettings) -> bool:
    schemes = (one.get_secret_value().partition("://")[0].lower() for one in channel.providers)
    return all(scheme in {"smtp", "smtps"} for scheme in schemes)
