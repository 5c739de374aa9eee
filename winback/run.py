"""`winback run`: the bot, until it is told to stop."""

import asyncio
import gc
import logging
import os
import signal

from handlers.hooks import secrets_of
from winback.app import running
from winback.policy_file import read_policy
from winback.settings import Settings

__all__ = ["read_policy", "run"]

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
        had_terminal = _has_terminal()

        def hung_up() -> None:
            """A closed terminal ends us, as it ends any program; anybody else's SIGHUP asks for the policy."""
            if had_terminal and not _has_terminal():
                stop.set()
            else:
                app.reloading.ask()

        loop.add_signal_handler(signal.SIGHUP, hung_up)
        mode = "Socket Mode" if settings.socket_mode else "HTTP at POST /slack/events"
        log.info("winback is ready on http://%s:%s (%s)", settings.host, app.port, mode)
        await stop.wait()
        log.info("winback is stopping")
    return 0


def _has_terminal() -> bool:
    try:
        os.close(os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
