"""The units, as systemd itself reads them, and the commands they start."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ringwatch import cli
from tests.conftest import needs

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy/systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PROGRAM = "/opt/ringwatch/.venv/bin/ringwatch"
HARDENED = {
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "CapabilityBoundingSet=",
    "RestrictNamespaces=yes",
    "SystemCallFilter=@system-service",
    "User=ringwatch",
    "UMask=0077",
}


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        needs("systemd-analyze")
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text("utf-8").replace(PROGRAM, "/bin/true"))
    names = [path.name.replace("@.", "@web.") for path in UNITS]
    done = subprocess.run(
        [str(verify), "verify", "--man=no", *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "ringwatch" in line]
    assert ours == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_each_is_hardened(unit: Path) -> None:
    assert set(unit.read_text("utf-8").splitlines()) >= HARDENED


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_each_starts_a_command_we_have(unit: Path) -> None:
    found = re.search(rf"{PROGRAM} (\S+)(?: (\S+))?", unit.read_text("utf-8"))
    assert found
    for name in ("collector", "scheduler", "web") if found[1] == "%i" else (found[1],):
        words = [name, found[2].rstrip("'")] if name == "backup" else [name]
        assert cli._parser().parse_args(words).command  # noqa: SLF001 - the words only
