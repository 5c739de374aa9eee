"""What leads do to a theme: rename, merge, split. What they decide is remembered and holds for later searches.

The search happened before, outside the transaction (`Searched`). What is remembered may have changed since; then
nothing is done, and who asked is told to look again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.flows.cases.casework import Asker, standing_of
from bot.flows.cases.links import permalink
from bot.flows.figures import themes as flows
from bot.flows.figures.themes import Searched
from bot.house import House
from bot.views import theme_windows
from bot.views.figures import themes_words as words
from bot.views.figures.frame import shown_page
from bot.views.figures.themes_place import Act, Pressed, Which
from bot.views.look import Block
from bot.views.theme_windows import Said, Shown
from recovery import roles
from recovery.errors import FieldRefusal, Refusal
from recovery.policy.file import Programme
from recovery.themes import Remembered, Theme, memory
from store.cases import queues
from store.engine import Tx
from store.figures import themes as rows
from store.figures.themes import Comment, Kept


def may_change(house: House, programme: Programme, asker: Asker) -> None:
    """Raise NotAllowed for anybody but a lead."""
    roles.check_themes(standing_of(house, programme, asker))


async def window(tx: Tx, searched: Searched, pressed: Pressed) -> Block:
    """The window that the press opens. Raises Refusal where the theme is gone, or there is nothing to choose from."""
    if pressed.act is Act.READ:
        return await _reading(tx, searched, pressed)
    theme = searched.find(pressed.which)
    texts = searched.gathered.by_id
    match pressed.act:
        case Act.RENAME:
            return theme_windows.rename(_shown(searched, theme, texts), pressed)
        case Act.MERGE:
            others = [_shown(searched, each, texts) for each in searched.themes if each is not theme]
            if not others:
                raise Refusal(words.ALONE)
            return theme_windows.merge(_shown(searched, theme, texts), others, pressed)
        case Act.SPLIT:
            if theme.count == 1:
                raise Refusal(words.ONE_MEMBER)
            members = [(each.id, each.text) for each in searched.verbatims_of(theme)]
            return theme_windows.split(_shown(searched, theme, texts), members, pressed)


async def rename(tx: Tx, house: House, searched: Searched, which: Which, tag: str, asker: Asker) -> None:
    """Raise FieldRefusal (`tag`) for a name that can't be used, Refusal where the theme was changed since."""
    known = await _known(tx, house, searched, asker)
    theme = searched.holding(which.quote)
    if theme is not None and theme.key in known and known[theme.key].theme.tag == " ".join(tag.split()):
        return  # sent twice
    held = _held(searched, known, which)
    new = memory.renamed(held.remembered, tag)
    _refuse_same_name(searched, known, new, {held.theme.key})
    await rows.keep(tx, searched.gathered.programme, new, asker.user, held.version)


async def merge(tx: Tx, house: House, searched: Searched, which: Which, other: Which, tag: str, asker: Asker) -> None:
    """Make one of the two. Raises FieldRefusal (`tag`), Refusal where one of them is gone or was changed since."""
    known, programme = await _known(tx, house, searched, asker), searched.gathered.programme
    if other != which and any({which.quote, other.quote} <= set(each.member_ids) for each in searched.themes):
        return  # sent twice, or somebody else did the same
    one, two = _held(searched, known, which), _held(searched, known, other)
    stays, goes = await _who_stays(tx, programme, one, two)
    new = memory.renamed(memory.merged(stays.remembered, goes.remembered), tag)
    _refuse_same_name(searched, known, new, {one.theme.key, two.theme.key})
    await rows.keep(tx, programme, new, asker.user, stays.version)
    if goes.version:
        await rows.forget(tx, programme, goes.theme.key, goes.version)


async def split(
    tx: Tx, house: House, searched: Searched, which: Which, moved: Sequence[int], tag: str, sent: str, asker: Asker
) -> None:
    """Make the chosen comments a theme of their own. `sent` names the window, which splits once however often sent.

    Raises FieldRefusal (`tag`), Refusal for all and none, and where the theme was changed since.
    """
    known, programme = await _known(tx, house, searched, asker), searched.gathered.programme
    key = f"split-{hashlib.sha256(f'{programme}:{sent}'.encode('utf-8', 'replace')).hexdigest()[:16]}"
    if key in known:
        return  # sent twice
    held = _held(searched, known, which)
    if not set(moved) <= set(held.theme.member_ids):
        raise Refusal(words.CHANGED)
    verbatims = searched.verbatims_of(held.theme)
    before = known.get(held.theme.key)
    stays, new = memory.split(held.theme, verbatims, moved, key, tag, before.theme if before else None)
    _refuse_same_name(searched, known, new, set())
    await rows.keep(tx, programme, stays, asker.user, held.version)
    await rows.keep(tx, programme, new, asker.user, 0)


@dataclass(frozen=True, slots=True)
class _Held:
    """A theme that is about to be changed, with everything it has now; `version` 0 where nobody has touched it yet."""

    theme: Theme
    remembered: Remembered
    version: int


def _held(searched: Searched, known: Mapping[str, Kept], which: Which) -> _Held:
    theme = searched.find(which)
    kept = known.get(theme.key)
    if flows.mark_of(theme.key, kept) != which.mark:
        raise Refusal(words.CHANGED)
    before = kept.theme if kept else None
    remembered = memory.remember(theme, searched.verbatims_of(theme), before)
    return _Held(theme, remembered, kept.version if kept else 0)


async def _known(tx: Tx, house: House, searched: Searched, asker: Asker) -> dict[str, Kept]:
    """What is remembered now, by key; nobody else changes it until the transaction ends."""
    programme = house.policy.programmes.get(searched.gathered.programme)
    if programme is None:
        raise Refusal(words.CHANGED)
    may_change(house, programme, asker)
    await rows.lock(tx, programme.key)
    return {each.theme.key: each for each in await rows.kept(tx, programme.key)}


async def _who_stays(tx: Tx, programme: str, one: _Held, two: _Held) -> tuple[_Held, _Held]:
    """Which key both have from now on: one that the registry knows, else one that lasts, else the first."""
    opened = await rows.with_open_items(tx, programme, [one.theme.key, two.theme.key])

    def lasting(held: _Held) -> tuple[bool, bool]:
        return held.theme.key in opened, held.version > 0

    return (two, one) if lasting(two) > lasting(one) else (one, two)


def _refuse_same_name(searched: Searched, known: Mapping[str, Kept], new: Remembered, own: set[str]) -> None:
    """Two themes of one name would look like one that is listed twice."""
    others = {each.key: each.tag for each in searched.themes} | {key: kept.theme.tag for key, kept in known.items()}
    own = own | {new.key}
    if any(tag.casefold() == new.tag.casefold() for key, tag in others.items() if key not in own):
        raise FieldRefusal("tag", words.SAME_NAME)


def _shown(searched: Searched, theme: Theme, texts: Mapping[int, Comment]) -> Shown:
    which = Which(theme.quote_id, searched.mark_of(theme))
    return Shown(which, theme.tag, texts[theme.quote_id].text, theme.count)


async def _reading(tx: Tx, searched: Searched, pressed: Pressed) -> Block:
    """Also where somebody has renamed the theme since: reading changes nothing."""
    theme = searched.holding(pressed.which.quote)
    if theme is None:
        raise Refusal(words.CHANGED)
    first, last, pages = shown_page(theme.count, pressed.page, theme_windows.ROWS)
    members = set(theme.member_ids)
    comments = [each for each in searched.gathered.comments if each.id in members][first:last]
    whose = await rows.whose(tx, [each.id for each in comments])
    cards = await queues.by_number(tx, [each.case for each in comments if each.case is not None])
    said = []
    for each in comments:
        account, contact = whose.get(each.id, ("", ""))
        card = cards.get(each.case) if each.case is not None else None
        link = permalink(card.channel, card.ts) if card else ""
        said.append(Said(each.text, each.score, each.at, account, contact, link))
    shown = _shown(searched, theme, searched.gathered.by_id)
    return theme_windows.reading(shown, said, replace(pressed, page=min(pressed.page, pages)))
