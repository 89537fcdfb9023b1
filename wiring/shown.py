"""The effective settings with their origin, as `ringwatch settings` prints them: no secret."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from rules.policy import Policy
from wiring import answers
from wiring.settings import Settings
from wiring.sources import SECRETS

MASK = "***"


def lines(
    settings: Settings, in_force: Policy | None = None, changed: Collection[str] = ()
) -> Iterator[str]:
    """`in_force`: the figures with what was `changed` in the browser, as far as it is known."""
    for name in Settings.model_fields:
        value = getattr(settings, name)
        origin = settings.origins.get(name, "default")
        if name in _TABLES:
            for key, said in _TABLES[name](settings):
                yield _line(key, said, origin)
        elif is_dataclass(value):
            for key, said in _figures(in_force or value, f"{name}."):
                here = key.removeprefix("policy.") in changed
                yield _line(key, said, "browser" if here else origin)
        else:
            shown = MASK if value is not None and name in SECRETS else _plain(value)
            yield _line(name, shown, origin)


def _channels(settings: Settings) -> Iterator[tuple[str, str]]:
    for channel in settings.channel:
        masked = ", ".join(f'"{_scheme(one)}"' for one in channel.providers)
        yield f"channel.{channel.name}", f"[{masked}]"


def _sources(settings: Settings) -> Iterator[tuple[str, str]]:
    for source in settings.source:
        yield f"source.{source.site}", f"{source.dialect} under {source.prefix}"


def _webhooks(settings: Settings) -> Iterator[tuple[str, str]]:
    for hook in settings.webhook:
        yield f"webhook.{hook.name}", f"{', '.join(hook.events)} as {hook.person}"


def _oidc(settings: Settings) -> Iterator[tuple[str, str]]:
    one = settings.oidc
    yield "oidc", f"{one.name}: {one.client_id} at {one.issuer}" if one else _plain(None)


def _dc09(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "dc09", f"listens at {settings.dc09.listen}" if settings.dc09 else _plain(None)
    for one in settings.dc09.account if settings.dc09 else ():
        told = [one.category, "encrypted" if one.key else "not encrypted"]
        yield f"dc09.{one.account}", f"{one.site}: {', '.join(filter(None, told))}"


def _retention(settings: Settings) -> Iterator[tuple[str, str]]:
    for name, days in settings.retention:
        yield f"retention.{name}", f"{days} days" if days else "always"


def _answers(settings: Settings) -> Iterator[tuple[str, str]]:
    given = (settings.mail_replies, settings.inbound, settings.push)
    yield from answers.lines(*given).items()


_TABLES: Mapping[str, Callable[[Settings], Iterator[tuple[str, str]]]] = {
    "channel": _channels,
    "source": _sources,
    "webhook": _webhooks,
    "mail_replies": _answers,  # and those after it
    "inbound": lambda _: iter(()),
    "push": lambda _: iter(()),
    "retention": _retention,
    "oidc": _oidc,
    "dc09": _dc09,
}


def _scheme(provider: Any) -> str:
    return f"{provider.get_secret_value().partition(':')[0]}:{MASK}"


def _figures(value: Any, place: str) -> Iterator[tuple[str, str]]:
    for one in fields(value):
        figure = getattr(value, one.name)
        if is_dataclass(figure):
            yield from _figures(figure, f"{place}{one.name}.")
        elif isinstance(figure, Mapping):
            for key, limit in figure.items():
                yield from _figures(limit, f"{place}{one.name}.{key}.")
        else:
            yield f"{place}{one.name}", _plain(figure)


def _plain(value: Any) -> str:
    if value is None:
        return "(unset)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) or "(none)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def _line(name: str, value: str, origin: str) -> str:
    return f"{name:<34} {value:<40} {origin}"
