"""What the commands beside `run` work with: the database, and the house without the bot."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import make_url

from bot.directory import NETWORK_ERRORS, DirectoryService, code_of
from bot.house import House
from recovery.policy.file import Policy
from store.engine import Database
from store.errors import NotMigrated
from store.migrate import HEAD, migrate, version
from winback.app import clock_of, web_client
from winback.settings import Settings


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database, closed at the end of the block; nothing is migrated. Raises what `trouble` has words for."""
    _probe(settings)
    db = Database(settings.database_url, clock_of(settings))
    try:
        yield db
    finally:
        await db.close()


def _probe(settings: Settings) -> None:
    """Raises sqlite3.Error for a file that is no database.

    Found out here because aiosqlite's thread may outlive the event loop after a failed connection, and says so on
    the terminal.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and missing_file(settings) is None:
        # rw: a file that has gone meanwhile is not made again.
        address = f"file:{quote(url.database)}?mode=rw"
        with closing(sqlite3.connect(address, timeout=10, uri=True)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()


def missing_file(settings: Settings) -> Path | None:
    """The file of an SQLite database that is not there yet; opening the database would make it."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    path = Path(url.database)
    return None if path.exists() else path


async def require_tables(db: Database, *, make: bool = False) -> None:
    """Raises NotMigrated with a sentence unless the tables are those of this program; `make` makes them so."""
    found = await version(db, strict=True)
    if found > HEAD:
        raise NotMigrated(
            f"The database is at version {found}, this program at {HEAD}. Install the newer winback and try again."
        )
    if found == HEAD:
        return
    if not make:
        has = f"at version {found}, not {HEAD}" if found else "still without tables"
        raise NotMigrated(f"The database is {has}. `winback run` brings it there.")
    await migrate(db)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may be asked to take a case. `notice` is a sentence when Slack could not be asked about them."""

    house: House
    directory: DirectoryService
    notice: str = ""


async def staff_of(settings: Settings, policy: Policy, db: Database) -> Staff:
    """Everybody the database knows, newly looked up in Slack where that is possible."""
    house = House(policy)
    directory = DirectoryService(db, house, web_client(settings))
    await directory.load()
    why = "SLACK_BOT_TOKEN is not set"
    if settings.bot_token:
        try:
            await web_client(settings).auth_test()
        except NETWORK_ERRORS as error:
            why = f"Slack does not answer ({code_of(error)})"
        else:
            await directory.refresh()
            return Staff(house, directory)
    if house.directory.people:
        return Staff(house, directory, f"{why}: new cases go to the people winback knew last.")
    notice = f"{why} and winback knows nobody yet: the whole channel is asked to take new cases."
    return Staff(house, directory, notice)
