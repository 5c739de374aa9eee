"""The databases of the store's tests, and stories of one's own."""

from tests.store.conftest import clock, db

__all__ = ["clock", "db"]
