"""The command line as people use it: in a process of its own, with a folder of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ringwatch import broker
from storage import logins
from storage.db import connect, transaction
from tests import started
from tests.conftest import needs
from tests.servers import free_port
from tests.started import Started
from tests.waiting import until

CUSTOMERS = "code,name,language\nC1,天府软件园,zh\n"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RINGWATCH_")}
    return kept | {
        "RINGWATCH_DATA": str(tmp_path / "var"),
        "RINGWATCH_HTTP": f"127.0.0.1:{free_port()}",
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def migrated(environment: dict[str, str], _sqlite_template: Path) -> dict[str, str]:
    """As after `ringwatch migrate`."""
    shutil.copytree(_sqlite_template, environment["RINGWATCH_DATA"])
    return environment


def ringwatch(
    environment: Mapping[str, str], *words: str, said: str = ""
) -> subprocess.CompletedProcess[str]:
    return started.run("ringwatch", *words, environment=environment, said=said)


def test_a_wrong_setting_stops_the_start(environment: dict[str, str]) -> None:
    wrong = {**environment, "RINGWATCH_HTPP": "x"}
    done = started.from_nothing("ringwatch", "run", environment=wrong)
    assert done.returncode == 2
    assert "did you mean RINGWATCH_HTTP?" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_are_shown(environment: dict[str, str]) -> None:
    secret = {**environment, "RINGWATCH_MQTT_URL": "mqtt://u:hush-hush@h"}
    done = ringwatch(secret, "settings")
    assert done.returncode == 0
    assert "hush-hush" not in done.stdout + done.stderr
    assert re.search(r"mqtt_url +\*\*\* +RINGWATCH_MQTT_URL", done.stdout)


def test_a_door_needs_a_migrated_database(environment: dict[str, str]) -> None:
    done = ringwatch(environment, "scheduler")
    assert done.returncode == 2
    assert "ringwatch migrate" in done.stderr
    assert ringwatch(environment, "migrate").returncode == 0


def test_a_database_that_is_away_is_said_in_a_sentence(environment: dict[str, str]) -> None:
    away = {**environment, "RINGWATCH_DATABASE_URL": "postgresql://u:hush-hush@127.0.0.1:1/d"}
    done = ringwatch(away, "migrate")
    assert done.returncode == 3
    assert "ringwatch doctor" in done.stderr
    assert "hush-hush" not in done.stderr
    assert "Traceback" not in done.stderr


def test_import_checks_first_and_changes_nothing(migrated: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(CUSTOMERS, encoding="utf-8")
    (tmp_path / "wrong.csv").write_text(CUSTOMERS + "C2,x,fr\n", encoding="utf-8")
    file, wrong = str(tmp_path / "c.csv"), str(tmp_path / "wrong.csv")
    dry = ringwatch(migrated, "import", "customers", file, "--dry-run")
    assert (dry.returncode, "1 new" in dry.stdout) == (0, True)
    refused = ringwatch(migrated, "import", "customers", wrong)
    assert refused.returncode == 1
    assert "fr" in refused.stderr
    first = ringwatch(migrated, "import", "customers", file)
    assert "1 new" in first.stdout
    assert "1 as before" in ringwatch(migrated, "import", "customers", file).stdout


def test_a_login_is_given_without_the_password_on_the_command_line(
    migrated: dict[str, str], tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("code,name,roles,sites,language\nli,李雷,admin,*,zh\n", encoding="utf-8")
    assert ringwatch(migrated, "import", "people", str(people)).returncode == 0
    weak = ringwatch(migrated, "user", "add", "li", "--person", "li", said="x\n")
    assert weak.returncode == 2
    good = ringwatch(migrated, "user", "add", "li", "--person", "li", said="four good words 9\n")
    assert good.returncode == 0, good.stderr
    unknown = ringwatch(migrated, "user", "add", "x", "--person", "nobody", said="y\n")
    assert "nobody" in unknown.stderr
    assert ringwatch(migrated, "setup").returncode == 2


def test_a_lost_phone_of_the_last_administrator(migrated: dict[str, str], tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("code,name,roles,sites,language\nli,李雷,admin,*,zh\n", encoding="utf-8")
    ringwatch(migrated, "import", "people", str(people))
    ringwatch(migrated, "user", "add", "li", "--person", "li", said="four good words 9\n")
    without = ringwatch(migrated, "user", "second-factor-off", "li")
    assert without.returncode == 2
    assert "second factor" in without.stderr
    database = connect(f"sqlite:///{migrated['RINGWATCH_DATA']}/ringwatch.db")
    with transaction(database) as tx:
        login = logins.by_name(tx, "li")
        assert login is not None
        logins.confirm_totp(tx, login.id, ["spare"], login.changed_at)
    lost = ringwatch(migrated, "user", "second-factor-off", "LI")
    assert lost.returncode == 0, lost.stderr
    with transaction(database) as tx:
        login = logins.by_name(tx, "li")
    database.close()
    assert login is not None
    assert (login.second_factor, login.recovery_hashes) == (False, ())


def test_setup_gives_a_fresh_link(migrated: dict[str, str]) -> None:
    done = ringwatch(migrated, "setup")
    assert done.returncode == 0
    assert f"http://{migrated['RINGWATCH_HTTP']}/setup?token=" in done.stdout


def test_health_of_a_process_that_does_not_run(environment: dict[str, str]) -> None:
    assert ringwatch(environment, "health", "collector").returncode == 1
    assert ringwatch(environment, "health", "../x").returncode == 2


@contextmanager
def running(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "ringwatch", "run"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def answers(environment: Mapping[str, str]) -> bool:
    try:
        url = f"http://{environment['RINGWATCH_HTTP']}/healthz"
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


def well(environment: Mapping[str, str], *names: str) -> bool:
    return all(ringwatch(environment, "health", name).returncode == 0 for name in names)


def test_run_starts_everything_and_stops_clean(environment: dict[str, str]) -> None:
    if broker.mosquitto_program() is None:
        needs("Mosquitto")
    with running(environment) as process:
        until(lambda: answers(environment), timeout_s=120, every_s=0.2)
        until(lambda: well(environment, "collector", "scheduler", "parent"), 120, 0.5)
        doctor = ringwatch(environment, "doctor")
        assert "a message came back" in doctor.stdout
        assert "1500 of 1500" in doctor.stdout
        second = ringwatch(environment, "run")
        assert second.returncode == 2
        assert str(process.pid) in second.stderr
        other = {**environment, "RINGWATCH_DATA": environment["RINGWATCH_DATA"] + "2"}
        taken = ringwatch(other, "run")
        assert taken.returncode == 2
        assert "RINGWATCH_HTTP=" in taken.stderr
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "/setup?token=" in said
    assert "CRITICAL" not in said
    assert "Traceback" not in said


def test_a_dead_database_ends_a_door_with_a_reason(
    environment: dict[str, str], postgres_server: str
) -> None:
    """The process does not survive it; whoever supervises starts it again."""
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        name = f"ringwatch_dies_{os.getpid()}"
        admin.execute(f'CREATE DATABASE "{name}"')
        url = postgres_server.rsplit("/", 1)[0] + f"/{name}"
        mine = {**environment, "RINGWATCH_DATABASE_URL": url}
        assert ringwatch(mine, "migrate").returncode == 0
        with open_door(mine, "scheduler") as process:
            until(lambda: well(mine, "scheduler"), 120, 0.3)
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            _, said = process.communicate(timeout=120)
    assert process.returncode == 3, said
    assert "CRITICAL" in said


@contextmanager
def open_door(environment: Mapping[str, str], name: str) -> Iterator[Started]:
    process = started.start("ringwatch", name, environment=environment, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_an_untouched_folder_holds_a_database_for_us_alone(environment: dict[str, str]) -> None:
    ringwatch(environment, "migrate")
    data = Path(environment["RINGWATCH_DATA"])
    assert data.stat().st_mode & 0o777 == 0o700
    database = connect(f"sqlite:///{data}/ringwatch.db")
    assert database.sqlite
    database.close()
