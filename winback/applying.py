"""`winback policy apply`: a policy that changed, for the cases that are open already. Shown first, then done."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.flows.clock import applying
from bot.flows.clock.applying import Planned
from bot.house import House
from recovery.clock.retiming import NAMES, Move
from recovery.moments import words_of
from recovery.policy.file import Calendar
from store.engine import Database
from store.errors import Stale
from winback.policy_file import read_policy
from winback.settings import Settings
from winback.standalone import database, require_tables, staff_of

TRIES = 5
SHOWN = 200
UNTOUCHED = "Nothing was changed."


def check(path: Path) -> int:
    """Says whether a policy file can be used; raises PolicyError with every problem in it."""
    policy = read_policy(path)
    sys.stdout.write(
        f"{path} is sound: {_counted(len(policy.programmes), 'programme')}, {_counted(len(policy.tiers), 'tier')}, "
        f"{_counted(len(policy.calendars), 'calendar')}.\n"
    )
    return 0


async def show(settings: Settings, *, yes: bool, ask: Callable[[str], bool]) -> int:
    """Prints what would move, and moves it if `yes`, or if `ask` (a question in words) says so."""
    policy = read_policy(settings.policy)
    async with database(settings) as db:
        await require_tables(db)
        staff = await staff_of(settings, policy, db)
        if staff.notice:
            sys.stderr.write(f"{staff.notice}\n")
        planned, looked_at = await _plan(db, staff.house)
        if not planned:
            sys.stdout.write(f"Nothing would move: {_open_cases(looked_at)} looked at, each as this policy has it.\n")
            return 0
        sys.stdout.write("\n".join(lines(staff.house, planned)) + "\n")
        sys.stdout.write(f"{_counted(len(planned), 'case')} of {_open_cases(looked_at)} would change.\n")
        if not yes and not ask(f"Change {_counted(len(planned), 'case')}?"):
            sys.stdout.write(f"{UNTOUCHED} `winback policy apply --yes` does it without asking.\n")
            return 0
        return await _apply(db, staff.house, planned)


def lines(house: House, planned: Sequence[Planned]) -> list[str]:
    """A line for each step that changes: case, account, step, from, to; the times are those of the programme."""
    rows = [
        (f"case {each.case.id}", each.account or "-", *_words(move, house.policy.calendar_of(each.programme)))
        for each in planned
        for move in each.moves
    ]
    rows += [
        (f"case {each.case.id}", each.account or "-", "tier", "", each.tier or "none")
        for each in planned
        if not each.moves
    ]
    rest = len(rows) - SHOWN
    rows = rows[:SHOWN]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    found = [
        "  ".join([*(word.ljust(width) for word, width in zip(row, widths, strict=False)), f"→ {row[4]}"])
        for row in rows
    ]
    return [*found, *([f"… and {rest:,} more."] if rest > 0 else [])]


def _words(move: Move, calendar: Calendar) -> tuple[str, str, str]:
    if not move.moves:
        return NAMES[move.step], move.before, move.after
    return (
        NAMES[move.step],
        _moment(move.due_before, calendar, move.before),
        _moment(move.due_after, calendar, move.after),
    )


def _moment(at: datetime | None, calendar: Calendar, limit: str) -> str:
    return f"{words_of(at, calendar)} ({limit})" if at else limit


async def _plan(db: Database, house: House) -> tuple[list[Planned], int]:
    planned: list[Planned] = []
    count = after = 0
    while True:
        async with db.read() as tx:
            page = await applying.plan(tx, house, after)
        planned += page.planned
        count, after = count + page.count, page.after
        if not after:
            return planned, count


async def _apply(db: Database, house: House, planned: Sequence[Planned]) -> int:
    done = failed = 0
    for each in planned:
        outcome = await _one(db, house, each.case.id)
        done += outcome is True
        failed += outcome is None
    others = len(planned) - done - failed
    sys.stdout.write(f"{_counted(done, 'case')} changed; a running winback updates their cards.\n")
    if others:
        sys.stdout.write(f"{_counted(others, 'case')} needed it no more: somebody acted meanwhile.\n")
    if failed:
        sys.stdout.write(f"{_counted(failed, 'case')} changed again and again meanwhile. Run this command again.\n")
    return 1 if failed else 0


async def _one(db: Database, house: House, case_id: int) -> bool | None:
    """True for a case that was changed, False for one that needs it no more, None for one that never stood still."""
    for _ in range(TRIES):
        try:
            async with db.write() as tx:
                return await applying.apply(tx, house, case_id) is not None
        except Stale:
            continue
    return None


def _open_cases(count: int) -> str:
    return _counted(count, "open case")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
