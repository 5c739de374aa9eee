"""Draws a surface as it should look now, and knows where else it may go."""

import hashlib
import json
from dataclasses import dataclass, replace

from bot.flows.cases import handed_on
from bot.flows.cases.briefing import brief_of
from bot.flows.cases.homepage import home_view
from bot.flows.cases.links import card_link
from bot.flows.cases.settle import channel_of, is_gone
from bot.flows.clock import bulletins
from bot.flows.figures import readouts, registry, sharing
from bot.flows.watching import watching
from bot.house import House
from bot.invites import invite
from bot.surfaces import (
    BulletinSurface,
    CardSurface,
    DraftSurface,
    HandedOnSurface,
    HomeSurface,
    InviteSurface,
    ItemSurface,
    MessageSurface,
    NoteSurface,
    PartnerSurface,
    PromptSurface,
    ReadoutSurface,
    SharedSurface,
    TroubleSurface,
    WatchSurface,
    parse,
)
from bot.views import card, dm, notes, trouble
from bot.views.look import Attachment, Look
from recovery.cases.case import Case, EventKind, State
from recovery.cases.steps import FollowUpResult
from store.cases import cases
from store.engine import Tx
from store.slack.people import Person, Place

ENDS = frozenset({EventKind.WITHDRAWN, EventKind.CLOSED})
MessageOfOurs = (
    CardSurface
    | NoteSurface
    | MessageSurface
    | PartnerSurface
    | PromptSurface
    | BulletinSurface
    | DraftSurface
    | HandedOnSurface
    | ItemSurface
    | ReadoutSurface
    | SharedSurface
    | TroubleSurface
    | WatchSurface
)
OF_NO_CASE = (
    TroubleSurface
    | HomeSurface
    | HandedOnSurface
    | SharedSurface
    | WatchSurface
    | DraftSurface
    | ItemSurface
    | ReadoutSurface
)
Direct = MessageSurface | PartnerSurface | PromptSurface | InviteSurface


@dataclass(frozen=True, slots=True)
class Drawn:
    """A look and its fingerprint, by which an update that would change nothing is told."""

    look: Look
    hash: str
    home: bool = False
    file: Attachment | None = None


async def draw(tx: Tx, house: House, surface: str, detour: str = "") -> Drawn | None:
    """The surface as it is now; `detour` is the place it goes to instead of its own.

    None where there is nothing to show (any more).
    """
    found = parse(surface)
    if isinstance(found, HomeSurface):
        view = await home_view(tx, house, found.user)
        return Drawn(Look("", tuple(view["blocks"])), _fingerprint("", view["blocks"]), home=True)
    if isinstance(found, InviteSurface):
        return await _file(tx, house, found)
    look = await _look(tx, house, found) if found else None
    if look is None or found is None:
        return None
    if detour:
        look = await _explained(tx, house, found, look)
    return Drawn(look, _fingerprint(look.text, look.blocks))


async def detours(tx: Tx, house: House, surface: str) -> list[str]:
    """Where the surface goes, in this order: its own place, the fallback channel, the lead, the admin.

    A message about several cases: its person, the workspace's fallback channel, the admin.
    """
    found = parse(surface)
    if isinstance(found, BulletinSurface):
        workspace = house.policy.workspace
        last = [house.directory.channel_id(workspace.fallback_channel), *house.directory.users([workspace.admin])]
        return list(dict.fromkeys([found.user, *last]))
    if found is None or isinstance(found, OF_NO_CASE):
        return []
    case = await cases.get(tx, found.case_id)
    programme = house.programme_of(case)
    own = found.user if isinstance(found, Direct) else channel_of(house, case)
    channels = [house.directory.channel_id(house.policy.fallback_channel(programme))] if programme else []
    people = [*(programme.leads if programme else ()), house.policy.workspace.admin]
    ways = [own, *([] if isinstance(found, Direct) else channels), *house.directory.users(people)]
    return list(dict.fromkeys(way for way in ways if way))


async def _look(tx: Tx, house: House, surface: MessageOfOurs) -> Look | None:  # noqa: C901, PLR0911, PLR0912 - one for each
    match surface:
        case CardSurface(case_id):
            brief = await brief_of(tx, house, case_id)
            closed_by = await _closed_by(tx, brief.case)
            told = await bulletins.told_of(tx, brief.case)
            return card.card(brief, currency=house.policy.workspace.currency, closed_by=closed_by, told=told)
        case NoteSurface(case_id, version):
            brief = await brief_of(tx, house, case_id)
            return notes.note(await cases.event_of(tx, case_id, version), brief.answer.contact)
        case MessageSurface(user, case_id, version):
            return await _message(tx, house, user, case_id, version)
        case PartnerSurface(user, case_id, commitment):
            return dm.partner_asked(await brief_of(tx, house, case_id), user, commitment=commitment)
        case PromptSurface():
            return await _asked_on_the_day(tx, house, surface)
        case BulletinSurface():
            return await bulletins.look_of(tx, house, surface)
        case HandedOnSurface():
            return await handed_on.look_of(tx, house, surface)
        case WatchSurface():
            return await watching.look_of(tx, surface)
        case SharedSurface():
            return await sharing.look_of(tx, surface)
        case ReadoutSurface(number):
            return await readouts.published_look(tx, house, number)
        case DraftSurface(user, number):
            return await readouts.draft_look(tx, house, user, number)
        case ItemSurface():
            return await registry.look_of(tx, house, surface)
        case TroubleSurface(place, _):
            known = _place(house, place)
            return trouble.channel_trouble(place, known.problem, known.since or tx.now)


async def _message(tx: Tx, house: House, user: str, case_id: int, version: int) -> Look:
    """To the owner what they were given or lost, what the partner says, and what a later answer decided."""
    brief = await brief_of(tx, house, case_id)
    event = await cases.event_of(tx, case_id, version)
    link = await card_link(tx, case_id)
    currency = house.policy.workspace.currency
    if event.kind in {EventKind.ACTION_DONE, EventKind.ACTION_SLIPPING}:
        return dm.partner_answered(brief, event, card_link=link)
    if event.kind is EventKind.MEASURED:
        return dm.saved_line(brief, event, currency=currency, card_link=link)
    idle = event.kind is EventKind.RELEASED and not is_gone(house, event.before)
    if user == event.before:
        return dm.moved(brief, event.actor, event.after, idle=idle and event.actor != user, card_link=link)
    if event.kind is EventKind.RELEASED:
        return dm.owner_gone(brief, event.before, idle=idle, card_link=link)
    return dm.given(brief, event.actor, currency=currency, note=event.note, card_link=link)


async def _asked_on_the_day(tx: Tx, house: House, surface: PromptSurface) -> Look:
    """The question, until a follow-up was logged after it was asked; then who answered what."""
    brief = await brief_of(tx, house, surface.case_id)
    asked = (surface.commitment, surface.slip)
    answered, seen = None, (0, 0)
    for event in await cases.history(tx, surface.case_id):
        if event.kind is EventKind.FOLLOW_UP_LOGGED and seen == asked and answered is None:
            answered = event
        seen = (
            seen[0] + (event.kind is EventKind.ACTION_COMMITTED),
            seen[1] + (event.kind is EventKind.FOLLOW_UP_LOGGED and event.after == FollowUpResult.SLIPPED),
        )
    return dm.follow_up_prompt(brief, answered=answered, card_link=await card_link(tx, surface.case_id))


async def _file(tx: Tx, house: House, surface: InviteSurface) -> Drawn | None:
    brief = await brief_of(tx, house, surface.case_id)
    person = house.directory.people.get(surface.user, Person(surface.user))
    file = invite(brief, person, tx.now, surface.version)
    return Drawn(Look(file.words, ()), file.name, file=file) if file else None


async def _explained(tx: Tx, house: House, surface: MessageOfOurs, look: Look) -> Look:
    """The same look with a line on top that says why it is here."""
    if isinstance(surface, OF_NO_CASE):
        return look
    if isinstance(surface, BulletinSurface):
        return trouble.unreached(look, surface.user, _place(house, surface.user).problem)
    case = await cases.get(tx, surface.case_id)
    own = surface.user if isinstance(surface, Direct) else channel_of(house, case)
    return trouble.unreached(look, own, _place(house, own).problem)


async def _closed_by(tx: Tx, case: Case) -> str:
    if case.state is not State.CLOSED:
        return ""
    events = await cases.history(tx, case.id)
    return next((event.actor for event in reversed(events) if event.kind in ENDS), "")


def _place(house: House, place: str) -> Place:
    known = [each for each in house.directory.places.values() if place in {each.ref, each.channel_id}]
    troubled = next((each for each in known if each.problem), None)
    return troubled or (known[0] if known else replace(Place(place), channel_id=place))


def _fingerprint(text: str, blocks: object) -> str:
    content = json.dumps([text, blocks], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
