"""The action registry in people's hands: reviewed, planned, done, dropped; and drawn wherever it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.flows.cases.casework import Asker, standing_of
from bot.flows.cases.homepage import visible
from bot.flows.cases.links import permalink
from bot.flows.cases.settle import is_gone
from bot.flows.figures import asking
from bot.flows.figures.sharing import JOB
from bot.house import House
from bot.surfaces import ItemPart, ItemSurface, SharedSurface
from bot.views import registry as list_view
from bot.views import registry_messages, registry_windows
from bot.views import registry_words as words
from bot.views.figures.frame import shown_page
from bot.views.ids import BlockId
from bot.views.look import Block, Look
from bot.views.registry import Carried, Entry, Review
from bot.views.registry_messages import Told
from recovery import roles
from recovery.errors import FieldRefusal, NotAllowed, Refusal
from recovery.figures.periods import quarter
from recovery.policy.file import Programme
from recovery.readouts import registry as rules
from recovery.readouts.registry import KEPT_IN_VIEW, Item, ItemState, Plan, Weight
from recovery.roles import Standing
from store import jobs
from store.engine import Tx
from store.figures import registry as rows
from store.figures import shares, themes
from store.slack import outbox
from store.slack.outbox import Rank, Wanted

CARDS = 3
Window = Callable[[Entry, Carried, str], Block]


async def review(tx: Tx, house: House, programme: Programme, page: int, asker: Asker) -> Look:
    """The programme's open actions, as the asker may see and press them. Raises NotAllowed."""
    return list_view.own(await _review(tx, house, programme, page, asker))


async def share(tx: Tx, house: House, programme: Programme, page: int, asker: Asker, message: str) -> Look:
    """Ask for the list to be posted where it is read, and give what its reader sees from now on.

    `message` names the reader's own message, in which the button was pressed: however often, what stands there is
    posted once. Raises NotAllowed, also in a channel that isn't the programme's own.
    """
    found = await _review(tx, house, programme, page, asker)
    if not found.may_share:
        raise NotAllowed(words.WRONG_CHANNEL.format(channel=f"<#{found.channel}>"))
    if await jobs.once(tx, JOB, f"{asker.user}:{message}", f"actions:{programme.key}:{found.page}"):
        posted = list_view.shared(found, asker.user)
        kept = await shares.add(tx, asker.channel, posted.text, posted.blocks)
        await outbox.want(tx, Wanted(str(SharedSurface(asker.channel, kept.id)), asker.channel, Rank.CARD))
    return list_view.after_sharing(found, asker.channel)


# Windows


async def plan_window(tx: Tx, house: House, carried: Carried, asker: Asker) -> Block:
    """Raises Refusal for who may not plan, and where there is nothing to plan any more."""
    return await _window(tx, house, carried, asker, (roles.check_plan, registry_windows.plan))


async def done_window(tx: Tx, house: House, carried: Carried, asker: Asker) -> Block:
    """Raises Refusal for who may not close it, and for an action that nobody has planned."""
    item, _ = await load(tx, house, carried.item_id)
    _refuse_unplanned(item)
    return await _window(
        tx, house, carried, asker, (lambda by: roles.check_finish(by, item.owner), registry_windows.done)
    )


async def drop_window(tx: Tx, house: House, carried: Carried, asker: Asker) -> Block:
    """Raises Refusal for who may not drop it, and where it is closed already."""
    return await _window(tx, house, carried, asker, (roles.check_plan, registry_windows.drop))


# Changes


async def plan(tx: Tx, house: House, carried: Carried, wanted: Plan, asker: Asker) -> None:
    """Keep the plan, and tell its owner. Raises FieldRefusal for one that can't be held against anybody."""
    item, programme = await load(tx, house, carried.item_id)
    roles.check_plan(standing_of(house, programme, asker))
    rules.check_open(item)
    wanted = replace(wanted, action=wanted.action.strip(), criterion=wanted.criterion.strip())
    if item.plan == wanted:
        return  # sent twice
    _refuse_changed(item, carried)
    today = tx.now.astimezone(house.policy.calendar_of(programme).zone_info).date()
    rules.check_plan(wanted, today, house.policy.commitment.vague_words, item.plan)
    try:
        roles.check_look_after(standing_of(house, programme, Asker(wanted.owner)))
    except NotAllowed as error:
        raise FieldRefusal(BlockId.OWNER.value, error.sentence) from None
    await rows.plan(tx, item, wanted)
    await draw_again(tx, item)
    if wanted.owner not in {item.owner, asker.user}:
        await tell(tx, ItemSurface(wanted.owner, item.id, ItemPart.OWNER, str(item.version + 1)))


async def done(tx: Tx, house: House, carried: Carried, result: str, asker: Asker) -> None:
    """Close the action as done, with what came of it."""
    item, programme = await load(tx, house, carried.item_id)
    roles.check_finish(standing_of(house, programme, asker), item.owner)
    said = rules.check_said(BlockId.EVIDENCE.value, result, words.SAY_RESULT)
    await _close(tx, item, carried, ItemState.DONE, said, asker)


async def drop(tx: Tx, house: House, carried: Carried, reason: str, asker: Asker) -> None:
    """Close the action without one, with the reason."""
    item, programme = await load(tx, house, carried.item_id)
    roles.check_plan(standing_of(house, programme, asker))
    said = rules.check_said(BlockId.REASON.value, reason, words.SAY_REASON)
    await _close(tx, item, carried, ItemState.DROPPED, said, asker)


async def tell(tx: Tx, surface: ItemSurface) -> bool:
    """Ask for this message, once; False where it was asked for before."""
    if not await jobs.once(tx, rows.TOLD, str(surface.number), str(surface)):
        return False
    await outbox.want(tx, Wanted(str(surface), surface.user, Rank.CARD))
    return True


async def look_of(tx: Tx, house: House, surface: ItemSurface) -> Look | None:
    """The message as it looks now; None for an item, or a programme, that is no more."""
    item = await rows.get(tx, surface.number)
    programme = house.policy.programmes.get(item.programme) if item else None
    if item is None or programme is None:
        return None
    entry = await _entry(tx, house, item, programme, Asker(surface.user))
    day = date.fromisoformat(surface.mark) if surface.part is ItemPart.DUE else None
    told = Told(surface.user, surface.part, programme.name, house.policy.workspace.currency, day)
    return registry_messages.message(entry, told)


async def load(tx: Tx, house: House, item_id: int) -> tuple[Item, Programme]:
    """Raises Refusal for a number of none, or of a programme that the policy no longer has."""
    item = await rows.get(tx, item_id)
    programme = house.policy.programmes.get(item.programme) if item else None
    if item is None or programme is None:
        raise Refusal(words.GONE)
    return item, programme


async def _close(tx: Tx, item: Item, carried: Carried, state: ItemState, said: str, asker: Asker) -> None:
    if (item.state, item.result, item.closed_by) == (state, said, asker.user):
        return  # sent twice
    rules.check_open(item)
    if state is ItemState.DONE:
        _refuse_unplanned(item)
    _refuse_changed(item, carried)
    await rows.close(tx, item, state, said, asker.user)
    await draw_again(tx, item)


async def draw_again(tx: Tx, item: Item) -> None:
    """Whoever was told of it reads how it stands now."""
    told = await rows.told(tx, item.id)
    if told:
        await outbox.refresh(tx, *told)


async def _window(
    tx: Tx, house: House, carried: Carried, asker: Asker, how: tuple[Callable[[Standing], None], Window]
) -> Block:
    check, draw = how
    item, programme = await load(tx, house, carried.item_id)
    check(standing_of(house, programme, asker))
    rules.check_open(item)
    entry = await _entry(tx, house, item, programme, asker)
    return draw(entry, replace(carried, version=item.version), house.policy.workspace.currency)


async def _review(tx: Tx, house: House, programme: Programme, page: int, asker: Asker) -> Review:
    standing = standing_of(house, programme, asker)
    roles.check_see(standing)
    zone = house.policy.calendar_of(programme).zone_info
    found = [item for item in await rows.of_programme(tx, programme.key) if item.is_open]
    weights = await rows.weights(tx, [item.id for item in found])
    ordered = rules.in_review_order([(item, weights[item.id]) for item in found], tx.now, zone)
    first, last, pages = shown_page(len(ordered), page, list_view.ROWS)
    return Review(
        programme=programme.key,
        name=programme.name,
        currency=house.policy.workspace.currency,
        page=min(max(page, 1), pages),
        entries=tuple(await _entries(tx, house, programme, standing, ordered[first:last])),
        open=len(ordered),
        unplanned=sum(item.plan is None for item in found),
        late=sum(rules.is_late(item, tx.now, zone) for item in found),
        closed=await rows.closed_since(tx, programme.key, tx.now - KEPT_IN_VIEW),
        after=house.policy.figures.systemic_after,
        channel=house.channel_of(programme),
        may_share=asking.may_share(house, programme, asker.channel),
        others=tuple(each.key for each in visible(house, asker.user) if each.key != programme.key),
    )


async def _entry(tx: Tx, house: House, item: Item, programme: Programme, asker: Asker) -> Entry:
    weights = await rows.weights(tx, [item.id])
    standing = standing_of(house, programme, asker)
    (entry,) = await _entries(tx, house, programme, standing, [(item, weights[item.id])])
    return entry


async def _entries(
    tx: Tx, house: House, programme: Programme, by: Standing, items: Sequence[tuple[Item, Weight]]
) -> list[Entry]:
    numbers = [item.id for item, _ in items]
    linked, quotes = await rows.cards(tx, numbers, CARDS), await _quotes(tx, [item for item, _ in items])
    zone = house.policy.calendar_of(programme).zone_info
    return [
        Entry(
            item=item,
            weight=weight,
            quarter=quarter(item.quarter, house.policy.figures.fiscal_year_starts).name,
            is_late=rules.is_late(item, tx.now, zone),
            quote=quotes.get(item.id, ""),
            cards=tuple(
                (card.account or card.contact, permalink(card.channel, card.ts)) for card in linked.get(item.id, ())
            ),
            owner_gone=bool(item.owner) and is_gone(house, item.owner),
            may_plan=by.lead and by.active,
            may_finish=by.active and (by.lead or by.user == item.owner),
        )
        for item, weight in items
    ]


async def _quotes(tx: Tx, items: Sequence[Item]) -> Mapping[int, str]:
    """What stands for each theme in the words of one customer: its quote, else the first comment of a linked case."""
    kept = {
        (programme, each.theme.key): each.theme
        for programme in {item.programme for item in items}
        for each in await themes.kept(tx, programme)
    }
    # The quote is the first example of a part; it is shown only while an answer of a linked case still says so.
    remembered = {item.id: kept.get((item.programme, item.theme)) for item in items}
    wanted = {
        number: tuple(part.examples[0] for part in theme.parts if part.examples)
        for number, theme in remembered.items()
        if theme
    }
    said = await rows.first_said(tx, list(remembered), [text for texts in wanted.values() for text in texts])
    found = {}
    for number in remembered:
        texts = said.get(number, ())
        found[number] = next((text for text in wanted.get(number, ()) if text in texts), texts[0] if texts else "")
    return found


def _refuse_changed(item: Item, carried: Carried) -> None:
    if item.version != carried.version:
        raise Refusal(words.CHANGED)


def _refuse_unplanned(item: Item) -> None:
    if item.is_open and item.plan is None:
        raise Refusal(words.UNPLANNED_YET)
