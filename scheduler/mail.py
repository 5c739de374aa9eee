"""The last resort: while Slack takes nothing, what has to be said goes out by mail, once; Slack gets it later, too."""

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from bot import looks
from bot.house import House
from bot.mails import Envelope, mail_of
from bot.views import kit
from bot.views.look import Look
from recovery.policy.clock import MailRules
from scheduler import smtp
from scheduler.smtp import Later, MailServer, Never, Sent, Unsure
from store.engine import Database
from store.errors import Contended
from store.slack import mailing
from store.slack.mailing import Unsent

log = logging.getLogger(__name__)

BATCH = 50


class Mail:
    """Beats now and then. `unreachable_since` tells since when (real time) Slack takes nothing; None while it does."""

    def __init__(
        self,
        db: Database,
        house: House,
        server: MailServer | None,
        unreachable_since: Callable[[], datetime | None],
    ) -> None:
        self._db = db
        self._house = house
        self._server = server
        self._unreachable_since = unreachable_since

    async def beat(self) -> None:
        """Mails everything that waits for longer than the policy allows. A failure is logged; the next beat goes on."""
        rules = self._house.policy.mail
        if self._server is None or not rules.sender:
            return
        beyond = 0
        try:
            while rows := await self._waiting(rules, beyond):
                for row in rows:
                    if not await self._bring(self._server, rules, row):
                        return
                beyond = rows[-1].id
        except Exception:
            log.exception("what waits for mail could not be read")

    async def _waiting(self, rules: MailRules, beyond: int) -> list[Unsent]:
        async with self._db.read() as tx:
            since = self._unreachable_since()
            silent = since is not None and tx.wall - since >= rules.after.amount
            before = tx.now - rules.after.amount
            return await mailing.unsent(tx, before, tried=not silent, beyond=beyond, most=BATCH)

    async def _bring(self, server: MailServer, rules: MailRules, row: Unsent) -> bool:
        """Mails one row; False where the mail server does not take anything now."""
        try:
            async with self._db.write() as tx:
                drawn = await looks.draw(tx, self._house, row.surface)
                # Before it is sent: a mail that may have gone out is not sent again, whatever happens to us now.
                if drawn is None or drawn.home or drawn.file or not await mailing.mark(tx, row):
                    return True
                mails = self._mails(drawn.look, rules, row, tx.wall)
        except Contended:
            return True  # somebody is showing it this moment; the next beat looks again
        except Exception:
            log.exception("%s can't be drawn for a mail", row.surface)
            return True
        return await self._send(server, row, mails)

    async def _send(self, server: MailServer, row: Unsent, mails: list[EmailMessage]) -> bool:
        """To the first who can have it; once the server may have taken one, no other is sent."""
        for mail in mails:
            match await smtp.send(server, mail):
                case Sent():
                    log.info("%s went out by mail, because Slack does not take it", row.surface)
                    return True
                case Unsure(why):
                    log.error("%s may have gone out by mail, so it is not mailed again: %s", row.surface, why)
                    return True
                case Never(why):
                    log.error("%s can't be mailed to this address: %s", row.surface, why)
                case Later(why):
                    log.error("%s can't be mailed yet: %s", row.surface, why)
                    async with self._db.write() as tx:
                        await mailing.unmark(tx, row)
                    return False
        log.error("%s can't be mailed to anybody", row.surface)
        return True

    def _mails(self, look: Look, rules: MailRules, row: Unsent, at: datetime) -> list[EmailMessage]:
        """To the person, else to the admin, who is asked to pass it on."""
        own, admin = self._address(row.target), self._address(self._house.policy.workspace.admin)
        meant_for = (self._house.directory.name(row.target) or row.target) if kit.is_user(row.target) else ""
        found = []
        for to in dict.fromkeys((own, admin)):
            envelope = Envelope(rules.sender, to, row.surface, row.since, at, "" if to == own else meant_for)
            with contextlib.suppress(ValueError):  # an address that is none
                found.append(mail_of(look, envelope, self._name))
        return found

    def _address(self, ref: str) -> str:
        """The e-mail address of a user id or of a person of the policy; "" for channels and people who left."""
        directory = self._house.directory
        person = directory.people.get(directory.user_id(ref))
        if person is not None:
            return "" if person.deleted else person.email
        return ref if "@" in ref else ""

    def _name(self, user: str) -> str:
        return self._house.directory.name(user) or user
