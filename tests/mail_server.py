"""A real mail server on loopback that takes, refuses, falls silent or dies as a test says."""

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class MailServer:
    """Keeps the mails that it took; `answers` are given to recipients and mails in turn."""

    def __init__(self, delay: float = 0) -> None:
        self.delay = delay
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.to_recipient: dict[str, str] = {}
        """What is answered to a recipient's address instead of "250 OK"."""
        self.to_mail: list[str] = []
        """What is answered to the next whole mails, one after the other, none of them taken."""
        self.port = 0

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or refuse it."""
        if address in self.to_recipient:
            return self.to_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail, or refuse it."""
        await asyncio.sleep(self.delay)
        if self.to_mail:
            return self.to_mail.pop(0)
        parsed = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.recipients += envelope.rcpt_tos
        return "250 taken"


@contextmanager
def mail_server(delay: float = 0, **options: Any) -> Iterator[MailServer]:
    """Serve mail while the block runs; take each mail after a delay of so many seconds."""
    handler = MailServer(delay)
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop()


@contextmanager
def talking_server(*lines: str, hang: bool = False) -> Iterator[int]:
    """Answer each command by the next line, then end the connection or fall silent.

    For what no proper server does. After an answer that begins with 354 a whole mail is read.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as heard, suppress(OSError):
            for line in lines:
                connection.sendall(line.encode() + b"\r\n")
                if line.startswith("354"):
                    while heard.readline() not in {b".\r\n", b""}:
                        pass
                else:
                    heard.readline()
            if hang:
                over.wait(10)

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
