"""One settings object: defaults < TOML file < environment. No other module reads either."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from rules.policy import Policy


class ChannelSettings(BaseModel):
    """A way to reach people: the first provider, then its fail-over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    providers: tuple[SecretStr, ...]


class SourceSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    site: str
    dialect: str
    prefix: str


class Settings(BaseSettings):
    """Everything the environment and the TOML file may say (`docs/operating.md`)."""

    model_config = SettingsConfigDict(env_prefix="RINGWATCH_", frozen=True, extra="forbid")

    data: Path = Path("var")
    database_url: SecretStr | None = None
    mqtt_url: SecretStr | None = None
    http: str = "127.0.0.1:8080"
    insecure_http: bool = False
    public_url: str | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    dead_man_url: SecretStr | None = None
    demo: bool = False
    policy: Policy = Field(default_factory=Policy)
    channel: tuple[ChannelSettings, ...] = ()
    source: tuple[SourceSettings, ...] = ()

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


def load(**overrides: Any) -> Settings:
    return Settings(**overrides)
