"""The collector's process: assemble, listen until told to stop, say why it ended."""

import gc
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from collector.intake import Intake
from collector.listener import Listener
from collector.mqtt import Connection
from storage.db import ConflictError, DatabaseDownError
from wiring.clock import Clock
from wiring.health import Heart
from wiring.parts import Parts
from wiring.reload import Rereading
from wiring.room import Room

log = logging.getLogger(__name__)

DATABASE_DOWN = 3
UNEXPECTED = 4
_LOOK_S = 0.5


def run(parts: Parts) -> int:
    """Listen until SIGTERM or SIGINT; returns the exit code.

    0: told to stop. 3: the database is gone. 4: something nobody expected. The parent starts
    the process again, and the broker repeats what was not acknowledged. SIGHUP: read policy anew.
    """
    stop = _Stop()
    heart = Heart(parts.settings.data, "collector", parts.clock)
    try:
        _listen(parts, stop, heart, Room(parts.settings.data))
    except DatabaseDownError as error:
        log.critical("the collector stops: the database is down: %s", error)
        return DATABASE_DOWN
    except ConflictError as error:
        log.critical("the collector stops: the database stayed locked: %s", error)
        return DATABASE_DOWN
    except Exception:
        log.critical("the collector stops: unexpected", exc_info=True)
        return UNEXPECTED
    heart.stop()
    return 0


def _listen(parts: Parts, stop: "_Stop", heart: Heart, room: Room) -> None:
    rereading = Rereading(parts)
    listener = _begin(parts)
    while not stop.asked:
        listener.step()
        heart.beat(ok=listener.healthy, words=listener.ears.words)
        parts.figures.look(parts.database)
        if rereading.fresh() or listener.outdated:
            listener.close()
            listener = _begin(rereading.parts)
        if room.full(parts.clock()):
            log.critical("the disk is full (%d MB left): messages wait at the broker", room.free_mb)
            listener.close()
            wait_for_room(room, heart, parts.clock, lambda: stop.asked)
            listener = _begin(rereading.parts)
    listener.close()


def wait_for_room(room: Room, heart: Heart, clock: Clock, stopped: Callable[[], bool]) -> None:
    """Touch nothing until there is room again; the broker keeps what comes meanwhile."""
    pause = threading.Event()
    while not stopped() and room.full(clock()):
        heart.beat(ok=False, words="the disk is full")
        pause.wait(_LOOK_S)


def _begin(parts: Parts) -> Listener:
    """All memory from rows, as after a start: new figures then count for every device at once."""
    gc.unfreeze()
    intake = Intake(parts)
    intake.start(parts.clock())
    calm_the_garbage_collector()
    return Listener(parts, intake, lambda: _connection(parts), parts.clock())


def _connection(parts: Parts) -> Connection:
    url = parts.settings.mqtt_url
    if url is None:
        raise ValueError("RINGWATCH_MQTT_URL is not set; `ringwatch run` sets it by itself")
    return Connection(url.get_secret_value())


def calm_the_garbage_collector() -> None:
    """Memory of a whole fleet lives as long as the process: do not walk it for every batch."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _Stop:
    """SIGTERM and SIGINT end the loop after the batch in hand."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
