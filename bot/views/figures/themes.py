"""What detractors write about, the largest theme first: each with an exact quote, how many say so, and its money."""

import json
from dataclasses import dataclass
from decimal import Decimal

from bot.views import blocks, kit
from bot.views.figures import themes_words as words
from bot.views.figures.frame import About, Figures, shown_page
from bot.views.figures.themes_place import Act, Pressed, Which, value
from bot.views.ids import ActionId
from bot.views.look import Block

ROWS = 5  # themes of a page
TAG = 60  # characters of a theme's name
TEXT_TAG = 30
NAMED = 3  # themes in the notification
# Characters of a quote and of a name: as many as fit on a page together.
_LENGTHS = ((400, TAG), (240, TAG), (150, TAG), (90, 50), (50, 40), (25, 30))
_ROOM = 9_000  # characters of JSON for what stands above the buttons; Slack takes about 13,200 in all
_LINES = 5


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme. `quote` are the exact words of an answer, `count` the answers that say so.

    `acv` is the yearly contract value behind it, each account once, None where none is known; `unknown` is how many
    accounts have no known value.
    """

    which: Which
    tag: str
    quote: str
    count: int
    acv: Decimal | None
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes of the page that is shown, and of how many detractors and comments they were found.

    `total` themes hold `held` of the `searched` comments; there are `comments` in all. `only` is what the only
    comment says. `may_change`: the reader may rename, merge and split.
    """

    rows: tuple[ThemeRow, ...] = ()
    total: int = 0
    held: int = 0
    searched: int = 0
    comments: int = 0
    detractors: int = 0
    only: str = ""
    may_change: bool = False


def themes(found: Themes, about: About) -> Figures:
    if not found.total:
        return _none(found, about)
    _, _, pages = shown_page(found.total, about.place.page, ROWS)
    summary = words.FOUND.format(themes=kit.count(found.total, "theme"), comments=kit.count(found.comments, "comment"))
    title = blocks.section("themes:title", kit.dotted(about.title, summary))
    shown = _fitting(found, about, title)
    pressable = tuple(_with_menu(block, found, about) for block in shown)
    return Figures(_text(found, about), shown, pages, own_blocks=pressable)


def _none(found: Themes, about: About) -> Figures:
    period = kit.escaped(about.period_name)
    title = blocks.section("themes:title", about.title)
    if not found.detractors:
        said = words.NO_DETRACTOR.format(period=period)
    elif not found.comments:
        said = words.NO_COMMENT.format(detractors=kit.count(found.detractors, "detractor"), period=period)
    elif found.comments == 1:
        said = words.ONE_COMMENT.format(period=period)
    else:
        said = words.NO_THEME.format(comments=kit.count(found.comments, "comment"), period=period)
    shown = [title, blocks.section("themes:none", said)]
    if found.comments == 1 and kit.clean(found.only):
        shown.append(blocks.rich("themes:only", _quote(found.only, _LENGTHS[0][0])))
    return Figures(f"{about.plain_title}: {said}", tuple(shown))


def _fitting(found: Themes, about: About, title: Block) -> tuple[Block, ...]:
    """The page with quotes as long as they all fit."""
    shown: tuple[Block, ...] = ()
    for quoted, named in _LENGTHS:
        rows = [block for each in found.rows[:ROWS] for block in _row(each, about, quoted, named)]
        shown = (title, *rows, *_notes(found))
        if len(json.dumps([_with_menu(block, found, about) for block in shown])) <= _ROOM:
            break
    return shown


def _row(row: ThemeRow, about: About, quoted: int, named: int) -> list[Block]:
    said = words.THEME.format(
        tag=kit.typed(row.tag, named), comments=kit.count(row.count, "comment"), money=_money(row, about)
    )
    return [
        blocks.section(_block_id(row), said),
        blocks.rich(f"{_block_id(row)}:quote", _quote(row.quote, quoted)),
    ]


def _block_id(row: ThemeRow) -> str:
    return f"theme:{row.which.quote}"


def _quote(text: str, most: int) -> Block:
    shown = kit.excerpt(text, most, _LINES)
    return blocks.quote(
        shown.text or kit.ELLIPSIS, words.MORE.format(count=f"{shown.left_out:,}") if shown.left_out else ""
    )


def _money(row: ThemeRow, about: About) -> str:
    acv = kit.money(row.acv, about.currency)
    if not acv:
        return words.MONEY_UNKNOWN
    if not row.unknown:
        return words.MONEY.format(acv=acv)
    return words.MONEY_MORE.format(acv=acv, count=f"{row.unknown:,}")


def _notes(found: Themes) -> list[Block]:
    notes = []
    if (alone := found.searched - found.held) > 0:
        notes.append(words.IN_NONE.format(comments=kit.count(alone, "comment")))
    if found.searched < found.comments:
        comments = kit.count(found.comments, "comment")
        notes.append(words.NEWEST.format(shown=f"{found.searched:,}", comments=comments))
    return [blocks.context("themes:notes", blocks.mrkdwn(" ".join(notes)))] if notes else []


def _with_menu(block: Block, found: Themes, about: About) -> Block:
    row = next((each for each in found.rows[:ROWS] if block["block_id"] == _block_id(each)), None)
    return block if row is None else block | {"accessory": _menu(row, about, may_change=found.may_change)}


def _menu(row: ThemeRow, about: About, *, may_change: bool) -> Block:
    """What can be done with the theme: everybody reads, leads change."""
    if not may_change:
        label = words.READ_LABEL.format(tag=kit.named(row.tag, TAG))
        return blocks.button(ActionId.THEME_READ, words.READ, _pressed(Act.READ, row, about), label=label)
    offered = ((Act.READ, words.READ), (Act.RENAME, words.RENAME), (Act.MERGE, words.MERGE), (Act.SPLIT, words.SPLIT))
    return blocks.overflow(
        ActionId.THEME_MORE, [blocks.option(said, _pressed(act, row, about)) for act, said in offered]
    )


def _pressed(act: Act, row: ThemeRow, about: About) -> str:
    place = about.place
    page = 1 if act is Act.READ else place.page
    return value(Pressed(act, place.programme, place.period, row.which, page))


def _text(found: Themes, about: About) -> str:
    named = [_named(each) for each in found.rows[:NAMED]]
    rest = found.total - len(named)
    shown = f"{', '.join(named)}{f' and {rest:,} more' if rest else ''}"
    return words.TEXT.format(title=about.plain_title, themes=shown)


def _named(row: ThemeRow) -> str:
    return words.TEXT_THEME.format(tag=kit.typed(row.tag, TEXT_TAG), count=f"{row.count:,}")
