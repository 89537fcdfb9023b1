"""Serve the web until told to stop."""

import uvicorn

from web.main import build
from wiring.parts import Parts

STOP_WITHIN_S = 5  # an open stream must not hold up a stop


def run(parts: Parts) -> int:
    """Serve until SIGINT or SIGTERM; 0 after a clean stop."""
    settings = parts.settings
    server = uvicorn.Server(
        uvicorn.Config(
            build(parts),
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
    server.run()
    return 0 if server.started else 1
