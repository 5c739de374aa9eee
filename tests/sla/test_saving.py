"""Whatever changes a case, its deadlines follow on the row: limits from the tier, hours from the owner, pauses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.flows.cases import casework, intake, steps
from bot.flows.cases.casework import Asker
from bot.flows.cases.saving import save, timed
from bot.flows.cases.steps import Seen
from bot.flows.watching import reporting
from recovery.cases.case import Case, Change, EventKind, Outcome, State
from recovery.cases.folding import fold
from recovery.cases.ladder import commit_action, correct, log_follow_up
from recovery.cases.step_rules import step_rules
from recovery.clock.sla import Calendars, retimed
from recovery.clock.waiting import pause, resume, snooze
from recovery.policy.file import PauseRules, load_policy
from recovery.survey import Contact
from store.cases import cases
from store.errors import Stale
from tests.clock.clocked import JEN, MARCUS, PRIYA, Clocked, house_of
from tests.recovery.policies import SOUND, account, answer
from tests.recovery.step_values import BROKEN, DAY, PROMISE, RULES, SUBMITTED, Book

OWN_HOURS = """
[calendars.bangalore]
zone = "Asia/Kolkata"
mon = ["10:00-19:00"]
tue = ["10:00-19:00"]
sat = ["10:00-19:00"]

[people."PRIYA@acme.example"]
calendar = "bangalore"

[tiers.low]
name = "Low value"
acv_below = 5000
outreach = "16 business hours"
skip = ["conversation", "action"]
"""
HOUR = timedelta(hours=1)
WHY = "Dana is on leave."


@pytest.fixture
def house(here: Clocked) -> Clocked:
    here.house.policy = load_policy(SOUND + OWN_HOURS)
    return here


async def low(here: Clocked) -> Case:
    return await here.opens(account=account(acv=Decimal(100)))


async def stored(here: Clocked, case: Case) -> Case:
    """The case as its row is, which is what its history amounts to."""
    async with here.db.read() as tx:
        found, history = await cases.get(tx, case.id), await cases.history(tx, case.id)
    programme = here.house.policy.programmes[found.programme]
    assert fold(history, step_rules(here.house.policy, programme, found.sla)) == found.progress
    return found


async def saved(here: Clocked, change: Change) -> Case:
    async with here.db.write() as tx:
        await save(tx, here.house, change)
    return await stored(here, change.case)


async def test_a_case_is_opened_with_the_limits_of_its_tier(house: Clocked) -> None:
    case = await stored(house, await low(house))
    assert (case.sla.tier, case.sla.outreach, case.sla.assign) == ("low", "16 business hours", "4 business hours")
    assert case.sla.skipped == ("conversation", "action", "follow_up")
    assert (case.deadlines.conversation, case.deadlines.action) == (None, None)
    assert '(tier "Low value")' in case.deadlines.outreach_why
    usual = await stored(house, await house.opens())
    assert (usual.sla.tier, usual.sla.outreach, usual.sla.skipped) == ("", "48 hours", ())


async def test_a_new_policy_leaves_open_cases_as_they_are(house: Clocked) -> None:
    case = await low(house)
    house.house.policy = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "6h"'))
    async with house.db.write() as tx:
        await casework.claim(tx, house.house, case.id, Asker(JEN))
    found = await stored(house, case)
    assert (found.deadlines, found.sla) == (case.deadlines, case.sla)


async def again(here: Clocked, case: Case, **changes: object) -> Case:
    """The same customer answers once more, or tells more of themselves."""
    number = case.id - 1
    contact = Contact(f"c{number}@x.example", f"Customer {number}", f"c{number}@x.example")
    here.clock.move(hours=1)
    given = answer(**{"contact": contact, "responded_at": here.clock.at, "version_at": here.clock.at, **changes})
    async with here.db.write() as tx:
        await intake.take_in(tx, here.house, given, tx.now)
    return await stored(here, case)


async def test_what_becomes_known_later_puts_the_case_into_its_tier(house: Clocked) -> None:
    urgent = '\n[tiers.urgent]\nname = "Urgent"\nurgency = "critical"\noutreach = "5h"\n'
    house.house.policy = load_policy(SOUND + urgent + OWN_HOURS)
    case = await house.opens(account=account())
    assert case.sla.tier == ""
    poor = await again(house, case, response_id="r0", responded_at=case.submitted_at, account=account(acv=Decimal(100)))
    assert (poor.sla.tier, poor.deadlines.conversation) == ("low", None)
    leaving = await again(house, case, response_id="later", verbatim="We cancel our contract.", account=account())
    assert (leaving.sla.tier, leaving.urgency) == ("urgent", "critical")
    assert leaving.deadlines.outreach == case.submitted_at + 5 * HOUR
    assert leaving.deadlines.conversation == case.deadlines.conversation


async def test_news_that_say_nothing_new_leave_the_limits_that_a_case_was_opened_with(house: Clocked) -> None:
    case = await house.opens(account=account())
    house.house.policy = load_policy(SOUND.replace('outreach = "48h"', 'outreach = "6h"'))
    found = await again(house, case, response_id="later", verbatim="Still slow.")
    assert (found.sla, found.deadlines) == (case.sla, case.deadlines)


async def test_an_owner_with_hours_of_their_own_moves_what_counts_hours(house: Clocked) -> None:
    case = await low(house)
    async with house.db.write() as tx:
        await casework.claim(tx, house.house, case.id, Asker(JEN))
    assert (await stored(house, case)).deadlines == case.deadlines
    async with house.db.write() as tx:
        await casework.assign(tx, house.house, case.id, PRIYA, Asker(MARCUS))
    theirs = await stored(house, case)
    # Monday 09:00 UTC is 14:30 there: four and a half hours, Tuesday nine, the rest on Saturday.
    assert theirs.deadlines.outreach == datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
    assert 'the calendar "bangalore"' in theirs.deadlines.outreach_why
    async with house.db.write() as tx:
        await casework.release(tx, house.house, case.id, Asker(PRIYA))
    assert (await stored(house, case)).deadlines.outreach == case.deadlines.outreach


async def test_a_deadline_that_was_missed_stays_missed_in_other_hands(house: Clocked) -> None:
    case = await low(house)
    house.clock.move(days=3)
    assert case.deadlines.outreach < house.clock.at
    for to in (PRIYA, JEN):
        async with house.db.write() as tx:
            await casework.assign(tx, house.house, case.id, to, Asker(MARCUS))
        assert (await stored(house, case)).deadlines.outreach == case.deadlines.outreach
    async with house.db.write() as tx:
        await casework.release(tx, house.house, case.id, Asker(JEN))
    assert (await stored(house, case)).deadlines.outreach == case.deadlines.outreach


async def test_a_pause_in_other_hands_does_not_move_what_was_missed(house: Clocked) -> None:
    case = await low(house)
    house.clock.move(days=3)
    async with house.db.write() as tx:
        mine = await casework.assign(tx, house.house, case.id, PRIYA, Asker(MARCUS))
    rules = house.house.policy.pause
    paused = await saved(house, pause(mine, house.clock.at + 5 * HOUR, WHY, PRIYA, house.clock.at, rules))
    assert paused.deadlines.outreach == case.deadlines.outreach
    resumed = await saved(house, resume(paused, PRIYA, house.clock.at))
    assert resumed.deadlines.outreach == case.deadlines.outreach


async def test_a_release_gives_the_next_owner_their_time(house: Clocked) -> None:
    case = await house.opens()
    async with house.db.write() as tx:
        await casework.claim(tx, house.house, case.id, Asker(JEN))
    house.clock.move(days=1)
    async with house.db.write() as tx:
        await casework.release(tx, house.house, case.id, Asker(JEN))
    freed = await stored(house, case)
    assert freed.deadlines.assign == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert (freed.progress.hands, freed.progress.held_since, freed.progress.freed_at) == (1, None, house.clock.at)


async def test_who_does_not_act_loses_the_case_to_the_channel(house: Clocked) -> None:
    case = await house.opens()
    async with house.db.write() as tx:
        taken = await casework.claim(tx, house.house, case.id, Asker(JEN))
    async with house.db.write() as tx:
        await casework.take_back(tx, house.house, taken, "Nobody had tried to reach the customer.")
    freed = await stored(house, case)
    assert (freed.state, freed.owner) == (State.OPEN, "")
    assert freed.routing.user != JEN
    async with house.db.read() as tx:
        event = (await cases.history(tx, case.id))[-1]
    assert (event.kind, event.actor, event.before) == (EventKind.RELEASED, "winback", JEN)
    with pytest.raises(Stale):
        async with house.db.write() as tx:
            await casework.take_back(tx, house.house, taken, "Twice.")


async def test_a_pause_is_on_the_row_with_everything_that_follows(house: Clocked) -> None:
    case = await house.opens()
    async with house.db.write() as tx:
        taken = await casework.claim(tx, house.house, case.id, Asker(JEN))
    rules, at = PauseRules(), house.clock.at
    waits = await saved(house, pause(taken, at + 48 * HOUR, WHY, JEN, at, rules))
    assert waits.deadlines.outreach == case.deadlines.outreach + 48 * HOUR
    assert waits.progress.pauses[0].reason == WHY
    house.clock.move(hours=5)
    quiet = await saved(house, snooze(waits, house.clock.at + HOUR, WHY, JEN, house.clock.at, rules))
    assert quiet.deadlines == waits.deadlines
    back = await saved(house, resume(quiet, JEN, house.clock.at))
    assert back.deadlines.outreach == case.deadlines.outreach + 5 * HOUR
    assert back.progress.pauses[0].ended_at == house.clock.at
    async with house.db.write() as tx:
        await steps.close(tx, house.house, Seen(case.id, back.version), Outcome.CHURNED, "They left.", Asker(JEN))
    closed = await stored(house, case)
    assert closed.progress.snoozed_until is None


async def test_the_owner_is_due_from_the_card_not_from_the_answer(house: Clocked) -> None:
    case = await house.opens()
    house.clock.move(hours=2)
    async with house.db.write() as tx:
        await reporting.posted(tx, house.house, f"case:{case.id}")
    shown = await stored(house, case)
    assert shown.deadlines.assign == case.deadlines.assign + 2 * HOUR
    assert shown.deadlines.outreach == case.deadlines.outreach


async def test_the_row_says_what_the_rules_say(house: Clocked) -> None:
    case = await low(house)
    async with house.db.write() as tx:
        await casework.claim(tx, house.house, case.id, Asker(PRIYA))
    found = await stored(house, case)
    policy = house.house.policy
    programme = policy.programmes["relational"]
    calendars = Calendars(policy.calendars["office"], policy.calendars["bangalore"], ZoneInfo("Europe/London"))
    assert house.house.calendars(found, programme) == calendars
    assert retimed(policy, programme, calendars, found) == found
    assert house.house.calendars(replace(found, owner=""), programme) == Calendars(*[policy.calendars["office"]] * 2)


def test_a_new_action_that_begins_late_has_its_pauses_and_one_that_was_missed_stays_missed() -> None:
    """Broken on day 15, and ten days of waiting from there: fourteen days of the limit are over on day 39."""
    house, book, at = house_of(), Book(), SUBMITTED + 30 * DAY
    broken = replace(BROKEN, happened_at=SUBMITTED + 15 * DAY)
    book.save(commit_action(book.case, PROMISE, PRIYA, SUBMITTED + 4 * DAY, RULES))
    book.save(pause(book.case, SUBMITTED + 25 * DAY, WHY, PRIYA, SUBMITTED + 15 * DAY, PauseRules()))
    book.save(timed(house, log_follow_up(book.case, broken, PRIYA, at, RULES)))
    assert book.case.progress.action_again_due == SUBMITTED + 39 * DAY
    earlier = replace(broken, happened_at=SUBMITTED + 14 * DAY)
    moved = timed(house, correct(book.case, book.history, 4, earlier, "", PRIYA, at, RULES))
    assert moved.case.progress.action_again_due == SUBMITTED + 38 * DAY
    same = replace(broken, evidence="Dana wrote so.")
    noted = timed(house, correct(book.case, book.history, 4, same, "", PRIYA, SUBMITTED + 45 * DAY, RULES))
    assert noted.case.progress.action_again_due == SUBMITTED + 39 * DAY
