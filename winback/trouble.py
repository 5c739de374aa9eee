"""What the database or the machine refuses, as one sentence with its remedy."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

LONGEST = 160


def sentence_of(error: BaseException) -> str:
    """One sentence for an error of the machine around us; empty for any other, which is an error of ours."""
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "The address is taken by another program. Stop it, or set WINBACK_PORT to another port."
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}."
    return f"{database(error)} Check DATABASE_URL." if is_database(error) else ""


def is_database(error: BaseException) -> bool:
    """The database said it, or could not be reached. SQLAlchemy passes on what asyncpg raises while connecting."""
    return isinstance(error, SQLAlchemyError | sqlite3.Error | OSError) or type(error).__module__.startswith("asyncpg")


def database(error: BaseException) -> str:
    """What is wrong with the database, without a remedy."""
    return f"The database does not answer ({words(error)})."


def words(error: BaseException) -> str:
    """The error's own words, on one line and not too long."""
    told: BaseException = error.orig if isinstance(error, DBAPIError) and error.orig else error
    text = " ".join(str(told).split()) or type(told).__name__
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
