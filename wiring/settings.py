"""One settings object: defaults < TOML file < environment. No other module reads either.

Every problem is told at once, each with the setting's name, the value as it was given (secrets
masked), what is accepted and an example. `docs/operating.md` lists all of them.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from notify.channels import ACCEPTED, ChannelPlan, check
from rules.policy import Policy
from wiring import sources
from wiring.answers import (
    INBOUND_FIELD,
    MAIL_REPLIES_FIELD,
    PUSH_FIELD,
    Inbounds,
    MailReplySettings,
    PushSettings,
)
from wiring.channels import ChannelSettings, Sources
from wiring.dc09 import DC09_FIELD, Dc09Settings
from wiring.doors import OIDC_FIELD, ROLES_FIELD, OidcSettings, Roles, is_loopback
from wiring.figures import FigureError, policy_from
from wiring.influx import InfluxSettings
from wiring.outside import (
    DEAD_MAN_FIELD,
    PUBLIC_URL_FIELD,
    RETENTION_FIELD,
    WEBHOOK_FIELD,
    RetentionSettings,
    Webhooks,
)
from wiring.paper import FONTS_FIELD, KEYS_FIELD
from wiring.problems import Problem, SettingsError, problem_of

DEFAULT_FILE = sources.DEFAULT_FILE
OWN_SECRET = "installation.secret"  # noqa: S105 - a file, made unless secret_file names one
DEMO_MARK = "demo.json"  # a folder with demo data keeps its banner, whoever opens it
_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
_DEMO_LISTENS_TO = ("http", "public_url", "insecure_http", "tls_cert", "tls_key", "log_format")
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Settings(InfluxSettings):
    """Everything the environment and the TOML file may say."""

    model_config = _FROZEN

    data: Path = Field(
        default=Path("var"), description="a folder we may write to", examples=["/var/lib/ringwatch"]
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; unset: SQLite in data",
        examples=["postgresql://ringwatch:secret@127.0.0.1/ringwatch"],
    )
    mqtt_url: SecretStr | None = Field(
        default=None,
        description="mqtt:// or mqtts:// with user, password, host, port; unset: our own broker",
        examples=["mqtts://ringwatch:secret@broker.example.com:8883"],
    )
    http: str = Field(
        default="127.0.0.1:8080",
        description="ADDRESS:PORT to serve on",
        examples=["127.0.0.1:8090"],
    )
    insecure_http: bool = Field(
        default=False,
        description="yes: serve other machines without TLS (passwords readable on the wire)",
        examples=["yes"],
    )
    public_url: str | None = PUBLIC_URL_FIELD
    tls_cert: Path | None = Field(
        default=None, description="a PEM file, with tls_key", examples=["/etc/ringwatch/cert.pem"]
    )
    tls_key: Path | None = Field(
        default=None, description="a PEM file, with tls_cert", examples=["/etc/ringwatch/key.pem"]
    )
    dead_man_url: SecretStr | None = DEAD_MAN_FIELD
    secret_file: Path | None = Field(
        default=None, description="a file only we can read", examples=["/run/secrets/ringwatch"]
    )
    keys: Path | None = KEYS_FIELD
    fonts: Path | None = FONTS_FIELD
    log_format: str = Field(
        default="text", pattern="^(text|json)$", description="text or json", examples=["json"]
    )
    second_factor_roles: Roles = ROLES_FIELD
    oidc: OidcSettings | None = OIDC_FIELD
    webhook: Webhooks = WEBHOOK_FIELD
    mail_replies: MailReplySettings | None = MAIL_REPLIES_FIELD
    inbound: Inbounds = INBOUND_FIELD
    push: PushSettings = PUSH_FIELD
    retention: RetentionSettings = RETENTION_FIELD
    demo: bool = Field(default=False, description="yes or no", examples=["no"])
    policy: Policy = Field(default_factory=Policy, description="a table of figures")
    channel: tuple[ChannelSettings, ...] = Field(
        default=(), description="[[channel]] name, providers"
    )
    source: Sources = Field(default=(), description="[[source]] site, dialect, prefix")
    dc09: Dc09Settings | None = DC09_FIELD

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def main_database(self) -> str:
        """Where business data live."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data.resolve() / 'ringwatch.db'}"

    @property
    def telemetry_database(self) -> str:
        """Readings share PostgreSQL, but have a file of their own beside SQLite."""
        if self.main_database.startswith("sqlite"):
            main = Path(self.main_database.removeprefix("sqlite:///"))
            return f"sqlite:///{main.with_name('telemetry.db')}"
        return self.main_database

    @property
    def keys_folder(self) -> Path:
        """Where the signing key lies; only the scheduler needs to read it."""
        return self.keys or self.data / "keys"

    @property
    def http_host(self) -> str:
        return self.http.rpartition(":")[0].strip("[]")

    @property
    def http_port(self) -> int:
        return int(self.http.rpartition(":")[2])

    @property
    def base_url(self) -> str:
        """What links begin with, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        return f"{'https' if self.tls_cert else 'http'}://{self.http}"

    @property
    def origins(self) -> dict[str, str]:
        """Setting → where its value came from; what is not here has its default."""
        return dict(self._origins)

    @field_validator("http")
    @classmethod
    def _is_an_address(cls, given: str) -> str:
        host, _, port = given.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
            raise ValueError("no ADDRESS:PORT")
        return given

    @field_validator("database_url", "mqtt_url", "dead_man_url", "public_url")
    @classmethod
    def _has_a_known_scheme(cls, given: Any, info: Any) -> Any:
        schemes = {
            "database_url": {"sqlite", "postgresql"},
            "mqtt_url": {"mqtt", "mqtts"},
        }.get(info.field_name, {"http", "https"})
        url = given.get_secret_value() if isinstance(given, SecretStr) else given
        if url is None:
            return given
        parts = urlsplit(url)
        if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "sqlite"):
            raise ValueError("no address of these kinds")
        if parts.scheme == "sqlite" and not url.startswith("sqlite:///"):
            raise ValueError("three slashes, then the file")
        return given

    @field_validator("tls_cert", "tls_key", "secret_file")
    @classmethod
    def _is_a_file(cls, given: Path | None) -> Path | None:
        if given is not None and not given.is_file():
            raise ValueError("no such file")
        return given

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise FigureError(
                Problem("tls_cert", "", "tls_cert and tls_key, both or neither", "see tls_key")
            )
        if not (self.insecure_http or self.tls_cert or is_loopback(self.http_host)):
            raise FigureError(
                Problem(
                    "http",
                    self.http,
                    "a loopback address, or TLS (tls_cert, tls_key), or, on a network you trust,"
                    " insecure_http: passwords would be readable on the wire",
                    "RINGWATCH_INSECURE_HTTP=yes",
                )
            )
        return self


def load(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the TOML file and the environment (the process's own unless given).

    `overrides` win over both: the command line and the demo use them.
    Raises `SettingsError` with every problem that was found.
    """
    environment = os.environ if environment is None else environment
    gathered = sources.gather(environment, overrides, Settings.model_fields)
    problems = list(gathered.problems)
    values = dict(gathered.values)
    if "policy" in values and not isinstance(values["policy"], Policy):
        policy, wrong = policy_from(values.pop("policy"))
        values["policy"] = policy
        problems += wrong
    if (Path(values.get("data", "var")) / DEMO_MARK).exists():
        values["demo"], gathered.origins["demo"] = True, DEMO_MARK
    try:
        settings = Settings(**values)
    except ValidationError as error:
        problems += [
            problem_of(one, Settings.model_fields, gathered.origins) for one in error.errors()
        ]
    except FigureError as error:
        problems.append(error.problem)
    else:
        problems += _channel_problems(settings)
    if problems:
        raise SettingsError(problems)
    settings._origins.update(gathered.origins)  # noqa: SLF001 - ours; frozen from here on
    return settings


def environment_for_children(**settings: str) -> dict[str, str]:
    """Our own environment, with these settings on top: what a child process is given."""
    return {**os.environ, **as_environment(**settings)}


def as_environment(**settings: str) -> dict[str, str]:
    return {f"{sources.PREFIX}{name.upper()}": value for name, value in settings.items()}


def config_file(settings: Settings) -> Path | None:
    """The TOML file in use; None when there is none."""
    path = sources.toml_file(os.environ, settings.data)
    return path if path.is_file() else None


def secret_files(settings: Settings) -> list[Path]:
    """Files named by settings whose content is a secret."""
    named = [os.environ.get(f"{sources.PREFIX}{name.upper()}_FILE") for name in sources.SECRETS]
    own = settings.data / OWN_SECRET
    ours = [settings.tls_key, settings.secret_file, own if own.is_file() else None]
    return [Path(path) for path in (*named, *ours) if path]


def terminal_language() -> str:
    """What the administrator's terminal is set to: zh or en."""
    spoken = next((os.environ[name] for name in _LOCALES if os.environ.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"


def plain_environment() -> dict[str, str]:
    """The environment without a word to Ringwatch but on how the web and the log are served."""
    kept = {f"{sources.PREFIX}{name.upper()}" for name in _DEMO_LISTENS_TO}
    return {
        name: value
        for name, value in os.environ.items()
        if name in kept or not name.startswith(sources.PREFIX)
    }


def channel_plans(settings: Settings) -> list[ChannelPlan]:
    """The channels as `notify/` wants them, secrets opened."""
    return [
        ChannelPlan(
            name=channel.name,
            providers=tuple(one.get_secret_value() for one in channel.providers),
            group=channel.group,
        )
        for channel in settings.channel
    ]


def _channel_problems(settings: Settings) -> list[Problem]:
    return [
        Problem(found.setting, found.value, f"{ACCEPTED} ({found.why})")
        for found in check(channel_plans(settings))
    ]
