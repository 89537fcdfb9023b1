"""Providers for tests: a real HTTP server that answers as told, and one that never speaks."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HELD_S = 300  # a gate opens by itself no sooner; a test opens it


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class WebServer(ThreadingHTTPServer):
    """Gives `answers` one after the other, then what `judge` says, else 200.

    While `gate` is shut nobody gets one.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.always: Answer | None = None
        self.judge: Callable[[Request], Answer] | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = 0

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def answer(self, request: Request) -> Answer:
        if self.always:
            return self.always
        if self.answers:
            return self.answers.pop(0)
        return self.judge(request) if self.judge else Answer()

    def texts(self) -> list[str]:
        return [request.json["text"] for request in self.requests]


class _Handler(BaseHTTPRequestHandler):
    server: WebServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, dict(self.headers), body)
        self.server.requests.append(request)
        self.server.gate.wait(HELD_S)
        answer = self.server.answer(request)
        with contextlib.suppress(OSError):
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class says so
        pass


@contextlib.contextmanager
def web_server() -> Iterator[WebServer]:
    server = WebServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.gate.set()
        server.shutdown()
        server.server_close()
        thread.join(60)


class SilentServer:
    """Takes connections and never says a word; `close` cuts everybody off."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = int(self._listener.getsockname()[1])
        self.where = f"127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.close()


@contextlib.contextmanager
def silent_server() -> Iterator[SilentServer]:
    server = SilentServer()
    with contextlib.closing(server):
        yield server
