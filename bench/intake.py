"""Intake: answers accepted (verified, committed at synchronous=FULL, then 200) against bare aiohttp and pydantic.

`python -m bench.intake [--json]`. The whole bot runs: its workers understand and deliver while the load goes on.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.harness import Result, bot_environment, free_port, load, median, request, serving, worst
from demo.constants import GENERIC_SECRET
from demo.transport.signing import standard_webhook_signature
from demo.workspace import run_workspace

CONNECTIONS = 64
ROUNDS = 3
REQUESTS = 6_000


def signed(response_id: str, answer: dict[str, object]) -> bytes:
    """A generic answer as a signed request to the hook."""
    now = int(time.time())
    told = {"response_id": response_id, "responded_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))}
    body = json.dumps({**told, **answer}).encode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": f"msg_{response_id}",
        "webhook-timestamp": str(now),
        "webhook-signature": standard_webhook_signature(body, f"msg_{response_id}", now, GENERIC_SECRET),
    }
    return request("/hooks/generic", body, headers)


def answers(count: int, start: int) -> Iterator[bytes]:
    """Signed answers; one in eight is a detractor's."""
    for number in range(start, start + count):
        yield signed(
            f"bench-{number}",
            {
                "score": (9, 10, 8, 9, 7, 10, 9, 2)[number % 8],
                "comment": "Support answered quickly, but the export is missing the columns that our auditors want.",
                "email": f"person{number}@customer{number % 500}.example",
                "name": f"Person {number}",
                "account_id": f"acc-{number % 500}",
                "account_name": f"Customer {number % 500}",
                "acv": 12000 + number % 500,
                "programme": "relational",
            },
        )


async def run() -> Result:
    result = Result("intake")
    bare_port, bot_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite+aiosqlite:///{Path(folder) / 'bench.sqlite3'}"
        async with (
            run_workspace(None) as workspace,
            serving(bare_port, "/healthz", "-m", "bench.bare", str(bare_port)),
            serving(
                bot_port,
                "/healthz",
                "-m",
                "winback",
                "run",
                **bot_environment(workspace.api_url, database, bot_port),
            ) as bot,
        ):
            bare, ours = [], []
            for number in range(ROUNDS):
                prepared = list(answers(REQUESTS, number * REQUESTS))
                bare.append(await load(bare_port, prepared, CONNECTIONS))
                ours.append(await load(bot_port, prepared, CONNECTIONS))
            result.figures |= {
                "bare requests/s": median(bare),
                "accepted answers/s": median(ours),
                "bare p99 ms": worst(bare, 0.99),
                "accepted p50 ms": worst(ours, 0.5),
                "accepted p99 ms": worst(ours, 0.99),
                "peak memory MB": bot.peak_megabytes(),
            }
    result.at_least("accepted / bare", median(ours) / median(bare), 0.33)
    result.at_most("p99 ms at 64 connections", worst(ours, 0.99), 50)
    result.at_most("peak memory MB", result.figures["peak memory MB"], 150)
    return result


if __name__ == "__main__":
    sys.exit(asyncio.run(run()).show(as_json="--json" in sys.argv))
