"""A migrated database of either kind, with a clock that the test moves."""

from tests.store.conftest import clock, db

__all__ = ["clock", "db"]
