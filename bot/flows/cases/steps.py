"""What an owner does to win the customer back: each step logged, corrected, closed. Load, ask, save, settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.flows.cases.casework import Asker, load, standing_of
from bot.flows.cases.saving import save
from bot.flows.cases.settle import is_gone
from bot.house import House
from recovery import roles
from recovery.cases import closing, ladder
from recovery.cases.case import Case, Change, Event, EventKind, Outcome, State, refuse_closed
from recovery.cases.commitment import Challenged, challenge
from recovery.cases.evidence import to_details
from recovery.cases.folding import CORRECTS, STRUCK
from recovery.cases.progress import PartnerWord
from recovery.cases.step_rules import StepRules, step_rules
from recovery.cases.steps import Action, Bounds, Conversation, Entry, FollowUp, Outreach
from recovery.errors import FieldRefusal, Refusal
from recovery.phrases import folded_text
from recovery.policy.file import Programme
from recovery.policy.values import is_user_id
from store.cases import cases
from store.engine import Tx

# The card appearing in its channel is no move of the case: nobody has to hear of it before they submit.
UNREMARKABLE = frozenset({EventKind.FLAGGED})
# What makes the partner's window about another promise than the one they read.
OTHER_PROMISE = frozenset(
    {EventKind.ACTION_COMMITTED, EventKind.FOLLOW_UP_LOGGED, EventKind.CORRECTED, EventKind.CLOSED}
)


class MovedMeanwhile(Refusal):
    """The case changed after the modal was opened; `events` say how, `version` is the one to look at now."""

    def __init__(self, case: Case, events: Sequence[Event]) -> None:
        super().__init__("The case has moved while this window was open. Look at what changed, then submit again.")
        self.case = case
        self.events = tuple(events)


@dataclass(frozen=True, slots=True)
class Seen:
    """Which case a modal is about, and the version its person has looked at."""

    case_id: int
    version: int


async def may_log(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The open case, if the asker may log, correct or close it: asked before a modal opens, and when it is sent."""
    case, programme = await load(tx, house, case_id)
    roles.check_log(standing_of(house, programme, asker), case)
    refuse_closed(case)
    return case


async def may_follow_up(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """Like may_log; there has to be an action that stands."""
    case = await may_log(tx, house, case_id, asker)
    if not case.progress.action_stands:
        raise Refusal("There is no action to follow up on. Commit one first.")
    return case


async def may_reopen(tx: Tx, house: House, case_id: int, asker: Asker) -> Case:
    """The closed case, if the asker may reopen it."""
    case, programme = await load(tx, house, case_id)
    roles.check_reopen(standing_of(house, programme, asker))
    if case.state is not State.CLOSED:
        raise Refusal("This case is open already.")
    return case


async def may_answer(tx: Tx, house: House, case_id: int, asker: Asker, number: int) -> Case:
    """The case, if the asker is the partner of an action that stands; `number` is the one they were asked about."""
    case, programme = await load(tx, house, case_id)
    roles.check_partner(standing_of(house, programme, asker), case)
    refuse_closed(case)
    _refuse_replaced(case, number)
    if not case.progress.action_stands:
        raise Refusal("There is no action on this case at the moment.")
    return case


async def since(tx: Tx, case: Case, version: int) -> tuple[Event, ...]:
    """What happened to the case after this version, as far as anybody has to hear of it. Raises Refusal."""
    if version > case.version:
        raise Refusal("This window is out of date. Close it and open it from the card again.")
    if version == case.version:
        return ()
    # Each version has one event, from version 1 on.
    events = (await cases.history(tx, case.id))[version:]
    return tuple(event for event in events if event.kind not in UNREMARKABLE)


async def log(tx: Tx, house: House, seen: Seen, entry: Entry, asker: Asker) -> Case:
    """One step, by its owner or a lead. Raises FieldRefusal at an input, MovedMeanwhile, NotAllowed or Refusal.

    Sent twice from the same window, it is logged once.
    """
    case, programme = await load(tx, house, seen.case_id)
    roles.check_log(standing_of(house, programme, asker), case)
    rules = _rules(house, programme, case)
    news = await since(tx, case, seen.version)
    if any(_says(event, asker, _details(case, entry, event, tx, rules)) for event in news):
        return case
    _refuse_if_moved(case, news)
    _refuse_absent(house, entry)
    entry = _stood_by(entry, Bounds(rules, case.submitted_at, tx.now, tx.now))
    return await save(tx, house, _logged(case, entry, asker, tx, rules))


async def correct(tx: Tx, house: House, seen: Seen, number: int, entry: Entry, reason: str, asker: Asker) -> Case:
    """An entry put right; a new event, the old one stays. Raises like `log`, and is done once like it."""
    case, programme = await load(tx, house, seen.case_id)
    roles.check_log(standing_of(house, programme, asker), case)
    rules = _rules(house, programme, case)
    history = await cases.history(tx, case.id)
    news = await since(tx, case, seen.version)
    for event in news:
        if _says(event, asker, {**_details(case, entry, event, tx, rules), CORRECTS: str(number)}):
            return case
    _refuse_if_moved(case, news)
    _refuse_absent(house, entry)
    logged_at = next((each.at for each in ladder.correctable(history) if each.number == number), tx.now)
    entry = _stood_by(entry, Bounds(rules, case.submitted_at, tx.now, logged_at))
    return await save(tx, house, ladder.correct(case, history, number, entry, reason, asker.user, tx.now, rules))


async def strike(tx: Tx, house: House, seen: Seen, number: int, reason: str, asker: Asker) -> Case:
    """An entry taken out, such as one logged on the wrong case. Raises like `log`, and is done once like it."""
    case, programme = await load(tx, house, seen.case_id)
    roles.check_log(standing_of(house, programme, asker), case)
    history = await cases.history(tx, case.id)
    news = await since(tx, case, seen.version)
    struck = {CORRECTS: str(number), STRUCK: "yes"}
    if any(event.actor == asker.user and struck.items() <= event.details.items() for event in news):
        return case
    _refuse_if_moved(case, news)
    rules = _rules(house, programme, case)
    return await save(tx, house, ladder.strike(case, history, number, reason, asker.user, tx.now, rules))


async def close(tx: Tx, house: House, seen: Seen, outcome: Outcome, reason: str, asker: Asker) -> Case:
    """The case is over. Raises like `log`, and is done once like it."""
    case, programme = await load(tx, house, seen.case_id)
    roles.check_close(standing_of(house, programme, asker), case, outcome)
    news = await since(tx, case, seen.version)
    if case.state is State.CLOSED and case.outcome is outcome and news and news[-1].actor == asker.user:
        return case
    _refuse_if_moved(case, news)
    return await save(
        tx, house, closing.close(case, outcome, reason, asker.user, tx.now, _rules(house, programme, case))
    )


async def reopen(tx: Tx, house: House, seen: Seen, reason: str, asker: Asker) -> Case:
    """A closed case goes on. Raises FieldRefusal, NotAllowed or Refusal; done once like `log`."""
    case, programme = await load(tx, house, seen.case_id)
    roles.check_reopen(standing_of(house, programme, asker))
    news = await since(tx, case, seen.version)
    if case.state is not State.CLOSED and any(
        event.kind is EventKind.REOPENED and event.actor == asker.user for event in news
    ):
        return case
    other = await cases.open_of_contact(tx, case.contact_id, case.programme)
    if other is not None and other.id != case.id:
        raise Refusal(f"This customer has another open case by now, case {other.id}. Go on with that one.")
    return await save(tx, house, closing.reopen(case, reason, asker.user, tx.now))


async def partner_done(tx: Tx, house: House, case_id: int, number: int, asker: Asker) -> Case:
    """The functional partner says the action with this number is done; the owner hears."""
    case, programme = await load(tx, house, case_id)
    roles.check_partner(standing_of(house, programme, asker), case)
    refuse_closed(case)
    _refuse_replaced(case, number)
    if case.progress.action_stands and case.progress.partner_word is PartnerWord.DONE:
        raise Refusal("You have said already that it is done.")
    return await save(tx, house, ladder.partner_done(case, "", asker.user, tx.now))


async def partner_slips(tx: Tx, house: House, seen: Seen, note: str, asker: Asker) -> Case:
    """The functional partner says the date won't hold, and why; the owner gives the new one. Done once like `log`."""
    case, programme = await load(tx, house, seen.case_id)
    roles.check_partner(standing_of(house, programme, asker), case)
    change = ladder.partner_slips(case, note, asker.user, tx.now)
    news = await since(tx, case, seen.version)
    if any(
        event.kind is EventKind.ACTION_SLIPPING and event.actor == asker.user and event.note == change.event.note
        for event in news
    ):
        return case
    if any(event.kind in OTHER_PROMISE for event in news):
        raise Refusal("The action was changed while this window was open. Close it and look at your message again.")
    return await save(tx, house, change)


def _logged(case: Case, entry: Entry, asker: Asker, tx: Tx, rules: StepRules) -> Change:
    match entry:
        case Outreach():
            return ladder.log_outreach(case, entry, asker.user, tx.now, rules)
        case Conversation():
            return ladder.log_conversation(case, entry, asker.user, tx.now, rules)
        case Action():
            return ladder.commit_action(case, entry, asker.user, tx.now, rules)
        case FollowUp():
            return ladder.log_follow_up(case, entry, asker.user, tx.now, rules)


def _refuse_replaced(case: Case, number: int) -> None:
    """What somebody answers to an old message must not count for a promise that they may not know."""
    if number > case.progress.commitments:
        raise Refusal("This button is out of date. Look at your newest message about this case.")
    if number < case.progress.commitments:
        raise Refusal(
            "This action was replaced by another one, so nothing was recorded. "
            "Your newest message about this case has the one that counts."
        )


def _refuse_if_moved(case: Case, news: Sequence[Event]) -> None:
    if news:
        raise MovedMeanwhile(case, news)


def _says(event: Event, asker: Asker, details: Mapping[str, str]) -> bool:
    """Whether the event is what the asker sends now: Slack's answer to the first time got lost, or they sent twice."""
    return event.actor == asker.user and bool(details) and dict(event.details) == dict(details)


def _details(case: Case, entry: Entry, event: Event, tx: Tx, rules: StepRules) -> dict[str, str]:
    """The entry as the event would tell it; empty where it could not have been taken."""
    try:
        clean = entry.checked(Bounds(rules, case.submitted_at, tx.now, event.at))
    except FieldRefusal:
        return {}
    return to_details(clean)


def _stood_by(entry: Entry, bounds: Bounds) -> Entry:
    """A promise with the vague words that are in it now, none of an earlier wording, if all of them are ticked.

    Raises Challenged with all of them: one tick stands for what is shown beside it.
    """
    if not isinstance(entry, Action):
        return entry
    clean = entry.checked(bounds)
    found = challenge(
        clean.deliverable, clean.person, clean.due, kind=clean.kind, today=bounds.today, rules=bounds.rules
    )
    if not {folded_text(each.words) for each in found} <= {folded_text(words) for words in clean.challenged}:
        raise Challenged(found)
    # What was left to the rules stays so: the time of an action is the one at which it is logged.
    return replace(entry, challenged=tuple(each.words for each in found))


def _refuse_absent(house: House, entry: Entry) -> None:
    """Who delivers and who helps are people who are here."""
    if not isinstance(entry, Action):
        return
    for field, user in (("person", entry.person), ("partner", entry.partner)):
        if not is_user_id(user):
            continue
        person = house.directory.people.get(user)
        if person is None:
            raise FieldRefusal(field, "Slack doesn't find this person at the moment. Try again, or choose another.")
        if person.bot:
            raise FieldRefusal(field, f"<@{user}> is an app. Choose a person.")
        if is_gone(house, user):
            raise FieldRefusal(field, f"<@{user}> has left. Choose somebody who is here.")


def _rules(house: House, programme: Programme, case: Case) -> StepRules:
    return step_rules(house.policy, programme, case.sla)
