"""Mail servers on 127.0.0.1: one that takes mail (aiosmtpd), and any number that misbehave on purpose."""

import asyncio
import email
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from scheduler.smtp import MailServer, Tls

OK = "250 OK"


@dataclass(slots=True)
class Taken:
    """What the server took, and what it answers from now on; "cut" ends the connection instead of an answer."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    to_recipient: str = OK
    to_content: str = OK
    refuses: frozenset[str] = frozenset()

    def at(self, **more: Any) -> MailServer:
        return MailServer("127.0.0.1", self.port, Tls.NONE, **more)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 No such user"
        if self.to_recipient == OK:
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.to_content == "cut":
            assert server.transport is not None
            server.transport.abort()
            return OK
        if self.to_content == OK:
            assert isinstance(envelope.content, bytes)
            mail = email.message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.envelopes.append(envelope)
        return self.to_content


@asynccontextmanager
async def mail_server(
    password: bytes = b"", tls: ssl.SSLContext | None = None, *, from_the_start: bool = False
) -> AsyncIterator[Taken]:
    """A server; with a password it takes nothing from anybody who does not log in.

    With `tls` it takes nothing in the clear: it offers STARTTLS, or speaks TLS `from_the_start`.
    """
    taken = Taken()

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, given: Any) -> AuthResult:
        taken.logins.append((given.login, given.password))
        return AuthResult(success=given.password == password, handled=True)

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a password without TLS never leaves this machine
            return SMTP(
                taken,
                authenticator=authenticate,
                auth_required=bool(password),
                auth_require_tls=False,
                enable_SMTPUTF8=True,
                tls_context=None if from_the_start else tls,
                require_starttls=tls is not None and not from_the_start,
            )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=tls if from_the_start else None
    )
    taken.port = server.sockets[0].getsockname()[1]
    try:
        yield taken
    finally:
        server.close()
