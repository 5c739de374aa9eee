"""What should have happened and did not is found, done, logged, counted and told; what is in order is left alone."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.flows.clock import ringing
from bot.flows.watching.auditing import Finding
from bot.views.watching import SENTENCES
from recovery.clock.alarms import Level
from scheduler.auditor import Auditor
from store.cases import alarms as store_alarms
from store.cases import cases, notices
from store.cases.notices import BulletinKind
from store.cases.timers import TimerKind
from store.figures import shares
from store.tables import alarms, bulletins, deliveries, events, jobs, outbox, timers
from store.tables import cases as case_rows
from store.tables import notices as notice_rows
from store.watching import audits
from tests.story.acting import PRIYA, Acting
from tests.story.steps.working import later, logs, owned
from tests.support.shown import row_of, settled
from tests.support.story import POLICY, words_of
from tests.watching.audited import change, found, opened, rows
from tests.watching.conftest import Watched, until, watched

SAM = "U0SAM"


async def test_what_is_in_order_is_left_alone(database_url: str, tmp_path: Path) -> None:
    async with watched(database_url, tmp_path) as it:
        await opened(it)
        card = it.cards()[-1]
        await it.workspace.click("U0PRIYA", "C0RELATIONAL", card["ts"], "case_claim")
        await it.card(lambda words: "Release" in words)
        await settled(it)
        before = (await rows(it, timers), await rows(it, outbox), len(it.workspace.recorded))
        auditor = Auditor(it.bot.db, it.bot.house)
        for _ in range(3):
            assert await found(auditor) == {}
        await settled(it)
        assert (await rows(it, timers), await rows(it, outbox), len(it.workspace.recorded)) == before
        assert await rows(it, bulletins, bulletins.c.kind == "watch") == []


@pytest.mark.parametrize("late", [False, True], ids=["gone", "a month late"])
async def test_a_case_without_its_timer_gets_it_back(database_url: str, tmp_path: Path, late: bool) -> None:
    async with watched(database_url, tmp_path) as it:
        await opened(it)
        auditor = Auditor(it.bot.db, it.bot.house)
        assert await found(auditor) == {}
        (before,) = await rows(it, timers)
        wrong = sa.update(timers).values(due_at=before["due_at"] + timedelta(days=30)) if late else sa.delete(timers)
        await change(it, wrong)
        assert await found(auditor) == {Finding.CLOCK: 1}
        (after,) = await rows(it, timers)
        assert (after["kind"], after["due_at"]) == ("clock", before["due_at"])
        assert await found(Auditor(it.bot.db, it.bot.house)) == {}
        await it.workspace.until(lambda: it.workspace.dms(SAM))
        assert SENTENCES["clock"].format(many=1) in words_of(it.workspace.dms(SAM)[0])


async def test_an_overdue_case_without_its_timer_is_escalated_after_all(watch: Watched) -> None:
    await opened(watch)
    await change(watch, sa.delete(timers))
    watch.workspace.advance(10 * 86400)
    await until(lambda: watch.bot.clock.now() - watch.bot.clock.wall() > timedelta(days=9))
    assert await rows(watch, alarms) == []
    assert (await found(watch.bot.auditor))[Finding.CLOCK] == 1

    async with watch.bot.db.read() as tx:
        assert await cases.get(tx, 1)
    raised: list[Any] = []
    while not raised:
        await watch.bot.db.bells.wait("nothing", 0.05)
        raised = await rows(watch, alarms, alarms.c.spoken)
    assert [row["level"] for row in raised] == [Level.EXECUTIVE.value]


async def test_timers_of_another_policy_are_set_anew_without_a_word(
    watch: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("scheduler.auditor.PAGE", 2)
    for number in range(5):
        await opened(watch, email=f"c{number}@customer.example", account_id=f"acc-{number}")
    assert await found(watch.bot.auditor) == {}
    before = {row["case_id"]: row["due_at"] for row in await rows(watch, timers)}
    watch.write(POLICY.read_text("utf-8").replace("nudge_at = [50, 80]", "nudge_at = [10, 80]"))
    await until(lambda: watch.bot.house.policy.escalation.nudge_at == (10, 80))
    assert await found(watch.bot.auditor) == {}
    after = {row["case_id"]: row["due_at"] for row in await rows(watch, timers)}
    assert before.keys() == after.keys()
    assert all(after[case] < before[case] for case in before)
    assert "audit: timers set anew for the policy as it is now: 5" in caplog.text
    assert await rows(watch, bulletins, bulletins.c.kind == "watch") == []


async def test_told_once_a_day_whatever_is_found(watch: Watched) -> None:
    await opened(watch)
    auditor = watch.bot.auditor
    for day in range(2):
        for _ in range(3):
            await change(watch, sa.delete(timers))
            assert (await found(auditor))[Finding.CLOCK] == 1
        await settled(watch)
        assert len([words for words in map(words_of, watch.workspace.dms(SAM)) if "timer" in words]) == day + 1
        async with watch.bot.db.write() as tx:
            yesterday = sa.update(jobs).where(jobs.c.job == "watch", jobs.c.period.startswith("2"))
            await tx.conn.execute(yesterday.values(period=f"before {day}"))
    assert auditor.total[Finding.CLOCK] == 6
    told = auditor.told()
    assert told["since_start"] == {"clock": 6}
    assert (await watch.readyz())[1]["audit"] == told


async def raised(it: Watched, *, tell: bool = True) -> int:
    """An alarm that is to be said, as a ring would raise it; its number. Without `tell` nobody will hear of it."""
    async with it.bot.db.write() as tx:
        case = await cases.get(tx, 1)
        values = {
            "case_id": 1, "step": "assign", "level": "nudge", "occurrence": 99, "due_at": tx.now, "raised_at": tx.now,
            "spoken": True,
        }  # fmt: skip
        await tx.conn.execute(sa.insert(alarms).values(**values))
        (row,) = await store_alarms.of_case(tx, 1)
        if tell:
            await ringing.tell(tx, it.bot.house, {1: case}, [row])
    return row.id


async def test_an_action_that_nobody_would_be_asked_about(sqlite_db: str, tmp_path: Path) -> None:
    """Before its day, on its day, and no more once somebody was asked."""
    async with watched(sqlite_db, tmp_path) as it:
        acting = Acting(it)
        case = await owned(acting)
        await logs(acting, PRIYA, case, "action")
        of_follow_up = timers.c.kind == TimerKind.FOLLOW_UP.value
        (before,) = await rows(it, timers, of_follow_up)
        assert await found(it.bot.auditor) == {}
        await change(it, sa.delete(timers).where(of_follow_up))
        assert await found(it.bot.auditor) == {Finding.FOLLOW_UP: 1}
        assert (await rows(it, timers, of_follow_up))[0]["due_at"] == before["due_at"]
        await change(it, sa.delete(timers).where(of_follow_up))
        await later(acting, days=33)
        assert (await found(it.bot.auditor))[Finding.FOLLOW_UP] == 1
        await it.workspace.until(lambda: any("did the action hold?" in words_of(dm) for dm in it.workspace.dms(PRIYA)))
        await settled(it)
        assert Finding.FOLLOW_UP not in await found(it.bot.auditor)


async def test_an_alarm_that_would_reach_nobody_is_told(database_url: str, tmp_path: Path) -> None:
    async with watched(database_url, tmp_path) as it:
        await opened(it)
        number = await raised(it, tell=False)
        assert await found(Auditor(it.bot.db, it.bot.house)) == {Finding.UNTOLD: 1}
        told = await rows(it, notice_rows)
        assert {(row["alarm_id"], row["case_id"]) for row in told} == {(number, 1)}
        assert {row["user_id"] for row in told} == {"U0MARCUS"}
        assert await found(Auditor(it.bot.db, it.bot.house)) == {}


@pytest.mark.parametrize(
    "over",
    [
        sa.update(alarms).values(closed_at=alarms.c.raised_at),
        sa.update(alarms).values(spoken=False),
        sa.update(case_rows).values(programme="of-another-policy"),
        sa.update(case_rows).values(state="closed"),
    ],
    ids=["closed", "covered", "no programme", "case closed"],
)
async def test_an_alarm_that_concerns_nobody_is_not_told(watch: Watched, over: sa.Update) -> None:
    await opened(watch)
    await raised(watch, tell=False)
    await change(watch, over)
    await change(watch, sa.delete(timers))
    assert Finding.UNTOLD not in await found(watch.bot.auditor)
    assert await rows(watch, notice_rows) == []


async def test_what_nobody_says_is_said(database_url: str, tmp_path: Path) -> None:
    async with watched(database_url, tmp_path) as it:
        it.bot.speaker.stop()
        await until(lambda: all(task.done() for task in it.bot._tasks if task.get_name() == "speaker"))
        await opened(it)
        await raised(it)
        patience = timedelta(minutes=15 + it.bot.house.policy.escalation.digest_minutes)
        async with it.bot.db.write() as tx:
            await tx.conn.execute(sa.update(notice_rows).values(speak_at=tx.now - patience + timedelta(minutes=1)))
        assert await found(it.bot.auditor) == {}
        async with it.bot.db.write() as tx:
            await tx.conn.execute(sa.update(notice_rows).values(speak_at=tx.now - patience - timedelta(seconds=1)))
        assert await found(it.bot.auditor) == {Finding.UNSAID: 1}
        (bulletin,) = await rows(it, bulletins, bulletins.c.kind == "alerts")
        assert (await rows(it, notice_rows))[0]["bulletin_id"] == bulletin["id"]
        assert (await row_of(it.bot.db, f"bulletin:U0MARCUS:{bulletin['id']}")).rank == 0
        assert await found(it.bot.auditor) == {}


@pytest.mark.parametrize(("kind", "rank"), [(BulletinKind.ALERTS, 0), (BulletinKind.MORNING, 2)])
async def test_a_message_that_is_in_no_outbox_is_sent(
    database_url: str, tmp_path: Path, kind: BulletinKind, rank: int
) -> None:
    async with watched(database_url, tmp_path) as it:
        async with it.bot.db.write() as tx:
            number = await notices.make_bulletin(tx, "U0MARCUS", kind)
            old = await notices.make_bulletin(tx, "U0MARCUS", kind)
            await tx.conn.execute(
                sa.update(bulletins).where(bulletins.c.id == old).values(said_at=tx.now - timedelta(days=8))
            )
            # Figures that somebody showed to a channel have a surface of their own.
            await shares.add(tx, "C0RELATIONAL", "Relational, Q4 2026", [])
        assert await found(it.bot.auditor) == {Finding.UNSENT: 1}
        assert (await row_of(it.bot.db, f"bulletin:U0MARCUS:{number}")).rank == rank
        assert await found(it.bot.auditor) == {}


async def test_a_card_that_is_behind_or_missing_is_drawn(database_url: str, tmp_path: Path) -> None:
    async with watched(database_url, tmp_path) as it:
        await opened(it)
        await opened(it, email="lee@fabrikam.example")
        # The owner changes behind everybody's back; and a card was never asked for.
        async with it.bot.db.write() as tx:
            await tx.conn.execute(
                sa.update(case_rows).where(case_rows.c.id == 1).values(urgency_why="somebody said so")
            )
            await tx.conn.execute(
                sa.update(case_rows).where(case_rows.c.id == 1).values(owner="U0JEN", state="claimed")
            )
            await tx.conn.execute(sa.delete(outbox).where(outbox.c.surface == "case:2"))
        auditor = Auditor(it.bot.db, it.bot.house)
        assert (await found(auditor))[Finding.CARDS] == 2
        await settled(it)
        assert any("U0JEN" in words_of(card) for card in it.cards())
        assert (await row_of(it.bot.db, "case:2")).ts
        assert Finding.CARDS not in await found(Auditor(it.bot.db, it.bot.house))
        assert not [words for words in map(words_of, it.workspace.dms(SAM)) if "ard" in words]


async def test_cards_are_looked_at_page_by_page(watch: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.auditor.CARDS", 3)
    for number in range(3):
        await opened(watch, email=f"c{number}@customer.example", account_id=f"acc-{number}")
    many = len(await rows(watch, events))
    assert many > 3
    await change(watch, sa.update(outbox).values(shown_hash="another"))
    auditor = Auditor(watch.bot.db, watch.bot.house)
    seen = 0
    for _ in range(many // 3 + 1):
        seen += (await found(auditor)).get(Finding.CARDS, 0)
        await settled(watch)
    assert seen == 3


async def test_open_cases_are_looked_at_page_by_page(watch: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.auditor.PAGE", 2)
    for number in range(5):
        await opened(watch, email=f"c{number}@customer.example", account_id=f"acc-{number}")
    auditor = Auditor(watch.bot.db, watch.bot.house)
    for _ in range(3):  # a whole round, so that the next one begins in front
        assert await found(auditor) == {}
    await change(watch, sa.update(timers).values(due_at=watch.bot.clock.now() + timedelta(days=90)))
    assert [(await found(auditor)).get(Finding.CLOCK, 0) for _ in range(4)] == [2, 2, 1, 0]


async def test_a_delivery_that_nobody_understands_wakes_its_worker_and_is_told(watch: Watched) -> None:
    await until(lambda: any(task.get_name() == "receipts" for task in watch.bot._tasks))
    watch.bot.receipts.stop()
    await until(lambda: all(task.done() for task in watch.bot._tasks if task.get_name() == "receipts"))
    await watch.answers()
    assert await found(watch.bot.auditor) == {}
    async with watch.bot.db.write() as tx:
        await tx.conn.execute(sa.update(deliveries).values(received_at=tx.now - timedelta(minutes=11)))
    await watch.bot.db.bells.wait("receipts", 0)
    assert await found(watch.bot.auditor) == {Finding.RECEIPTS: 1}
    assert watch.bot.db.bells._bells["receipts"].is_set()
    assert (await watch.readyz())[0] == 200
    async with watch.bot.db.write() as tx:
        await tx.conn.execute(sa.update(deliveries).values(received_at=tx.now - timedelta(minutes=16)))
    status, body = await watch.readyz()
    assert status == 503
    assert body["problems"][0].startswith("A delivery waits since ")


async def test_a_look_that_fails_stops_no_other(
    watch: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await opened(watch)
    await change(watch, sa.delete(timers))

    async def fails(*_: object) -> int:
        raise RuntimeError("the first look")

    monkeypatch.setattr("store.watching.audits.untold", fails)
    await watch.bot.auditor.beat()
    assert watch.bot.auditor.last is not None
    assert watch.bot.auditor.last.failed == ("untold",)
    assert watch.bot.auditor.last.found == {Finding.CLOCK: 1}
    assert "the auditor could not look at untold" in caplog.text
    assert not await watch.bot.all_is_well()


async def test_who_was_asked_is_found_without_reading_every_message(database_url: str, tmp_path: Path) -> None:
    """Whoever it was: somebody in Slack, an owner nobody knows, or nobody; and not who was asked something like it."""
    async with watched(database_url, tmp_path) as it:
        await opened(it)
        await change(it, sa.update(case_rows).values(owner="U0STRANGER", state="claimed"))
        for user, is_found in (("U0PRIYA", True), ("U0STRANGER", True), ("", True), ("U0NOBODY", False)):
            for about, right in (("1:2:0", is_found), ("1:2:1", False), ("1:20:0", False), ("11:2:0", False)):
                async with it.bot.db.write() as tx:
                    surface = f"prompt:{user}:case:{about}"
                    values = {"surface": surface, "target": user, "rank": 0, "wanted_at": tx.now, "stopped": True}
                    await tx.conn.execute(sa.insert(outbox).values(**values))
                    assert await audits.was_asked(tx, 1, 2, 0) is right, surface
                    await tx.conn.execute(sa.delete(outbox).where(outbox.c.surface == surface))
        if not it.bot.db.postgres:  # which reads the whole table while it is as small as here
            query = audits._WAS_ASKED.params(case_id=1, about="").compile(compile_kwargs={"literal_binds": True})
            async with it.bot.db.read() as tx:
                plan = [row[3] for row in await tx.conn.execute(sa.text(f"EXPLAIN QUERY PLAN {query}"))]
            assert [line.partition(" USING ")[0] for line in plan if "outbox" in line] == ["SEARCH outbox"]


async def test_two_auditors_at_the_same_moment_repair_once(database_url: str, tmp_path: Path) -> None:
    async with watched(database_url, tmp_path) as it:
        await opened(it)
        number = await raised(it, tell=False)
        await change(it, sa.delete(timers))
        both = [Auditor(it.bot.db, it.bot.house) for _ in range(2)]
        await asyncio.gather(*(auditor.beat() for auditor in both))
        assert len(await rows(it, timers, timers.c.kind == TimerKind.CLOCK.value)) == 1
        assert len(await rows(it, notice_rows, notice_rows.c.alarm_id == number)) == 1
        await settled(it)
        said = [words for words in map(words_of, it.workspace.dms(SAM)) if "looks over its own work" in words]
        assert len(said) == len(set(said))


def test_every_finding_has_its_sentence() -> None:
    assert set(SENTENCES) == {kind.value for kind in Finding} - {Finding.CARDS.value}
    assert all("{many}" in sentence and "!" not in sentence for sentence in SENTENCES.values())


async def test_an_audit_is_a_line_for_each_kind(watch: Watched, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await opened(watch)
    await change(watch, sa.delete(timers))
    await found(watch.bot.auditor)
    assert [record.getMessage() for record in caplog.records if record.name == "scheduler.auditor"] == [
        "audit: clock: 1"
    ]
