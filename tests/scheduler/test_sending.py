"""The sender and the dead-man's switch, joined from settings."""

from pathlib import Path

from scheduler import sending
from storage import company as company_rows
from storage import ledger, listening
from storage.db import reading, transaction
from storage.migrate import migrate
from tests import company
from tests.notify.receivers import WebServer, web_server
from tests.waiting import until
from wiring.health import Heart
from wiring.parts import assemble
from wiring.settings import Settings


def test_it_sends_by_the_channels_of_the_settings_and_pings_while_well(tmp_path: Path) -> None:
    with web_server() as hook, web_server() as outside:
        settings = Settings.model_validate(
            {
                "data": tmp_path,
                "dead_man_url": f"http://{outside.where}/ping",
                "channel": [{"name": "mail", "providers": [f"webhook+http://{hook.where}/"]}],
            }
        )
        parts = assemble(settings)
        migrate(parts.database, parts.telemetry, parts.clock())
        with transaction(parts.database) as tx:
            firm = company.found(tx, channels=1)
            order = company.breaks(tx, firm, 0, parts.policy, parts.clock())
            listening.change(tx, watermark=parts.clock())
        Heart(tmp_path, "scheduler", parts.clock).beat()
        with sending.at_work(parts):
            until(lambda: len(hook.requests) == 2)
            until(lambda: _paths(outside) == ["/ping"])
        with reading(parts.database) as tx:
            assert {notice.state for notice in ledger.of_order(tx, order.id)} == {"sent"}
            assert company_rows.channels(tx) == frozenset(
                {"mail", "push"}
            )  # whoever writes letters knows
        parts.close()


def test_no_ping_while_the_echo_is_late(tmp_path: Path) -> None:
    with web_server() as outside:
        url = f"http://{outside.where}/"
        parts = assemble(Settings.model_validate({"data": tmp_path, "dead_man_url": url}))
        migrate(parts.database, parts.telemetry, parts.clock())
        Heart(tmp_path, "scheduler", parts.clock).beat()
        send = sending.sender(parts)
        send.start()
        switch = sending.dead_man(parts, send)
        assert switch
        assert not switch.ping()  # nothing was ever heard
        with transaction(parts.database) as tx:
            listening.change(tx, watermark=parts.clock())
        assert switch.ping()
        with transaction(parts.database) as tx:
            listening.change(tx, stalled_since=parts.clock())
        assert not switch.ping()
        send.stop()
        assert len(outside.requests) == 1
        parts.close()


def _paths(web: WebServer) -> list[str]:
    return [request.path for request in web.requests]


def test_without_an_outside_address_there_is_no_switch(tmp_path: Path) -> None:
    parts = assemble(Settings.model_validate({"data": tmp_path}))
    assert sending.dead_man(parts, sending.sender(parts)) is None
    parts.close()
