"""`[dc09]` of the TOML file: the receiver of alarm hosts, and their accounts."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from rules.supervision import Category, Supervised
from wiring import sources

KEY_LENGTHS = frozenset({16, 24, 32})  # bytes: AES-128, -192, -256
_FROZEN = ConfigDict(frozen=True, extra="forbid")
_HEX = "hex:"


class AccountSettings(BaseModel):
    """An alarm host as it calls itself. Without a key it must not encrypt, with one it must."""

    model_config = _FROZEN

    account: str = Field(pattern=r"^[0-9A-Fa-f]{1,16}$", description="as the host sends it")
    site: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$", description="a site's code")
    key: SecretStr | None = None
    category: Category | None = None
    test_interval_h: float | None = Field(default=None, gt=0, le=24 * 32)

    @field_validator("account")
    @classmethod
    def _in_one_form(cls, given: str) -> str:
        return given.upper()

    @field_validator("key")
    @classmethod
    def _is_a_key(cls, given: SecretStr | None) -> SecretStr | None:
        if given is None:
            return None
        if not given.get_secret_value().startswith("file:"):
            raise ValueError("a key does not stand in the TOML file: file:/path")
        found = sources.secret_of(given)
        if len(_bytes_of(found)) not in KEY_LENGTHS:
            raise ValueError("16, 24 or 32 characters; or hex: and 32, 48 or 64 digits")
        return found

    @property
    def key_bytes(self) -> bytes | None:
        return _bytes_of(self.key) if self.key else None

    @property
    def supervised(self) -> Supervised:
        hours = self.test_interval_h
        return Supervised(
            category=self.category, test_interval=timedelta(hours=hours) if hours else None
        )


def _bytes_of(key: SecretStr) -> bytes:
    """The characters themselves; digits behind `hex:`, or such as can be nothing else."""
    words = key.get_secret_value()
    digits = words.removeprefix(_HEX)
    if words.startswith(_HEX) or len(words) in {48, 64}:
        return bytes.fromhex(digits)
    return words.encode("ascii")


def _told_apart(given: tuple[AccountSettings, ...]) -> tuple[AccountSettings, ...]:
    if len({one.account for one in given}) < len(given):
        raise ValueError("two accounts of one number")
    return given


class Dc09Settings(BaseModel):
    """Where to listen, and the time window: a host's clock may be so far ahead or behind."""

    model_config = _FROZEN

    listen: str = Field(default="127.0.0.1:12000", description="ADDRESS:PORT")
    ahead_s: float = Field(default=20, ge=1, le=3600)
    behind_s: float = Field(default=40, ge=1, le=3600)
    connections: int = Field(default=1000, ge=1, le=10_000)
    account: Annotated[tuple[AccountSettings, ...], AfterValidator(_told_apart)] = ()

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, given: str) -> str:
        host, _, port = given.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
            raise ValueError("no ADDRESS:PORT")
        return given

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def accounts(self) -> dict[str, AccountSettings]:
        return {one.account: one for one in self.account}


DC09_FIELD: Any = Field(
    default=None,
    description="[dc09] listen; [[dc09.account]] account, site, key = file:/path, category",
    examples=["see docs/operating.md"],
)


def promises(given: Dc09Settings | None) -> Mapping[str, Mapping[str, float]]:
    """Account → the figures its supervision sets for the device, by their names."""
    found = given.account if given else ()
    return MappingProxyType({one.account: one.supervised.figures for one in found})
