"""A changed policy file: in force at once when it is good; told, and nothing else, when it is not."""

import logging
import os
import signal
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from demo.rates import Pace
from demo.workspace import run_workspace
from tests.support.process import BotProcess
from tests.support.shown import settled
from tests.support.story import MANIFEST, POLICY, environment, words_of
from tests.watching.conftest import Watched, until, watched
from winback import reloading
from winback.policy_file import stamp_of

SAM = "U0SAM"  # the admin
SECOND = """
[sources.second]
adapter = "generic"
secret_env = "A_SECOND_SECRET"
auth = "bearer"
programme = "relational"
"""
DEMO = POLICY.read_text("utf-8")
BAD = DEMO.replace('clock_of = "', 'clock_off = "').replace("[urgency]", "[urgencyy]") + '\n[unknown]\nkey = "x"\n'
WORSE = DEMO + '\n[another]\nkey = "x"\n'


def told(it: Watched) -> list[str]:
    """What the admin reads about the policy, oldest first."""
    return [words for words in map(words_of, it.workspace.dms(SAM)) if "policy file" in words]


async def posts(it: Watched, source: str) -> int:
    headers = {"authorization": "Bearer the-second-secret"}
    body = {"response_id": "r1", "score": 2, "email": "dana@northwind.example"}
    url = f"{it.workspace.hooks_url}/hooks/{source}"
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as answer:
        return answer.status


async def test_a_new_source_and_its_secret_are_there_without_a_restart(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await posts(watch, "second") == 404
    monkeypatch.setenv("A_SECOND_SECRET", "the-second-secret")
    watch.write(DEMO + SECOND)
    await until(lambda: "second" in watch.bot.house.policy.sources)
    assert await posts(watch, "second") == 200
    await watch.card()
    # Those of the old sources are known still.
    await watch.answers(email="lee@fabrikam.example")
    await watch.workspace.until(lambda: len(watch.cards()) == 2)
    assert (await watch.readyz())[1]["policy_error"] == ""


async def test_a_new_channel_is_known_before_the_policy_is_in_force(watch: Watched) -> None:
    watch.write(DEMO.replace('channel = "C0RELATIONAL"', 'channel = "#cs-leads"'))
    await until(lambda: watch.bot.house.policy.programmes["relational"].channel != "C0RELATIONAL")
    assert watch.bot.house.directory.channel_id("#cs-leads").startswith("C")
    await watch.answers()
    await watch.card(channel=watch.bot.house.directory.channel_id("#cs-leads"))


async def test_a_bad_file_changes_nothing_and_is_told_once_until_it_is_mended(watch: Watched) -> None:
    before = watch.bot.house.policy
    watch.write(BAD)
    await watch.workspace.until(lambda: told(watch))
    assert watch.bot.house.policy is before
    status, body = await watch.readyz()
    assert status == 200
    assert "unknown" in body["policy_error"]
    assert "unknown: There is no such key" in told(watch)[0]
    watch.write(BAD)  # the same words again: saved twice
    await until(lambda: watch.bot.reloading._seen and watch.bot.reloading._seen.inode == watch.file.stat().st_ino)
    watch.write(WORSE)
    await watch.workspace.until(lambda: len(told(watch)) == 2)
    assert "another: There is no such key" in told(watch)[1]
    watch.write(DEMO)
    await watch.workspace.until(lambda: all("in order and in force" in words for words in told(watch)))
    assert len(told(watch)) == 2
    assert (await watch.readyz())[1]["policy_error"] == ""
    # Wrong in the same way once more is news again.
    watch.write(WORSE)
    await watch.workspace.until(lambda: len(told(watch)) == 3)
    assert "another" in told(watch)[2]
    await settled(watch)


async def test_the_admin_is_told_as_soon_as_slack_says_who_that_is(watch: Watched) -> None:
    await until(lambda: watch.bot.house.directory.user_id("sam@acme.example"))
    known = watch.bot.house.directory
    watch.bot.house.directory = replace(known, by_email={})
    watch.write(BAD)
    await until(lambda: watch.bot.reloading.problem)
    assert told(watch) == []
    watch.bot.house.directory = known
    await watch.workspace.until(lambda: told(watch))


async def test_a_file_that_is_gone_or_no_text_is_told(watch: Watched) -> None:
    before = watch.bot.house.policy
    watch.file.unlink()
    await watch.workspace.until(lambda: any("There is no policy file" in words for words in told(watch)))
    watch.file.write_bytes(b"\xff\xfe\x00")
    await watch.workspace.until(lambda: any("can't be read" in words for words in told(watch)))
    assert watch.bot.house.policy is before


async def test_half_a_file_is_waited_for(
    watch: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever writes it is a piece further with each look at it."""
    whole = DEMO + SECOND
    pieces = iter([whole[start : start + 500] for start in range(0, len(whole), 500)])
    file = watch.file.open("w", encoding="utf-8")

    def stamp(path: Path) -> object:
        file.write(next(pieces, ""))
        file.flush()
        return stamp_of(path)

    monkeypatch.setattr(reloading, "stamp_of", stamp)
    await until(lambda: "second" in watch.bot.house.policy.sources)
    file.close()
    assert "The old policy stays in force." not in caplog.text


async def test_a_policy_as_it_was_is_read_when_asked_and_changes_nothing(
    watch: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = watch.bot.house.policy
    watch.bot.reloading.ask()
    await until(lambda: "The policy is as it was." in caplog.text)
    assert watch.bot.house.policy == before


async def test_a_source_that_proves_itself_otherwise_is_asked_so_at_once(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECOND_SECRET", "a word between two")

    async def answer() -> int:
        body = {"response_id": "r1", "score": 9, "email": "dana@northwind.example"}
        headers = {"Authorization": "Bearer a word between two"}
        url = f"{watch.workspace.hooks_url}/hooks/second"
        async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as found:
            return found.status

    watch.write(DEMO + SECOND)
    await until(lambda: "second" in watch.bot.house.policy.sources)
    assert await answer() == 200
    watch.write(DEMO + SECOND.replace('auth = "bearer"\n', ""))
    await until(lambda: watch.bot.house.policy.sources["second"].auth.value != "bearer")
    assert await answer() == 401


async def test_slack_that_is_down_does_not_keep_the_old_policy_in_force(watch: Watched) -> None:
    await until(lambda: "U0PRIYA" in watch.bot.house.directory.people)
    watch.workspace.faults.set("*", status=500)
    try:
        watch.write(DEMO + SECOND)
        await until(lambda: "second" in watch.bot.house.policy.sources)
    finally:
        watch.workspace.faults.clear()
    assert "U0PRIYA" in watch.bot.house.directory.people


async def test_a_failure_while_taking_over_is_tried_again(watch: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    adopted = watch.bot.reloading._before
    failures = iter([RuntimeError("once")])

    def fails_once(policy: object) -> None:
        for failure in failures:
            raise failure
        adopted(policy)  # type: ignore[arg-type] # it hands on what it gets

    monkeypatch.setattr(watch.bot.reloading, "_before", fails_once)
    watch.write(DEMO + SECOND)
    await until(lambda: "second" in watch.bot.house.policy.sources)


@pytest.mark.usefixtures("at_once")
async def test_a_replica_that_finds_the_same_says_nothing_new(postgres_db: str, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    async with watched(postgres_db, tmp_path / "one") as one:
        other = type(one.bot)(one.settings, one.bot.house.policy, {})
        await other.db.open()
        await other.directory.load()
        try:
            one.write(BAD)
            await one.workspace.until(lambda: told(one))
            await other.reloading.step()
            assert "unknown" in other.reloading.problem
            await settled(one)
            assert len(told(one)) == 1
        finally:
            await other.stop()


async def test_sighup_to_a_real_process(sqlite_db: str, tmp_path: Path) -> None:
    """The file's size and time stay, so that only the signal can have made it read."""
    file = tmp_path / "policy.toml"
    file.write_text(DEMO, "utf-8")
    async with run_workspace(MANIFEST, clock_file=tmp_path / "clock", pace=Pace.unlimited()) as workspace:
        variables = environment(workspace, sqlite_db, socket=True, clock_file=tmp_path / "clock")
        bot = BotProcess({**variables, "WINBACK_POLICY": str(file)}, tmp_path / "log")
        await bot.spawn()
        try:
            await bot.ready()
            times = file.stat()
            file.write_text(DEMO.replace('"Relational"', '"Rotational"'), "utf-8")
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
            assert bot._process is not None
            bot._process.send_signal(signal.SIGHUP)
            await until(lambda: "The policy has changed and is in force." in bot.log_end(), 10)
            assert bot.running
        finally:
            assert await bot.stop() == 0
