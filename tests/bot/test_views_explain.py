"""`/nps explain`: rule, start, calendar, pauses and result of each step, whatever the case has been through."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.explain import Coming, Explained, TierReason, explain_answer, explain_usage
from bot.views.silence import Silence
from recovery.cases.brief import Brief
from recovery.cases.case import Sla
from recovery.cases.progress import Pause, Progress
from recovery.cases.rungs import ladder_view
from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from recovery.clock.tiers import Reason
from tests.support.briefs import BROKEN, CLAIMED, COMMITTED, CONTACTED, HELD, NOW, WITHDRAWN, at_step, briefs
from tests.support.reading import read
from tests.support.slack_limits import message_problems

HOUR = timedelta(hours=1)
URGENT = Reason("urgency", "critical", "critical", fits=True)
SMALL = Reason("acv_below", "5000", "180000", fits=False)
UNKNOWN = Reason("segments", "enterprise", "", fits=False)


def explained(brief: Brief, **changes: object) -> Explained:
    rungs = tuple(rung for rung in ladder_view(brief.case, brief.at) if rung.step is not Step.FLAG)
    name = brief.account.name if brief.account else brief.answer.contact.name
    whole = Explained(brief.case, name, rungs, "", (), None, (), timedelta(days=21), brief.at)
    return replace(whole, **changes)  # type: ignore[arg-type] - tests name fields freely


def test_each_step_says_its_rule_and_how_it_stands() -> None:
    brief = at_step(CONTACTED, after=timedelta(days=8))
    assert read(explain_answer(explained(brief)).blocks) == [
        "Why case 42, Northwind Traders, is due when it is:",
        "No tier of the policy fits it, so the limits of the ladder count.",
        "*Owner:* done Sat 21 Nov, 12:05 UTC, in time",
        "4 business hours after the card",
        "*Outreach:* done Sat 21 Nov, 15:05 UTC, in time",
        "48 hours after the answer",
        "*Conversation:* overdue since Sat 28 Nov, 11:58 UTC, by 24 h",
        "7 days after the answer",
        "*Action:* due Sat 5 Dec, 11:58 UTC",
        "14 days after the answer",
        "*Follow-up:* its time starts when an action is committed",
        "*What comes next:* nothing by itself.",
    ]


def test_a_tier_says_which_keys_fit_and_which_tiers_come_first() -> None:
    case = replace(CLAIMED.case, sla=Sla(tier="board", skipped=("conversation", "action", "follow_up")))
    look = explain_answer(
        explained(
            replace(CLAIMED, case=case),
            tier="Board",
            reasons=(URGENT, replace(SMALL, key="acv_from", asked="500000")),
            unfit=(TierReason("Low", SMALL), TierReason("Named", UNKNOWN)),
            today="",
        )
    )
    shown = read(look.blocks)
    assert shown[1:7] == [
        "Its limits are those of the tier *Board*, because:",
        "• the urgency is critical (asked: critical)",
        "• the ACV was 500000 or more when the case was opened; today it is 180000",
        "Not “Low”: the ACV is 180000, and it asks for less than 5000.",
        "Not “Named”: the segment is not known, and it asks for enterprise.",
        "Today's policy has no tier for it; `winback policy apply` changes open cases.",
    ]
    assert shown[-4:-1] == [
        f"*{name}:* not needed; its tier does without it" for name in ("Conversation", "Action", "Follow-up")
    ]


def test_pauses_and_a_snooze_are_listed_with_their_sum() -> None:
    pauses = (
        Pause(NOW, NOW + 5 * HOUR, "Out of office."),
        Pause(NOW + 10 * HOUR, NOW + 90 * HOUR, "On leave.", ended_at=NOW + 12 * HOUR),
    )
    progress = Progress(pauses=pauses, snoozed_until=NOW + 97 * HOUR, snooze_why="Fair week.")
    assert read(explain_answer(explained(at_step(progress))).blocks)[-4:] == [
        "Waiting on the customer: 7 h in all, which don't count (at most 21 days).",
        "• Sat 21 Nov, 12:05 UTC to Sat 21 Nov, 17:05 UTC: Out of office.",
        "• Sat 21 Nov, 22:05 UTC to Sun 22 Nov, 00:05 UTC: On leave.",
        "Snoozed until Wed 25 Nov, 13:05 UTC, the deadlines stay as they are: Fair week.",
    ]
    over = explained(at_step(progress), at=NOW + 98 * HOUR)
    assert "Snoozed" not in str(explain_answer(over))


def test_what_comes_next_says_what_when_and_to_whom() -> None:
    brief = at_step(Progress())
    monday = NOW + 48 * HOUR
    coming = (
        Coming(Level.NUDGE, Step.OUTREACH, NOW + HOUR, ((NOW + HOUR, ("U0PRIYA",)),)),
        Coming(Level.IDLE_RELEASE, Step.OUTREACH, NOW + 3 * HOUR),
        Coming(Level.BREACH, Step.ACTION, NOW + 2 * HOUR, ((NOW + 2 * HOUR, ("U0PRIYA", "U0JEN")), (monday, ("C0X",)))),
    )
    (said,) = (
        block["text"]["text"]
        for block in explain_answer(explained(brief, coming=coming)).blocks
        if block["block_id"] == "explain:coming"
    )
    at = [f"<!date^{int((NOW + hours * HOUR).timestamp())}^" for hours in (1, 3, 2, 48)]
    lines = said.split("\n")
    assert lines[0] == "*What comes next* if nothing happens:"
    assert lines[1].startswith(f"• first reminder of outreach: {at[0]}")
    assert lines[1].endswith(" to <@U0PRIYA>")
    assert lines[2].startswith(
        f"• the case goes back to its channel if nobody has tried to reach the customer: {at[1]}"
    )
    assert lines[2].endswith(">")
    assert lines[3].startswith(f"• the action is overdue: {at[2]}")
    assert " to <@U0PRIYA>, <@U0JEN>; " in lines[3]
    assert at[3] in lines[3]
    assert lines[3].endswith(" to <#C0X>")


@pytest.mark.parametrize(("pause", "kept"), [(True, "paused"), (False, "snoozed")])
def test_a_case_that_is_kept_silent_says_until_when(pause: bool, kept: str) -> None:
    silence = Silence(NOW + 48 * HOUR, "Dana is on holiday.", pause=pause)
    coming = (Coming(Level.NUDGE, Step.OUTREACH, NOW),)
    said = read(explain_answer(explained(at_step(Progress()), silence=silence, coming=coming)).blocks)
    assert (
        f"*What comes next:* nothing until Mon 23 Nov, 12:05 UTC, because the case is {kept}. Then the clock goes on."
    ) in said
    assert "reminder" not in str(said)


def test_a_closed_case_has_nothing_ahead() -> None:
    assert "What comes next" not in str(explain_answer(explained(WITHDRAWN)))


def test_a_closed_case_and_one_that_broke() -> None:
    assert "not needed; the case closed without it" in str(explain_answer(explained(WITHDRAWN)))
    said = str(explain_answer(explained(at_step(BROKEN, after=timedelta(days=40)))))
    assert "New action due 14 days after the last one broke." in said
    assert "overdue since" in said
    assert "done" in str(explain_answer(explained(at_step(HELD))))


def test_no_number_is_asked_for() -> None:
    assert read(explain_usage().blocks) == ["Which case? Type its number, for example `/nps explain 42`."]


words = st.text(max_size=600)


@settings(max_examples=60, deadline=None)
@given(briefs(), words, words, st.integers(0, 40), st.sampled_from([COMMITTED, BROKEN, HELD, Progress()]))
def test_any_case_fits_slack_and_nobody_is_called(
    brief: Brief, name: str, said: str, pauses: int, progress: Progress
) -> None:
    found = tuple(Pause(NOW + n * HOUR, NOW + (n + 1) * HOUR, said) for n in range(pauses))
    quiet = replace(progress, pauses=found, snoozed_until=NOW + 1000 * HOUR, snooze_why=said)
    why = replace(brief.case.deadlines, outreach_why=said * 5, assign_why=said, conversation_why=f"{said}<!channel>")
    about = explained(
        replace(brief, case=replace(brief.case, progress=quiet, deadlines=why)),
        account_name=f"{name}<!channel><@U0PRIYA>",
        tier=name or "x",
        reasons=(Reason("plans", said, name, fits=True), SMALL),
        unfit=tuple(TierReason(name, replace(UNKNOWN, asked=said)) for _ in range(5)),
        today=name,
    )
    look = explain_answer(about)
    assert message_problems(look) == []
    assert "<!channel>" not in str(look)
    assert "<@U0PRIYA>" not in str(look)
