"""What can be known of the containers on a machine without an engine for them."""

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ringwatch import cli
from wiring import sources
from wiring.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "collector", "scheduler", "dc09", "web")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
PAPERS = [
    ROOT / "docker-compose.yml",
    ROOT / "Dockerfile",
    ROOT / "docs/operating.md",
    *sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file()),
]


def known_names() -> set[str]:
    tables = set(sources._TABLES)  # noqa: SLF001 - for the TOML file only
    names = {f"RINGWATCH_{name.upper()}" for name in set(Settings.model_fields) - tables}
    return (
        names
        | {f"RINGWATCH_{name.upper()}_FILE" for name in sources.SECRETS}
        | {"RINGWATCH_CONFIG"}
    )


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_setting_named_is_one(paper: Path) -> None:
    try:
        text = paper.read_text("utf-8")
    except UnicodeDecodeError:
        return
    assert set(re.findall(r"\bRINGWATCH_[A-Z_]+", text)) - known_names() == set()


def test_every_setting_is_in_the_book() -> None:
    """`docs/operating.md` names each, the tables of the TOML file too."""
    book = (ROOT / "docs/operating.md").read_text("utf-8")
    names = {name for name in known_names() if not name.endswith("_FILE")} - {"RINGWATCH_DEMO"}
    assert {name for name in names if name not in book} == set()
    for table in set(sources._TABLES):  # noqa: SLF001 - for the TOML file only
        assert f"[{table}" in book, table


def steps(name: str) -> Iterator[list[str]]:
    for line in DOCKERFILE.splitlines():
        if line.startswith(f"{name} "):
            yield shlex.split(line.removeprefix(name))


def test_every_path_the_image_copies_exists_and_is_let_through() -> None:
    let_through = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    for *paths, _ in steps("COPY"):
        for path in paths:
            assert (ROOT / path).exists(), path
            assert path in let_through, path


def test_the_image_holds_every_package_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    copied = {path for *paths, _ in steps("COPY") for path in paths}
    assert {name.rstrip("*") for name in packages} <= copied


def test_the_image_does_not_run_as_root() -> None:
    assert list(steps("USER")) == [["ringwatch"]]


@pytest.mark.parametrize("name", OURS)
def test_each_process_is_a_command_we_have(name: str) -> None:
    service = SERVICES[name]
    assert cli._parser().parse_args(service["command"]).command  # noqa: SLF001 - the words only
    assert service["cap_drop"] == ["ALL"]
    if name != "migrate":
        test = service["healthcheck"]["test"]
        assert test[1:4] == ["python", "-m", "ringwatch"]
        assert test[-1] == name
        assert service["restart"] == "unless-stopped"


def test_everything_named_inside_the_file_is_there() -> None:
    volumes = set(COMPOSE["volumes"])
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[needed], (name, needed)
        for mount in service.get("volumes", ()):
            assert mount.split(":")[0] in volumes, (name, mount)


def test_only_the_broker_with_tls_is_open_to_the_network() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {
        "mosquitto": ["8883:8883"],
        "web": ["127.0.0.1:8080:8080"],
        "dc09": ["127.0.0.1:12000:12000"],
    }


def test_every_database_of_the_issue_is_there_and_influxdb_only_when_wanted() -> None:
    """InfluxDB 2 by its profile; whatever it is asked for is asked for in a file."""
    images = {name: one.get("image", "") for name, one in SERVICES.items()}
    assert images["postgres"].startswith("postgres:15")
    assert images["mosquitto"].startswith("eclipse-mosquitto:2")
    assert images["influxdb"].startswith("influxdb:2.")
    assert {name for name, one in SERVICES.items() if "profiles" in one} == {"influxdb", "dc09"}
    asked = SERVICES["influxdb"]["environment"]
    script = (ROOT / "deploy/compose/first.sh").read_text("utf-8")
    for name in ("USERNAME", "PASSWORD", "ADMIN_TOKEN"):
        path = asked[f"DOCKER_INFLUXDB_INIT_{name}_FILE"]
        assert f'"$influxdb/{path.rpartition("/")[2]}"' in script
    assert (
        SERVICES["first"]["command"][-1]
        == asked["DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE"].rpartition("/")[0]
    )


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_restarted_checked_and_bound(name: str) -> None:
    service = SERVICES[name]
    once = name in {"first", "migrate"}
    assert service["restart"] == ("no" if once else "unless-stopped")
    assert once or set(service["healthcheck"]) >= {"test", "interval", "timeout", "start_period"}
    for port in service.get("ports", ()):
        assert name == "mosquitto" or port.startswith("127.0.0.1:")


def test_every_step_of_the_dockerfile_is_one_of_ours() -> None:
    """What no engine here can run is read word by word: a step that is new must be thought of."""
    steps_of_it = [line.split(" ", 1) for line in DOCKERFILE.splitlines() if line[:1].isupper()]
    assert {name for name, _ in steps_of_it} == {
        "FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD",
    }  # fmt: skip
    runs = [rest for name, rest in steps_of_it if name == "RUN"]
    assert any("--require-hashes" in one and "-r requirements.lock" in one for one in runs)
    assert any("useradd" in one and "ringwatch" in one for one in runs)
    assert ["ENTRYPOINT", '["python", "-m", "ringwatch"]'] in steps_of_it
    [command] = [rest for name, rest in steps_of_it if name == "CMD"]
    assert cli._parser().parse_args(json.loads(command)).command  # noqa: SLF001
    for one in runs:
        subprocess.run(["sh", "-n", "-c", one], check=True)
    base = next(rest for name, rest in steps_of_it if name == "FROM")
    version = re.fullmatch(r"python:3\.(\d+)-slim-bookworm", base)
    assert version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    least = re.fullmatch(r">=3\.(\d+)", project["project"]["requires-python"])
    assert least
    assert int(version[1]) >= int(least[1])


def test_no_password_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert not re.search(r"PASSWORD:|://[^/\s]+:[^/\s]+@", text)


def test_the_first_script_is_a_script() -> None:
    script = ROOT / "deploy/compose/first.sh"
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", script], check=True)
