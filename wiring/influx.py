"""`influx_url`, `..._token`, `..._org`, `..._bucket`: an InfluxDB 2 for the curves (D06)."""

from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator

from storage.influx import Influx


class InfluxSettings(BaseModel):
    """Part of `wiring.settings.Settings`, so that each stands in the environment by itself."""

    influx_url: str | None = Field(
        default=None,
        description="http:// or https:// of an InfluxDB 2; unset: our own tables alone",
        examples=["https://influx.example.com:8086"],
    )
    influx_token: SecretStr | None = Field(
        default=None,
        description="an API token that may write to and read from the bucket",
        examples=["influx_token_file = /run/secrets/influx"],
    )
    influx_org: str | None = Field(
        default=None, description="the organisation's name", examples=["ringwatch"]
    )
    influx_bucket: str | None = Field(
        default=None,
        validate_default=True,
        description="the bucket's name, ours alone",
        examples=["ringwatch"],
    )

    @field_validator("influx_url", "influx_token", "influx_org", "influx_bucket", mode="before")
    @classmethod
    def _empty_is_unset(cls, given: Any) -> Any:
        """A compose file hands on variables that nobody set as empty ones."""
        return None if given == "" else given

    @field_validator("influx_url")
    @classmethod
    def _is_http(cls, given: str | None) -> str | None:
        parts = urlsplit(given or "http://unset")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ValueError("no http:// or https:// address")
        return given

    @field_validator("influx_bucket")
    @classmethod
    def _whole(cls, given: str | None, info: ValidationInfo) -> str | None:
        """The address switches it on; without one a compose file may name the rest."""
        others = (given, info.data.get("influx_token"), info.data.get("influx_org"))
        if info.data.get("influx_url") and not all(others):
            raise ValueError("with influx_url all of influx_token, influx_org, influx_bucket")
        return given

    @property
    def influx(self) -> Influx | None:
        """The store, if one is named."""
        if not (self.influx_url and self.influx_token and self.influx_org and self.influx_bucket):
            return None
        token = self.influx_token.get_secret_value()
        return Influx(self.influx_url, token, self.influx_org, self.influx_bucket)
