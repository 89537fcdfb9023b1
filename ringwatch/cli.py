"""The command line. Each command says in one sentence why it could not be done."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ringwatch import together
from ringwatch.folder import StartError
from ringwatch.later import later
from rules.documents import Language
from rules.scopes import Scope
from storage.db import DatabaseDownError
from storage.migrate import MigrationError
from wiring import logs, settings, shown
from wiring.problems import SettingsError

if TYPE_CHECKING:
    from ringwatch import (
        accounts,
        assets,
        backup,
        copying,
        doctor,
        gateway,
        papers,
        restore,
        simulate,
        tokens,
    )
    from ringwatch.demo import company_run
else:  # a door starts without what only another command needs: PDFs, plans, a demo
    accounts, assets, backup = map(later, ("accounts", "assets", "backup"))
    copying, doctor, gateway = map(later, ("copying", "doctor", "gateway"))
    papers, restore, simulate = map(later, ("papers", "restore", "simulate"))
    tokens, company_run = map(later, ("tokens", "demo.company_run"))

REFUSED, DATABASE_DOWN = 2, 3
Command = Callable[[argparse.Namespace], int]


def main(words: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 not healthy or not clean, 2 refused, 3 the database cannot be used."""
    given = _parser().parse_args(words)
    command: Command = given.command
    try:
        return command(given)
    except (SettingsError, StartError, MigrationError) as error:
        return _sorry(str(error), REFUSED)
    except DatabaseDownError as error:
        return _sorry(
            f"The database cannot be used: {error}. `ringwatch doctor` says more.", DATABASE_DOWN
        )
    except KeyboardInterrupt:
        return _sorry("Stopped.", REFUSED)


def _sorry(words: str, code: int) -> int:
    print(words, file=sys.stderr)  # noqa: T201 - a command line speaks
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ringwatch", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, words: str, command: Command) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words)
        one.set_defaults(command=command)
        return one

    add("run", "Run everything: broker (unless given), collector, scheduler, web.", _run)
    for door in (*together.DOORS, together.DC09):
        add(door, f"Run the {door} alone.", _door(door))
    demo = add("demo", "Run everything with a demo company in a folder of its own.", _demo)
    demo.add_argument("--data", type=Path, default=Path("var-demo"), help="folder (var-demo)")
    _add_simulate(add("simulate", "Publish as many devices would, for load.", _simulate))
    add("setup", "Print a one-time link for the first run in the browser.", _setup)
    add("migrate", "Bring the database to this program's tables.", _migrate)
    _add_import(add("import", "Load a CSV file (or the city's rings, GeoJSON).", _import))
    _add_keeping(add)
    _add_gateway(add("gateway", "Accounts at your own Mosquitto.", _gateway))
    _add_user(add("user", "Logins.", _user_add))
    _add_token(add("token", "Tokens of programs for the JSON API.", _tokens))
    _add_papers(add)
    add("doctor", "Look at everything and say what to do.", _doctor)
    health = add("health", "Whether a process is well: exit code 0.", _health)
    health.add_argument("name", help="collector, scheduler, web, dc09 or parent")
    add("settings", "Show effective settings and where each came from.", _settings)
    return parser


def _add_keeping(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    keep = add(
        "backup", "Put databases, files and settings into one archive, while running.", _backup
    )
    keep.add_argument("file", type=Path, help="the archive to make, for example ringwatch.tar.gz")
    back = add("restore", "Put a backup into an empty folder and database.", _restore)
    back.add_argument("file", type=Path, help="an archive made by `ringwatch backup`")
    move = add("copy", "Copy a SQLite company into the PostgreSQL of the settings.", _copy)
    move.add_argument("file", type=Path, help="its ringwatch.db, telemetry.db beside it")


def _add_papers(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    key = add("keys", "The key documents are signed with.", _show_key)
    verbs = key.add_subparsers(metavar="show|create|renew|import")
    verbs.add_parser("show", help="Whose it is, and until when.").set_defaults(command=_show_key)
    for name, words, command in (
        ("create", "The first key; the scheduler makes one if nobody does.", _create_key),
        ("renew", "A new key from now on.", _renew_key),
    ):
        one = verbs.add_parser(name, help=words)
        one.add_argument("--name", help="who signs (default: the company's name)")
        one.set_defaults(command=command)
    own = verbs.add_parser("import", help="The company's own key and certificate (P-256).")
    own.add_argument("file", type=Path, help="both in one PEM file, without a passphrase")
    own.set_defaults(command=_import_key)
    look = add("verify", "Is this PDF the one that was issued? Exit code 0 if so.", _verify)
    look.add_argument("file", type=Path)
    draft = add("report", "A document as it would be printed now, marked a draft.", _report)
    draft.add_argument("kind", choices=("inspection",))
    draft.add_argument("number", type=int, help="as in the address of its page")
    draft.add_argument("--lang", choices=[one.value for one in Language], default="zh")
    draft.add_argument("--pdf", type=Path, required=True, help="the file to write")


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--devices", type=int, required=True, help="how many")
    parser.add_argument("--interval", type=float, default=60, help="seconds between two reports")
    parser.add_argument("--broker", help="mqtt://USER:PASSWORD@HOST:PORT (default: the settings')")
    parser.add_argument("--site", default="SIM", help="site code (SIM)")
    parser.add_argument("--seconds", type=float, help="stop after so long (default: Ctrl-C)")


def _add_import(parser: argparse.ArgumentParser) -> None:
    kinds = "customers, contracts, sites, systems, devices, people or rings"
    parser.add_argument("kind", metavar="KIND", help=kinds)
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="check only, change nothing")


def _add_gateway(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="add")
    one = verbs.add_parser("add", help="An account for a site's gateway; prints it once.")
    one.add_argument("site", help="the site's code")
    one.add_argument("--config", type=Path, required=True, help="Mosquitto's config folder")
    one.add_argument("--renew", action="store_true", help="a new password for a known account")
    ours = verbs.add_parser("collector", help="Ringwatch's own account, its address into a file.")
    ours.add_argument("--config", type=Path, required=True, help="Mosquitto's config folder")
    ours.add_argument("--broker", required=True, help="HOST:PORT of the broker, with TLS")
    ours.add_argument("--url-file", type=Path, required=True, help="for RINGWATCH_MQTT_URL_FILE")
    ours.set_defaults(command=_gateway_collector)


def _add_user(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="add|second-factor-off")
    one = verbs.add_parser("add", help="Give a person a login; asks for the password.")
    one.add_argument("login", help="the name to log in with")
    one.add_argument("--person", required=True, help="the person's code (people.csv)")
    one.set_defaults(command=_user_add)
    off = verbs.add_parser("second-factor-off", help="For a lost phone, when no one else can.")
    off.add_argument("login", help="the name they log in with")
    off.set_defaults(command=_second_factor_off)


def _add_token(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(required=True, metavar="create|list|revoke")
    one = verbs.add_parser("create", help="Give a person a token; printed once.")
    one.add_argument("--person", required=True, help="whose permits it has (people.csv code)")
    one.add_argument("--name", required=True, help="what it is for")
    scopes = [scope.value for scope in Scope]
    one.add_argument("--scope", action="append", choices=scopes, help="repeatable (all reading)")
    one.add_argument("--days", type=int, default=90, help="until it ends (90)")
    one.set_defaults(command=_create_token)
    every = verbs.add_parser("list", help="Every token there was, without its secret.")
    every.set_defaults(command=_tokens)
    ended = verbs.add_parser("revoke", help="From now on it opens nothing.")
    ended.add_argument("number", type=int)
    ended.set_defaults(command=_revoke_token)


def _user_add(given: argparse.Namespace) -> int:
    return accounts.add(given)


def _tokens(given: argparse.Namespace) -> int:
    return tokens.show(given)


def _show_key(given: argparse.Namespace) -> int:
    return papers.show_key(given)


def _verify(given: argparse.Namespace) -> int:
    return papers.verify(given)


def _report(given: argparse.Namespace) -> int:
    return papers.report(given)


def _second_factor_off(given: argparse.Namespace) -> int:
    return accounts.second_factor_off(given)


def _create_token(given: argparse.Namespace) -> int:
    return tokens.create(given)


def _revoke_token(given: argparse.Namespace) -> int:
    return tokens.revoke(given)


def _create_key(given: argparse.Namespace) -> int:
    return papers.create_key(given)


def _renew_key(given: argparse.Namespace) -> int:
    return papers.renew_key(given)


def _import_key(given: argparse.Namespace) -> int:
    return papers.import_key(given)


def _run(_: argparse.Namespace) -> int:
    return together.run(settings.load())


def _door(name: str) -> Command:
    return lambda _: together.door(name, settings.load())


def _demo(given: argparse.Namespace) -> int:
    return company_run.run(given.data)


def _simulate(given: argparse.Namespace) -> int:
    load = simulate.Load(
        devices=given.devices,
        interval_s=given.interval,
        site=given.site,
        seconds=given.seconds,
    )
    return simulate.run(load, given.broker or together.broker_url(settings.load()))


def _setup(_: argparse.Namespace) -> int:
    return accounts.setup(settings.load())


def _migrate(_: argparse.Namespace) -> int:
    given = settings.load()
    logs.start("migrate", given)
    return together.migrate(given)


def _import(given: argparse.Namespace) -> int:
    return assets.load_file(settings.load(), given.kind, given.file, dry_run=given.dry_run)


def _backup(given: argparse.Namespace) -> int:
    return backup.run(settings.load(), given.file)


def _restore(given: argparse.Namespace) -> int:
    return restore.run(settings.load(), given.file)


def _copy(given: argparse.Namespace) -> int:
    return copying.run(settings.load(), given.file)


def _gateway(given: argparse.Namespace) -> int:
    return gateway.add(settings.load(), given.site, given.config, renew=given.renew)


def _gateway_collector(given: argparse.Namespace) -> int:
    return gateway.add_collector(given.config, given.broker, given.url_file)


def _doctor(_: argparse.Namespace) -> int:
    return doctor.run(settings.load())


def _health(given: argparse.Namespace) -> int:
    return doctor.health(settings.load(), given.name)


def _settings(_: argparse.Namespace) -> int:
    loaded = settings.load()
    for line in shown.lines(loaded, *together.changed_in_browser(loaded)):
        print(line)  # noqa: T201
    return 0
