"""Templates: escaped always, every unknown name an error, words and times of the viewer."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import words
from web import navigation
from web.assets import Assets
from web.wired import Viewer
from wiring.parts import Parts
from words import refusals


class Renderer:
    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=PackageLoader("web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,  # a page includes one template a row: none is looked up on the disk
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "url": assets.url,
            "languages": words.LANGUAGES,
            "language_name": words.language_name,
            "has_word": words.has,
            "stopwatch": words.stopwatch,
            "icon": cache(partial(_icon, assets)),
        }

    def __call__(
        self, request: Request, viewer: Viewer, template: str, values: Mapping[str, Any]
    ) -> str:
        """`template` with `values`, in the words, times and rights of `viewer`."""
        return self._environment.get_template(template).render(
            **_voice(viewer), **_place(request, viewer), **values
        )


def _place(request: Request, viewer: Viewer) -> dict[str, Any]:
    """Where this page is, and where one can go from it."""
    query = f"?{request.url.query}" if request.url.query else ""
    known = viewer.person is not None
    parts: Parts = request.app.state.parts
    return {
        "demo": parts.settings.demo,
        "path": request.url.path,
        "here": request.url.path + query if request.method == "GET" else request.url.path,
        "home": navigation.home(viewer) if known else "/",
        "ways": navigation.open_to(viewer, navigation.MAIN),
        "more_ways": navigation.open_to(viewer, navigation.MORE),
        "leads_to": navigation.leads_to,
    }


def _voice(viewer: Viewer) -> dict[str, Any]:
    """What every template can say. Instants are aware; spans are seconds."""
    language, timezone, now = viewer.language, viewer.timezone, viewer.now

    def instant(when: datetime) -> str:
        return words.instant(language, when, timezone)

    def clock(when: datetime) -> str:
        return words.clock_time(language, when, timezone, now=now)

    def ago(when: datetime) -> str:
        return words.relative(language, when, now=now)

    def left(due: datetime) -> str:
        return words.deadline(language, due, timezone, now=now)

    def figure(due: datetime) -> str:
        return words.stopwatch((due - now).total_seconds())

    def share(start: datetime, due: datetime) -> float:
        gone = (now - start).total_seconds() / max((due - start).total_seconds(), 1)
        return round(min(max(gone, 0), 1) * 100, 2)

    def day(on: date) -> str:
        return words.date_only(language, on)

    return {
        "say": viewer.say,
        "visitor": viewer,
        "may": viewer.may,
        "now": now,
        "instant": instant,
        "clock": clock,
        "ago": ago,
        "left": left,
        "day": day,
        "figure": figure,
        "share": share,
        "span": partial(words.duration, language),
        "number": partial(words.number, language),
        "percent": partial(words.percent, language),
        "byte_size": partial(words.byte_size, language),
        "weekday": partial(words.weekday, language),
        "retold": partial(refusals.retold, language),
        "html_language": {"zh": "zh-CN", "en": "en"}.get(language, "en"),
    }


def _icon(assets: Assets, name: str, kind: str = "") -> Markup:
    """A drawing of the sprite; always beside a word, so screen readers pass it by."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        kind, assets.url("vendor/icons.svg"), name
    )
