"""A real SMTP server that keeps what it takes."""

import contextlib
import email
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar

from aiosmtpd.controller import Controller

START_S = 120  # the machine may be busy


@dataclass
class Mailbox:
    """`refuses` is said to every recipient, `words` to whoever was taken."""

    received: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""
    listener: socket.socket = field(
        default_factory=lambda: socket.create_server(("127.0.0.1", 0)), repr=False
    )
    words: str = "250 2.0.0 queued"

    def __post_init__(self) -> None:
        self.port = int(self.listener.getsockname()[1])

    async def handle_RCPT(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.refuses:
            args[2].rcpt_tos.append(args[3])
        return self.refuses or "250 OK"

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(args[2].content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return self.words


class _Counter(Controller):
    """Serves on a port that is ours already, and may take its time to open."""

    def __init__(self, box: Mailbox, **more: Any) -> None:
        super().__init__(box, hostname="127.0.0.1", port=box.port, ready_timeout=START_S, **more)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.handler.listener)


Box = TypeVar("Box", bound=Mailbox)


@contextlib.contextmanager
def opened(box: Box, **more: Any) -> Iterator[Box]:
    """`more` is what aiosmtpd calls it: TLS, logins."""
    controller = _Counter(box, **more)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
