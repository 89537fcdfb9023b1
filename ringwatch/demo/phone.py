"""The phones of the demo people: a small web server that takes the pages and shows them."""

import html
import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

_KEPT = 200
_MOST_BYTES = 100_000
_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8">
<meta http-equiv="refresh" content="3"><meta name="viewport" content="width=device-width">
<title>手机 Phones</title><style>
body{{font:16px/1.5 system-ui;margin:1rem auto;max-width:34rem;padding:0 1rem;background:#eef1f5}}
article{{background:#fff;color:#1b2430;border-radius:12px;padding:.8rem 1rem;margin:.8rem 0}}
h2{{font-size:1rem;margin:0}}small{{color:#667}}
p{{white-space:pre-wrap;margin:.4rem 0 0;overflow-wrap:anywhere}}
</style><h1>手机 Phones</h1>{messages}</html>"""


class Phone:
    """Use with `with`; POST takes a notice, GET shows the last 200, newest first."""

    def __init__(self, port: int, data: Path) -> None:
        self._path = data / "phone.jsonl"
        self._kept: deque[dict[str, Any]] = deque(self._remembered(), maxlen=_KEPT)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="phone")

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self._kept)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, notice: dict[str, Any]) -> None:
        self._kept.append(notice)
        lines = (json.dumps(one, ensure_ascii=False) for one in self._kept)
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def shown(self) -> str:
        return _PAGE.format(messages="".join(_article(one) for one in reversed(self._kept)))

    def _remembered(self) -> list[dict[str, Any]]:
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
            return [json.loads(line) for line in lines]
        except (OSError, ValueError):
            return []

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        phone = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES)
                try:
                    notice = json.loads(self.rfile.read(size))
                except ValueError:
                    notice = None
                if isinstance(notice, dict):
                    phone.take(notice)
                self._answer(204 if isinstance(notice, dict) else 400, b"")

            def do_GET(self) -> None:
                self._answer(200, phone.shown().encode())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing: what arrived is on the page."""

        return Handler


def _article(notice: dict[str, Any]) -> str:
    def said(name: str) -> str:
        return html.escape(str(notice.get(name, "")))

    link = str(notice.get("link") or "")
    shown = html.escape(link)
    anchor = f'<p><a href="{shown}">{shown}</a></p>' if urlsplit(link).scheme in _SAFE else ""
    head = f"<h2>{said('subject')}</h2><small>{said('to')} · {said('at')}</small>"
    return f"<article>{head}<p>{said('text')}</p>{anchor}</article>"


_SAFE = {"http", "https"}
