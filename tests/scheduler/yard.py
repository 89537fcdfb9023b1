"""A yard for tests of the shipper: two devices that speak, a clock that is turned by hand."""

from datetime import timedelta

from scheduler.shipping import Shipper
from storage import shipping, telemetry
from storage.db import reading, transaction
from storage.shipping import Standing
from tests import company as companies
from tests.web.conftest import TurnedClock
from wiring.parts import Parts

MINUTE = timedelta(minutes=1)


class Yard:
    """Two devices that speak, and the shipper; the clock is turned by hand."""

    def __init__(self, parts: Parts, clock: TurnedClock) -> None:
        self.parts, self.clock, self.shipper = parts, clock, Shipper()
        with transaction(parts.database) as tx:
            self.devices = companies.found(tx, devices=2).devices

    def hears(self, value: float, *, ago: timedelta = timedelta(), metric: str = "luma") -> None:
        with transaction(self.parts.telemetry) as tx:
            at = self.clock() - ago
            points = [(device, at, {metric: value}) for device in self.devices]
            telemetry.write(tx, points, self.clock())

    def goes_on(self, span: timedelta = 2 * MINUTE) -> Standing:
        """Time passes, and the shipper looks."""
        self.clock.at += span
        self.shipper.look(self.parts)
        with reading(self.parts.telemetry) as tx:
            found = shipping.standing(tx)
        assert found is not None
        return found
