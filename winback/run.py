"""`winback run`: the bot, until it is told to stop."""

import asyncio
import gc
import logging
import os
import signal
from pathlib import Path

from handlers.hooks import secrets_of
from recovery.errors import PolicyError
from recovery.policy import Policy, load_policy
from winback.app import running
from winback.settings import Settings

log = logging.getLogger(__name__)


async def run(settings: Settings) -> int:
    """Runs until SIGTERM or SIGINT. Raises WinbackError for a policy or an environment it can't start with."""
    policy = read_policy(settings.policy)
    # Bolt would read it by itself, only to warn that it has no use for it beside our client.
    os.environ.pop("SLACK_BOT_TOKEN", None)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings, policy, secrets_of(policy)) as app:
        # What was imported lives as long as the process; the collector need not look at it again.
        gc.freeze()
        mode = "Socket Mode" if settings.socket_mode else "HTTP at POST /slack/events"
        log.info("winback is ready on http://%s:%s (%s)", settings.host, app.port, mode)
        await stop.wait()
        log.info("winback is stopping")
    return 0


def read_policy(path: Path) -> Policy:
    """Raises PolicyError with a sentence for a file that is missing or wrong."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise PolicyError(
            f"There is no policy file {path}. Copy policy.example.toml, or set WINBACK_POLICY."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"The policy file {path} can't be read: {error}.") from error
    return load_policy(text, path.name)
