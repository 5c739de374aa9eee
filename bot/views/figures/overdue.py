"""The open cases of a programme that have missed a deadline, the most pressing first."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.views import blocks, card, kit
from bot.views import words as common
from bot.views.figures import words
from bot.views.figures.frame import NAME, ROWS, About, Figures, lasting, shown_page
from bot.views.home import HomeRow
from bot.views.look import Block
from recovery.cases.rungs import RungState, ladder_view

NAMED = 3  # accounts in the notification


@dataclass(frozen=True, slots=True)
class Overdue:
    """The rows of the page that is shown, in order, and how many cases are overdue in all."""

    rows: tuple[HomeRow, ...] = ()
    total: int = 0


def overdue(found: Overdue, about: About) -> Figures:
    if not found.total:
        said = words.NONE_OVERDUE.format(programme=about.name)
        return Figures(said.replace("*", ""), (blocks.section("overdue:none", said),))
    title = words.OVERDUE_TITLE.format(programme=about.name, cases=kit.count(found.total, "case"))
    _, _, pages = shown_page(found.total, about.place.page)
    rows = [_row(row, about) for row in found.rows[:ROWS]]
    return Figures(_text(found.rows, found.total, about), (blocks.section("overdue:title", title), *rows), pages)


def _row(row: HomeRow, about: About) -> Block:
    case = row.case
    facts = kit.dotted(
        f"{card.dot(case, about.at)} {row.score}",
        kit.named(row.account_name, NAME) or kit.named(row.contact_name, NAME) or common.NO_NAME,
        kit.money(row.acv, about.currency),
    )
    address = kit.web_address(row.card_link)
    late = kit.dotted(
        kit.mention(case.owner) if case.owner else words.NOBODY,
        *_late(row, about),
        kit.link(address, common.OPEN_CARD) if address else "",
    )
    return blocks.pair(f"overdue:{case.id}", blocks.plain(facts), blocks.mrkdwn(late))


def _late(row: HomeRow, about: About) -> list[str]:
    """The step that is late for the longest time, and how many others are."""
    rungs = [
        (rung.due_at, words.LATE_STEPS[rung.step])
        for rung in ladder_view(row.case, about.at)
        if rung.state is RungState.OVERDUE and rung.due_at
    ]
    if not rungs:
        return []
    due_at, step = min(rungs)
    others = f"and {kit.count(len(rungs) - 1, 'more step')}" if len(rungs) > 1 else ""
    return [" ".join(filter(None, (words.LATE.format(step=step, by=lasting(about.at - due_at)), others)))]


def _text(rows: Sequence[HomeRow], total: int, about: About) -> str:
    named = [kit.typed(row.account_name, 40) or kit.typed(row.contact_name, 40) or common.NO_NAME for row in rows]
    said = f"{about.name}: {kit.count(total, 'case')} overdue"
    if not named:
        return said
    rest = total - min(len(named), NAMED)
    return f"{said}: {', '.join(named[:NAMED])}{f' and {rest:,} more' if rest else ''}"
