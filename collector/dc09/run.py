"""The receiver's process: listen for alarm hosts until told to stop, say why it ended."""

import contextlib
import logging
import resource
import signal
import threading

from collector.dc09.server import Receiver
from collector.run import DATABASE_DOWN, UNEXPECTED
from storage.db import ConflictError, DatabaseDownError
from wiring.health import Heart
from wiring.parts import Parts
from wiring.problems import Problem, SettingsError
from wiring.reload import Rereading

log = logging.getLogger(__name__)

_BESIDES = 200  # descriptors for the database, the log and the door itself


def run(parts: Parts) -> int:
    """Listen until SIGTERM or SIGINT; 0 then. 3: the database is gone. 4: nobody expected it.

    Raises `SettingsError` without `[dc09]`.
    """
    settings = parts.settings.dc09
    if settings is None:
        accepted = "[dc09] with listen and accounts, to receive alarm hosts"
        raise SettingsError([Problem("dc09", "(unset)", accepted, "see docs/operating.md")])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _allow_descriptors(settings.connections + _BESIDES)
    heart = Heart(parts.settings.data, "dc09", parts.clock)
    try:
        receiver = Receiver(parts, settings)
    except OSError as error:
        log.critical("the receiver cannot listen at %s: %s", settings.listen, error.strerror)
        return UNEXPECTED
    try:
        _listen(receiver, parts, heart, stop)
    except (DatabaseDownError, ConflictError) as error:
        log.critical("the receiver stops: the database cannot be used: %s", error)
        return DATABASE_DOWN
    except Exception:
        log.critical("the receiver stops: unexpected", exc_info=True)
        return UNEXPECTED
    heart.stop()
    return 0


def _allow_descriptors(wanted: int) -> None:
    """As many as the system lets us have; with fewer, quiet lines make room earlier."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _listen(receiver: Receiver, parts: Parts, heart: Heart, stop: threading.Event) -> None:
    log.info("listening for alarm hosts on port %d", receiver.port)
    rereading = Rereading(parts)
    try:
        while not stop.is_set():
            receiver.step()
            if fresh := rereading.fresh():
                receiver.renew(fresh)
            parts.figures.look(parts.database)
            heart.beat(ok=not receiver.full, words="the disk is full" if receiver.full else "")
    finally:
        receiver.close()
