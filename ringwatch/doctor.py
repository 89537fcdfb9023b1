"""`ringwatch doctor`: look at everything we stand on, and say what to do about what is wrong."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import words
from ringwatch import (
    doctor_carriers,
    doctor_curves,
    doctor_dc09,
    doctor_outside,
    doctor_papers,
    embedded,
    queue_limits,
    together,
)
from ringwatch.certificate import ends_at
from ringwatch.folder import StartError
from storage import engine
from storage.db import DatabaseDownError
from storage.migrate import standing
from wiring import health as hearts
from wiring import secret
from wiring.channels import mail_channel
from wiring.parts import Parts, assemble
from wiring.settings import Settings, channel_plans, terminal_language

_GIB = 2**30
_LEAST_FREE = _GIB
_SOON = timedelta(days=21)
_MOST_OFFSET = timedelta(seconds=2)
_PORTS = {"smtp": 25, "smtps": 465, "http": 80, "https": 443, "ntfy": 80, "ntfys": 443}


class Mark(StrEnum):
    GOOD = "ok"
    ODD = "!"
    BAD = "X"


@dataclass(frozen=True, slots=True)
class Finding:
    """`house.doctor.<what>` is the sentence, which also says what to do."""

    mark: Mark
    what: str
    facts: dict[str, Any] = field(default_factory=dict)


def run(settings: Settings) -> int:
    """Exit code 1 when something must be done before this can be relied on."""
    language, worst = terminal_language(), 0
    parts = assemble(settings)
    try:
        for found in _all(parts):
            worst = max(worst, int(found.mark is Mark.BAD))
            sentence = words.say(language, f"house.doctor.{found.what}", **found.facts)
            print(f"{found.mark:<2}  {sentence}", flush=True)  # noqa: T201
    finally:
        parts.close()
    return worst


def health(settings: Settings, name: str) -> int:
    """Exit code 0 when that process beats and says it is well."""
    try:
        beat = hearts.read(settings.data, name)
    except ValueError as error:
        raise StartError(str(error)) from error
    now = assemble(settings).clock()
    if beat is None:
        print(f"{name}: not running")  # noqa: T201
        return 1
    said = f"{beat.words or ('well' if beat.ok else 'not well')}, {beat.age_s(now):.0f} s ago"
    print(f"{name} (process {beat.pid}): {said}")  # noqa: T201
    return 0 if beat.healthy(now) else 1


def _all(parts: Parts) -> Iterator[Finding]:
    yield from _folder(parts.settings)
    yield from _database(parts)
    yield from _broker(parts.settings)
    yield from _channels(parts.settings)
    looks = (*doctor_outside.LOOKS, doctor_carriers.look, doctor_dc09.look)
    for how, what, facts in chain.from_iterable(look(parts) for look in looks):
        yield Finding(Mark[how.upper()], what, facts)
    yield from _logins(parts.settings)
    yield from _certificate(parts.settings, parts.clock())
    for how, what, facts in doctor_papers.look(parts.settings, parts.clock()):
        yield Finding(Mark[how.upper()], what, facts)
    for how, what, facts in doctor_curves.look(parts):
        yield Finding(Mark[how.upper()], what, facts)
    yield _fonts()
    for beat in hearts.beats(parts.settings.data):
        mark = Mark.GOOD if beat.healthy(parts.clock()) else Mark.BAD
        facts = {
            "name": beat.name,
            "words": beat.words or "-",
            "age": int(beat.age_s(parts.clock())),
        }
        yield Finding(mark, "heart", facts)


def _folder(settings: Settings) -> Iterator[Finding]:
    data = settings.data.resolve()
    if not data.is_dir():
        yield Finding(Mark.ODD, "folder_none", {"folder": data})
        return
    if data.stat().st_mode & 0o077:
        yield Finding(Mark.BAD, "folder_open", {"folder": data})
    free = shutil.disk_usage(data).free
    mark = Mark.GOOD if free >= _LEAST_FREE else Mark.BAD
    yield Finding(mark, "disk" if mark is Mark.GOOD else "disk_full", {"gib": f"{free / _GIB:.1f}"})


def _database(parts: Parts) -> Iterator[Finding]:
    if parts.database.sqlite and not parts.settings.data.is_dir():
        return
    try:
        found = engine.look(parts.database)
        places = standing(parts.database, parts.telemetry)
    except DatabaseDownError as error:
        yield Finding(Mark.BAD, "database_down", {"why": error})
        return
    facts = {"engine": found.name, "version": found.version}
    yield Finding(*((Mark.GOOD, "database") if found.sound else (Mark.ODD, "engine_old")), facts)
    for place in places:
        tables = {"tree": place.tree, "now_at": place.now_at or "-", "needed": place.should_be_at}
        yield Finding(*((Mark.GOOD, "tables") if place.ready else (Mark.BAD, "tables_old")), tables)
    if found.clock and abs(found.clock - parts.clock()) > _MOST_OFFSET:
        apart = abs(found.clock - parts.clock()).total_seconds()
        yield Finding(Mark.BAD, "clocks_apart", {"seconds": round(apart, 1)})


def _broker(settings: Settings) -> Iterator[Finding]:
    try:
        url = together.broker_url(settings)
    except StartError:
        yield Finding(Mark.ODD, "broker_none")
        return
    host = urlsplit(url).hostname
    if not embedded.answers(url):
        yield Finding(Mark.BAD, "broker_down", {"host": host})
        return
    yield Finding(Mark.GOOD, "broker", {"host": host})
    kept, asked = queue_limits.measure(url)
    facts = {"kept": kept, "asked": asked}
    yield Finding(*((Mark.GOOD, "queue") if kept >= asked else (Mark.BAD, "queue_short")), facts)


def _channels(settings: Settings) -> Iterator[Finding]:
    plans = channel_plans(settings)
    if not plans:
        yield Finding(Mark.BAD, "channels_none")
    for plan in plans:
        for provider in plan.providers:
            parts = urlsplit(provider)
            scheme = parts.scheme.rpartition("+")[2]
            where = (parts.hostname or "", parts.port or _PORTS.get(scheme, 443))
            facts = {"name": plan.name, "host": f"{where[0]}:{where[1]}"}
            reached = doctor_outside.reached(where)
            yield Finding(
                *((Mark.GOOD, "channel") if reached else (Mark.BAD, "channel_down")), facts
            )


def _logins(settings: Settings) -> Iterator[Finding]:
    """The ways in besides a password: mail, and the company's own login."""
    if not mail_channel(settings.channel):
        yield Finding(Mark.ODD, "no_mail")
    elif settings.public_url is None:
        yield Finding(Mark.ODD, "no_public_url", {"url": settings.base_url})
    if settings.secret_file and not secret.is_long_enough(settings):
        yield Finding(Mark.BAD, "secret_short", {"file": settings.secret_file})
    if settings.oidc:
        issuer = urlsplit(settings.oidc.issuer)
        where = (issuer.hostname or "", issuer.port or _PORTS[issuer.scheme])
        facts = {"name": settings.oidc.name, "host": f"{where[0]}:{where[1]}"}
        reached = doctor_outside.reached(where)
        mark = Mark.GOOD if reached else Mark.BAD
        yield Finding(mark, "provider" if reached else "provider_down", facts)


def _certificate(settings: Settings, now: datetime) -> Iterator[Finding]:
    if not settings.tls_cert or not settings.tls_key:
        return
    end = ends_at(settings.tls_cert, settings.tls_key)
    if end is None:
        yield Finding(Mark.BAD, "certificate_wrong", {"file": settings.tls_cert})
        return
    day = {"day": end.astimezone(UTC).date()}
    mark = Mark.BAD if end <= now else Mark.ODD if end - now < _SOON else Mark.GOOD
    yield Finding(mark, "certificate" if mark is Mark.GOOD else "certificate_ends", day)


def _fonts() -> Finding:
    lister = shutil.which("fc-list")
    if not lister:
        return Finding(Mark.ODD, "fonts_unknown")
    listed = subprocess.run([lister, ":lang=zh"], capture_output=True, check=False)  # noqa: S603
    return Finding(*((Mark.GOOD, "fonts") if listed.stdout.strip() else (Mark.ODD, "fonts_none")))
