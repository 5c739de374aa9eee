"""The windows of a theme: rename it, merge it with another, split it, and read what its members wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.views import blocks, fields, kit
from bot.views import words as common
from bot.views.blocks import Part
from bot.views.figures import themes_words as words
from bot.views.figures.frame import shown_page
from bot.views.figures.themes_place import Pressed, Which, metadata, value, which_value
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from recovery.themes.memory import LONGEST_TAG

ROWS = 10  # comments of a page
QUOTE = 300  # characters of the quote on top of a window
READ = 1_500  # characters of a comment that is read
NAME = 40
_OPTION = 75  # what Slack takes as the text of an option
_LINES = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """A theme as a window shows it: its name, the words that are quoted, how many answers say so."""

    which: Which
    tag: str
    quote: str
    count: int


@dataclass(frozen=True, slots=True)
class Said:
    """One comment that is read: of which account and person, what, when. `card_link` is "" where there is no card."""

    text: str
    score: int
    at: datetime
    account: str = ""
    contact: str = ""
    card_link: str = ""


def rename(theme: Shown, pressed: Pressed) -> Block:
    """Answers: `tag`."""
    name = fields.text(
        BlockId.TAG, words.NAME, {}, most=LONGEST_TAG, hint=words.NAME_HINT, initial=theme.tag, focus=True
    )
    return _window(CallbackId.THEME_RENAME, words.RENAME_TITLE, theme, pressed, [name])


def merge(theme: Shown, others: Sequence[Shown], pressed: Pressed) -> Block:
    """Answers: `theme`, another theme as `which_value` writes it, and `tag`. `others`: at least one, largest first."""
    offered = [
        (which_value(each.which), words.OPTION.format(tag=each.tag, comments=kit.count(each.count, "comment")))
        for each in others[: fields.MOST_OPTIONS]
    ]
    hint = words.OTHER_HINT
    if len(others) > len(offered):
        hint = words.OTHER_HINT_MORE.format(count=len(offered), total=f"{len(others):,}")
    return _window(
        CallbackId.THEME_MERGE,
        words.MERGE_TITLE,
        theme,
        pressed,
        [
            fields.choice(BlockId.THEME, words.OTHER, {}, offered, hint=hint, focus=True),
            fields.text(BlockId.TAG, words.MERGED_NAME, {}, most=LONGEST_TAG, initial=theme.tag),
        ],
    )


def split(theme: Shown, members: Sequence[tuple[int, str]], pressed: Pressed) -> Block:
    """Answers: `comments`, numbers of answers, and `tag`. `members`: (number, words), newest first."""
    offered = [
        blocks.option(kit.named(text, _OPTION) or words.NO_WORDS, str(number))
        for number, text in members[: fields.MOST_OPTIONS]
    ]
    hint = words.MEMBERS_HINT
    if len(members) > len(offered):
        hint = words.MEMBERS_HINT_MORE.format(count=len(offered), total=f"{len(members):,}")
    chooser: Block = {
        "type": "multi_static_select",
        "action_id": ActionId.FIELD.value,
        "placeholder": blocks.plain(words.CHOOSE_THEM),
        "options": offered,
        "focus_on_load": True,
    }
    return _window(
        CallbackId.THEME_SPLIT,
        words.SPLIT_TITLE,
        theme,
        pressed,
        [
            blocks.entry(BlockId.COMMENTS, words.MEMBERS, chooser, hint=hint),
            fields.text(BlockId.TAG, words.NEW_NAME, {}, most=LONGEST_TAG),
        ],
    )


def reading(theme: Shown, said: Sequence[Said], pressed: Pressed) -> Block:
    """The comments of one page, as `pressed.page` says; the newest first."""
    first, last, pages = shown_page(theme.count, pressed.page, ROWS)
    page = min(pressed.page, pages)
    shown = words.SHOWN.format(first=f"{first + 1:,}", last=f"{last:,}", total=f"{theme.count:,}")
    found = [
        blocks.section("theme:title", f"*{kit.typed(theme.tag, LONGEST_TAG)}*"),
        *(_comment(number, each) for number, each in enumerate(said[:ROWS])),
        blocks.context("theme:shown", blocks.mrkdwn(shown)),
    ]
    turns = []
    if page > 1:
        back = value(replace(pressed, page=page - 1))
        turns.append(blocks.button(ActionId.THEME_BACK, common.BACK, back, label=common.BACK_LABEL))
    if page < pages:
        forth = value(replace(pressed, page=page + 1))
        turns.append(blocks.button(ActionId.THEME_NEXT, common.NEXT, forth, label=common.NEXT_LABEL))
    if turns:
        found.append(blocks.actions("theme:pager", *turns))
    return {
        "type": "modal",
        "callback_id": CallbackId.THEME_READ.value,
        "title": blocks.plain(words.READ_TITLE),
        "close": blocks.plain(words.CLOSE),
        "private_metadata": metadata(pressed),
        "blocks": found,
    }


def chosen_comments(view: Mapping[str, Any]) -> list[str]:
    """The values of the comments that were chosen in a window that was sent; none where it has no such input."""
    found: object = view.get("state")
    for step in ("values", BlockId.COMMENTS.value, ActionId.FIELD.value, "selected_options"):
        found = found.get(step) if isinstance(found, Mapping) else None
    options = found if isinstance(found, list) else []
    values = [option.get("value") for option in options if isinstance(option, Mapping)]
    return [each for each in values if isinstance(each, str)]


def _window(callback: CallbackId, title: str, theme: Shown, pressed: Pressed, inputs: Sequence[Block]) -> Block:
    about = words.ABOUT.format(tag=kit.named(theme.tag, LONGEST_TAG), comments=kit.count(theme.count, "comment"))
    quote = kit.excerpt(theme.quote, QUOTE, 5)
    more = words.MORE.format(count=f"{quote.left_out:,}") if quote.left_out else ""
    context = blocks.rich("theme:context", blocks.line(about), blocks.quote(quote.text or kit.ELLIPSIS, more))
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": blocks.plain(title),
        "submit": blocks.plain(words.SAVE),
        "close": blocks.plain(words.CANCEL),
        "private_metadata": metadata(pressed),
        "blocks": [context, *inputs],
    }


def _comment(number: int, said: Said) -> Block:
    who = kit.dotted(str(said.score), kit.named(said.account, NAME), kit.named(said.contact, NAME))
    line: list[Part] = [f"{who} · ", blocks.moment(said.at)]
    address = kit.web_address(said.card_link)
    if address:
        line += [" · ", blocks.link(address, words.CARD)]
    shown = kit.excerpt(said.text, READ, _LINES)
    more = words.MORE.format(count=f"{shown.left_out:,}") if shown.left_out else ""
    return blocks.rich(f"theme:comment:{number}", blocks.line(*line), blocks.quote(shown.text or kit.ELLIPSIS, more))
