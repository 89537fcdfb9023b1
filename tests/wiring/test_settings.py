"""Settings: three sources, and no mistake goes unnoticed."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from rules.policy import Policy
from wiring import shown
from wiring.problems import SettingsError
from wiring.settings import load


def toml(folder: Path, words: str) -> dict[str, str]:
    (folder / "ringwatch.toml").write_text(words, encoding="utf-8")
    return {"RINGWATCH_DATA": str(folder)}


def refused(environment: dict[str, str], **overrides: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        load(environment, **overrides)
    return str(caught.value)


def test_defaults_need_nothing() -> None:
    settings = load({})
    assert settings.http == "127.0.0.1:8080"
    assert settings.policy == Policy()
    assert settings.main_database.endswith("/var/ringwatch.db")
    assert settings.telemetry_database.endswith("/var/telemetry.db")


def test_the_environment_wins_over_the_file_and_an_argument_over_both(tmp_path: Path) -> None:
    environment = toml(tmp_path, 'http = "127.0.0.1:1111"\nlog_format = "json"\n')
    settings = load({**environment, "RINGWATCH_HTTP": "127.0.0.1:2222"})
    assert settings.http_port == 2222
    assert settings.log_format == "json"
    assert load(environment, http="127.0.0.1:3333").http_port == 3333
    assert settings.origins["http"] == "RINGWATCH_HTTP"
    assert settings.origins["log_format"].endswith("ringwatch.toml")


def test_unknown_names_stop_the_start_with_what_was_meant(tmp_path: Path) -> None:
    words = refused({"RINGWATCH_DATABASE_ULR": "postgresql://x:hush-hush@h/d"})
    assert "RINGWATCH_DATABASE_ULR" in words
    assert "did you mean RINGWATCH_DATABASE_URL?" in words
    assert "hush-hush" not in words
    assert "htpp" in refused(toml(tmp_path, 'htpp = "x"\n'))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTP", "8080"),
        ("HTTP", "127.0.0.1:99999"),
        ("INSECURE_HTTP", "perhaps"),
        ("DATABASE_URL", "mysql://u:hush-hush@h/d"),
        ("DATABASE_URL", "sqlite://relative.db"),
        ("MQTT_URL", "http://h"),
        ("PUBLIC_URL", "ringwatch.example.com"),
        ("TLS_CERT", "/nowhere/cert.pem"),
        ("LOG_FORMAT", "xml"),
        ("CONFIG", "/nowhere/ringwatch.toml"),
        ("DEAD_MAN_URL", "ftp://x"),
    ],
)
def test_a_wrong_value_is_told_with_name_value_and_what_is_accepted(name: str, value: str) -> None:
    words = refused({f"RINGWATCH_{name}": value})
    assert name.lower() in words.lower()
    assert "accepted:" in words
    assert "hush-hush" not in words
    assert ("***" in words or "(secret)" in words) if name.endswith(("E_URL", "T_URL")) else value


def test_all_problems_are_told_at_once() -> None:
    words = refused({"RINGWATCH_HTTP": "x", "RINGWATCH_LOG_FORMAT": "y", "RINGWATCH_Z": "z"})
    assert words.count("accepted:") == 3


def test_other_machines_only_with_tls_or_on_purpose(tmp_path: Path) -> None:
    assert "RINGWATCH_INSECURE_HTTP=yes" in refused({"RINGWATCH_HTTP": "0.0.0.0:80"})
    assert load({"RINGWATCH_HTTP": "0.0.0.0:80", "RINGWATCH_INSECURE_HTTP": "yes"}).insecure_http
    assert load({"RINGWATCH_HTTP": "[::1]:8080"}).http_host == "::1"
    pem = tmp_path / "x.pem"
    pem.write_text("x")
    tls = {"RINGWATCH_TLS_CERT": str(pem), "RINGWATCH_TLS_KEY": str(pem)}
    assert load({"RINGWATCH_HTTP": "0.0.0.0:443", **tls}).base_url == "https://0.0.0.0:443"
    assert "both or neither" in refused({"RINGWATCH_TLS_CERT": str(pem)})


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://u:hush-hush@h/d\n")
    settings = load({"RINGWATCH_DATABASE_URL_FILE": str(secret)})
    assert settings.main_database == "postgresql://u:hush-hush@h/d"
    both = {"RINGWATCH_DATABASE_URL_FILE": str(secret), "RINGWATCH_DATABASE_URL": "sqlite:///x"}
    assert "not both" in refused(both)
    assert "cannot be read" in refused({"RINGWATCH_MQTT_URL_FILE": str(tmp_path / "none")})


def test_channels_and_sources(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("smtps://u@mail.example.com/?from=a@example.com\n")
    settings = load(
        toml(
            tmp_path,
            f"""
            [[channel]]
            name = "mail"
            providers = ["file:{tmp_path}/mail", "smtps://second.example.com/?from=a@example.com"]
            [[source]]
            site = "S1"
            dialect = "zigbee2mqtt"
            prefix = "zigbee2mqtt"
            """,
        )
    )
    assert settings.channel[0].providers[0] == SecretStr(
        "smtps://u@mail.example.com/?from=a@example.com"
    )
    assert settings.source[0].prefix == "zigbee2mqtt"


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("zigbee", "zigbee/east", "overlap"),
        ("axis", "axis", "overlap"),
        ("ringwatch", "axis", "Ringwatch's own"),
        ("ringwatch/v1/S1", "axis", "Ringwatch's own"),
        ("a/+/b", "axis", "no + or #"),
        ("axis/", "onvif", "no / at either end"),
    ],
)
def test_a_topic_belongs_to_one_source(tmp_path: Path, first: str, second: str, words: str) -> None:
    sources = "".join(
        f'[[source]]\nsite = "S1"\ndialect = "axis"\nprefix = "{prefix}"\n'
        for prefix in (first, second)
    )
    assert words in refused(toml(tmp_path, sources))


def test_prefixes_that_only_begin_alike_are_apart(tmp_path: Path) -> None:
    sources = "".join(
        f'[[source]]\nsite = "S1"\ndialect = "axis"\nprefix = "{prefix}"\n'
        for prefix in ("axis", "axis2", "building/axis")
    )
    assert len(load(toml(tmp_path, sources)).source) == 3


def test_a_channel_that_cannot_be_used_is_named_without_its_secret(tmp_path: Path) -> None:
    assert "channel" in refused(toml(tmp_path, '[[channel]]\nname = "mail"\n'))
    told = refused(toml(tmp_path, '[[channel]]\nname = "x"\nproviders = ["fax://u:hush-hush@h"]\n'))
    assert "channel[0].providers[0]" in told
    assert "hush-hush" not in told


def test_policy_figures_reach_the_policy(tmp_path: Path) -> None:
    environment = toml(
        tmp_path,
        """
        [policy]
        warn_at = [0.9]
        rejects_kept = 5
        [policy.zone_hours]
        city = 5
        [policy.ladder]
        again_s = 1.5
        [policy.limits.CAM_VIDEO_LOSS]
        raise_after_s = 1
        """,
    )
    policy = load(environment).policy
    assert (policy.warn_at, policy.rejects_kept) == ((0.9,), 5)
    assert (policy.zone_hours.city, policy.zone_hours.ring1) == (5.0, 2.0)
    assert policy.ladder.again_s == 1.5
    assert policy.limits["CAM_VIDEO_LOSS"].raise_after_s == 1.0


@pytest.mark.parametrize(
    "words",
    [
        "policy = 3",
        "[policy]\nwarn_at = [1.0, 0.5]",
        "[policy]\nwarn_at = []",
        "[policy]\necho_every_s = 0",
        "[policy]\necho_every_s = nan",
        "[policy]\nrejects_kept = 1.5",
        "[policy]\nlink_hours = true",
        "[policy]\nladder = 3",
        "[policy.ladder]\nagain = 3",
        "[policy.ladder]\nagain_s = -3",
        "[policy.zone_hours]\nring1 = '2'",
        "[policy.limits.NO_SUCH_CODE]\nraise_at = 3",
        "[policy.limits.CAM_VIDEO_LOSS]\nraise_at = 'x'",
        "[policy.limits.CAM_VIDEO_LOSS]\nraise_after_s = -1",
    ],
)
def test_a_figure_out_of_range_stops_the_start(tmp_path: Path, words: str) -> None:
    assert "policy" in refused(toml(tmp_path, words))


def test_settings_are_shown_with_their_origin_and_without_secrets(tmp_path: Path) -> None:
    environment = toml(tmp_path, '[[channel]]\nname = "mail"\nproviders = ["ntfy://u:hush@h"]\n')
    environment["RINGWATCH_DATABASE_URL"] = "postgresql://u:hush@h/d"
    words = "\n".join(shown.lines(load(environment)))
    assert "hush" not in words
    assert "RINGWATCH_DATABASE_URL" in words
    assert "policy.ladder.again_s" in words
    assert "default" in words
