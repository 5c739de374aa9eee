"""What detractors write about: gathered for the search, and kept once a person or the registry has to meet it again.

A search takes seconds, so it happens between transactions: gather in one, search, look or change in another.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.flows.cases.casework import Asker, standing_of
from bot.house import House
from bot.views.figures import themes_place as place
from bot.views.figures import themes_words as words
from bot.views.figures.frame import shown_page
from bot.views.figures.themes import ROWS, ThemeRow, Themes
from bot.views.figures.themes_place import Which
from recovery import roles
from recovery.errors import NotAllowed, Refusal
from recovery.figures.periods import Period
from recovery.policy.file import Programme
from recovery.themes import Remembered, Theme, Verbatim, money_of, remember, unknown_of
from store.engine import Tx
from store.figures import themes as rows
from store.figures.themes import Comment, Counts, Kept

MOST = 10_000  # the newest comments of a period; what is older is said, not searched
_PAGE = 500  # comments read at once, so that others have their turn between


@dataclass(frozen=True, slots=True)
class Gathered:
    """The comments of a programme's detractors in a period, newest first, and what is remembered of its themes."""

    programme: str
    period: Period
    comments: tuple[Comment, ...] = ()
    kept: tuple[Kept, ...] = ()
    counts: Counts = field(default_factory=Counts)

    @property
    def verbatims(self) -> tuple[Verbatim, ...]:
        return tuple(_verbatim(each) for each in self.comments)

    @property
    def remembered(self) -> tuple[Remembered, ...]:
        return tuple(each.theme for each in self.kept)

    @property
    def by_id(self) -> Mapping[int, Comment]:
        return {each.id: each for each in self.comments}


@dataclass(frozen=True, slots=True)
class Searched:
    """The themes that were found in what was gathered, largest first."""

    gathered: Gathered
    themes: tuple[Theme, ...] = ()

    @property
    def kept(self) -> Mapping[str, Kept]:
        """What is remembered, by key."""
        return {each.theme.key: each for each in self.gathered.kept}

    def mark_of(self, theme: Theme) -> str:
        """What tells whether a person has changed the theme since."""
        kept = self.kept.get(theme.key)
        return mark_of(theme.key, kept)

    def find(self, which: Which) -> Theme:
        """The theme that was shown. Raises Refusal where it is gone or was changed since."""
        theme = self.holding(which.quote)
        if theme is None or self.mark_of(theme) != which.mark:
            raise Refusal(words.CHANGED)
        return theme

    def holding(self, number: int) -> Theme | None:
        """The theme that has this answer among its members."""
        return next((theme for theme in self.themes if number in theme.member_ids), None)

    def verbatims_of(self, theme: Theme) -> tuple[Verbatim, ...]:
        """What the members wrote, newest first."""
        members = set(theme.member_ids)
        return tuple(_verbatim(each) for each in self.gathered.comments if each.id in members)


def is_lead(house: House, programme: Programme, asker: Asker) -> bool:
    """Whether the asker may change the programme's themes."""
    try:
        roles.check_themes(standing_of(house, programme, asker))
    except NotAllowed:
        return False
    return True


def mark_of(key: str, kept: Kept | None) -> str:
    return place.mark(key, kept.version) if kept else place.FRESH


def shown(searched: Searched, page: int, *, may_change: bool) -> Themes:
    """The page of the list as it is looked at."""
    gathered, texts = searched.gathered, searched.gathered.by_id
    first, last, _ = shown_page(len(searched.themes), page, ROWS)
    rows = []
    for theme in searched.themes[first:last]:
        members = searched.verbatims_of(theme)
        rows.append(
            ThemeRow(
                which=Which(theme.quote_id, searched.mark_of(theme)),
                tag=theme.tag,
                quote=texts[theme.quote_id].text,
                count=theme.count,
                acv=money_of(theme, members),
                unknown=unknown_of(theme, members),
            )
        )
    return Themes(
        rows=tuple(rows),
        total=len(searched.themes),
        held=sum(theme.count for theme in searched.themes),
        searched=len(gathered.comments),
        comments=gathered.counts.comments,
        detractors=gathered.counts.answers,
        only=gathered.comments[0].text if len(gathered.comments) == 1 else "",
        may_change=may_change,
    )


async def gather(tx: Tx, house: House, programme_key: str, period: Period) -> Gathered:
    """Read what a search needs. A programme that the policy no longer has gathers nothing."""
    if programme_key not in house.policy.programmes:
        return Gathered(programme_key, period)
    found: list[Comment] = []
    while len(found) < MOST:
        most = min(_PAGE, MOST - len(found))
        page = await rows.comments(
            tx, programme_key, period.start, period.end, before=found[-1] if found else None, most=most
        )
        found += page
        if len(page) < most:
            break
        await asyncio.sleep(0)
    kept = await rows.kept(tx, programme_key)
    counts = await rows.counts(tx, programme_key, period.start, period.end)
    return Gathered(programme_key, period, tuple(found), tuple(kept), counts)


async def remember_theme(tx: Tx, programme_key: str, theme: Theme, verbatims: Iterable[Verbatim], by: str = "") -> str:
    """Keep a theme that was found, so that later searches meet it under its key, which is given.

    Twice is once: what is remembered already stays as it is. `by` is a Slack user id, "" for winback.
    """
    await rows.lock(tx, programme_key)
    if await rows.kept_one(tx, programme_key, theme.key) is None:
        await rows.keep(tx, programme_key, remember(theme, verbatims), by, 0)
    return theme.key


def _verbatim(comment: Comment) -> Verbatim:
    return Verbatim(comment.id, comment.text, comment.acv, comment.account)
