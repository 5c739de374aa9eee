"""What the tests of the story use, for the people in it."""

from tests.store.conftest import clock, db
from tests.story.conftest import it

__all__ = ["clock", "db", "it"]
