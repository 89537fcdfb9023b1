"""The dead-man's switch: an outside address hears from us while all is well, and only then."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

import httpx2

from notify.channel import CONNECT_S, MOST_WORDS, READ_S
from rules.dead_man import EVERY_S, Ping

log = logging.getLogger(__name__)


class DeadMan:
    """Pings `url` every `every_s` while each check says yes. Silence is the alarm.

    `record` is told of every round; what it fails at stops no ping.
    """

    def __init__(
        self,
        url: str,
        checks: Mapping[str, Callable[[], bool]],
        *,
        clock: Callable[[], datetime],
        record: Callable[[Ping], None],
        every_s: float = EVERY_S,
    ) -> None:
        self._url, self._checks, self._every_s = url, dict(checks), every_s
        self._clock, self._record = clock, record
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="dead-man", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(CONNECT_S + READ_S)

    def ping(self) -> bool:
        """One round: True when the ping was sent and taken."""
        checks = {name: _asked(name, well) for name, well in self._checks.items()}
        ailing = [name for name, well in checks.items() if not well]
        if ailing:
            log.warning("dead-man's ping held back: %s", ", ".join(ailing))
            taken, words = False, ""
        else:
            taken, words = self._send()
        done = Ping(at=self._clock(), sent=not ailing, taken=taken, words=words, checks=checks)
        try:
            self._record(done)
        except Exception:
            log.exception("dead-man's ping is not written down")
        return taken

    def _send(self) -> tuple[bool, str]:
        """Whether it was taken, and what was answered; never the address, which is a secret."""
        timeout = httpx2.Timeout(READ_S, connect=CONNECT_S)
        try:
            answer = httpx2.get(self._url, timeout=timeout, trust_env=False)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            log.warning("dead-man's ping failed: %s", type(error).__name__)
            return False, type(error).__name__
        if not answer.is_success:
            log.warning("dead-man's ping was answered %s", answer.status_code)
        said = f"{answer.status_code} {answer.reason_phrase}".strip()
        return answer.is_success, said[:MOST_WORDS]

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
