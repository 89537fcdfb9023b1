"""SIGHUP: read policy, channels and alarm accounts anew; a wrong file changes nothing."""

import logging
import signal
from dataclasses import replace
from types import FrameType

from wiring import settings as reader
from wiring.parts import Parts
from wiring.problems import SettingsError

log = logging.getLogger(__name__)

RELOADED = ("policy", "channel", "webhook", "retention", "mail_replies", "inbound", "dc09")


class Rereading:
    """Hears SIGHUP from now on; the process asks `fresh` in its own loop, when it has time."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.asked = False
        signal.signal(signal.SIGHUP, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def fresh(self) -> Parts | None:
        """Parts with the new figures, once after each asking that changed something."""
        if not self.asked:
            return None
        self.asked = False
        try:
            found = reader.load()
        except SettingsError as error:
            wrong = "; ".join(map(str, error.problems))
            log.error("the settings were not read anew, the old ones stay: %s", wrong)  # noqa: TRY400 - said in full
            return None
        old = self.parts.settings
        later = [
            name
            for name in reader.Settings.model_fields
            if name not in RELOADED
            and getattr(found, name) != getattr(old, name)
            # the broker of our own is told to a process, not read
            and not (name == "mqtt_url" and found.mqtt_url is None)
        ]
        if later:
            log.warning("these settings count only after a restart: %s", ", ".join(later))
        changed = [name for name in RELOADED if getattr(found, name) != getattr(old, name)]
        log.info("settings read anew; changed: %s", ", ".join(changed) or "nothing")
        if not changed:
            return None
        mixed = old.model_copy(update={name: getattr(found, name) for name in RELOADED})
        self.parts.figures.settings_say(found.policy)
        self.parts = replace(self.parts, settings=mixed)
        return self.parts
