"""How another policy takes the place of the one in force: between transactions, beside what Slack tells."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import DirectoryService
from bot.house import House
from recovery.policy.file import Policy
from store.engine import Database, Tx
from store.slack import people
from store.slack.people import Directory, Person
from store.watching.reports import standing
from tests.store.conftest import clock, db
from tests.support.story import POLICY
from tests.watching.conftest import Watched, until
from winback import reloading
from winback.policy_file import read_policy
from winback.reloading import TOPIC, Reloading

__all__ = ["clock", "db"]

DEMO = POLICY.read_text("utf-8")
OTHER = DEMO.replace('"Relational"', '"Rotational"')
BAD = DEMO + '\n[unknown]\nkey = "x"\n'
NOBODY_THERE = "http://127.0.0.1:1/api/"
NEW = Person("U0NEW", "new@acme.example", "Nell New", "Europe/London")
SAM = Person("U0SAM", "sam@acme.example", "Sam", "Europe/London")


@pytest.fixture
def file(tmp_path: Path, at_once: None) -> Path:  # noqa: ARG001 - an order of fixtures
    it = tmp_path / "policy.toml"
    it.write_text(DEMO, "utf-8")
    return it


@pytest.fixture
def work(db: Database, file: Path) -> Reloading:
    """One that nobody runs, in a house that knows nobody, beside a Slack that is not there."""
    house = House(read_policy(file))
    given: list[Policy] = []
    client = AsyncWebClient(token="xoxb-none", base_url=NOBODY_THERE, timeout=1, retry_handlers=[])
    return Reloading(db, house, file, DirectoryService(db, house, client), given.append)


def write(file: Path, text: str) -> None:
    """Another policy in the place of the file."""
    file.write_text(text, "utf-8")


def begun(db: Database, kind: str) -> AbstractAsyncContextManager[Tx]:
    return db.write() if kind == "write" else db.read()


@pytest.mark.parametrize("kind", ["read", "write"])
async def test_a_transaction_goes_by_one_policy_to_its_end(
    db: Database, file: Path, work: Reloading, kind: str
) -> None:
    house = work._house
    async with begun(db, kind):
        before = house.policy
        write(file, OTHER)
        taking = asyncio.create_task(work.step())
        await asyncio.wait({taking}, timeout=1.0)
        assert house.policy is before
    await taking
    assert house.policy.programmes["relational"].name == "Rotational"


async def test_a_transaction_that_does_not_end_holds_up_the_policy_and_nobody_else(
    db: Database, file: Path, work: Reloading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "STILLNESS", 0.05)
    before = work._house.policy
    async with db.read():
        write(file, OTHER)
        with pytest.raises(TimeoutError):
            await work.step()
        async with asyncio.timeout(5), db.write():
            assert work._house.policy is before
    await work.step(asked=True)
    assert work._house.policy != before


async def test_what_slack_told_meanwhile_stays(watch: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack does not answer in time for the new policy; a change of a person comes in just then."""
    house = watch.bot.house
    await until(lambda: house.directory.places and "U0PRIYA" in house.directory.people)
    await until(lambda: any(task.get_name() == "receipts" for task in watch.bot._tasks))
    adopted = watch.bot.reloading._before

    def meanwhile(policy: Policy) -> None:
        adopted(policy)
        house.directory = replace(house.directory, people={**house.directory.people, NEW.user_id: NEW})

    monkeypatch.setattr(watch.bot.reloading, "_before", meanwhile)
    monkeypatch.setattr(reloading, "PATIENCE", 0.1)
    async with watch.bot.db.write() as tx:
        await people.save_people(tx, [NEW])
    watch.workspace.faults.set("conversations.info", delay=0.5)
    try:
        watch.write(OTHER)
        await until(lambda: house.policy.programmes["relational"].name == "Rotational")
    finally:
        watch.workspace.faults.clear()
    assert house.directory.name(NEW.user_id) == NEW.name
    assert "U0PRIYA" in house.directory.people


async def test_of_two_looks_at_the_database_the_later_one_stays(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(read_policy(POLICY))
    service = DirectoryService(db, house, AsyncWebClient(base_url=NOBODY_THERE))
    read, go_on = asyncio.Event(), asyncio.Event()
    load = people.load

    async def slow(tx: Tx) -> Directory:
        found = await load(tx)
        if not read.is_set():
            read.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(people, "load", slow)
    first = asyncio.create_task(service.load())
    await read.wait()
    async with db.write() as tx:
        await people.save_people(tx, [NEW])
    second = asyncio.create_task(service.load())
    await asyncio.wait({second}, timeout=0.5)
    go_on.set()
    await asyncio.gather(first, second)
    assert NEW.user_id in house.directory.people


async def test_a_bad_file_that_nobody_can_be_told_of_is_read_and_logged_once(
    db: Database, file: Path, work: Reloading, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reads = []

    def counted(path: Path) -> Policy:
        reads.append(path)
        return read_policy(path)

    monkeypatch.setattr(reloading, "read_policy", counted)
    write(file, BAD)
    for _ in range(5):
        await work.step()
    assert len(reads) == 1
    assert caplog.text.count("The old policy stays in force.") == 1
    assert "unknown" in work.problem
    # The next change is looked at as any other.
    write(file, BAD + "# once more\n")
    for _ in range(3):
        await work.step()
    assert len(reads) == 2
    assert caplog.text.count("The old policy stays in force.") == 1
    async with db.read() as tx:
        assert await standing(tx, TOPIC) == []
    # As soon as the admin is known, they are told: once, and without another look at the file.
    work._house.directory = Directory({SAM.user_id: SAM}, {SAM.email: SAM.user_id})
    for _ in range(3):
        await work.step()
    async with db.read() as tx:
        (report,) = await standing(tx, TOPIC)
    assert "unknown: There is no such key" in report.text
    assert len(reads) == 2


async def test_a_bad_file_that_was_mended_before_the_admin_was_known_is_not_told(
    db: Database, file: Path, work: Reloading, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    write(file, BAD)
    await work.step()
    write(file, DEMO + "# in order\n")
    await work.step()
    assert (work.problem, "The policy is as it was." in caplog.text) == ("", True)
    work._house.directory = Directory({SAM.user_id: SAM}, {SAM.email: SAM.user_id})
    await work.step()
    async with db.read() as tx:
        assert await standing(tx, TOPIC) == []
