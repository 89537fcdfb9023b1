"""A Zigbee2MQTT bridge that is told things."""

import pytest

from tests.collector.dialects.told import Told
from tests.collector.dialects.zigbee import DOOR, PLUG, member


@pytest.fixture
def bare() -> Told:
    """A bridge that has not yet said whom it knows."""
    return Told("zigbee2mqtt")


@pytest.fixture
def zigbee(bare: Told) -> Told:
    bare.hears(
        "bridge/devices",
        [
            {"ieee_address": "0x00124b00120144ae", "type": "Coordinator", "friendly_name": "C"},
            member(DOOR, "hall/door"),
            member(PLUG, "plug", "Mains (single phase)"),
        ],
        retained=True,
    )
    return bare
