"""Mails by SMTP, sent from a thread. Without `SMTP_URL` nothing is sent, and an admin makes the links."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog

TIMEOUT_S = 20.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of plain text."""

    to: str
    subject: str
    text: str


class Mailer:
    """Sends mails to the server that `url` names: smtp:// (STARTTLS where it is offered) or smtps://."""

    def __init__(self, url: str | None, sender: str) -> None:
        self._url = urlsplit(url) if url else None
        self._sender = sender

    @property
    def is_on(self) -> bool:
        """Whether mails are sent at all."""
        return self._url is not None

    async def send(self, mail: Mail) -> bool:
        """Send it; false, with a line in the log, where that failed."""
        try:
            await asyncio.to_thread(self._send, mail)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail not sent", error=type(error).__name__)
            return False
        return True

    def _send(self, mail: Mail) -> None:
        if self._url is None:
            return
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message.set_content(mail.text)
        host, port = self._url.hostname or "localhost", self._url.port
        tls = ssl.create_default_context()
        named = socket.gethostname()  # without it smtplib asks the resolver for this machine's full name
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, named, timeout=TIMEOUT_S, context=tls)
        else:
            server = smtplib.SMTP(host, port or 25, named, timeout=TIMEOUT_S)
        with server:
            server.ehlo()
            if self._url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=tls)
                server.ehlo()
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            server.send_message(message)


def reset_mail(to: str, link: str) -> Mail:
    """The mail with the link for a forgotten password, in both languages."""
    text = (
        "비밀번호를 새로 정하려면 30분 안에 이 링크를 여세요.\n\n"
        f"To choose a new password, open this link within 30 minutes.\n\n{link}\n"
    )
    return Mail(to, "Pedalcast: 비밀번호 재설정 / new password", text)


def confirm_mail(to: str, link: str) -> Mail:
    """The mail with the link that confirms an address, in both languages."""
    text = (
        "주소를 확인하려면 30분 안에 이 링크를 여세요.\n\n"
        f"To confirm your address, open this link within 30 minutes.\n\n{link}\n"
    )
    return Mail(to, "Pedalcast: 주소 확인 / confirm your address", text)


def known_address_mail(to: str) -> Mail:
    """The mail to somebody who has an account, when their address is registered again."""
    text = (
        "이 주소로는 이미 계정이 있습니다. 가입하려던 것이 아니라면 이 메일을 무시하세요.\n\n"
        "There is an account with this address already. If you did not try to register, ignore this mail.\n"
    )
    return Mail(to, "Pedalcast: 이미 가입된 주소 / you have an account", text)
