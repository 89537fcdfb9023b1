"""All dialects there are, by name; the native one is read by `collector/wire.py`."""

from types import MappingProxyType

from collector.dialects import axis, dc09, frigate, onvif, zigbee2mqtt
from collector.dialects.speech import Dialect, Registry

_MODULES: tuple[Dialect, ...] = (axis, dc09, frigate, onvif, zigbee2mqtt)

DIALECTS: Registry = MappingProxyType({module.NAME: module for module in _MODULES})
