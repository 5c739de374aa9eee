"""A house with people and a policy of its own, on a database of either kind, with a clock that the test moves."""

import pytest

from store.engine import Database
from tests.clock.clocked import Clocked, TwoClocks, house_of
from tests.store.conftest import db

__all__ = ["db"]


@pytest.fixture
def clock() -> TwoClocks:
    return TwoClocks()


@pytest.fixture
def here(db: Database, clock: TwoClocks) -> Clocked:
    return Clocked(db, house_of(), clock)
