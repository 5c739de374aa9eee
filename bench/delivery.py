"""Delivery: how soon a card is visible after the 200, and a burst of 1,000 detractors at Slack's pace.

`python -m bench.delivery [--json]`; about four minutes, because Slack takes one message a second for a channel. The
ceiling is that limit: with the cards spread evenly over six channels, the last one can't be posted before
(cards in a channel - 1) seconds.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Result, Round, bot_environment, free_port, load, serving
from bench.intake import signed
from demo.running import RunningWorkspace
from demo.workspace import run_workspace
from tests.support.programmes import channel_of, key_of, policy_of, seed_of

CHANNELS = 6
GENTLE = 60
BURST = 1_000
SPACING = 1.0  # seconds between two messages of a channel, as Slack demands
PATIENCE = 600.0


def detractor(number: int) -> bytes:
    """A signed answer of 2 for one of the programmes, in turn."""
    return signed(
        f"delivery-{number}",
        {
            "score": 2,
            "comment": "The export is missing the columns that our auditors want.",
            "email": f"person{number}@customer{number}.example",
            "name": f"Person {number}",
            "account_name": f"Customer {number}",
            "programme": key_of(number % CHANNELS),
        },
    )


def detractors(count: int, start: int) -> Iterator[bytes]:
    return (detractor(number) for number in range(start, start + count))


async def visible(workspace: RunningWorkspace, port: int) -> Round:
    """Answers one after the other, slow enough for every channel; milliseconds from each 200 to its card."""
    milliseconds = []
    for number in range(GENTLE):
        before = cards(workspace)
        await load(port, [detractor(number)], 1)
        start = time.perf_counter()
        await workspace.until(lambda before=before: cards(workspace) > before, timeout=30)  # type: ignore[misc]
        milliseconds.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(SPACING * 1.2 / CHANNELS)
    return Round(0, milliseconds)


async def burst(workspace: RunningWorkspace, port: int) -> float:
    """Seconds from the first answer of the burst to its last card."""
    wanted = cards(workspace) + BURST
    await asyncio.sleep(SPACING * 1.5)
    start = time.perf_counter()
    await load(port, list(detractors(BURST, GENTLE)), 16)
    await workspace.until(lambda: cards(workspace) >= wanted, timeout=PATIENCE)
    return time.perf_counter() - start


def cards(workspace: RunningWorkspace) -> int:
    """Messages that the workspace accepted in the programmes' channels."""
    return sum(workspace.limits.accepted[channel_of(number)] for number in range(CHANNELS))


async def run() -> Result:
    result = Result("delivery")
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        policy, seed = folder / "policy.toml", folder / "seed.toml"
        policy.write_text(policy_of(CHANNELS), "utf-8")
        seed.write_text(seed_of(CHANNELS), "utf-8")
        async with run_workspace(None, seed=seed) as workspace:
            database = f"sqlite+aiosqlite:///{folder / 'bench.sqlite3'}"
            environment = bot_environment(workspace.api_url, database, port, policy)
            async with serving(port, "/healthz", "-m", "winback", "run", **environment) as bot:
                gentle = await visible(workspace, port)
                seconds = await burst(workspace, port)
                least = (-(-BURST // CHANNELS) - 1) * SPACING
                refused = sum(workspace.limits.refused.values())
                result.figures |= {
                    "card visible p50 ms": gentle.percentile(0.5),
                    "card visible p99 ms": gentle.percentile(0.99),
                    "burst seconds": seconds,
                    "least seconds by the limit": least,
                    "refused by the limit": refused,
                    "cards": cards(workspace),
                    "peak memory MB": bot.peak_megabytes(),
                }
    result.at_most("card visible p99 ms after the 200", result.figures["card visible p99 ms"], 1000)
    result.at_most("burst / the limit's least", seconds / least, 1.05)
    result.at_most("refused by the limit", refused, 0)
    result.at_most("peak memory MB", result.figures["peak memory MB"], 150)
    return result


if __name__ == "__main__":
    sys.exit(asyncio.run(run()).show(as_json="--json" in sys.argv))
