"""PostgreSQL's own pg_dump and pg_restore. The password goes by the environment, never by word."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ringwatch.folder import StartError
from storage.backup import for_tools
from wiring import settings as wiring_settings

_DEBIAN = Path("/usr/lib/postgresql")


def find(name: str, *, debian: Path = _DEBIAN, path: str | None = None) -> str:
    """The program: on the PATH, else Debian's newest. Raises `StartError` when there is none."""
    if found := shutil.which(name, path=path):
        return found
    versions = sorted(
        (one for one in debian.glob(f"*/bin/{name}") if one.parts[-3].isdecimal()),
        key=lambda one: int(one.parts[-3]),
    )
    if not versions:
        raise StartError(
            f"{name} was not found on the PATH nor under {debian}. Install PostgreSQL's client"
            " (Debian: apt install postgresql-client), of the server's version or newer."
        )
    return str(versions[-1])


def dump(url: str, target: Path) -> None:
    target.touch(mode=0o600, exist_ok=False)
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    _run("pg_dump", url, options)


def restore(url: str, source: Path) -> None:
    """In one transaction: all of it or nothing."""
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run("pg_restore", url, [*options, str(source)])


def _run(name: str, url: str, options: Sequence[str]) -> None:
    shown, password = for_tools(url)
    environment = wiring_settings.environment_for_children()
    if password:
        environment["PGPASSWORD"] = password
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tool, no shell
        [find(name), f"--dbname={shown}", "--no-password", *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[-500:]
        raise StartError(f"{name} could not do it: {said or f'exit {done.returncode}'}")
