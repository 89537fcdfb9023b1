"""The doctor looks outside: at webhooks, and at the dead-man's switch."""

import contextlib
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import update

import words
from ringwatch import doctor_outside
from rules.dead_man import Ping
from rules.policy import Policy
from storage import outside_pings
from storage.db import Database, transaction
from storage.tables.company import people
from tests.company import CHEN, found
from tests.imap import dovecot
from tests.servers import free_port
from wiring.answers import MailReplySettings
from wiring.clock import SteadyClock
from wiring.in_force import Figures
from wiring.parts import Parts
from wiring.settings import load


def parts_with(database: Database, folder: Path, port: int) -> Parts:
    (folder / "secret").write_text("s3cret", encoding="utf-8")
    (folder / "ringwatch.toml").write_text(
        f'[[webhook]]\nname = "erp"\nurl = "http://127.0.0.1:{port}/?key=hush-hush"\n'
        f'secret_file = "{folder}/secret"\nevents = ["order"]\nperson = "{CHEN}"\n',
        encoding="utf-8",
    )
    return Parts(
        settings=load({"RINGWATCH_DATA": str(folder)}),
        database=database,
        telemetry=database,
        figures=Figures(Policy()),
        clock=SteadyClock(),
    )


def test_each_webhook_is_looked_at(database: Database, tmp_path: Path) -> None:
    with transaction(database) as tx:
        found(tx)
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
        parts = parts_with(database, tmp_path, listening.getsockname()[1])
        [(how, what, facts)] = doctor_outside.webhooks(parts)
        assert (how, what) == ("good", "hook")
    [(how, what, facts)] = doctor_outside.webhooks(parts_with(database, tmp_path, free_port()))
    assert (how, what) == ("bad", "hook_down")
    with transaction(database) as tx:
        gone = update(people).where(people.c.code == CHEN)
        tx.execute(gone.values(left_at=SteadyClock()()))
    [(how, what, facts)] = doctor_outside.webhooks(parts)
    assert (how, what) == ("bad", "hook_nobody")
    for language in words.LANGUAGES:
        said = words.say(language, f"house.doctor.{what}", **facts)
        assert "erp" in said
        assert "hush-hush" not in said


def test_the_dead_mans_switch_is_looked_at(database: Database, tmp_path: Path) -> None:
    """Never set up is said, and is no fault; an outside that hears nothing is one."""
    parts = parts_with(database, tmp_path, 1)
    [(how, what, _)] = doctor_outside.dead_man(parts)
    assert (how, what) == ("odd", "dead_man_unset")
    url = SecretStr("https://hc.example.com/hush-hush")
    set_up = replace(parts, settings=parts.settings.model_copy(update={"dead_man_url": url}))
    [(how, what, _)] = doctor_outside.dead_man(set_up)
    assert (how, what) == ("odd", "dead_man_new")
    for ago, expected in ((timedelta(hours=1), "bad"), (timedelta(), "good")):
        with transaction(database) as tx:
            heard = Ping(at=parts.clock() - ago, sent=True, taken=True, words="200 OK")
            outside_pings.add(tx, heard, keep=10)
        [(how, what, facts)] = doctor_outside.dead_man(set_up)
        assert how == expected
        for language in words.LANGUAGES:
            said = words.say(language, f"house.doctor.{what}", **facts)
            assert "hc.example.com" in said
            assert "hush-hush" not in said


def test_the_mailbox_of_answers_is_opened(database: Database, tmp_path: Path) -> None:
    parts = parts_with(database, tmp_path, free_port())
    assert list(doctor_outside.mail_replies(parts)) == []  # none is set
    with dovecot() as server:
        wanted = MailReplySettings(mailbox=SecretStr(server.url), address="answers@example.com")
        settings = parts.settings.model_copy(update={"mail_replies": wanted})
        parts = replace(parts, settings=settings)
        [(how, what, facts)] = doctor_outside.mail_replies(parts)
        assert (how, what) == ("good", "mail_replies")
        server.kill()
        [(how, what, facts)] = doctor_outside.mail_replies(parts)
        assert (how, what) == ("bad", "mail_replies_down")
        assert server.PASSWORD not in str(facts)
    for language in words.LANGUAGES:
        assert words.say(language, f"house.doctor.{what}", **facts)
