"""What the commands beside `run` work with: the database, and the house without the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.directory import NETWORK_ERRORS, DirectoryService, code_of
from bot.house import House
from recovery.policy import Policy
from store.engine import Database
from store.errors import NotMigrated
from store.migrate import HEAD, migrate, version
from winback.app import clock_of, web_client
from winback.settings import Settings


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database, closed at the end of the block; nothing is made or migrated."""
    db = Database(settings.database_url, clock_of(settings))
    try:
        yield db
    finally:
        await db.close()


def missing_file(settings: Settings) -> Path | None:
    """The file of an SQLite database that is not there yet; opening the database would make it."""
    driver, _, rest = settings.database_url.partition(":///")
    path = Path(rest.partition("?")[0])
    return path if driver.startswith("sqlite") and rest and not path.exists() else None


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


async def house_of(settings: Settings, policy: Policy, db: Database) -> tuple[House, str]:
    """The house with everybody the database knows, newly looked up in Slack where that is possible.

    The second part is a sentence when it is not; cases are opened all the same.
    """
    house = House(policy)
    service = DirectoryService(db, house, web_client(settings))
    await service.load()
    why = "SLACK_BOT_TOKEN is not set"
    if settings.bot_token:
        try:
            await web_client(settings).auth_test()
        except NETWORK_ERRORS as error:
            why = f"Slack does not answer ({code_of(error)})"
        else:
            await service.refresh()
            return house, ""
    if house.directory.people:
        return house, f"{why}: new cases go to the people winback knew last."
    return house, f"{why} and winback knows nobody yet: the whole channel is asked to take new cases."
