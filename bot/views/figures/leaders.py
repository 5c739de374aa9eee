"""Who contacts detractors in time and wins them back. Never a score: nobody is paid by it (playbook, section 8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.views import blocks, kit, native
from bot.views.figures import words
from bot.views.figures.frame import NAME, About, Figures, shown_page
from bot.views.look import Block
from bot.views.native import Cell, Number, Person
from recovery.figures.case_figures import ContactRate, SavedFigures


@dataclass(frozen=True, slots=True)
class Leader:
    """The cases of one owner (`user`, a Slack id; "" for cases without one), or of one team (`team`, its name)."""

    user: str
    cases: int
    contacted: ContactRate
    saved: SavedFigures
    team: str = ""


@dataclass(frozen=True, slots=True)
class Leaders:
    """The owners of the page that is shown, how many there are in all, and the teams (on the first page only)."""

    owners: tuple[Leader, ...] = ()
    total: int = 0
    teams: tuple[Leader, ...] = field(default=())


ROWS = native.ROWS
MOST_TEAMS = 20
IN_TEXT = 3  # owners in the notification


def leaders(found: Leaders, about: About) -> Figures:
    title = blocks.section("leaders:title", about.title)
    if not found.total:
        said = words.NO_LEADERS.format(period=kit.escaped(about.period_name))
        return Figures(f"{about.name}: {said}", (title, blocks.section("leaders:none", said)))
    _, _, pages = shown_page(found.total, about.place.page, ROWS)
    tables = [_table("leaders:owners", words.BY_OWNER, words.OWNER, found.owners[:ROWS], about)]
    if found.teams:
        tables.append(_table("leaders:teams", words.BY_TEAM, words.TEAM, found.teams[:MOST_TEAMS], about))
    note = blocks.context("leaders:note", blocks.mrkdwn(words.LEADERS_NOTE))
    named = "; ".join(_line(each, about) for each in found.owners[:IN_TEXT])
    return Figures(f"{about.plain_title}: {named}", (title, *tables, note), pages)


def _table(block_id: str, caption: str, who: str, rows: Sequence[Leader], about: About) -> Block:
    head = [who, words.CASES, words.IN_TIME_RATE, words.SAVED_CASES, words.SAVED_VALUE]
    return native.table(block_id, caption, head, [_row(each, about) for each in rows])


def _row(leader: Leader, about: About) -> list[Cell]:
    who: Cell = leader.team or (Person(leader.user) if leader.user else words.UNOWNED)
    return [
        who,
        Number(leader.cases, f"{leader.cases:,}"),
        _rate(leader.contacted),
        Number(leader.saved.saved, f"{leader.saved.saved:,}"),
        _value(leader.saved, about),
    ]


def _rate(rate: ContactRate) -> Cell:
    share = rate.share
    if share.exact is None:
        return native.nothing(words.NONE_DUE)
    said = words.LEADER_RATE.format(percent=share.percent, part=f"{share.part:,}", whole=f"{share.whole:,}")
    return Number(float(share.exact), said)


def _value(saved: SavedFigures, about: About) -> Cell:
    """What the saved accounts are worth; nothing where nobody was saved."""
    acv = kit.money(saved.acv_saved, about.currency) if saved.saved else ""
    if not acv or saved.acv_saved is None:
        return native.nothing(words.NOT_KNOWN if saved.saved else native.NOTHING)
    return Number(float(saved.acv_saved), acv)


def _line(leader: Leader, about: About) -> str:
    who = kit.typed(leader.team, NAME) if leader.team else kit.mention(leader.user) if leader.user else words.UNOWNED
    acv = kit.money(leader.saved.acv_saved, about.currency) if leader.saved.saved else ""
    saved = words.SAVED.format(count=f"{leader.saved.saved:,}", acv=f" ({acv})" if acv else "")
    return words.LEADER.format(
        who=who, contacted=_contacted(leader.contacted), saved=saved, cases=kit.count(leader.cases, "case")
    )


def _contacted(rate: ContactRate) -> str:
    share = rate.share
    if share.percent is None:
        return words.LEADER_UNDECIDED
    return words.LEADER_CONTACTED.format(percent=share.percent, part=f"{share.part:,}", whole=f"{share.whole:,}")
