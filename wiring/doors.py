"""`[oidc]` and `second_factor_roles`: how people may come in besides a password."""

from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from rules.model import Role
from wiring import sources

_LOCAL = {"127.0.0.1", "::1", "localhost"}


class OidcSettings(BaseModel):
    """The company's own identity provider (OpenID Connect, authorization code with PKCE)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(description="https address, as the provider's own discovery names it")
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: SecretStr = Field(description="file:/path of a file that holds it")
    name: str = Field(default="OpenID", min_length=1, max_length=40)
    scopes: str = Field(default="openid email profile", pattern=r"^openid( [\w.:/-]+)*$")

    @field_validator("client_secret")
    @classmethod
    def _read_file(cls, given: SecretStr) -> SecretStr:
        if not given.get_secret_value().startswith("file:"):
            raise ValueError("a secret does not stand in the TOML file: file:/path")
        return sources.secret_of(given)

    @field_validator("issuer")
    @classmethod
    def _is_an_issuer(cls, given: str) -> str:
        parts = urlsplit(given)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        if not safe or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValueError("an https address without query")
        return given


def _roles(given: Any) -> Any:
    names = given.replace(",", ";").split(";") if isinstance(given, str) else given
    if not isinstance(names, list | tuple | set | frozenset):
        raise ValueError("no list of roles")  # noqa: TRY004 - pydantic wants this one
    return frozenset(Role(str(name).strip()) for name in names if str(name).strip())


Roles = Annotated[frozenset[Role], BeforeValidator(_roles)]

ROLES_FIELD: Any = Field(
    default=frozenset(),
    description="roles that must have a second factor, ;-separated: " + ", ".join(Role),
    examples=["admin;head"],
)
OIDC_FIELD: Any = Field(
    default=None,
    description="[oidc] issuer, client_id, client_secret = file:/path; name and scopes if wanted",
    examples=["see docs/operating.md"],
)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
