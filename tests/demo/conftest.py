from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from demo.rates import Pace
from demo.running import RunningWorkspace
from demo.transport.delivery import Patience
from demo.workspace import run_workspace
from tests.demo.demo_bots import client

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


@pytest.fixture
async def ws() -> AsyncIterator[RunningWorkspace]:
    """A workspace without manifest, without limits, with short patience."""
    patience = Patience(ack=0.4, retries=(0.0, 0.05, 0.05))
    async with run_workspace(None, pace=Pace.unlimited(), patience=patience) as running:
        yield running


@pytest.fixture
def api(ws: RunningWorkspace) -> AsyncWebClient:
    return client(ws)
