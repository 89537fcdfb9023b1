"""The data folder: ours alone, and one Ringwatch at a time."""

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path


class StartError(Exception):
    """Why nothing was started, in a sentence that says what to do."""


def prepare(data: Path) -> None:
    """Make the folder, readable by nobody else: it holds customers' data and passwords."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o700)
    except OSError as error:
        raise StartError(
            f"The data folder {data.resolve()} cannot be used ({error.strerror})."
            " Choose another with RINGWATCH_DATA=FOLDER."
        ) from error


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the folder until the end. Raises `StartError` naming who already does."""
    prepare(data)
    path = data / "ringwatch.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise StartError(
            f"Ringwatch already runs on the folder {data.resolve()} (process {holder})."
            f" Stop that one first (kill {holder}), or give this one a folder of its own:"
            " RINGWATCH_DATA=FOLDER."
        ) from error
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(descriptor)


def require_free(host: str, port: int) -> None:
    """Raises `StartError` when the web's port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartError(
                f"The web cannot listen on {host}:{port} ({error.strerror}). Stop what uses it,"
                f" or choose another: RINGWATCH_HTTP={host}:{port + 1}"
            ) from error


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
