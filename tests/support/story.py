"""The real bot and the strict workspace, talking over real sockets in one process of the test."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import constants
from demo.rates import Pace
from demo.running import RunningWorkspace
from demo.workspace import run_workspace
from handlers.hooks import secrets_of
from recovery.policy.file import load_policy
from tests.support.sent import check_sent
from winback.app import Winback, running
from winback.settings import Settings, from_environment

ROOT = Path(__file__).parent.parent.parent
MANIFEST = ROOT / "manifest.yml"
POLICY = ROOT / "demo" / "policy.toml"
RELATIONAL = "C0RELATIONAL"
FALLBACK = "C0CSLEADS"

Json = dict[str, Any]

NORTHWIND: Json = {
    "score": 2,
    "comment": "Onboarding was a disaster. Four months instead of thirty days.",
    "name": "Dana Okafor",
    "email": "dana@northwind.example",
    "account_id": "acc-northwind",
    "account_name": "Northwind Traders",
    "acv": 180000,
    "segment": "enterprise",
    "programme": "relational",
}


@dataclass(slots=True)
class Story:
    """What a test of the whole path holds in its hands."""

    workspace: RunningWorkspace
    settings: Settings
    bot: Winback

    async def answers(self, **fields: Any) -> None:
        """A customer answers; the survey tool delivers it."""
        posted = await self.workspace.answer(**{**NORTHWIND, **fields})
        assert posted.status == 200, posted.body

    def cards(self, channel: str = RELATIONAL) -> list[Json]:
        """The messages of the channel that show a case."""
        return [m for m in self.workspace.messages(channel) if surface_of(m).startswith("case:")]

    async def card(self, what: Callable[[str], bool] = bool, channel: str = RELATIONAL) -> Json:
        """The newest card, as soon as `what` holds for its words."""

        def newest() -> Json | None:
            cards = self.cards(channel)
            return cards[-1] if cards and what(words_of(cards[-1])) else None

        found = await self.workspace.until(newest)
        assert found is not None
        return found


def surface_of(message: Json) -> str:
    metadata = message.get("metadata") or {}
    return str((metadata.get("event_payload") or {}).get("surface", ""))


def words_of(message: Json) -> str:
    """Everything the message says, its fallback text and all texts of its blocks."""
    texts = [str(message.get("text", ""))]

    def collect(value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in {"text", "user_id"} and isinstance(inner, str):
                    texts.append(inner)
                else:
                    collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(message.get("blocks", []))
    return "\n".join(texts)


def environment(workspace: RunningWorkspace, database_url: str, *, socket: bool, clock_file: Path) -> dict[str, str]:
    """What the bot's process would find in its environment."""
    found = {
        "SLACK_BOT_TOKEN": constants.BOT_TOKEN,
        "SLACK_SIGNING_SECRET": constants.SIGNING_SECRET,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": database_url,
        "WINBACK_POLICY": str(POLICY),
        "WINBACK_HOST": "127.0.0.1",
        "WINBACK_PORT": "0",
        "WINBACK_CLOCK_FILE": str(clock_file),
        "WINBACK_GENERIC_SECRET": constants.GENERIC_SECRET,
        "WINBACK_DELIGHTED_SECRET": constants.DELIGHTED_SECRET,
        "WINBACK_TYPEFORM_SECRET": constants.TYPEFORM_SECRET,
    }
    if socket:
        found["SLACK_APP_TOKEN"] = constants.APP_TOKEN
    return found


@asynccontextmanager
async def story(
    database_url: str, folder: Path, *, socket: bool = True, pace: Pace | None = None, policy: str | None = None
) -> AsyncIterator[Story]:
    clock_file = folder / "clock"
    async with run_workspace(MANIFEST, clock_file=clock_file, pace=pace) as workspace:
        variables = environment(workspace, database_url, socket=socket, clock_file=clock_file)
        settings = from_environment(variables)
        rules = load_policy(policy if policy is not None else POLICY.read_text("utf-8"))
        async with running(settings, rules, secrets_of(rules, variables)) as bot:
            address = f"http://127.0.0.1:{bot.port}"
            workspace.bot_url = address
            workspace.hooks_url = address
            if socket:
                await workspace.until(lambda: workspace.sockets.connections)
            yield Story(workspace, settings, bot)
            check_sent(workspace)
