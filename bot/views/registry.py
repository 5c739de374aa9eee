"""The action registry as it is reviewed: what waits for a plan, what is late, what is on its way, what it weighs."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.views import blocks, kit
from bot.views import registry_words as words
from bot.views import words as common
from bot.views.figures.frame import MOST_OTHERS, NAME, shown_page
from bot.views.ids import ActionId
from bot.views.look import Block, Look
from bot.views.readouts.page import Room, fitting, sentence
from recovery.errors import Refusal
from recovery.figures.case_figures import Amount
from recovery.moments import long_day
from recovery.readouts.registry import Item, ItemState, Weight

ROWS = 4
LIST_ROOM = 10_800  # characters as JSON; Slack takes about 13,200, and title, buttons and notes are around the rows
TAG = 60
Line = list[blocks.Part]
_PRESSED = re.compile(r"(\d{1,18}):(\d{1,5})", re.ASCII)
_PLACE = re.compile(r"([a-z0-9_-]{1,40})\|([1-9]\d{0,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it is shown. `quarter`: the name of the one it opened in. `cards`: (name, address) of a few cases.

    `quote`: what one of the customers wrote. `owner_gone`: their account is switched off. `may_plan`, `may_finish`:
    what its reader may press.
    """

    item: Item
    weight: Weight
    quarter: str
    is_late: bool = False
    quote: str = ""
    cards: tuple[tuple[str, str], ...] = ()
    owner_gone: bool = False
    may_plan: bool = False
    may_finish: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """The page of a programme's registry that is shown, and what is around it.

    `programme` is its key, `name` its name. `open`, `unplanned`, `late` count all of it. `channel`: its own one.
    `others`: keys of the other programmes that the reader sees. `page` counts from 1.
    """

    programme: str
    name: str
    currency: str
    page: int = 1
    entries: tuple[Entry, ...] = ()
    open: int = 0
    unplanned: int = 0
    late: int = 0
    closed: Counter[ItemState] = field(default_factory=Counter)
    after: int = 0
    channel: str = ""
    may_share: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What a button or window brings back: the item, the version that was looked at, and where it was pressed.

    `page` is that of the list, 0 for a message; `respond` the address at which the list can be replaced.
    """

    item_id: int
    version: int = 0
    page: int = 0
    respond: str = ""


def place_value(programme: str, page: int) -> str:
    return f"{programme}|{page}"


def read_place(value: str) -> tuple[str, int]:
    """A programme's key and a page. Raises Refusal for anything that is no button's value of ours."""
    found = _PLACE.fullmatch(value)
    if found is None:
        raise Refusal(words.OLD)
    return found[1], int(found[2])


def value(item_id: int, page: int) -> str:
    return f"{item_id}:{page}"


def read_value(text: str) -> Carried:
    """Raises Refusal for anything that is no button's value of ours."""
    found = _PRESSED.fullmatch(text)
    if found is None:
        raise Refusal(words.OLD)
    return Carried(int(found[1]), page=int(found[2]))


def own(review: Review) -> Look:
    """As only who asked sees it, with everything to press."""
    _, _, pages = shown_page(review.open, review.page, ROWS)
    return _look(review, [*_page_line(review, pages), *_pressed(review, pages), *_notes(review)], press=True)


def shared(review: Review, who: str) -> Look:
    """For everybody in a channel; `who` is the Slack user id of who shared it."""
    return _with_line(review, words.SHARED_BY.format(who=kit.mention(who)))


def after_sharing(review: Review, channel: str) -> Look:
    """What who shared it has in place of the buttons."""
    return _with_line(review, words.SHARED.format(channel=f"<#{channel}>"))


def weight_words(entry: Entry, currency: str) -> str:
    """How many customers say it, and what they pay; without marks of any kind."""
    people = kit.count(entry.weight.customers, "customer")
    said = words.CUSTOMERS.format(count=people) if entry.weight.customers else words.NO_CUSTOMERS
    return kit.dotted(said, money_words(entry.weight.money, currency))


def money_words(amount: Amount, currency: str) -> str:
    """The money, and of how many accounts nobody knows it; "" where there is nobody to pay any."""
    unknown = words.UNKNOWN.format(count=kit.count(amount.without, "account")) if amount.without else ""
    if amount.total is None or not amount.accounts:
        return unknown
    money = kit.money(amount.total, currency)
    return words.MONEY_AND.format(money=money, unknown=unknown) if unknown else money


def plan_lines(entry: Entry, room: Room) -> list[Line]:
    """What is done, by whom, by when, and how one will know; for rich text."""
    plan = entry.item.plan
    if plan is None:
        return [[words.NO_PLAN]]
    day = (words.DUE_LATE if entry.is_late else words.DUE).format(day=long_day(plan.due))
    gone = words.HAS_LEFT if entry.owner_gone and entry.item.is_open else ""
    return [
        [sentence(plan.action, room), " ", blocks.person(plan.owner), f"{gone}, {day}."],
        [blocks.bold(words.DONE_WHEN), sentence(plan.criterion, room)],
    ]


def case_lines(entry: Entry, room: Room) -> list[Line]:
    """A few of the cases with the way to their cards; for rich text."""
    parts: Line = []
    cards = entry.cards[: max(1, room.lines // 4)]
    for name, address in cards:
        shown, url = kit.named(name, room.name) or common.NO_NAME, kit.web_address(address)
        parts += [", "] if parts else []
        parts.append(blocks.link(url, shown) if url else shown)
    if not parts:
        return []
    rest = entry.weight.cases - len(cards)
    more = words.MORE_CASES.format(count=f"{rest:,}") if rest > 0 else ""
    return [[words.CASES, *parts, more]]


def stacked(lines: Sequence[Line]) -> Block:
    """One line under the other."""
    return blocks.line(*(part for number, line in enumerate(lines) for part in (["\n"] if number else []) + line))


def buttons(entry: Entry, page: int, room: Room) -> list[Block]:
    """What its reader may press, in a list or (page 0) a message; none where nothing is left to press."""
    item, tag = entry.item, kit.named(entry.item.tag, room.name)
    pressed = value(item.id, page)
    found = []
    if entry.may_plan:
        plan = words.PLAN if page else words.PLAN_IT
        said, label = (words.CHANGE, words.CHANGE_LABEL) if item.plan else (plan, words.PLAN_LABEL)
        found.append(
            blocks.button(ActionId.REGISTRY_PLAN, said, pressed, label=label.format(tag=tag), primary=item.plan is None)
        )
    if entry.may_finish and item.plan:
        found.append(blocks.button(ActionId.REGISTRY_DONE, words.DONE, pressed, label=words.DONE_LABEL.format(tag=tag)))
    if entry.may_plan:
        drop = words.DROP if page else words.DROP_IT
        found.append(blocks.button(ActionId.REGISTRY_DROP, drop, pressed, label=words.DROP_LABEL.format(tag=tag)))
    return [blocks.actions(f"registry:{item.id}:actions", *found)] if found and item.is_open else []


def _look(review: Review, around: Sequence[Block], *, press: bool) -> Look:
    name = kit.typed(review.name, NAME)
    if not review.open:
        said = words.NONE_OPEN.format(programme=name)
        lines = [f"{said} {_opens(review.after)}", *_closed(review)]
        return Look(said.replace("*", ""), (blocks.section("registry:none", "\n".join(lines)), *around))
    counts = kit.dotted(
        words.OPEN.format(count=review.open),
        words.UNPLANNED.format(count=review.unplanned) if review.unplanned else "",
        words.LATE.format(count=review.late) if review.late else "",
    )
    rows = fitting(lambda room: [row for each in review.entries for row in _rows(each, review, room, press)], LIST_ROOM)
    found = [blocks.section("registry:title", words.TITLE.format(programme=name, open=counts)), *rows]
    found += [blocks.context("registry:closed", blocks.mrkdwn(line)) for line in _closed(review)]
    return Look(words.PLAIN_TITLE.format(programme=name, open=counts), (*found, *around))


def _rows(entry: Entry, review: Review, room: Room, press: bool) -> list[Block]:
    heads = kit.dotted(weight_words(entry, review.currency), words.SINCE.format(quarter=entry.quarter))
    tag = kit.named(entry.item.tag, min(room.text, TAG)) or kit.ELLIPSIS
    lines: list[Line] = [[blocks.bold(tag), f" · {heads}"], *plan_lines(entry, room), *case_lines(entry, room)]
    row = blocks.rich(f"registry:{entry.item.id}", stacked(lines))
    return [row, *(buttons(entry, review.page, room) if press else [])]


def _with_line(review: Review, said: str) -> Look:
    line = blocks.context("registry:shared", blocks.mrkdwn(said))
    look = _look(review, [line], press=False)
    return Look(f"{look.text} {said}", look.blocks)


def _opens(after: int) -> str:
    if not after:
        return words.OPENS_NEVER
    return words.OPENS_AT_ONE if after == 1 else words.OPENS.format(after=after)


def _closed(review: Review) -> list[str]:
    how = [
        said.format(count=f"{review.closed[state]:,}")
        for state, said in words.CLOSED_STATES.items()
        if review.closed[state]
    ]
    return [words.CLOSED.format(how=", ".join(how))] if how else []


def _page_line(review: Review, pages: int) -> list[Block]:
    if pages == 1:
        return []
    return [blocks.context("registry:page", blocks.mrkdwn(words.PAGE.format(page=review.page, pages=pages)))]


def _pressed(review: Review, pages: int) -> list[Block]:
    found, page = [], review.page
    if review.may_share:
        label = words.SHARE_LABEL.format(programme=kit.named(review.name, NAME))
        here = place_value(review.programme, page)
        found.append(blocks.button(ActionId.REGISTRY_SHARE, words.SHARE, here, label=label))
    if page > 1:
        back = place_value(review.programme, page - 1)
        found.append(blocks.button(ActionId.REGISTRY_BACK, common.BACK, back, label=common.BACK_LABEL))
    if page < pages:
        forth = place_value(review.programme, page + 1)
        found.append(blocks.button(ActionId.REGISTRY_NEXT, common.NEXT, forth, label=common.NEXT_LABEL))
    return [blocks.actions("registry:pager", *found)] if found else []


def _notes(review: Review, command: str = "/nps") -> list[Block]:
    notes = []
    if review.channel and not review.may_share:
        notes.append(words.SHARE_THERE.format(channel=f"<#{review.channel}>"))
    if review.others:
        shown = [f"`{command} actions {key}`" for key in review.others]
        notes.append(words.OTHERS.format(commands=kit.listed(shown, MOST_OTHERS)))
    return [blocks.context("registry:notes", blocks.mrkdwn("\n".join(notes)))] if notes else []
