"""`ringwatch run`: broker, collector, scheduler and web under one parent; or one door alone."""

import importlib
import json
import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import words
from operations import setup as setup_desk
from ringwatch import broker, folder
from ringwatch.later import nothing_to_sweep
from ringwatch.processes import Child, Parent
from rules.policy import Policy
from storage import migrate as migrations
from storage.db import DatabaseDownError, reading, transaction
from storage.migrate import MigrationError
from wiring import logs
from wiring import settings as wiring_settings
from wiring.clock import SteadyClock
from wiring.health import Heart
from wiring.parts import Parts, assemble
from wiring.settings import Settings

DOORS = ("collector", "scheduler", "web")
DC09 = "dc09"  # the receiver of alarm hosts: a process of its own where one is configured
_MODULES = {DC09: "collector.dc09.run"}
_log = logging.getLogger("ringwatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What the demo adds: more children, an ear for the log, something to do each round.

    `environment` takes the place of our own: a real database named there is not the demo's.
    """

    children: Sequence[Child] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[str], None] | None = None
    each_round: Callable[[], None] = lambda: None


def run(settings: Settings) -> int:
    logs.start("parent", settings)
    with folder.alone(settings.data):
        prepare(settings)
        own = own_broker(settings)
        _invite(settings)
        return live(settings, own, Extras())


def prepare(settings: Settings) -> None:
    """All that must be right before anything starts: port and tables."""
    folder.require_free(settings.http_host, settings.http_port)
    migrate(settings)


def own_broker(settings: Settings) -> broker.OwnBroker | None:
    """Its files, on a port free now: to be started at once, before somebody takes that port."""
    if settings.mqtt_url:
        return None
    own = broker.prepare(settings.data, demo=settings.demo, program=broker.mosquitto_program())
    if own.kind == "mosquitto":
        _log.info("broker: Mosquitto, our own, on 127.0.0.1:%d", own.port)
    else:
        _log.warning(
            "broker: iotcore on 127.0.0.1:%d, because Mosquitto is not installed. It is for"
            " trying out, not for devices you do not trust.",
            own.port,
        )
    return own


def live(settings: Settings, own: broker.OwnBroker | None, extras: Extras) -> int:
    """Start every process and stay until told to stop."""
    environment = dict(extras.environment) or wiring_settings.environment_for_children()
    if own:
        environment |= wiring_settings.as_environment(mqtt_url=own.url)
    doors = [
        Child(name=name, command=[sys.executable, "-m", "ringwatch", name], rereads=True)
        for name in (*DOORS, *((DC09,) if settings.dc09 else ()))
    ]
    heart = Heart(settings.data, "parent", SteadyClock())

    def each_round() -> None:
        heart.beat()
        extras.each_round()

    children = [*([own.child] if own else []), *doors, *extras.children]
    parent = Parent(children=children, environment=environment, each_round=each_round)
    if extras.say:
        parent.say = extras.say
    code = parent.run()
    heart.stop()
    _log.info("stopped")
    return code


def door(name: str, settings: Settings) -> int:
    """One process; what it returns is its exit code."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the door hears it: too early is no reason
    logs.start(name, settings)
    folder.prepare(settings.data)
    if settings.mqtt_url is None and name == "collector":
        settings = wiring_settings.load(mqtt_url=broker_url(settings))
    parts = ready_parts(settings)
    try:
        with nothing_to_sweep():
            one = importlib.import_module(_MODULES.get(name, f"{name}.run"))
        code: int = one.run(parts)
    finally:
        parts.close()
    return code


def changed_in_browser(settings: Settings) -> tuple[Policy | None, frozenset[str]]:
    """The figures in force and which of them were changed there; nothing without a database."""
    url = settings.main_database
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).is_file():
        return None, frozenset()
    parts = assemble(settings)
    try:
        migrations.require_ready(parts.database, parts.telemetry)
        parts.figures.read(parts.database)
    except (MigrationError, DatabaseDownError):
        return None, frozenset()
    else:
        return parts.policy, parts.figures.changed(parts.clock())
    finally:
        parts.close()


def ready_parts(settings: Settings) -> Parts:
    """The parts, on a database that is where this program needs it. Raises `MigrationError`."""
    parts = assemble(settings)
    migrations.require_ready(parts.database, parts.telemetry)
    parts.figures.read(parts.database)
    return parts


def migrate(settings: Settings) -> int:
    folder.prepare(settings.data)
    parts = assemble(settings)
    try:
        for step in migrations.migrate(parts.database, parts.telemetry, parts.clock()):
            _tell(step)
    finally:
        parts.close()
    return 0


def _tell(step: migrations.Migrated) -> None:
    before = step.before
    if before.ready:
        _log.info("%s tables are at revision %s", before.tree, before.now_at)
        return
    kept = f"; the file as it was: {step.copy}" if step.copy else ""
    start = before.now_at or "nothing"
    _log.info("%s tables: from %s to %s%s", before.tree, start, before.should_be_at, kept)


def broker_url(settings: Settings) -> str:
    """The broker of the settings, else the one `ringwatch run` keeps in this folder."""
    if settings.mqtt_url:
        return settings.mqtt_url.get_secret_value()
    try:
        account = json.loads((settings.data / "broker" / "account.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise folder.StartError(
            "No broker is known. Give one with RINGWATCH_MQTT_URL, or start everything with"
            " `ringwatch run`, which brings its own."
        ) from error
    return f"mqtt://{broker.ACCOUNT}:{account['password']}@127.0.0.1:{account['port']}"


def _invite(settings: Settings) -> None:
    """On the first run: a link, once, on stderr; whoever reads it founds the company."""
    parts = assemble(settings)
    try:
        with reading(parts.database) as tx:
            if not setup_desk.needed(tx):
                return
        with transaction(parts.database) as tx:
            token = setup_desk.create_token(tx, parts.clock())
    finally:
        parts.close()
    for language in words.LANGUAGES:
        line = words.say(language, "house.setup.link", url=setup_url(settings, token))
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - a log line would mask the token


def setup_url(settings: Settings, token: str) -> str:
    return f"{settings.base_url}/setup?token={token}"
