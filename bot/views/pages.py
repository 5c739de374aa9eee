"""What people see in Slack of the pages that a browser opens: the button, the link, or why there is none."""

from datetime import datetime

from bot.pages import Links
from bot.views import blocks, kit
from bot.views import page_words as words
from bot.views.figures.frame import NAME
from bot.views.ids import ActionId
from bot.views.look import Block, Look

ACTIONS = "readout:actions"


def offered(look: Look, links: Links, value: str, by_hand: str = "") -> Look:
    """A readout with the button that gives a link to its printable page; `value` is what the button carries.

    Where no link can be made, it says how one would get the page: `by_hand` is the command; "" where nobody is told.
    """
    if links.can_be_made:
        button = blocks.button(ActionId.READOUT_PRINT, words.PRINTABLE, value, label=words.PRINTABLE_LABEL)
        return Look(look.text, _with_button(look.blocks, button))
    if by_hand:
        said = words.NO_ADDRESS.format(command=by_hand)
        return Look(look.text, (*look.blocks, blocks.context("readout:no_address", blocks.mrkdwn(said))))
    return look


def print_by_hand(programme: str, period: str) -> str:
    """The command that prints a readout without any link; both by key."""
    return f"winback readout --programme {programme} --period {period} --html readout.html"


def readout_link(programme: str, period: str, url: str, ends: datetime) -> Look:
    """A fresh link to a readout's printable page. The address stands in a button only, where nothing unfurls it."""
    named = kit.named(programme, NAME)
    said = words.READOUT.format(period=kit.escaped(period), programme=kit.typed(programme, NAME))
    return _link(said, words.ENDS, words.OPEN, words.OPEN_LABEL.format(programme=named), url, ends)


def export_link(programme: str, period: str, url: str, ends: datetime) -> Look:
    """A fresh link to an export, with what it holds."""
    named = kit.named(programme, NAME)
    said = f"{_export_title(programme, period)}\n{words.EXPORT_HOLDS}"
    return _link(said, words.EXPORT_ENDS, words.DOWNLOAD, words.DOWNLOAD_LABEL.format(programme=named), url, ends)


def export_by_hand(programme: str, period: str, command: str) -> Look:
    """The command for who runs winback, where there can be no link."""
    said = f"{_export_title(programme, period)}\n{words.EXPORT_BY_HAND}"
    shown = blocks.rich("page:command", blocks.preformatted(command))
    return Look(f"{said}\n{command}", (blocks.section("page:said", said), shown))


def _export_title(programme: str, period: str) -> str:
    period = kit.escaped(period) or words.EXPORT_OF_ALL_TIME
    return words.EXPORT.format(programme=kit.typed(programme, NAME), period=period)


def _link(said: str, ending: str, button: str, label: str, url: str, ends: datetime) -> Look:
    until = ending.format(at=kit.when(ends))
    return Look(
        f"{said} {until}",
        (
            blocks.section("page:said", said),
            blocks.actions("page:actions", blocks.link_button(ActionId.PAGE_LINK, button, url, label=label)),
            blocks.context("page:ends", blocks.mrkdwn(until)),
        ),
    )


def _with_button(found: tuple[Block, ...], button: Block) -> tuple[Block, ...]:
    """The button behind those that are there, else on a line of its own."""
    if any(block.get("block_id") == ACTIONS for block in found):
        return tuple(
            {**block, "elements": [*block["elements"], button]} if block.get("block_id") == ACTIONS else block
            for block in found
        )
    return (*found, blocks.actions(ACTIONS, button))
