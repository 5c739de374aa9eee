"""A changed policy file takes effect while the bot runs; one that can't be used changes nothing but gets told."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from bot.directory import DirectoryService
from bot.flows.watching import watching
from bot.house import House
from recovery.errors import PolicyError
from recovery.policy.file import Policy
from store.engine import Database
from winback.policy_file import Stamp, read_policy, stamp_of

log = logging.getLogger(__name__)

TOPIC = "policy"
EVERY = 5.0  # seconds between two looks at the file
AT_REST = 0.3  # seconds without a change after which whoever writes the file is done
MOST_CHANGES = 20
PATIENCE = 30.0  # seconds for Slack to say who the new policy's people are; what it says later comes with time
STILLNESS = 5.0  # seconds for transactions under way to end; hooks and clicks wait meanwhile


class Reloading:
    """One for each process. `problem` is what is wrong with the file now, "" while the file is in force."""

    def __init__(
        self, db: Database, house: House, file: Path, directory: DirectoryService, before: Callable[[Policy], None]
    ) -> None:
        """`directory` is the one of this house; `before` is called with a policy that is about to take effect."""
        self._db = db
        self._house = house
        self._file = file
        self._directory = directory
        self._before = before
        self._seen: Stamp | None = stamp_of(file)
        self._asked = False
        self._untold = False
        self.problem = ""

    def ask(self) -> None:
        """Reads the file now, changed or not (SIGHUP)."""
        self._asked = True
        self._db.bells.ring(TOPIC)

    async def run(self) -> None:
        """Works until it is cancelled; a failure is logged and the file looked at again."""
        while True:
            await self._db.bells.wait(TOPIC, EVERY)
            asked, self._asked = self._asked, False
            try:
                await self.step(asked=asked)
            except Exception:
                log.exception("the changed policy could not be taken over; it is tried again")
                self._seen = None

    async def step(self, *, asked: bool = False) -> None:
        """Takes the file over if it has changed since the last look, or if somebody asked."""
        seen = await asyncio.to_thread(stamp_of, self._file)
        if seen == self._seen and not asked:
            await self._tell_late()
            return
        self._seen = await self._at_rest(seen)
        try:
            policy = await asyncio.to_thread(read_policy, self._file)
        except PolicyError as error:
            await self._refuse(error.sentence)
        else:
            await self._take(policy)

    async def _at_rest(self, seen: Stamp | None) -> Stamp | None:
        """The file's stamp once nobody writes any more: half a file is no mistake."""
        for _ in range(MOST_CHANGES):
            await asyncio.sleep(AT_REST)
            again = await asyncio.to_thread(stamp_of, self._file)
            if again == seen:
                break
            seen = again
        return seen

    async def _refuse(self, sentences: str) -> None:
        if sentences != self.problem:
            log.error("The old policy stays in force. %s", sentences)
        self.problem, self._untold = sentences, True
        await self._tell()

    async def _tell(self) -> None:
        async with self._db.write() as tx:
            self._untold = not await watching.tell(tx, self._house, watching.POLICY, self.problem)

    async def _tell_late(self) -> None:
        """Right after a start, Slack has not said yet who the admin is; they hear once it has."""
        if self._untold and self._house.directory.user_id(self._house.policy.workspace.admin):
            await self._tell()

    async def _take(self, policy: Policy) -> None:
        changed = policy != self._house.policy
        if changed:
            self._before(policy)
            await self._look_ahead(policy)
            # Whatever became of that: Slack's answers and events of the meantime stand in the database.
            await self._directory.load()
            async with self._db.alone(STILLNESS):
                self._house.policy = policy
        async with self._db.write() as tx:
            await watching.mended(tx, watching.POLICY)
        if changed:
            await self._directory.relieve()
        self.problem, self._untold = "", False
        log.info("The policy has changed and is in force." if changed else "The policy is as it was.")

    async def _look_ahead(self, policy: Policy) -> None:
        """Who and where everybody of the new policy is, before the first case goes by it."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._directory.look_up(policy)
        except TimeoutError:
            log.warning("Slack did not say in time who the people of the changed policy are; it is asked again")
        except Exception:
            log.exception("the people and channels of the changed policy could not be looked up")
