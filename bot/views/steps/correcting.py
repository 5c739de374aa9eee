"""Correct an entry: which one, and whether to change it or to take it out. Its own modal changes it."""

from collections.abc import Sequence

from bot.views import blocks, fields, kit, step_words
from bot.views.fields import MOST_OPTIONS, NOTHING, Typed
from bot.views.ids import BlockId, CallbackId, case_block
from bot.views.look import Block
from bot.views.steps import frame
from bot.views.steps.action import action
from bot.views.steps.conversation import conversation
from bot.views.steps.follow_up import follow_up
from bot.views.steps.outreach import outreach
from recovery.cases.brief import Brief
from recovery.cases.case import Event
from recovery.cases.commitment import Challenge
from recovery.cases.evidence import to_details
from recovery.cases.folding import Logged
from recovery.cases.steps import SHORT, Action, Conversation, Entry, FollowUp, Outreach
from recovery.moments import long_day


def correct(
    brief: Brief,
    entries: Sequence[Logged],
    *,
    currency: str,
    typed: Typed = NOTHING,
    since: Sequence[Event] = (),
) -> Block:
    """Asks for `entry` (its number), `strike` and `reason`. `entries` are those of recovery.cases.ladder.correctable.

    With the tick `strike` the submit takes the entry out; without it, it shows `correction`. Without entries it
    asks nothing and says so.
    """
    known = {each.number: each.entry for each in entries if each.entry is not None}
    if not known:
        return frame.refused(step_words.NOTHING_TO_CORRECT)
    newest = sorted(known, reverse=True)[:MOST_OPTIONS]
    found = [
        *frame.context(brief, currency),
        fields.choice(
            BlockId.ENTRY,
            step_words.ENTRY,
            typed,
            [(str(number), _named(known[number])) for number in newest],
            hint=step_words.ENTRY_HINT,
            initial=str(newest[0]),
        ),
        fields.tick(BlockId.STRIKE, step_words.STRIKE, typed, step_words.STRIKE_TICK),
        fields.text(
            BlockId.REASON,
            step_words.STRIKE_REASON,
            typed,
            most=SHORT,
            hint=step_words.STRIKE_REASON_HINT,
            optional=True,
            lines=True,
        ),
    ]
    if len(known) > len(newest):
        said = step_words.ENTRIES_LEFT_OUT.format(shown=len(newest), entries=kit.count(len(known), "entry", "entries"))
        found.append(blocks.context(case_block(brief.case.id, "left_out"), blocks.plain(said)))
    return frame.window(
        CallbackId.CORRECT, step_words.CORRECT_TITLE, step_words.CORRECT_SUBMIT, brief, found, since=since
    )


def correction(
    brief: Brief,
    logged: Logged,
    *,
    currency: str,
    root_causes: Sequence[str],
    typed: Typed = NOTHING,
    challenges: Sequence[Challenge] = (),
    since: Sequence[Event] = (),
) -> Block:
    """The step's own modal with what was logged in it; what `typed` says goes before that.

    It comes back with the step's callback id, and ids.read_entry gives the number of the entry.
    """
    entry = logged.original if logged.entry is None else logged.entry
    filled = {**to_details(entry), **typed}
    match entry:
        case Outreach():
            return outreach(brief, currency=currency, typed=filled, since=since, corrects=logged.number)
        case Conversation():
            return conversation(
                brief,
                currency=currency,
                root_causes=root_causes,
                typed=filled,
                since=since,
                corrects=logged.number,
            )
        case Action():
            return action(
                brief,
                currency=currency,
                typed=filled,
                challenges=challenges,
                since=since,
                corrects=logged.number,
            )
        case FollowUp():
            return follow_up(brief, currency=currency, typed=filled, since=since, corrects=logged.number)


def _named(entry: Entry) -> str:
    """One entry in a few words, for the menu."""
    match entry:
        case Outreach():
            result, channel = step_words.OUTREACH_RESULTS[entry.result.value], step_words.CHANNELS[entry.channel.value]
            return kit.dotted("Outreach", kit.spelled(entry.happened_at), result, channel)
        case Conversation():
            return kit.dotted("Conversation", kit.spelled(entry.happened_at), kit.named(entry.with_whom, 30))
        case Action():
            due = long_day(entry.due)
            return kit.dotted("Action", due, step_words.KINDS[entry.kind.value], kit.named(entry.deliverable, 30))
        case FollowUp():
            result = step_words.FOLLOW_UP_RESULTS[entry.result.value]
            return kit.dotted("Follow-up", kit.spelled(entry.happened_at), result)
