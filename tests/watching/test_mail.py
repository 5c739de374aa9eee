"""The last resort: mailed once when Slack takes nothing for too long, and still shown in Slack later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from scheduler.mail import Mail
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from store.tables import outbox as rows
from store.watching import reports
from tests.support.shown import row_of, settled, surfaces
from tests.support.story import POLICY, words_of
from tests.watching.conftest import Watched, until, watched
from tests.watching.mail_servers import Taken, mail_server

SAM, PRIYA = "U0SAM", "U0PRIYA"
RULES = '\n[mail]\nafter = "30 minutes"\nfrom = "winback@acme.example"\n'
WITH_MAIL = POLICY.read_text("utf-8").partition("[mail]")[0] + RULES
HALF_AN_HOUR = 1800.0


@asynccontextmanager
async def mailed(database_url: str, folder: Path, policy: str = WITH_MAIL) -> AsyncIterator[tuple[Watched, Taken]]:
    """A bot whose Slack has stopped answering, and a mail server."""
    async with mail_server() as server:
        variables = {
            "WINBACK_SMTP_HOST": "127.0.0.1",
            "WINBACK_SMTP_PORT": str(server.port),
            "WINBACK_SMTP_TLS": "none",
        }
        async with watched(database_url, folder, policy, **variables) as it:
            await until(
                lambda: it.bot.house.directory.user_id("sam@acme.example") and PRIYA in it.bot.house.directory.people
            )
            # The first look at who is who ends before Slack does, or it would put back what a test changes.
            await asyncio.gather(*(task for task in it.bot._tasks if task.get_name() == "directory"))
            it.workspace.faults.set("*", status=500)
            try:
                yield it, server
            finally:
                it.workspace.faults.clear()


async def escalates(
    it: Watched, user: str = PRIYA, text: str = "Nobody has contacted Dana in 48 h.", **row: object
) -> str:
    """One message of the highest rank for this person; its surface. `row` is how it stands in the outbox."""
    async with it.bot.db.write() as tx:
        report = await reports.add(tx, user, "found:test", text)
        surface = f"watch:{report.id}"
        await outbox.want(tx, Wanted(surface, user, Rank.ESCALATION))
        if row:
            await tx.conn.execute(sa.update(rows).where(rows.c.surface == surface).values(**row))
    return surface


async def tried(it: Watched, surface: str) -> None:
    """Returns when Slack was asked and did not take it."""
    async with asyncio.timeout(5):
        while not (await row_of(it.bot.db, surface)).error:  # noqa: ASYNC110 - a row of the database tells nobody
            await asyncio.sleep(0.02)


async def test_once_by_mail_and_later_in_slack(database_url: str, tmp_path: Path) -> None:
    async with mailed(database_url, tmp_path) as (it, server):
        surface = await escalates(it)
        await tried(it, surface)
        await it.bot.mail.beat()
        assert server.mails == []  # not for half an hour yet
        it.workspace.advance(HALF_AN_HOUR + 1)
        await until(lambda: it.bot.clock.now() - it.bot.clock.wall() > timedelta(minutes=30))
        await asyncio.gather(it.bot.mail.beat(), it.bot.mail.beat())
        await it.bot.mail.beat()
        (mail,) = server.mails
        assert mail["To"] == "priya@acme.example"
        assert mail["From"] == "winback <winback@acme.example>"
        assert "Nobody has contacted Dana in 48 h." in mail["Subject"]
        text = mail.get_content()
        assert "Nobody has contacted Dana in 48 h." in text
        assert "Slack has not taken this message since" in text
        assert "http" not in text
        it.workspace.faults.clear()
        await it.workspace.until(lambda: it.workspace.dms(PRIYA), 15)
        await settled(it)
        assert "Nobody has contacted Dana" in words_of(it.workspace.dms(PRIYA)[0])
        assert surfaces(it.workspace)[surface] == 1
        await it.bot.mail.beat()
        assert len(server.mails) == 1


async def late(it: Watched) -> None:
    it.workspace.advance(HALF_AN_HOUR + 1)
    await until(lambda: it.bot.clock.now() - it.bot.clock.wall() > timedelta(minutes=30))


async def test_a_message_that_was_not_even_tried_goes_out_once_slack_is_silent_for_long(
    sqlite_db: str, tmp_path: Path
) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        surface = await escalates(it, send_after=it.bot.clock.wall() + timedelta(hours=1))
        await late(it)
        for silent, expected in ((None, 0), (timedelta(minutes=29), 0), (timedelta(minutes=31), 1)):
            since = it.bot.clock.wall() - silent if silent else None
            mail = Mail(it.bot.db, it.bot.house, it.settings.mail, lambda since=since: since)  # type: ignore[misc]
            await mail.beat()
            assert len(server.mails) == expected, (silent, surface)


async def test_slack_is_silent_from_its_first_silence_to_its_next_word(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, _):
        assert it.bot.delivery.unreachable_since is None
        await tried(it, await escalates(it))
        await until(lambda: it.bot.delivery.unreachable_since is not None)
        it.workspace.faults.clear()
        it.workspace.faults.set("chat.postMessage", error="channel_not_found")  # a word is a word
        await until(lambda: it.bot.delivery.unreachable_since is None, 15)


async def test_a_revoked_token_is_no_reason_to_stay_silent(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        it.workspace.faults.clear()
        it.workspace.state.revoked = True
        await tried(it, await escalates(it))
        assert it.bot.delivery.unreachable_since is not None
        await late(it)
        await it.bot.mail.beat()
        assert len(server.mails) == 1


async def test_a_person_whom_slack_reaches_nowhere_is_reached_by_mail(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        it.workspace.faults.clear()
        it.workspace.faults.set("chat.postMessage", error="cannot_dm_bot")
        surface = await escalates(it)
        await tried(it, surface)
        assert (await row_of(it.bot.db, surface)).stopped
        await late(it)
        await it.bot.mail.beat()
        assert "priya@acme.example" in [mail["To"] for mail in server.mails]


async def test_cards_and_lines_are_never_mailed(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        await it.answers()
        async with asyncio.timeout(5):
            while not await known(it, "case:1"):  # noqa: ASYNC110 - a row of the database tells nobody
                await asyncio.sleep(0.02)
        await tried(it, "case:1")
        await late(it)
        await it.bot.mail.beat()
        assert server.mails == []


async def known(it: Watched, surface: str) -> bool:
    async with it.bot.db.read() as tx:
        return bool(await tx.conn.scalar(sa.select(sa.func.count()).where(rows.c.surface == surface)))


@pytest.mark.parametrize(
    ("change", "to", "meant_for"),
    [
        ({}, "priya@acme.example", False),
        ({"email": ""}, "sam@acme.example", True),
        ({"deleted": True}, "sam@acme.example", True),
        ({"email": "no address"}, "sam@acme.example", True),
        ({"email": "a@b.example\nBcc: all@b.example"}, "sam@acme.example", True),
    ],
    ids=str,
)
async def test_who_gets_it(sqlite_db: str, tmp_path: Path, change: dict[str, object], to: str, meant_for: bool) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        directory = it.bot.house.directory
        person = directory.people[PRIYA]
        people = {**directory.people, PRIYA: replace(person, **change)}
        it.bot.house.directory = replace(directory, people=people)
        await tried(it, await escalates(it))
        await late(it)
        await it.bot.mail.beat()
        (mail,) = server.mails
        assert (mail["To"], mail["Bcc"]) == (to, None)
        assert ("This was meant for Priya" in mail.get_content()) is meant_for


async def test_an_address_that_the_server_refuses_makes_the_admin_hear(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        server.refuses = frozenset({"priya@acme.example"})
        await tried(it, await escalates(it))
        await late(it)
        await it.bot.mail.beat()
        assert [mail["To"] for mail in server.mails] == ["sam@acme.example"]


@pytest.mark.parametrize(("answer", "again"), [("451 Later", 1), ("554 Never", 0), ("cut", 0)])
async def test_only_what_was_surely_not_taken_is_mailed_again(
    sqlite_db: str, tmp_path: Path, answer: str, again: int
) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        await tried(it, await escalates(it))
        await late(it)
        server.to_content = answer
        await it.bot.mail.beat()
        assert server.mails == []
        server.to_content = "250 OK"
        await it.bot.mail.beat()
        assert len(server.mails) == again


async def test_many_receivers_and_hostile_words(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        words = "<!channel> *Bold*\r\nBcc: all@acme.example\n" + "long " * 5000 + "\u202ereversed \U0001f600 ünï"
        later = it.bot.clock.wall() + timedelta(hours=1)
        for _ in range(60):
            await escalates(it, text=words, error="tried", send_after=later)
        await late(it)
        await it.bot.mail.beat()
        assert len(server.mails) == 60
        mail = server.mails[0]
        assert mail["Bcc"] is None
        assert mail["To"] == "priya@acme.example"
        assert len(mail["Subject"]) <= 152
        assert len(mail.get_content()) < 21_000
        assert len({mail["Message-ID"] for mail in server.mails}) == 60


async def test_nothing_is_mailed_without_a_sender(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path, policy=POLICY.read_text("utf-8").partition("[mail]")[0]) as (it, server):
        assert it.bot.house.policy.mail.sender == ""
        await tried(it, await escalates(it))
        await late(it)
        await it.bot.mail.beat()
        assert server.mails == []


async def test_one_that_can_not_be_drawn_or_has_nothing_to_say_stops_no_other(sqlite_db: str, tmp_path: Path) -> None:
    async with mailed(sqlite_db, tmp_path) as (it, server):
        async with it.bot.db.write() as tx:
            for surface in ("case:99999", "watch:99999", "of:another:version"):
                await outbox.want(tx, Wanted(surface, SAM, Rank.ESCALATION))
            later = tx.wall + timedelta(hours=1)
            await tx.conn.execute(sa.update(rows).values(error="tried", send_after=later))
        await escalates(it, error="tried", send_after=later)
        await late(it)
        await it.bot.mail.beat()
        assert [mail["To"] for mail in server.mails] == ["priya@acme.example"]
