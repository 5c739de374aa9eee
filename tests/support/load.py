"""Load as it comes: survey tools that deliver until they hear 200, people who press until it worked."""

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

from demo import constants
from demo.errors import ActRefused
from demo.running import RunningWorkspace
from demo.transport.signing import standard_webhook_signature
from tests.support.programmes import channel_of, key_of
from tests.support.story import surface_of, words_of

Json = dict[str, Any]
CLAIMERS = ("U0PRIYA", "U0JEN", "U0KOFI")
LEAD = "U0MARCUS"
MOST_UNSHOWN = 20  # accepted detractors whose card is not there yet, before the survey tools rest
MOST_UNDRAWN = 20  # claims that their cards do not show yet, before people rest


@dataclass(slots=True)
class Ledger:
    """What the outside world was promised: everything here must be found in the end."""

    accepted: dict[str, Json] = field(default_factory=dict)  # response id → the newest body that got a 200
    contacts: set[str] = field(default_factory=set)  # e-mails of detractors
    claimed: dict[str, str] = field(default_factory=dict)  # surface → who pressed Claim and got an ack
    contested: dict[str, set[str]] = field(default_factory=dict)  # surface → who pressed in the same instant, acked
    released: set[str] = field(default_factory=set)  # surfaces whose release the lead saw acked
    tries: Counter[str] = field(default_factory=Counter)


class Load:
    """Drives one workspace; `stop` ends it after the act under way."""

    def __init__(self, workspace: RunningWorkspace, programmes: int, seed: int) -> None:
        self.workspace = workspace
        self.programmes = programmes
        self.random = random.Random(seed)
        self.ledger = Ledger()
        self.stopping = False
        self._number = 0
        self._session: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        """Until `stopping`; two survey tools, three people and a lead."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as self._session:
            people = [self._person(user) for user in CLAIMERS]
            await asyncio.gather(self._survey_tool(), self._survey_tool(), *people)

    def cards(self) -> dict[str, tuple[str, Json]]:
        """Every card by its surface: its channel and the message."""
        found = {}
        for number in range(self.programmes):
            for message in self.workspace.messages(channel_of(number)):
                if surface_of(message):
                    found[surface_of(message)] = (channel_of(number), message)
        return found

    async def _survey_tool(self) -> None:
        while not self.stopping:
            if len(self.ledger.contacts) - len(self.cards()) >= MOST_UNSHOWN:
                await self._rest()
                continue
            self._number += 1
            for body in self._answers(self._number):
                await self._deliver(body)

    def _answers(self, number: int) -> list[Json]:
        """Mostly one answer; sometimes with its comment later, sometimes a second answer of the same contact."""
        detractor = self.random.random() < 0.8
        first: Json = {
            "response_id": f"r{number}",
            "score": self.random.randint(0, 6) if detractor else self.random.randint(7, 10),
            "comment": f"Answer {number}: it never worked for us.",
            "email": f"c{number}@customer.example",
            "name": f"Contact {number}",
            "programme": key_of(number % self.programmes),
            "responded_at": datetime.now(UTC).isoformat(),
        }
        chance = self.random.random()
        if chance < 0.05:
            later = {**first, "updated_at": datetime.now(UTC).isoformat()}
            return [{**first, "comment": ""}, later]
        if chance < 0.1 and detractor:
            return [first, {**first, "response_id": f"r{number}b", "comment": f"Answer {number}, once more."}]
        return [first]

    async def _deliver(self, body: Json) -> None:
        """As survey tools do: the same delivery id again until a 200 is seen, and now and then once more."""
        delivery_id = f"msg_{body['response_id']}_{self.random.getrandbits(64):x}"
        raw = json.dumps(body).encode()
        more = 1 + (self.random.random() < 0.1)
        while more:
            if not await self._posted(raw, delivery_id):
                await self._rest()
                continue
            more -= 1
            self.ledger.accepted[body["response_id"]] = body
            if body["score"] <= 6:
                self.ledger.contacts.add(body["email"])

    async def _posted(self, raw: bytes, delivery_id: str) -> bool:
        self.ledger.tries["deliveries"] += 1
        at = int(time.time())
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(at),
            "webhook-signature": standard_webhook_signature(raw, delivery_id, at, constants.GENERIC_SECRET),
        }
        assert self._session is not None
        try:
            url = f"{self.workspace.hooks_url}/hooks/generic"
            async with self._session.post(url, data=raw, headers=headers) as answer:
                assert answer.status == 200 or answer.status >= 500, await answer.text()
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _person(self, user: str) -> None:
        while not self.stopping:
            found = self._unclaimed(user)
            if found is None:
                await self._rest()
                continue
            surface, channel, ts = found
            chance = self.random.random()
            if chance < 0.15:
                await self._contest(surface, channel, ts)
            elif await self._pressed(user, channel, ts, "case_claim"):
                self.ledger.claimed[surface] = user
                if chance > 0.9:
                    await self._released(surface, channel, ts)

    async def _contest(self, surface: str, channel: str, ts: str) -> None:
        """Everybody in the same instant; whoever saw it work thinks the case is theirs or was told whose it is."""
        acks = await asyncio.gather(*(self._pressed(user, channel, ts, "case_claim") for user in CLAIMERS))
        acked = {user for user, ok in zip(CLAIMERS, acks, strict=True) if ok}
        if acked:
            self.ledger.contested.setdefault(surface, set()).update(acked)

    async def _released(self, surface: str, channel: str, ts: str) -> None:
        """The lead waits until the card offers it."""
        while not self.stopping:
            if "Log outreach" in words_of(self.cards()[surface][1]):
                if await self._pressed(LEAD, channel, ts, "case_more", surface.replace("case:", "release:")):
                    self.ledger.released.add(surface)
                return
            await self._rest()

    def _unclaimed(self, user: str) -> tuple[str, str, str] | None:
        cards = self.cards()
        taken = self.ledger.claimed | dict.fromkeys(self.ledger.contested, "")
        undrawn = [s for s in taken if s in cards and "case_claim" in str(cards[s][1]["blocks"])]
        if len(undrawn) >= MOST_UNDRAWN:
            return None
        mine = CLAIMERS.index(user)
        free = [s for s in cards if s not in taken and int(s.split(":")[1]) % len(CLAIMERS) == mine]
        free = [s for s in free if "case_claim" in str(cards[s][1]["blocks"])]
        if not free:
            return None
        surface = self.random.choice(free)
        return surface, cards[surface][0], cards[surface][1]["ts"]

    async def _pressed(self, user: str, channel: str, ts: str, action: str, value: str | None = None) -> bool:
        self.ledger.tries["clicks"] += 1
        try:
            await self.workspace.click(user, channel, ts, action, value=value)
        except ActRefused:
            await self._rest()
            return False
        return True

    async def _rest(self) -> None:
        """A little while: people and survey tools take one, too."""
        await asyncio.sleep(self.random.uniform(0.02, 0.1))
