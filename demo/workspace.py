"""Starts the local Slack workspace: one aiohttp server with everything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from demo.constants import APP_ID
from demo.manifest import load_manifest, open_manifest
from demo.page_api import PageApi
from demo.passes import RESPONSE_URL_SECONDS, TRIGGER_SECONDS, ResponseUrls, Triggers
from demo.rates import Limits, Pace
from demo.running import RunningWorkspace
from demo.state import new_state
from demo.survey_answers import AnswerPoster
from demo.transport.delivery import Delivery, Patience
from demo.web_api.files import LONGEST_FILE
from demo.web_api.server import WebApi
from demo.web_api.side_doors import FileAddress, RespondAddress

ALL_SCOPES: Final = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


@asynccontextmanager
async def run_workspace(
    manifest_path: Path | str | None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    bot_url: str | None = None,
    hooks_url: str | None = None,
    clock_file: Path | str | None = None,
    seed: Path | str | None = None,
    scopes: frozenset[str] = ALL_SCOPES,
    pace: Pace | None = None,
    patience: Patience | None = None,
    trigger_seconds: float = TRIGGER_SECONDS,
    response_url_seconds: float = RESPONSE_URL_SECONDS,
) -> AsyncIterator[RunningWorkspace]:
    """A workspace that runs until the block ends.

    `manifest_path` None opens everything, with `scopes`; `port` 0 takes a free one; `bot_url` gets payloads while
    no socket is open; `hooks_url` gets survey answers (default: bot_url); `pace` and `patience` change limits and
    time-outs. Errors: ManifestError; OSError when the port is taken.
    """
    manifest = load_manifest(Path(manifest_path)) if manifest_path is not None else open_manifest(scopes)
    state = new_state(
        manifest,
        clock_file=Path(clock_file) if clock_file is not None else None,
        seed=Path(seed) if seed is not None else None,
        limits=Limits(pace),
    )
    state.triggers = Triggers(trigger_seconds)
    state.response_urls = ResponseUrls(response_url_seconds)
    workspace = RunningWorkspace(state, Delivery(state, patience or Patience()), AnswerPoster(state.clock))
    workspace.answers.hooks_url = hooks_url
    workspace.bot_url = bot_url
    runner = await _serve(workspace, host, port)
    try:
        yield workspace
    finally:
        await workspace.delivery.close()
        await workspace.answers.close()
        await runner.cleanup()


async def _serve(workspace: RunningWorkspace, host: str, port: int) -> web.AppRunner:
    sockets = workspace.sockets

    def new_socket_url() -> str:
        return f"{workspace.url.replace('http', 'ws', 1)}/socket?ticket={sockets.new_ticket()}&app_id={APP_ID}"

    api = WebApi(workspace.state, new_socket_url)
    files = FileAddress(workspace.state)
    page = PageApi(workspace)
    app = web.Application(client_max_size=LONGEST_FILE + 1_000_000)
    app.add_routes(
        [
            web.route("*", "/api/{method}", api.handle),
            web.get("/socket", sockets.handle),
            web.post("/respond/{key}", RespondAddress(workspace.state).handle),
            web.post("/files/upload/{id}", files.receive),
            web.put("/files/upload/{id}", files.receive),
            web.get("/files/{id}/{name}", files.give),
            *page.routes(),
        ]
    )
    app.on_shutdown.append(page.close)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    taken = runner.addresses[0][1]
    workspace.url = api.base_url = workspace.acts.base_url = f"http://{host}:{taken}"
    return runner
