"""Makes everything we say follow the case. No handler posts, updates or schedules anything by itself."""

from datetime import datetime

from bot.flows.clock import clock
from bot.house import House
from bot.surfaces import (
    CardSurface,
    HomeSurface,
    InviteSurface,
    MessageSurface,
    NoteSurface,
    PartnerSurface,
    PromptSurface,
    Surface,
)
from recovery.cases.case import CHANGES_HANDS, Case, Event, EventKind, State, Urgency
from recovery.clock.reminding import follow_up_prompt_at
from store.cases import timers
from store.cases.timers import TimerKind
from store.engine import Tx
from store.slack import outbox
from store.slack.outbox import Rank, Wanted
from store.slack.people import Person

Told = MessageSurface | PartnerSurface | InviteSurface

# The card itself says that a case was opened and flagged; a line in its thread would only repeat it.
OWNER_HEARS = frozenset({EventKind.ACTION_DONE, EventKind.ACTION_SLIPPING, EventKind.MEASURED})
NEW_PROMISE = frozenset({EventKind.ACTION_COMMITTED, EventKind.CORRECTED})
MOVES_TIMERS = frozenset(
    {
        EventKind.ACTION_COMMITTED,
        EventKind.FOLLOW_UP_LOGGED,
        EventKind.CORRECTED,
        EventKind.ASSIGNED,
        EventKind.CLAIMED,
        EventKind.WITHDRAWN,
        EventKind.CLOSED,
        EventKind.REOPENED,
    }
)
HAND_OVER = frozenset({EventKind.ASSIGNED, EventKind.RELEASED})
WITHOUT_NOTE = frozenset({EventKind.OPENED, EventKind.FLAGGED})


async def settle(tx: Tx, house: House, case: Case, event: Event) -> None:
    """The card, the line in its thread, the word to whoever it concerns, and the timers, after one change."""
    followed = await clock.follow(tx, house, case, event)
    moments: dict[TimerKind, datetime | None] = {TimerKind.CLOCK: followed.rings_at}
    if case.progress.action is not None:
        moments |= timers_of(house, case)
    await timers.follow(tx, case.id, moments)
    # From here on only the outbox: it comes last in the order of locks.
    if followed.changed:
        await clock.refresh(tx, followed.changed)
    target = channel_of(house, case)
    card = str(CardSurface(case.id))
    rank = Rank.CRITICAL if case.urgency is Urgency.CRITICAL else Rank.CARD
    wanted = [Wanted(card, target, rank)] if event.kind is not EventKind.FLAGGED else []
    # What becomes known while nobody owns the case stands on its card.
    if event.kind not in WITHOUT_NOTE and (case.owner or event.kind is not EventKind.FACTS_CHANGED):
        wanted.append(Wanted(str(NoteSurface(case.id, case.version)), target, Rank.NOTE, parent=card))
    told = _told(house, case, event)
    wanted += [Wanted(str(surface), surface.user, Rank.CARD) for surface in told if not is_gone(house, surface.user)]
    if wanted:
        await outbox.want(tx, *wanted)
    again = [*_homes(house, case, event), *_questions(case, event)]
    if again:
        await outbox.refresh(tx, *again)


def timers_of(house: House, case: Case) -> dict[TimerKind, datetime | None]:
    """When the owner is asked whether the action held, as the case stands now; None for never."""
    return {TimerKind.FOLLOW_UP: follow_up_prompt_at(case, asked(house, case).zone_info)}


def asked(house: House, case: Case) -> Person:
    """Who answers for the case now: its owner, else the programme's lead, else the admin."""
    programme = house.programme_of(case)
    refs = [*(programme.leads if programme else ()), house.policy.workspace.admin]
    users = [case.owner, *house.directory.users(refs)]
    user = next((user for user in users if user and not is_gone(house, user)), "")
    return house.directory.people.get(user, Person(user))


def _told(house: House, case: Case, event: Event) -> list[Told]:
    """Direct messages that this change makes: about it, to the partner, and the calendar file."""
    told: list[Told] = []
    if event.kind in HAND_OVER:
        people = [user for user in (event.before, case.owner) if user and user != event.actor]
        told += [MessageSurface(user, case.id, case.version) for user in people]
    if event.kind in OWNER_HEARS and case.owner and case.owner != event.actor:
        told.append(MessageSurface(case.owner, case.id, case.version))
    action = case.progress.action
    if action is None:
        return told
    if event.kind in NEW_PROMISE and case.state is not State.CLOSED and action.partner in house.directory.people:
        told.append(PartnerSurface(action.partner, case.id, case.progress.commitments))
    if _calls_off(case, event):
        told.append(InviteSurface(event.before, case.id, case.version))
    # A follow-up that held is over; nobody needs a calendar entry for it any more.
    if event.kind in MOVES_TIMERS and case.owner and not case.progress.held:
        told.append(InviteSurface(case.owner, case.id, case.version))
    return told


def _calls_off(case: Case, event: Event) -> bool:
    """Whether who had the case until now has a follow-up in their calendar that is no longer theirs."""
    progress = case.progress
    left = event.kind in CHANGES_HANDS and event.before not in {"", case.owner}
    return left and case.state is not State.CLOSED and progress.action_stands and not progress.held


def _homes(house: House, case: Case, event: Event) -> list[str]:
    people = {event.actor, case.owner} | ({event.before} if event.kind in CHANGES_HANDS else set())
    return [str(HomeSurface(user)) for user in sorted(people) if user in house.directory.people]


def _questions(case: Case, event: Event) -> list[str]:
    """Messages with buttons that this change answers or moves; only those that were posted exist."""
    progress = case.progress
    if progress.action is None:
        return []
    owners = {case.owner} | ({event.before} if event.kind in CHANGES_HANDS else set())
    number = progress.commitments
    found: list[Surface] = [PartnerSurface(progress.action.partner, case.id, each) for each in (number - 1, number)]
    found += [
        PromptSurface(owner, case.id, each, slip)
        for owner in sorted(owners)
        for each in (number - 1, number)
        for slip in (progress.slips - 1, progress.slips)
        if owner
    ]
    return [str(surface) for surface in found]


def channel_of(house: House, case: Case) -> str:
    """Where the case's card belongs; the workspace's fallback if its programme left the policy."""
    programme = house.programme_of(case)
    ref = programme.channel if programme else house.policy.workspace.fallback_channel
    return house.directory.channel_id(ref)


def is_gone(house: House, user: str) -> bool:
    """Whether the person's account is switched off; Slack takes messages to them and shows them to nobody."""
    person = house.directory.people.get(user)
    return person is not None and person.deleted
