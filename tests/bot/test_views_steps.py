"""The modals of the steps: what they ask, what stands in them, what they say when a case moved meanwhile."""

from collections.abc import Iterator, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.views import fields
from bot.views.ids import (
    ActionId,
    BlockId,
    CallbackId,
    challenged_block,
    metadata,
    read_challenged,
    read_entry,
    read_metadata,
)
from bot.views.look import Block
from bot.views.steps import pausing
from bot.views.steps.action import action
from bot.views.steps.conversation import conversation
from bot.views.steps.correcting import correct, correction
from bot.views.steps.detractor import detractor
from bot.views.steps.ending import close, reopen
from bot.views.steps.follow_up import follow_up
from bot.views.steps.frame import moved, refused
from bot.views.steps.outreach import draft_of, outreach
from bot.views.steps.slipping import partner_slips
from recovery.cases.brief import Brief
from recovery.cases.case import Event, EventKind, Outcome
from recovery.cases.commitment import Challenge
from recovery.cases.evidence import from_details, to_details
from recovery.cases.folding import Logged
from recovery.cases.steps import (
    Action,
    ActionKind,
    Channel,
    Conversation,
    Entry,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
)
from recovery.errors import UnknownCase
from recovery.policy.clock import PauseRules
from recovery.policy.steps import DRAFT, ROOT_CAUSES
from recovery.survey import Contact
from tests.recovery.step_values import RULES
from tests.support.briefs import (
    ANSWER,
    BRIEF,
    BROKEN,
    CLAIMED,
    COMMITTED,
    CONTACTED,
    HELD,
    HOSTILE,
    NOW,
    SLIPPED,
    TALKED,
    WITHDRAWN,
    at_step,
    briefs,
    moments,
    texts,
)
from tests.support.reading import read
from tests.support.slack_limits import parsed_texts, view_problems

LATER = NOW + timedelta(days=4)
SECONDS = int(LATER.timestamp())
CONTEXT = [
    "🟡 2 · Northwind Traders · $180k · renews in 83 days",
    "Dana Okafor",
    "❝ Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives.",
]
GREEN = ["🟢" + CONTEXT[0][1:], *CONTEXT[1:]]
CALL = Outreach(Channel.CALL, NOW, OutreachResult.MEETING_BOOKED, "She will talk.", NOW + timedelta(days=6))
TALK = Conversation(NOW, "Dana", "A long talk.", "Onboarding", "We need someone technical.", "An engineer.")
PROMISE = Action(
    ActionKind.PROCESS_CHANGE,
    "A named engineer for each start.",
    "U0PRIYA",
    "U0AMARA",
    date(2026, 12, 2),
    ("soon",),
    NOW,
)
HELD_IT = FollowUp(FollowUpResult.HELD, NOW, "Dana sees it.", None, True)
SLIPPED_IT = FollowUp(FollowUpResult.SLIPPED, NOW, "Not there yet.", date(2026, 12, 9))
ENTRIES: tuple[Entry, ...] = (CALL, TALK, PROMISE, HELD_IT, SLIPPED_IT)
VAGUE = (
    Challenge("soon", "“soon” commits nobody. What will be delivered, by whom, by when?", "Kofi credits two months."),
    Challenge("2026-12-26", "Sat 26 Dec 2026 isn't a working day; the next one is Tue 29 Dec 2026.", "…", "due"),
)


def inputs(view: Block) -> dict[str, Block]:
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def titles(view: Block) -> tuple[str, str]:
    return view["title"]["text"], view["submit"]["text"]


def state_of(view: Block) -> Block:
    """What Slack sends when somebody submits the modal as it was opened."""
    return {"values": {name: {"field": _as_sent(block["element"])} for name, block in inputs(view).items()}}


def _as_sent(element: Block) -> Block:
    sent = {
        "plain_text_input": ("value", "initial_value"),
        "static_select": ("selected_option", "initial_option"),
        "users_select": ("selected_user", "initial_user"),
        "datepicker": ("selected_date", "initial_date"),
        "datetimepicker": ("selected_date_time", "initial_date_time"),
        "checkboxes": ("selected_options", "initial_options"),
    }
    key, initial = sent[element["type"]]
    nothing: Any = [] if element["type"] == "checkboxes" else None
    return {"type": element["type"], key: element.get(initial, nothing)}


def test_outreach_has_a_draft_to_copy_and_asks_five_things() -> None:
    brief = at_step(CONTACTED)
    view = outreach(
        brief, currency="USD", draft=draft_of(brief, "Hi {first_name},\n{score}: {quote}\n{sender}", "Priya")
    )
    assert read(view["blocks"]) == [
        *CONTEXT,
        "✔ outreach",
        "So far: 2 attempts (e-mail, call).",
        "A first message to copy:",
        "| Hi Dana,",
        "| 2: Onboarding was a disaster. Four months instead of thirty days. We're evaluating alternatives.",
        "| Priya",
        "How did you get in touch? [▾ Call · Video call · E-mail · Chat · Text message · Visit]",
        "What came of it? [▾ Reached them · Left a message · Booked a meeting · It bounced · They are no longer there]",
        f"When was it? [datetimepicker: {SECONDS}]",
        "What was said? (optional) [plain_text_input]",
        "Two sentences are enough. Leave it empty if the message bounced.",
        "When is the meeting? (optional) [datetimepicker]",
        "Only if you booked one.",
    ]
    assert titles(view) == ("Log outreach", "Log it")
    assert view["callback_id"] == CallbackId.OUTREACH


def test_before_the_first_outreach_the_deadline_is_explained() -> None:
    view = outreach(at_step(CLAIMED.case.progress), currency="USD")
    assert read(view["blocks"])[3:5] == ["Outreach overdue since Mon 23 Nov, 11:58 UTC", "48 hours after the answer"]


def test_conversation_is_filled_in_with_what_is_known() -> None:
    view = conversation(at_step(CONTACTED), currency="USD", root_causes=ROOT_CAUSES[:2])
    assert read(view["blocks"]) == [
        *CONTEXT,
        "Conversation due Sat 28 Nov, 11:58 UTC",
        "7 days after the answer",
        f"When was it? [datetimepicker: {SECONDS}]",
        "With whom did you speak? [plain_text_input: Dana Okafor]",
        "Root cause [▾ Onboarding · Product gap]",
        "The sentence that says it, in their words [plain_text_input]",
        "For example: “It took four months instead of thirty days.”",
        "What do they need to see changed? [plain_text_input]",
        "Notes [plain_text_input]",
    ]
    assert titles(view) == ("Log conversation", "Log it")


@pytest.mark.parametrize(("booked", "initial"), [(LATER - timedelta(hours=2), 7200), (LATER + timedelta(hours=2), 0)])
def test_a_conversation_was_at_the_meeting_that_was_booked(booked: datetime, initial: int) -> None:
    view = conversation(at_step(replace(CONTACTED, meeting_at=booked)), currency="USD", root_causes=["Onboarding"])
    assert inputs(view)["happened_at"]["element"]["initial_date_time"] == SECONDS - initial


def test_action_asks_for_a_deliverable_a_person_a_partner_and_a_date() -> None:
    view = action(at_step(TALKED), currency="USD")
    assert read(view["blocks"]) == [
        *CONTEXT,
        "Action due Sat 5 Dec, 11:58 UTC",
        "14 days after the answer",
        "What kind of action is it? [▾ Fix · Process change · Service recovery · Honest no]",
        "What will the customer have? [plain_text_input]",
        "For example: “Engineering ships CSV export in the May release; Priya demos it on 20 May.”",
        "Who delivers it? [users_select: U0PRIYA]",
        "Who helps, from the team that can change it? [users_select]",
        "They hear of it in a direct message.",
        "By when? [datepicker]",
        "When was it committed? (optional) [datetimepicker]",
        "Leave it empty for now.",
    ]
    assert titles(view) == ("Commit action", "Commit")
    assert read_challenged(view["private_metadata"]) == ()


def test_a_vague_promise_is_challenged_with_its_words_and_can_be_stood_by() -> None:
    typed = {"kind": "fix", "deliverable": "We will fix it soon", "due": "2026-12-26", "person": "U0KOFI"}
    view = action(at_step(TALKED), currency="USD", typed=typed, challenges=VAGUE)
    shown = read(view["blocks"])
    assert shown[5:8] == [
        "• “soon” commits nobody. What will be delivered, by whom, by when?",
        "• Sat 26 Dec 2026 isn't a working day; the next one is Tue 29 Dec 2026.",
        "For example: “Kofi credits two months.”",
    ]
    assert "What will the customer have? [plain_text_input: We will fix it soon]" in shown
    assert "Who delivers it? [users_select: U0KOFI]" in shown
    assert "By when? [datepicker: 2026-12-26]" in shown
    at = shown.index("Keep it as it is? (optional) [☐ I stand by this wording]")
    assert shown[at + 1] == "It is about “soon”, “Sat 26 Dec 2026”. The tick stays in the history."
    assert read_challenged(view["private_metadata"]) == ("soon", "2026-12-26")


def test_the_tick_is_never_set_beforehand() -> None:
    tick = challenged_block([each.words for each in VAGUE])
    typed = {"challenged": "yes", tick: "yes"}
    view = action(at_step(TALKED), currency="USD", typed=typed, challenges=VAGUE)
    assert "initial_options" not in inputs(view)[tick]["element"]
    assert tick not in inputs(action(at_step(TALKED), currency="USD", typed=typed))


def names(view: Block) -> set[str]:
    """The fields that a modal asks for; a tick's block goes on with what it is about."""
    return {name.partition(":")[0] for name in inputs(view)}


def test_other_words_have_a_tick_of_their_own() -> None:
    """Slack keeps what stands in an input whose ids stay: a tick for one wording must not stand by the next."""
    views = [action(at_step(TALKED), currency="USD", challenges=VAGUE[:most]) for most in (1, 2, 2)]
    one, both, again = ({each for each in inputs(view) if each.startswith("challenged")} for view in views)
    assert one != both == again
    assert len(one) == len(both) == 1
    assert all(len(each) <= 255 for each in one | both)


def test_a_promise_that_stands_is_shown_before_it_is_replaced() -> None:
    said = (
        "Promised now: Engineering ships CSV export; Priya demos it to Dana on 2 December. (Wed 2 Dec 2026). "
        "A new action takes its place; it stays in the history."
    )
    shown = read(action(at_step(COMMITTED), currency="USD")["blocks"])
    assert said in shown
    assert "Who helps, from the team that can change it? [users_select: U0AMARA]" in shown
    assert said not in read(action(at_step(BROKEN), currency="USD")["blocks"])


def test_follow_up_shows_the_promise_and_takes_a_quick_answer() -> None:
    view = follow_up(at_step(COMMITTED), currency="USD", typed={"result": "held"})
    assert read(view["blocks"]) == [
        *GREEN,
        "Follow-up due Thu 24 Dec, 12:05 UTC",
        "Fix, due Wed 2 Dec 2026: @U0PRIYA with @U0AMARA",
        "Engineering ships CSV export; Priya demos it to Dana on 2 December.",
        "Follow-up due 30 days after the action was committed.",
        "Did it hold? [▾ Held✓ · Slipped · Broken]",
        "How do you know? [plain_text_input]",
        "For example: “Dana sees the export in her account and uses it each Monday.”",
        f"When did you ask? [datetimepicker: {SECONDS}]",
        "New date (optional) [datepicker]",
        "Only if it slipped.",
        "Next survey (optional) [☐ Ask them again in the next survey]",
    ]


def test_follow_up_without_an_action_says_so() -> None:
    assert "No action is committed at the moment." in read(follow_up(at_step(TALKED), currency="USD")["blocks"])


def test_close_offers_what_fits_and_explains_the_rest() -> None:
    view = close(at_step(TALKED), currency="USD", rules=RULES)
    shown = read(view["blocks"])
    assert shown[4] == "How did it end? [▾ Not recovered · Churned]"
    assert shown[5:9] == [
        "In a few words, why? (optional) [plain_text_input]",
        "It stays in the history. Recovered and unreachable need no reason: the steps say it.",
        "Not possible yet:",
        "• Recovered: Recovered needs an action that held. Commit one, and follow up on it first.",
    ]
    assert [line.partition(":")[0] for line in shown[8:]] == ["• Recovered", "• Honest no accepted", "• Unreachable"]


def test_only_a_lead_is_offered_withdrawn_and_duplicate() -> None:
    shown = read(close(at_step(HELD), currency="USD", rules=RULES, lead=True)["blocks"])
    assert "How did it end? [▾ Recovered · Not recovered · Churned · Withdrawn · Duplicate]" in shown
    offered = inputs(close(at_step(HELD), currency="USD", rules=RULES))["outcome"]["element"]["options"]
    assert {option["value"] for option in offered} == {
        Outcome.RECOVERED.value,
        Outcome.NOT_RECOVERED.value,
        Outcome.CHURNED.value,
    }


def test_reopen_says_how_it_ended_and_asks_why() -> None:
    view = reopen(WITHDRAWN, currency="USD")
    assert read(view["blocks"])[3:] == [
        "*Withdrawn*",
        "Why does it go on? [plain_text_input]",
        "It stays in the history. The case goes back to where it stood.",
    ]
    assert (view["callback_id"], *titles(view)) == (CallbackId.REOPEN, "Reopen the case", "Reopen")


def logged(entries: Sequence[Entry]) -> list[Logged]:
    return [Logged(number, "U0PRIYA", NOW, entry, entry) for number, entry in enumerate(entries, start=4)]


def test_correct_lists_the_entries_newest_first() -> None:
    view = correct(at_step(COMMITTED), logged(ENTRIES), currency="USD")
    assert read(view["blocks"])[4:] == [
        (
            "Which one? [▾ Follow-up · Sat 21 Nov, 12:05 UTC · Slipped✓"
            " · Follow-up · Sat 21 Nov, 12:05 UTC · Held"
            " · Action · Wed 2 Dec 2026 · Process change · A named engineer for each…"
            " · Conversation · Sat 21 Nov, 12:05 UTC · Dana"
            " · Outreach · Sat 21 Nov, 12:05 UTC · Booked a meeting · Call]"
        ),
        "You can change it in the next window. What was logged first stays in the history.",
        "Or was it a mistake? (optional) [☐ Take it out: it was logged by mistake]",
        "Why? (optional) [plain_text_input]",
        "Needed only to take it out.",
    ]
    assert [option["value"] for option in inputs(view)["entry"]["element"]["options"]] == ["8", "7", "6", "5", "4"]


def test_of_very_many_entries_the_newest_can_be_corrected() -> None:
    view = correct(at_step(COMMITTED), logged([CALL] * 250), currency="USD")
    assert view_problems(view) == []
    options = inputs(view)["entry"]["element"]["options"]
    assert (len(options), options[0]["value"], options[-1]["value"]) == (100, "253", "154")
    assert "Only the last 100 can be chosen here; there are 250 entries." in read(view["blocks"])


@pytest.mark.parametrize("entries", [[], [Logged(4, "U0PRIYA", NOW, CALL, None)]])
def test_with_nothing_to_correct_nothing_is_asked(entries: list[Logged]) -> None:
    view = correct(at_step(COMMITTED), entries, currency="USD")
    assert read(view["blocks"]) == ["Nothing has been logged on this case that could be corrected."]
    assert "submit" not in view


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_correction_holds_all_that_was_logged(entry: Entry) -> None:
    """Opened and sent as it stands, it gives the very entry; but for the tick, which is a promise of its own."""
    view = correction(at_step(COMMITTED), logged([entry])[0], currency="USD", root_causes=ROOT_CAUSES)
    assert titles(view) == ("Correct an entry", "Correct it")
    assert read_entry(view["private_metadata"]) == 4
    found = fields.typed_of(state_of(view))
    expected = replace(entry, challenged=()) if isinstance(entry, Action) else entry
    assert from_details({**found, "step": to_details(entry)["step"]}) == expected
    assert "Why is it corrected? (optional) [plain_text_input]" in read(view["blocks"])


def test_what_was_typed_into_a_correction_goes_before_what_was_logged() -> None:
    typed = {"note": "She said yes.", "reason": "wrong note"}
    view = correction(at_step(COMMITTED), logged([CALL])[0], currency="USD", root_causes=[], typed=typed)
    assert inputs(view)["note"]["element"]["initial_value"] == "She said yes."
    assert inputs(view)["reason"]["element"]["initial_value"] == "wrong note"
    assert fields.typed_of(state_of(view))["channel"] == "call"


def test_a_partner_sees_the_promise_and_says_why_it_slips() -> None:
    view = partner_slips(at_step(SLIPPED))
    # Partners have no seat in the channel: neither the score nor the money is theirs to see.
    assert not any("$" in line or "🟢 2" in line or "🔴 2" in line for line in read(view["blocks"]))
    assert read(view["blocks"])[3:] == [
        "Fix, due Mon 4 Jan 2027: @U0PRIYA with @U0AMARA",
        "Engineering ships CSV export; Priya demos it to Dana on 2 December.",
        ("Slipped once, first promised for Wed 2 Dec 2026 · Follow-up due 30 days after the action was committed."),
        "Why, and until when? [plain_text_input]",
        "The owner hears it at once and gives the customer a new date.",
    ]


def test_a_detractor_heard_in_person_needs_a_score_and_their_words() -> None:
    view = detractor([("relational", "Relational"), ("onboarding", "Onboarding")], typed={"verbatim": "It is bad."})
    assert [line for line in read(view["blocks"]) if "[" in line] == [
        (
            "Which score did they give? [▾ 0, not at all likely to recommend us · 1 · 2 · 3 · 4 · 5 · 6 · 7 · 8 · 9 · "
            "10, extremely likely to recommend us]"
        ),
        "What did they say, in their words? [plain_text_input: It is bad.]",
        "Who said it? [plain_text_input]",
        "Their e-mail address [plain_text_input]",
        "Programme [▾ Relational · Onboarding]",
        "Their company (optional) [plain_text_input]",
    ]
    assert view_problems(view) == []
    only = detractor([("relational", "Relational")])
    assert inputs(only)["programme"]["element"]["initial_option"]["value"] == "relational"


def test_what_others_did_meanwhile_stands_on_top_and_nothing_typed_is_lost() -> None:
    since = [Event(EventKind.ASSIGNED, "U0MARCUS", NOW, before="U0PRIYA", after="U0KOFI")]
    typed = {"note": "Left a message with Lee.", "channel": "call"}
    view = outreach(at_step(CONTACTED), currency="USD", typed=typed, since=since)
    assert read(view["blocks"])[:3] == [
        "While this window was open, this happened:",
        "• @U0MARCUS gave the case to @U0KOFI; @U0PRIYA had it until now.",
        "What you typed is still here. Check it, then send it again.",
    ]
    assert inputs(view)["note"]["element"]["initial_value"] == "Left a message with Lee."
    assert inputs(view)["channel"]["element"]["initial_option"]["value"] == "call"


def test_of_many_changes_the_last_are_told_and_the_others_counted() -> None:
    claims = [
        Event(EventKind.CLAIMED, user, NOW, after=user) for user in ("U0A1", "U0A2", "U0A3", "U0A4", "U0A5", "U0A6")
    ]
    assert read(moved(BRIEF, claims)) == [
        "While this window was open, this happened:",
        *(f"• @U0A{number} claimed the case." for number in range(2, 7)),
        "… and 1 more change before that.",
        "What you typed is still here. Check it, then send it again.",
    ]
    assert moved(BRIEF, []) == []


def test_a_refusal_in_a_window() -> None:
    view = refused("<@U0PRIYA> owns this case; <!channel>")
    assert read(view["blocks"]) == ["@U0PRIYA owns this case; <!channel>"]
    assert view_problems(view) == []


@pytest.mark.parametrize(
    ("entry", "modal"),
    [
        (Outreach, outreach(CLAIMED, currency="USD")),
        (Conversation, conversation(CLAIMED, currency="USD", root_causes=ROOT_CAUSES)),
        (Action, action(CLAIMED, currency="USD", challenges=VAGUE)),
        (FollowUp, follow_up(CLAIMED, currency="USD")),
    ],
)
def test_every_field_that_the_rules_can_refuse_is_an_input_of_that_name(entry: type[Entry], modal: Block) -> None:
    assert names(modal) == {field.name for field in fields_of(entry)}
    assert {block["element"]["action_id"] for block in inputs(modal).values()} == {ActionId.FIELD}


def all_modals(brief: Brief, typed: dict[str, str] | None = None, since: Sequence[Event] = ()) -> Iterator[Block]:
    filled = typed or {}
    more: dict[str, Any] = {"currency": "USD", "typed": filled, "since": since}
    draft = draft_of(brief, DRAFT, filled.get("note", "Priya"))
    yield outreach(brief, draft=draft, corrects=3, **more)
    yield conversation(brief, root_causes=[*ROOT_CAUSES, *filled.values()], **more)
    yield action(brief, challenges=[*VAGUE, *(Challenge(each, each, each) for each in filled.values())], **more)
    yield follow_up(brief, **more)
    yield close(brief, rules=RULES, lead=True, **more)
    yield reopen(brief, **more)
    yield correct(brief, logged(ENTRIES), **more)
    yield from (correction(brief, each, root_causes=ROOT_CAUSES, **more) for each in logged(ENTRIES))
    yield partner_slips(brief, typed=filled, since=since)
    yield pausing.pause(brief, rules=PauseRules(), **more)
    yield pausing.snooze(brief, rules=PauseRules(), **more)


anything_typed = st.dictionaries(st.sampled_from([each.value for each in BlockId]), texts, max_size=12)
any_events = st.lists(
    st.builds(Event, st.sampled_from(EventKind), st.just("U0PRIYA"), moments, texts, texts, texts), max_size=9
)


@settings(max_examples=25, deadline=None)
@given(briefs(), anything_typed, any_events)
def test_any_modal_fits_slack(brief: Brief, typed: dict[str, str], since: list[Event]) -> None:
    for view in all_modals(brief, typed, since):
        assert view_problems(view) == []
        View(**view).validate_json()
        assert read_metadata(view["private_metadata"]) == (brief.case.id, brief.case.version)
        for text in parsed_texts(view["blocks"]):
            assert all(part.startswith(("!date^", "@U0PRIYA>", "@W0KOFI>")) for part in text.split("<")[1:])


@given(st.lists(st.tuples(texts, texts), max_size=120), anything_typed)
def test_any_detractor_form_fits_slack(programmes: list[tuple[str, str]], typed: dict[str, str]) -> None:
    named = [("relational", ""), *programmes]
    assert view_problems(detractor(named, typed=typed)) == []


@given(texts)
def test_any_refusal_fits_slack(sentence: str) -> None:
    assert view_problems(refused(sentence or "No.")) == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_draft_keeps_its_end_whatever_the_customer_wrote(hostile: str) -> None:
    answer = replace(ANSWER, verbatim=hostile * 500, contact=Contact("k", hostile * 50))
    draft = draft_of(replace(BRIEF, answer=answer), DRAFT, "Priya")
    assert draft.endswith("\n\nPriya")
    view = outreach(replace(BRIEF, answer=answer), currency="USD", draft=draft)
    assert view_problems(view) == []


def test_a_draft_for_somebody_without_a_name_or_words() -> None:
    bare = replace(BRIEF, answer=replace(ANSWER, contact=Contact("k"), verbatim=""))
    assert draft_of(bare, "Hi {first_name},\n“{quote}”\n{score}", "Priya") == "Hi there,\n2"


@pytest.mark.parametrize(
    "forged", ["", "[]", "null", '{"entry": "4"}', '{"entry": -1}', '{"entry": true}', "[" * 99_999]
)
def test_a_forged_entry_is_refused_in_words(forged: str) -> None:
    with pytest.raises(UnknownCase, match="out of date"):
        read_entry(forged)


@pytest.mark.parametrize("forged", ["", "[]", '{"challenged": "soon"}', '{"challenged": [1]}'])
def test_forged_words_are_refused_in_words(forged: str) -> None:
    with pytest.raises(UnknownCase, match="out of date"):
        read_challenged(forged)


@given(st.integers(0, 2**63 - 1), st.lists(texts, max_size=40))
def test_what_a_modal_carries_comes_back_and_fits(entry: int, words: list[str]) -> None:
    carried = metadata(2**63 - 1, 2**63 - 1, entry=entry, challenged=words)
    assert len(carried) <= 3000
    assert read_entry(carried) == entry
    kept = read_challenged(carried)
    assert list(kept) == words[: len(kept)]
