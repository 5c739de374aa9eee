"""Brings a database to the version this program needs, and tells whether it is there."""

import warnings

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SAWarning

from store.engine import Database, Tx

HEAD = "0007"
_MIGRATIONS_LOCK = 7_302_002


async def version(db: Database, *, strict: bool = False) -> str:
    """The version the database is at; "" where nothing was ever migrated.

    With `strict` a database that does not answer is an error, not an empty one.
    """
    if strict:
        async with db.read() as tx:
            await tx.conn.execute(sa.text("SELECT 1"))
    try:
        async with db.read() as tx:
            got = await tx.conn.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except DBAPIError:
        return ""
    return str(got or "")


async def migrate(db: Database) -> bool:
    """Runs the migrations that are missing, one process at a time; True if there were any.

    Alembic is imported only then: it costs a quarter of the time a start may take.
    """
    if await version(db) == HEAD:
        return False
    async with db.write() as tx:
        if tx.postgres:
            await tx.conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATIONS_LOCK)))
        await tx.conn.run_sync(_upgrade)
    return True


async def differences(tx: Tx) -> list[str]:
    """How the migrated tables differ from store/tables.py, a line each."""
    return await tx.conn.run_sync(_differences)


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _differences(connection: sa.Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - see migrate
    from alembic.migration import MigrationContext  # noqa: PLC0415

    from store.tables import metadata  # noqa: PLC0415

    # SQLite gives '' back as a text that Alembic can't compare with ''.
    opts = {"compare_type": True, "compare_server_default": connection.dialect.name != "sqlite"}
    context = MigrationContext.configure(connection, opts=opts)
    with warnings.catch_warnings():
        # Of an index of expressions it can only say that it can't read it.
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index", SAWarning)
        return [str(difference) for difference in compare_metadata(context, metadata)]
