"""The effective settings with their origin, as `ringwatch settings` prints them: no secret."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from wiring.settings import Settings
from wiring.sources import SECRETS

MASK = "***"


def lines(settings: Settings) -> Iterator[str]:
    for name in Settings.model_fields:
        value = getattr(settings, name)
        origin = settings.origins.get(name, "default")
        if name == "policy":
            yield from _figures(value, "policy.", origin)
        elif name == "channel":
            for channel in settings.channel:
                masked = ", ".join(f'"{_scheme(one)}"' for one in channel.providers)
                yield _line(f"channel.{channel.name}", f"[{masked}]", origin)
        elif name == "source":
            for source in settings.source:
                said = f"{source.dialect} under {source.prefix}"
                yield _line(f"source.{source.site}", said, origin)
        else:
            shown = MASK if value is not None and name in SECRETS else _plain(value)
            yield _line(name, shown, origin)


def _scheme(provider: Any) -> str:
    return f"{provider.get_secret_value().partition(':')[0]}:{MASK}"


def _figures(value: Any, place: str, origin: str) -> Iterator[str]:
    for one in fields(value):
        figure = getattr(value, one.name)
        if is_dataclass(figure):
            yield from _figures(figure, f"{place}{one.name}.", origin)
        elif isinstance(figure, Mapping):
            for key, limit in figure.items():
                yield from _figures(limit, f"{place}{one.name}.{key}.", origin)
        else:
            yield _line(f"{place}{one.name}", _plain(figure), origin)


def _plain(value: Any) -> str:
    if value is None:
        return "(unset)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def _line(name: str, value: str, origin: str) -> str:
    return f"{name:<34} {value:<40} {origin}"
