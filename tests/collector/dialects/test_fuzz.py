"""A bounded run of the fuzzer for each dialect and for frames of alarm hosts.

The ordinary one always takes the same way, a soak another each time; `fuzz.py` goes on.
"""

import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from collector.dialects.registry import DIALECTS
from tests.collector.dialects.seeds import SEEDS
from tests.collector.dialects.sound import tell
from tests.conftest import NOT_RUN, needs

RUNS_AND_SEED = [(10_000, 1), pytest.param(200_000, 0, marks=pytest.mark.soak)]
HAS_WHEELS = platform.system() == "Linux" and platform.machine() == "x86_64"


@pytest.fixture(autouse=True)
def fuzzer() -> None:
    if find_spec("atheris") is None and HAS_WHEELS:
        needs("atheris")
    elif find_spec("atheris") is None:
        pytest.skip(f"{NOT_RUN}atheris has no wheel for this machine")


@pytest.mark.parametrize(("runs", "seed"), RUNS_AND_SEED)
@pytest.mark.parametrize("name", [*sorted(DIALECTS), "dc09-frames"])
def test_the_fuzzer_finds_nothing(name: str, runs: int, seed: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.collector.dialects.fuzz", name]
    more = ["--runs", str(runs), "--seed", str(seed), "--folder", str(tmp_path)]
    ended = subprocess.run([*command, *more], capture_output=True, check=False, text=True)
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert f"Done {runs} runs" in ended.stderr


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_every_dialect_has_seeds_that_it_reads(name: str) -> None:
    assert SEEDS[name], "write down some of its messages in seeds.py"
    memory = None
    for topic, body in SEEDS[name]:
        memory = tell(name, memory, topic, body)
