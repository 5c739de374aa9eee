"""`winback replay`: deliveries that could not be understood go back into the line, or are understood here."""

import sys
from dataclasses import dataclass

from handlers.hooks import Hooks
from scheduler.receipts import Receipts
from store import receipts
from store.engine import Database
from store.receipts import Delivery, Inbox
from winback.app import clock_of
from winback.policy_file import read_policy
from winback.settings import Settings
from winback.standalone import database, require_tables, staff_of

# The newest failures are enough to see what is wrong; their bodies come along, up to 10 MB each.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Which:
    """Failed deliveries of one source, or one delivery, or (empty) all of them."""

    source: str = ""
    id: int | None = None

    def fits(self, delivery: Delivery) -> bool:
        return self.source in {"", delivery.source} and self.id in {None, delivery.id}

    def __str__(self) -> str:
        """What we look for, after "no"."""
        words = "failed delivery" + (f" {self.id}" if self.id is not None else "")
        return words + (f" of {self.source}" if self.source else "")


async def show_list(settings: Settings, which: Which) -> int:
    """Prints the failed deliveries, newest first, a line each."""
    async with database(settings) as db:
        await require_tables(db)
        lines = await _failures(db, which)
    sys.stdout.write("\n".join(lines or [f"There is no {which}."]) + "\n")
    return 0


async def show(settings: Settings, which: Which, *, now: bool) -> int:
    """Puts them back and says how many; 1 if there was nothing of the number asked for, or if some fail again."""
    async with database(settings) as db:
        await require_tables(db)
        async with db.write() as tx:
            back = await receipts.replay(tx, which.source, which.id)
        if not back:
            sys.stdout.write(f"There is no {which}; nothing was changed.\n")
            return 0 if which.id is None else 1
        sys.stdout.write(f"{_deliveries(back)} put back.\n")
        if now:
            return await _understand(settings, db, which)
    sys.stdout.write("A running winback understands them within a second or two; `winback replay --list` shows\n")
    sys.stdout.write("what fails again. Without a running winback: add --now.\n")
    return 0


async def _understand(settings: Settings, db: Database, which: Which) -> int:
    """Everything that waits in the inbox, in its order, as the bot would do it."""
    policy = read_policy(settings.policy)
    staff = await staff_of(settings, policy, db)
    if staff.notice:
        sys.stderr.write(f"{staff.notice}\n")
    inbox = Inbox(db)
    hooks = Hooks(staff.house, inbox, clock_of(settings), {})
    worker = Receipts(db, staff.house, hooks.read, inbox, staff.directory)
    while await worker.step():
        pass
    failed = await _failures(db, which)
    async with db.read() as tx:
        waiting = (await receipts.counts(tx)).get("waiting", 0)
    if waiting:
        sys.stdout.write(f"{_deliveries(waiting)} still in the line; a running winback goes on with them.\n")
    if failed:
        sys.stdout.write("\n".join(["These fail still:", *failed]) + "\n")
    elif not waiting:
        sys.stdout.write("All of them are understood.\n")
    return 1 if failed else 0


async def _failures(db: Database, which: Which) -> list[str]:
    async with db.read() as tx:
        found = await receipts.failures(tx, LOOKED_AT)
        total = (await receipts.counts(tx)).get("failed", 0)
    rows = [(delivery, " ".join(error.split())) for delivery, error in found if which.fits(delivery)]
    width = max((len(delivery.source) for delivery, _ in rows), default=0)
    lines = [
        f"{delivery.id:>6}  {delivery.source:<{width}}  {delivery.received_at:%Y-%m-%d %H:%M} UTC  {error}"
        for delivery, error in rows
    ]
    if total > len(found):
        lines.append(f"Only the newest {len(found)} of {total:,} failed deliveries were looked at.")
    return lines


def _deliveries(count: int) -> str:
    return f"{count:,} deliver{'y' if count == 1 else 'ies'}"
