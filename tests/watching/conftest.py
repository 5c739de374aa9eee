"""A running bot with a policy file of its own, mail servers, and monitors that count."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from demo.rates import Pace
from demo.workspace import run_workspace
from handlers.hooks import secrets_of
from tests.support.sent import check_sent
from tests.support.story import MANIFEST, POLICY, Story, environment
from winback import reloading
from winback.app import running
from winback.policy_file import read_policy
from winback.settings import from_environment

Json = dict[str, Any]


@dataclass(slots=True)
class Watched(Story):
    """A story that can look at /readyz and change its policy file."""

    @property
    def file(self) -> Path:
        return self.settings.policy

    def write(self, text: str) -> None:
        """Puts another policy in the place of the file, as editors and deployments do: in one step."""
        draft = self.file.with_suffix(".new")
        draft.write_text(text, "utf-8")
        draft.replace(self.file)

    async def readyz(self) -> tuple[int, Json]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.bot.port}/readyz") as answer,
        ):
            return answer.status, await answer.json()


@asynccontextmanager
async def watched(database_url: str, folder: Path, policy: str = "", **variables: str) -> AsyncIterator[Watched]:
    clock_file = folder / "clock"
    file = folder / "policy.toml"
    file.write_text(policy or POLICY.read_text("utf-8"), "utf-8")
    async with run_workspace(MANIFEST, clock_file=clock_file, pace=Pace.unlimited()) as workspace:
        given = environment(workspace, database_url, socket=True, clock_file=clock_file)
        settings = replace(from_environment({**given, **variables}), policy=file)
        rules = read_policy(file)
        async with running(settings, rules, secrets_of(rules, given)) as bot:
            workspace.bot_url = workspace.hooks_url = f"http://127.0.0.1:{bot.port}"
            await workspace.until(lambda: workspace.sockets.connections)
            yield Watched(workspace, settings, bot)
            check_sent(workspace)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy file is looked at all the time."""
    monkeypatch.setattr(reloading, "EVERY", 0.02)
    monkeypatch.setattr(reloading, "AT_REST", 0.05)


@pytest.fixture
async def watch(sqlite_db: str, tmp_path: Path, at_once: None) -> AsyncIterator[Watched]:  # noqa: ARG001 - an order of fixtures
    async with watched(sqlite_db, tmp_path) as it:
        yield it


async def until(what: Callable[[], Any], seconds: float = 20.0) -> None:
    """Returns when `what()` is true; for what nobody rings about. Errors: TimeoutError."""
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110 - nothing tells when an attribute changes
            await asyncio.sleep(0.01)
