"""A real SMTP server that keeps what it takes."""

import contextlib
import email
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar

from aiosmtpd.controller import Controller

from tests.servers import free_port


@dataclass
class Mailbox:
    """`refuses` is said to every recipient."""

    received: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""
    port: int = field(default_factory=free_port)

    async def handle_RCPT(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.refuses:
            args[2].rcpt_tos.append(args[3])
        return self.refuses or "250 OK"

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(args[2].content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 2.0.0 queued"


Box = TypeVar("Box", bound=Mailbox)


@contextlib.contextmanager
def opened(box: Box) -> Iterator[Box]:
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
