"""`[[channel]]` and `[[source]]` of the TOML file."""

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
