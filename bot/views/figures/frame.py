"""What stands around all figures: the title, the buttons to the others and to the channel, the pages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.views import blocks, kit
from bot.views import words as common
from bot.views.figures import words
from bot.views.figures.place import Place, Shown, place_value
from bot.views.ids import ActionId
from bot.views.look import Block, Look
from recovery.figures.periods import Period

NAME = 40  # characters of a customer's or a programme's name; a page of the longest stays within what Slack takes
ROWS = 10
MOST_OTHERS = 5
HOURS_SHOWN = timedelta(hours=100)  # "51 h" says more of a limit of 48 than "2 days"
AN_HOUR = timedelta(hours=1)
BUTTONS = {
    Shown.STATUS: ActionId.FIGURES_STATUS,
    Shown.SEGMENTS: ActionId.FIGURES_SEGMENTS,
    Shown.OVERDUE: ActionId.FIGURES_OVERDUE,
    Shown.LEADERS: ActionId.FIGURES_LEADERS,
    Shown.THEMES: ActionId.FIGURES_THEMES,
}


@dataclass(frozen=True, slots=True)
class About:
    """Whose figures these are, and where they are read.

    `programme` is its name in the policy, `channel` the id of its own channel. `may_share`: they are read where they
    may be shared. `others`: keys of the other programmes that the reader sees. `at`: aware UTC.
    """

    place: Place
    programme: str
    period: Period
    at: datetime
    currency: str
    channel: str = ""
    may_share: bool = False
    others: tuple[str, ...] = ()

    @property
    def period_name(self) -> str:
        """The period as people say it: "Q3 2026", "Q4 2026 so far"."""
        name = self.period.name
        over = self.period.is_over(self.at) or self.period.key.endswith("d")
        return name if over else words.SO_FAR.format(period=name)

    @property
    def title(self) -> str:
        """In mrkdwn, bold."""
        return words.TITLE.format(programme=self.name, period=kit.escaped(self.period_name))

    @property
    def plain_title(self) -> str:
        """For the notification, in mrkdwn."""
        return words.PLAIN_TITLE.format(programme=self.name, period=kit.escaped(self.period_name))

    @property
    def name(self) -> str:
        """The programme's name in mrkdwn."""
        return kit.typed(self.programme, NAME)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said, without buttons: this is what a channel gets. `pages` of them there are, at least 1.

    `own_blocks` are the same with something to press in them, where there is something.
    """

    text: str
    blocks: tuple[Block, ...]
    pages: int = 1
    chooser: Block | None = None
    own_blocks: tuple[Block, ...] = ()


def own(figures: Figures, about: About) -> Look:
    """The figures as only who asked sees them, with everything to press."""
    place = about.place
    found = [*(figures.own_blocks or figures.blocks), *_page_line(figures.pages, place.page)]
    found.append(blocks.actions("figures:actions", *_buttons(about)))
    pressed = [*([figures.chooser] if figures.chooser else []), *_turns(figures.pages, place)]
    if pressed:
        found.append(blocks.actions("figures:pager", *pressed))
    notes = [*_share_there(about), *_others(about)]
    if notes:
        found.append(blocks.context("figures:notes", blocks.mrkdwn("\n".join(notes))))
    return Look(figures.text, tuple(found))


def shared(figures: Figures, who: str) -> Look:
    """The same figures for everybody in a channel; `who` is the Slack user id of who shared them."""
    said = words.SHARED_BY.format(who=kit.mention(who))
    line = blocks.context("figures:shared", blocks.mrkdwn(said))
    return Look(f"{figures.text} {said}", (*figures.blocks, line))


def after_sharing(figures: Figures, channel: str) -> Look:
    """What who shared them has in place of the buttons. `channel` is its Slack id."""
    said = words.SHARED.format(channel=f"<#{channel}>")
    return Look(f"{figures.text} {said}", (*figures.blocks, blocks.context("figures:shared", blocks.mrkdwn(said))))


def shown_page(total: int, page: int, rows: int = ROWS) -> tuple[int, int, int]:
    """Give first row, row behind the last, and how many pages there are; a page too far is the last one."""
    pages = max(1, -(-total // rows))
    page = min(max(page, 1), pages)
    return (page - 1) * rows, min(page * rows, total), pages


def lasting(length: timedelta) -> str:
    """How long something takes: "40 min", "51 h", "12 days"."""
    return f"{length // AN_HOUR} h" if AN_HOUR <= length < HOURS_SHOWN else kit.span(length)


def account(name: str, contact: str) -> str:
    """The account, else the contact; in mrkdwn."""
    return kit.typed(name, NAME) or kit.typed(contact, NAME) or common.NO_NAME


def _buttons(about: About) -> list[Block]:
    place, name = about.place, kit.named(about.programme, NAME)
    found = []
    if about.may_share:
        label = words.SHARE_LABEL.format(programme=name)
        found.append(blocks.button(ActionId.FIGURES_SHARE, words.SHARE, place_value(place), label=label))
    for what, action in BUTTONS.items():
        if what is not place.what:
            there = place_value(replace(place, what=what, page=1))
            label = words.LABELS[what.value].format(programme=name)
            found.append(blocks.button(action, words.BUTTONS[what.value], there, label=label))
    return found


def _page_line(pages: int, page: int) -> list[Block]:
    if pages == 1:
        return []
    said = words.PAGE.format(page=f"{min(page, pages):,}", pages=f"{pages:,}")
    return [blocks.context("figures:page", blocks.mrkdwn(said))]


def _turns(pages: int, place: Place) -> list[Block]:
    page = min(place.page, pages)
    back, forth = place_value(replace(place, page=page - 1)), place_value(replace(place, page=page + 1))
    found = []
    if page > 1:
        found.append(blocks.button(ActionId.FIGURES_BACK, common.BACK, back, label=common.BACK_LABEL))
    if page < pages:
        found.append(blocks.button(ActionId.FIGURES_NEXT, common.NEXT, forth, label=common.NEXT_LABEL))
    return found


def _share_there(about: About) -> list[str]:
    if about.may_share or not about.channel:
        return []
    return [words.SHARE_THERE.format(channel=f"<#{about.channel}>")]


def _others(about: About, command: str = "/nps") -> list[str]:
    if not about.others:
        return []
    shown: Sequence[str] = [f"`{command} {about.place.what.value} {key}`" for key in about.others]
    return [words.OTHERS.format(commands=kit.listed(list(shown), MOST_OTHERS))]
