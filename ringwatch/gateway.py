"""`ringwatch gateway add SITE`: an account at the company's own Mosquitto for one site's gateway.

Two files are kept in the given folder, `ringwatch.passwords` and `ringwatch.acl`; mosquitto.conf
is the administrator's and never touched. The collector's account is made along with the first.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import words
from collector import echo
from collector.mqtt import FILTER
from ringwatch import together
from ringwatch.broker import hashed
from ringwatch.folder import StartError
from storage import sites as site_rows
from storage.db import reading
from wiring.channels import SourceSettings
from wiring.settings import Settings, terminal_language

PASSWORDS, ACL = "ringwatch.passwords", "ringwatch.acl"
COLLECTOR = "ringwatch"
_HEAD = "# Written by `ringwatch gateway`; lines of others are kept.\n"
_RIGHTS = (
    f"topic read {FILTER}",
    "topic read $SYS/broker/#",
    f"topic readwrite {echo.TOPIC}",
    "topic readwrite ringwatch-probe/#",  # `ringwatch doctor`
    "topic readwrite ringwatch-doctor/#",
)
_PLAIN = re.compile(r"^[A-Za-z0-9_.-]{1,64}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    name: str
    password: str


def add(settings: Settings, site: str, folder: Path, *, renew: bool) -> int:
    """Print each new password once. Raises `StartError`: no such site, no such folder."""
    _require_site(settings, site)
    made = make_accounts(folder, site, settings.source, renew=renew)
    language = terminal_language()
    for account in made:
        facts = {"name": account.name, "password": account.password}
        kind = "collector" if account.name == COLLECTOR else "site"
        said = words.say(language, f"keeping.gateway.{kind}", site=site, **facts)
        print(said)  # noqa: T201 - once, to whoever asked; it is kept nowhere
    where = {"passwords": folder.resolve() / PASSWORDS, "acl": folder.resolve() / ACL}
    print(words.say(language, "keeping.gateway.next", **where))  # noqa: T201
    return 0


def add_collector(folder: Path, broker: str, url_file: Path) -> int:
    """The collector's account alone, its address into a file only we can read; once."""
    _require_folder(folder)
    with _alone(folder):
        known = _known(folder / PASSWORDS)
        if COLLECTOR in known and url_file.exists():
            return 0
        made = _fresh(COLLECTOR)
        url = f"mqtts://{made.name}:{made.password}@{broker}\n"
        with os.fdopen(os.open(url_file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
            out.write(url)
        _keep(folder, known, [made], {COLLECTOR: _RIGHTS})
    return 0


def _require_site(settings: Settings, site: str) -> None:
    parts = together.ready_parts(settings)
    try:
        with reading(parts.database) as tx:
            known = site_rows.by_code(tx, site)
    finally:
        parts.close()
    if known is None:
        raise StartError(f"No site has the code {site!r}. Load it first: ringwatch import sites")


def make_accounts(
    folder: Path, site: str, sources: Sequence[SourceSettings] = (), *, renew: bool = False
) -> list[Account]:
    """The gateway's, and the collector's when it has none yet; with rights to `sources`."""
    _require_folder(folder)
    if not _PLAIN.match(site) or site == echo.TOPIC.split("/")[2]:
        raise StartError(f"A site with the code {site!r} can have no gateway: A-Z a-z 0-9 _ . -")
    name = f"gateway-{site}"
    spoken = [f"topic write {one.prefix}/#" for one in sources if one.site == site]
    with _alone(folder):
        known = _known(folder / PASSWORDS)
        if name in known and not renew:
            raise StartError(f"{name} has an account already; a new password for it: --renew")
        made = [_fresh(name), *([] if COLLECTOR in known else [_fresh(COLLECTOR)])]
        rights = {name: [f"topic write ringwatch/v1/{site}/#", *spoken]}
        heard = [f"topic read {one.prefix}/#" for one in sources]
        rights[COLLECTOR] = list(dict.fromkeys([*_of_collector(folder), *_RIGHTS, *heard]))
        _keep(folder, known, made, rights)
    return made


def _of_collector(folder: Path) -> list[str]:
    """What it may do already: also what an administrator wrote down."""
    kept, his = [], False
    for line in _lines(folder / ACL):
        if line.startswith("user "):
            his = line.removeprefix("user ").strip() == COLLECTOR
        elif his and line:
            kept.append(line)
    return kept


def _fresh(name: str) -> Account:
    return Account(name=name, password=secrets.token_urlsafe(24))


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise StartError(f"{folder} is not a folder. Give Mosquitto's, for example /etc/mosquitto.")


def _keep(
    folder: Path,
    known: Mapping[str, str],
    made: Sequence[Account],
    rights: Mapping[str, Sequence[str]],
) -> None:
    """Rights first: an account without them can do nothing, rights without one neither."""
    _write(folder / ACL, _with_rights(_lines(folder / ACL), rights))
    entries = {**known, **{account.name: hashed(account.password) for account in made}}
    _write(folder / PASSWORDS, [f"{name}:{entry}" for name, entry in entries.items()])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two administrators at once must not lose each other's account."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    except OSError as error:
        raise StartError(f"{folder} cannot be written: {error.strerror}") from error
    finally:
        os.close(descriptor)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _known(path: Path) -> dict[str, str]:
    pairs = (line.partition(":") for line in _lines(path) if line and not line.startswith("#"))
    return {name: entry for name, _, entry in pairs}


def _with_rights(lines: Sequence[str], rights: Mapping[str, Sequence[str]]) -> list[str]:
    """The lines of others as they were, the accounts in `rights` anew at the end."""
    kept, ours = [], False
    for line in lines:
        if line.startswith("user "):
            ours = line.removeprefix("user ").strip() in rights
        if not ours:
            kept.append(line)
    for name, topics in rights.items():
        kept += [f"user {name}", *topics, ""]
    return kept


def _write(path: Path, lines: Sequence[str]) -> None:
    """Readable by Mosquitto, which reads it again as its own user, and by nobody else."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        body = "\n".join(line for line in lines if line != _HEAD.strip())
        file.write((_HEAD if path.name == ACL else "") + body + "\n")
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        _give_to_mosquitto(fresh, path.parent)
    fresh.replace(path)


def _give_to_mosquitto(path: Path, folder: Path) -> None:
    """To the user of that name, else (in a container) to whoever owns the folder."""
    with suppress(LookupError):
        shutil.chown(path, "mosquitto", "mosquitto")
        return
    owner = folder.stat()
    os.chown(path, owner.st_uid, owner.st_gid)
