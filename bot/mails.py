"""A look as an e-mail: the last resort for what has to be said while Slack takes nothing (issue 4, "Never nobody")."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from bot.views import kit
from bot.views.look import Look
from bot.views.plain_words import NameOf, line_of, words_of

LONGEST_SUBJECT = 150
LONGEST_BODY = 20_000
MEANT_FOR: Final = "This was meant for {name}, whose address I don't know. Please pass it on."
WHY: Final = (
    "Slack has not taken this message since {since}, so it comes by mail. It will be in Slack, too, as soon as \
Slack answers; there you can act on it."
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom (addresses), about which surface, which is wanted since `since`; `at` is now, real time.

    `meant_for` names the person who should read it where `to` is only the next best.
    """

    sender: str
    to: str
    surface: str
    since: datetime
    at: datetime
    meant_for: str = ""


def mail_of(look: Look, envelope: Envelope, name_of: NameOf) -> EmailMessage:
    """Plain text, without links. Raises ValueError for an address that is none."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("winback", addr_spec=_address(envelope.sender))
    mail["To"] = Address(addr_spec=_address(envelope.to))
    mail["Subject"] = kit.named(line_of(look.text, name_of), LONGEST_SUBJECT)
    mail["Date"] = format_datetime(envelope.at)
    mail["Message-ID"] = _message_id(envelope)
    # Nobody's out-of-office note should come back (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    parts = [
        MEANT_FOR.format(name=kit.named(envelope.meant_for, 80)) if envelope.meant_for else "",
        kit.cut(words_of(look, name_of), LONGEST_BODY),
        WHY.format(since=kit.spelled(envelope.since)),
    ]
    mail.set_content("\n\n".join(part for part in parts if part) + "\n")
    return mail


def _address(text: str) -> str:
    """The address, checked by the standard library's own reading of it."""
    try:
        found = Address(addr_spec=text)
    except Exception as error:  # the parser of addresses raises IndexError and others for broken ones
        raise ValueError(f"{text!r} is no e-mail address") from error
    if not (found.username and found.domain and found.domain.isprintable()):
        raise ValueError(f"{text!r} is no e-mail address")
    return text


def _message_id(envelope: Envelope) -> str:
    """The same for the same surface, so that a server that got it twice can tell."""
    digest = hashlib.sha256(f"{envelope.surface} {envelope.to}".encode()).hexdigest()[:32]
    return f"<{digest}@{envelope.sender.rpartition('@')[2]}>"
