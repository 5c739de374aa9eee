"""One mail to one mail server becomes one typed outcome.

A mail has no idempotency key: once the server may have taken it, it is never sent again.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiosmtplib import SMTP

SECONDS = 20.0  # for one command
SECONDS_IN_ALL = 60.0  # a server that answers each command late must not hold the others up
PERMANENT = 500  # reply codes from here on: asking again gets the same answer (RFC 5321, 4.2.1)


class Tls(StrEnum):
    """How the connection is protected: upgraded after the greeting, from its first byte, or not at all."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes out. An empty `user` logs in nowhere."""

    host: str
    port: int
    tls: Tls = Tls.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it."""


@dataclass(frozen=True, slots=True)
class Later:
    """The server surely has not taken it; it may the next time."""

    why: str


@dataclass(frozen=True, slots=True)
class Never:
    """The server refuses this mail for good."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """The connection broke when the mail was on its way: it may have been taken."""

    why: str


Outcome = Sent | Later | Never | Unsure


async def send(server: MailServer, mail: EmailMessage) -> Outcome:
    """Hands the mail over once; never raises for what the server or the network does."""
    from aiosmtplib import SMTPException  # noqa: PLC0415 - most installations never send a mail

    smtp = _client(server)
    connected = False
    try:
        async with asyncio.timeout(SECONDS_IN_ALL):
            await smtp.connect()
            connected = True
            await smtp.send_message(mail)
    except (SMTPException, OSError, TimeoutError, ValueError) as error:
        return _refused(error, connected=connected)
    else:
        return Sent()
    finally:
        with contextlib.suppress(SMTPException, OSError, TimeoutError):
            smtp.close()


async def trouble_with(server: MailServer) -> str:
    """Why the server could not be used now, "" where it could: it is greeted and logged in to, nothing is sent."""
    from aiosmtplib import SMTPException  # noqa: PLC0415 - see send

    smtp = _client(server)
    try:
        async with asyncio.timeout(SECONDS_IN_ALL):
            await smtp.connect()
            await smtp.quit()
    except (SMTPException, OSError, TimeoutError, ValueError) as error:
        return _words(error)
    else:
        return ""
    finally:
        with contextlib.suppress(SMTPException, OSError, TimeoutError):
            smtp.close()


def _client(server: MailServer) -> "SMTP":
    from aiosmtplib import SMTP  # noqa: PLC0415 - see send

    return SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user or None,
        password=server.password or None,
        use_tls=server.tls is Tls.TLS,
        start_tls=server.tls is Tls.STARTTLS,
        timeout=SECONDS,
    )


def _refused(error: Exception, *, connected: bool) -> Outcome:
    """What an error means for the mail; before we were connected and logged in nothing can have been taken."""
    from aiosmtplib import SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException  # noqa: PLC0415 - see send

    if not connected:
        return Later(_words(error))
    if isinstance(error, SMTPRecipientsRefused):
        return _refused(error.recipients[0], connected=True) if error.recipients else Never(_words(error))
    if isinstance(error, SMTPResponseException):
        return (Never if error.code >= PERMANENT else Later)(_words(error))
    if isinstance(error, SMTPNotSupported | ValueError):
        return Never(_words(error))
    return Unsure(_words(error))


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
