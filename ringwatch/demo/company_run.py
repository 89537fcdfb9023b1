"""`ringwatch demo`: the demo company in a folder of its own, filled once, then going on."""

import http.client
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import words
from operations import passwords as password_desk
from ringwatch import folder, together
from ringwatch.broker import OwnBroker
from ringwatch.demo import company, newcomers
from ringwatch.processes import Child
from rules.model import Role
from storage import logins as login_rows
from storage import people as people_rows
from storage.db import Tx, reading, transaction
from wiring import logs
from wiring import settings as wiring_settings
from wiring.parts import Parts, assemble
from wiring.settings import Settings

_ROLES = {
    "dispatcher": Role.DISPATCHER,
    "head": Role.HEAD,
    "engineer": Role.ENGINEER,
    "admin": Role.ADMIN,
    "customer": Role.CUSTOMER,
}
_LOUD = (" ERROR ", " CRITICAL ", " WARNING ")
# A newcomer will not wait ten minutes for a frozen picture: the holds are shortened, and only they.
_HELD_5_S = (
    "BATT_FAULT BATT_LOW CAM_BLACK CAM_FROZEN CAM_MOVED CAM_OCCLUDED CAM_VIDEO_LOSS CLOCK_DRIFT"
    " DET_MASKED MAINS_LOSS PSU_OVERLOAD REC_GAP REC_STOPPED SIGNAL_WEAK STO_DISK_FAIL STO_LOW"
    " TAMPER TEMP_CRITICAL TEMP_HIGH UPS_RUNTIME_LOW ZONE_OPEN"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the folder remembers from run to run; its passwords open demo data only."""

    passwords: dict[str, str]
    phone_port: int


def run(data: Path) -> int:
    environment = wiring_settings.plain_environment()
    settings = wiring_settings.load(environment, data=data, demo=True)
    logs.start("parent", settings)
    with folder.alone(data):
        _drop_half_filled(data)
        together.prepare(settings)
        demo = _remembered(data) or _fill(settings)
        own = together.own_broker(settings)
        _write_toml(settings, demo.phone_port)
        said = wiring_settings.as_environment(data=str(data.resolve()), demo="yes")
        fleet = [sys.executable, "-m", "ringwatch.demo.fleet", str(demo.phone_port)]
        extras = together.Extras(
            children=[Child(name="fleet", command=fleet)],
            environment=environment | said,
            say=_ear(data / "ringwatch.log"),
            each_round=_Greeting(settings, demo, own),
        )
        return together.live(settings, own, extras)


def _ear(path: Path) -> Callable[[str], None]:
    """Everything goes to the log file, what matters to the terminal too."""
    log = path.open("a", encoding="utf-8", buffering=1)

    def say(line: str) -> None:
        log.write(f"{line}\n")
        if any(mark in line for mark in _LOUD):
            print(line, file=sys.stderr, flush=True)  # noqa: T201

    return say


def _drop_half_filled(data: Path) -> None:
    """A first start that was stopped half-way begins anew; nothing of anybody's is in there."""
    if _remembered(data) is None:
        for path in [*data.glob("ringwatch.db*"), *data.glob("telemetry.db*")]:
            path.unlink()
        shutil.rmtree(data / "broker", ignore_errors=True)


def _remembered(data: Path) -> Demo | None:
    try:
        demo = Demo(**json.loads((data / wiring_settings.DEMO_MARK).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if folder.port_is_free(demo.phone_port):
        return demo
    moved = Demo(passwords=demo.passwords, phone_port=folder.any_free_port())
    _remember(data, moved)
    return moved


def _remember(data: Path, demo: Demo) -> None:
    path = data / wiring_settings.DEMO_MARK
    path.touch(mode=0o600)
    said = {"passwords": demo.passwords, "phone_port": demo.phone_port}
    path.write_text(json.dumps(said), encoding="utf-8")


def _fill(settings: Settings) -> Demo:
    """The company, then a login for one of each role; the mark comes last."""
    parts = assemble(settings)
    try:
        company.fill(parts, parts.clock())
        with transaction(parts.database) as tx:
            passwords = {name: _login(tx, parts, name, role) for name, role in _ROLES.items()}
    finally:
        parts.close()
    demo = Demo(passwords=passwords, phone_port=folder.any_free_port())
    _remember(settings.data, demo)
    return demo


def _login(tx: Tx, parts: Parts, name: str, role: Role) -> str:
    password = password_desk.invented()
    person = people_rows.with_role(tx, role)[0]
    secret = password_desk.hashed(password)
    login_rows.add(tx, person.id, name, secret, parts.clock(), must_change=False)
    return password


def _write_toml(settings: Settings, phone_port: int) -> None:
    """Every channel the demo people use ends at their phones on this machine."""
    parts = assemble(settings)
    with reading(parts.database) as tx:
        people = people_rows.all_people(tx)
    parts.close()
    used = {address.channel for person in people for address in person.channels}
    names = sorted(used | {"mail"})  # customers without contacts are told by mail
    blocks = [
        f'[[channel]]\nname = "{name}"\n'
        f'providers = ["webhook+http://127.0.0.1:{phone_port}/{name}"]\n'
        for name in names
    ]
    limits = [
        f"[policy.limits.{code}]\nraise_after_s = 5\nclear_after_s = 10\n"
        for code in _HELD_5_S.split()
    ]
    outside = f'dead_man_url = "http://127.0.0.1:{phone_port}/ping"\n'
    head = f"# Written by `ringwatch demo` at each start.\n{outside}"
    silence = "[policy.silence]\nwill_held_s = 10\nback_for_s = 20\nleast_s = 60\n"
    hold = "[policy.hold]\nat_most_s = 20\ngrace_s = 30\n"
    sources = [
        f'[[source]]\nsite = "{newcomers.SITE}"\ndialect = "{dialect}"\nprefix = "{prefix}"\n'
        for dialect, prefix in newcomers.SOURCES
    ]
    text = "\n".join([head, silence, hold, *limits, *blocks, *sources])
    (settings.data / "ringwatch.toml").write_text(text, encoding="utf-8")


class _Greeting:
    """Says once, as soon as the web answers, where it is and how to get in."""

    def __init__(self, settings: Settings, demo: Demo, own: OwnBroker | None) -> None:
        self._settings, self._demo, self._own = settings, demo, own
        self._said = False

    def __call__(self) -> None:
        if self._said or not self._web_answers():
            return
        self._said = True
        logins = ", ".join(f"{name} / {word}" for name, word in self._demo.passwords.items())
        facts = {
            "url": self._settings.base_url,
            "logins": logins,
            "phone": f"http://127.0.0.1:{self._demo.phone_port}/",
            "mqtt": self._own.port if self._own else "",
        }
        for language in words.LANGUAGES:
            for key in ("ready", "logins", "look"):
                print(words.say(language, f"house.demo.{key}", **facts))  # noqa: T201
            print(flush=True)  # noqa: T201

    def _web_answers(self) -> bool:
        host, port = self._settings.http_host, self._settings.http_port
        kind = (
            http.client.HTTPSConnection if self._settings.tls_cert else http.client.HTTPConnection
        )
        connection = kind(host, port, timeout=2)
        try:
            connection.request("GET", "/login")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
