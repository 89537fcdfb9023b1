"""`[[webhook]]` and `[retention]` of the TOML file: who is told what, what is kept how long."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from rules import events as event_rules
from wiring.partners import Partner, told_apart

_HTTP = {"http", "https"}


class WebhookSettings(Partner):
    """The secret signs each request; `person` (a code) says which sites it may hear of."""

    url: SecretStr
    events: tuple[str, ...] = Field(min_length=1)
    person: str = Field(min_length=1, max_length=80)
    ca_file: Path | None = None

    @field_validator("url")
    @classmethod
    def _is_http(cls, given: SecretStr) -> SecretStr:
        parts = urlsplit(given.get_secret_value())
        if parts.scheme not in _HTTP or not parts.hostname or parts.fragment:
            raise ValueError("no http:// or https:// address")
        return given

    @field_validator("events")
    @classmethod
    def _are_known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(given) - set(event_rules.accepted())):
            accepted = ", ".join(event_rules.accepted())
            raise ValueError(f"{', '.join(unknown)}: one of {accepted}")
        return given


Webhooks = Annotated[tuple[WebhookSettings, ...], AfterValidator(told_apart)]
WEBHOOK_FIELD: Any = Field(
    default=(), description="[[webhook]] name, url, secret_file, events, person"
)


def _always_or(least: int) -> Any:
    """0: always; else at least so many days."""

    def check(given: int) -> int:
        if given and given < least:
            raise ValueError(f"0 (always), or at least {least} days")
        return given

    return AfterValidator(check)


_DAYS = Field(ge=0, le=36_500, strict=True)
_AYear = Annotated[int, _DAYS, _always_or(400)]
_AMonth = Annotated[int, _DAYS, _always_or(30)]
_AWeek = Annotated[int, _DAYS, _always_or(7)]


class RetentionSettings(BaseModel):
    """Days; 0 is always. Orders, inspections, documents and their stories are never forgotten."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hourly: _AYear = 1125  # three years and a month
    sealed: _AMonth = 400  # single readings, a piece for each day of a device
    spool: _AWeek = 7  # single readings that InfluxDB has not taken yet
    faults: _AYear = 1125  # over, and never an order
    journal: _AYear = 1125
    notices: _AYear = 1125
    attempts: _AYear = 400  # a year's reachability (B24) and a month to write it down
    alerts: _AMonth = 400
    links: _AMonth = 30
    events: _AWeek = 30  # what webhooks were told
    alarms: _AMonth = 400  # what alarm hosts reported to the guards

    def days_of(self, name: str) -> int:
        days: int = getattr(self, name)
        return days


RETENTION_FIELD: Any = Field(
    default_factory=RetentionSettings, description="a table of days; 0 is always"
)

PUBLIC_URL_FIELD: Any = Field(
    default=None,
    description="the address people reach us at, for links in notices",
    examples=["https://ringwatch.example.com"],
)
DEAD_MAN_FIELD: Any = Field(
    default=None,
    description="an outside http(s) address pinged while all is well",
    examples=["https://hc-ping.com/your-uuid"],
)
