"""What the tests of the readouts use: a running story, a database of either kind, the search."""

from tests.readouts.conftest import clock, db, it, search

__all__ = ["clock", "db", "it", "search"]
