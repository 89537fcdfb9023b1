"""Serve the web until told to stop."""

from types import FrameType

import uvicorn
from fastapi import FastAPI

from web.main import build, use
from web.stream import Pulse
from wiring.parts import Parts
from wiring.reload import Rereading

STOP_WITHIN_S = 5  # an open stream must not hold up a stop


class _Server(uvicorn.Server):
    """Ends the open streams at the first signal, before it waits for what is still being said."""

    streams: Pulse
    app: FastAPI
    rereading: Rereading

    async def on_tick(self, counter: int) -> bool:
        if fresh := self.rereading.fresh():
            use(self.app, fresh)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.streams.stop()
        super().handle_exit(sig, frame)


def run(parts: Parts) -> int:
    """Serve until SIGINT or SIGTERM; 0 after a clean stop. SIGHUP: read policy anew."""
    settings = parts.settings
    app = build(parts)
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            loop="uvloop",
            http="httptools",
            timeout_graceful_shutdown=STOP_WITHIN_S,
            timeout_keep_alive=30,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
            server_header=False,
            access_log=False,
            log_config=None,
        )
    )
    server.streams, server.app, server.rereading = app.state.pulse, app, Rereading(parts)
    server.run()
    return 0 if server.started else 1
