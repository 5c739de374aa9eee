"""What the tests of the story and of the store use, for the action registry."""

from tests.store.conftest import clock, db
from tests.story.conftest import it

__all__ = ["clock", "db", "it"]
