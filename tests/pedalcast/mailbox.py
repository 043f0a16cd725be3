"""A real SMTP server on the loopback, and what it received."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller
from pydantic import SecretStr


class Mailbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 (aiosmtpd's)
        self.mails.append(message_from_bytes(envelope.content))  # type: ignore[attr-defined]
        return "250 OK"

    def link(self, number: int) -> str:
        """The token of the link in a mail, once it is there."""
        until = time.monotonic() + 60
        while len(self.mails) <= number and time.monotonic() < until:
            time.sleep(0.02)
        found = re.search(r"#(\S+)", self.text(number))
        assert found is not None
        return found.group(1)

    def text(self, number: int) -> str:
        """The text of a mail that is there."""
        text = self.mails[number].get_payload(decode=True)
        assert isinstance(text, bytes)
        return text.decode()


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[SecretStr]:
    """Receive mails until the block ends; gives the address for `SMTP_URL`."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, server_hostname="localhost")
    controller.start()
    try:
        yield SecretStr(f"smtp://127.0.0.1:{controller.port}")
    finally:
        controller.stop()
