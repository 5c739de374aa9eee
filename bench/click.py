"""A claim: from the signed click to the ack, committed, against a Bolt listener that only acks.

`python -m bench.click [--json]`. Every click claims another case; the cases are put there first, through the hook.
"""

import asyncio
import contextlib
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench.harness import Result, bot_environment, free_port, load, median, request, serving, worst
from bench.intake import answers
from demo.constants import APP_ID, TEAM_ID
from demo.transport.signing import slack_signature
from demo.workspace import run_workspace

CONNECTIONS = 32
ROUNDS = 3
CLICKS = 400


def clicks(cases: list[int]) -> Iterator[bytes]:
    """Signed presses of Claim, one for each case."""
    for case in cases:
        payload = {
            "type": "block_actions",
            "user": {"id": "U0PRIYA", "username": "priya", "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "token": "unused",
            "team": {"id": TEAM_ID, "domain": "demo"},
            "container": {"type": "message", "message_ts": f"{case}.000001", "channel_id": "C0RELATIONAL"},
            "trigger_id": f"{case}.1.x",
            "channel": {"id": "C0RELATIONAL", "name": "nps-relational"},
            "message": {"ts": f"{case}.000001", "text": "2 from Northwind", "blocks": []},
            "response_url": "http://127.0.0.1:9/none",
            "actions": [
                {
                    "type": "button",
                    "action_id": "case_claim",
                    "block_id": f"case:{case}:actions",
                    "value": str(case),
                    "action_ts": f"{case}.000001",
                }
            ],
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        now = int(time.time())
        yield request(
            "/slack/events",
            body,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": str(now),
                "X-Slack-Signature": slack_signature(body, now),
            },
        )


async def run() -> Result:
    result = Result("click")
    noop_port, bot_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.sqlite3"
        async with run_workspace(None) as workspace:
            environment = bot_environment(workspace.api_url, f"sqlite+aiosqlite:///{file}", bot_port)
            async with (
                serving(noop_port, "/healthz", "-m", "bench.noop", str(noop_port), **environment),
                serving(bot_port, "/healthz", "-m", "winback", "run", **environment) as bot,
            ):
                cases = await _open_cases(bot_port, file, ROUNDS * CLICKS)
                noop, ours = [], []
                for number in range(ROUNDS):
                    prepared = list(clicks(cases[number * CLICKS : (number + 1) * CLICKS]))
                    noop.append(await load(noop_port, prepared, CONNECTIONS))
                    ours.append(await load(bot_port, prepared, CONNECTIONS))
                claimed = _count(file, "SELECT count(*) FROM cases WHERE owner = 'U0PRIYA'")
                result.figures |= {
                    "no-op clicks/s": median(noop),
                    "claims/s": median(ours),
                    "no-op p99 ms": worst(noop, 0.99),
                    "claim p50 ms": worst(ours, 0.5),
                    "claim p99 ms": worst(ours, 0.99),
                    "cases claimed": claimed,
                    "peak memory MB": bot.peak_megabytes(),
                }
    result.at_least("claims / no-op clicks", median(ours) / median(noop), 0.15)
    result.at_most("p99 ms at 32 connections", worst(ours, 0.99), 250)
    result.at_least("share of the clicks that own a case", claimed / (ROUNDS * CLICKS), 1.0)
    return result


async def _open_cases(port: int, file: Path, wanted: int) -> list[int]:
    """Answers until there are enough cases; one answer in eight is a detractor's."""
    await load(port, answers(wanted * 8, 0), 16)
    for _ in range(600):
        await asyncio.sleep(0.2)
        with contextlib.closing(sqlite3.connect(file)) as connection:
            cases = [row[0] for row in connection.execute("SELECT id FROM cases ORDER BY id")]
        if len(cases) >= wanted:
            return cases[:wanted]
    raise RuntimeError("the bot did not open the cases in two minutes")


def _count(file: Path, query: str) -> int:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(query).fetchone()[0])


if __name__ == "__main__":
    sys.exit(asyncio.run(run()).show(as_json="--json" in sys.argv))
