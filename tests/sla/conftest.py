"""A house on a database of either kind, and the bot in its workspace for what people read."""

from tests.clock.conftest import clock, here
from tests.store.conftest import db
from tests.story.conftest import it

__all__ = ["clock", "db", "here", "it"]
