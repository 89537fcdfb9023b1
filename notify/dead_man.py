"""The dead-man's switch: an outside address hears from us while all is well, and only then."""

import logging
import threading
from collections.abc import Callable, Mapping

import httpx2

from notify.channel import CONNECT_S, READ_S

log = logging.getLogger(__name__)

EVERY_S = 60.0


class DeadMan:
    """Pings `url` every `every_s` while each check says yes. Silence is the alarm."""

    def __init__(
        self, url: str, checks: Mapping[str, Callable[[], bool]], *, every_s: float = EVERY_S
    ) -> None:
        self._url, self._checks, self._every_s = url, dict(checks), every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="dead-man", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(CONNECT_S + READ_S)

    def ping(self) -> bool:
        """One round: True when the ping was sent and taken."""
        ailing = [name for name, well in self._checks.items() if not _asked(name, well)]
        if ailing:
            log.warning("dead-man's ping held back: %s", ", ".join(ailing))
            return False
        timeout = httpx2.Timeout(READ_S, connect=CONNECT_S)
        try:
            answer = httpx2.get(self._url, timeout=timeout, trust_env=False)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            log.warning("dead-man's ping failed: %s", type(error).__name__)
            return False
        if not answer.is_success:
            log.warning("dead-man's ping was answered %s", answer.status_code)
        return answer.is_success

    def _watch(self) -> None:
        while True:
            self.ping()
            if self._stopping.wait(self._every_s):
                return


def _asked(name: str, well: Callable[[], bool]) -> bool:
    try:
        return well()
    except Exception:
        log.exception("dead-man's check %s failed", name)
        return False
