"""Who contacts detractors in time and wins them back. Never a score: nobody is paid by it (playbook, section 8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.views import blocks, kit
from bot.views.figures import words
from bot.views.figures.frame import NAME, ROWS, About, Figures, shown_page
from bot.views.look import Block
from recovery.case_figures import ContactRate, SavedFigures


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


MOST_TEAMS = 6


def leaders(found: Leaders, about: About) -> Figures:
    title = blocks.section("leaders:title", about.title)
    if not found.total:
        said = words.NO_LEADERS.format(period=kit.escaped(about.period_name))
        return Figures(f"{about.name}: {said}", (title, blocks.section("leaders:none", said)))
    _, _, pages = shown_page(found.total, about.place.page)
    lines = _section("leaders:owners", found.owners, about)
    if found.teams:
        lines += [
            blocks.section("leaders:teams", words.TEAMS),
            *_section("leaders:team", found.teams[:MOST_TEAMS], about),
        ]
    note = blocks.context("leaders:note", blocks.mrkdwn(words.LEADERS_NOTE))
    text = f"{about.plain_title}: {'; '.join(_line(each, about) for each in found.owners[:3])}"
    return Figures(text, (title, *lines, note), pages)


def _section(name: str, rows: Sequence[Leader], about: About) -> list[Block]:
    return [blocks.section(f"{name}:{number}", _line(each, about)) for number, each in enumerate(rows[:ROWS])]


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
