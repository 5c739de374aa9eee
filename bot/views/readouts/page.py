"""The one page in Slack, in the playbook's order (section 7). Texts of people and customers are shown as they stand."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.views import blocks, kit
from bot.views.figures import words as figure_words
from bot.views.figures.frame import NAME
from bot.views.look import Block
from bot.views.readouts import words
from bot.views.readouts.chart import chart
from recovery.figures.bands import ON_TARGET
from recovery.figures.case_figures import Waited
from recovery.figures.nps import signed
from recovery.figures.share import rounded
from recovery.moments import long_day
from recovery.readouts.page import Ask, AskKind, ClosedLoop, Decision, Effect, LastAsk, Line, Page

PAGE_ROOM = 10_000  # characters as JSON; Slack takes about 13,200 in a message, and decisions and buttons follow


@dataclass(frozen=True, slots=True)
class Room:
    """How many characters of a text are shown, and how many lines of a list."""

    text: int
    lines: int

    @property
    def name(self) -> int:
        return min(self.text, NAME)


# A page stays a page: most fit the first; texts that need many bytes a character are shown shorter.
ROOMS = (Room(300, 12), Room(160, 12), Room(80, 8), Room(40, 5), Room(24, 4))


def period_name(page: Page) -> str:
    """The quarter as people say it: "Q3 2026", "Q4 2026 so far"."""
    return page.period.name if page.period.is_over(page.at) else words.SO_FAR.format(period=page.period.name)


def title(page: Page) -> str:
    """For the notification, in mrkdwn."""
    return words.PLAIN_TITLE.format(programme=kit.typed(page.programme, NAME), period=kit.escaped(period_name(page)))


def summary(page: Page) -> str:
    """The fallback text: the title and the headline, in mrkdwn."""
    return f"{title(page)}: {_headline(page).replace('*', '')}"


def fitting(draw: Callable[[Room], Sequence[Block]], most: int) -> list[Block]:
    """The blocks with as much of the texts as `most` characters of JSON have room for."""
    found: list[Block] = []
    for room in ROOMS:
        found = list(draw(room))
        if len(json.dumps(found)) <= most:
            break
    return found


def page_blocks(page: Page) -> list[Block]:
    """The page without anything to press."""
    return fitting(lambda room: _page(page, room), PAGE_ROOM)


def ask(found: Ask, room: Room = ROOMS[0]) -> Block:
    """The Ask in its frame."""
    said = words.ASK_DO if found.kind is AskKind.DO else words.ASK_DROP
    who = kit.named(found.who, room.text) or words.NOT_KNOWN
    does = said.format(who=who, action=sentence(found.action, room), due=long_day(found.due))
    return blocks.rich(
        "readout:ask",
        blocks.line(blocks.bold(words.THE_ASK)),
        blocks.quote(blocks.bold(sentence(found.decision, room)), "\n", does),
    )


def decision_parts(decision: Decision, room: Room = ROOMS[0]) -> tuple[Block | str, ...]:
    """Who has decided what and why, for rich text."""
    name = kit.named(decision.name, room.name) or words.NOT_KNOWN
    said = words.DECISION.format(name=name, sentence=sentence(decision.sentence, room))
    return (blocks.bold(words.DECIDED[decision.answer]), said)


def effect_parts(effect: Effect, room: Room = ROOMS[0]) -> tuple[Block | str, ...]:
    """What a decision changed, for rich text."""
    return (blocks.bold(words.EFFECTS[effect.changed]), words.EFFECT.format(note=sentence(effect.note, room)))


def sentence(text: str, room: Room) -> str:
    """The text with a full stop, where it has none."""
    said = kit.named(text, room.text) or kit.ELLIPSIS
    return said if said[-1] in ".!?。…" else f"{said}."


def line_name(line: Line, room: Room = ROOMS[0]) -> str:
    """A segment's name, without mrkdwn."""
    return kit.named(line.name, room.name) or words.NOT_KNOWN


def points(line: Line) -> str:
    return signed(rounded(line.standing.change or 0))


def _page(page: Page, room: Room) -> list[Block]:
    heading = words.TITLE.format(programme=kit.typed(page.programme, NAME), period=kit.escaped(period_name(page)))
    return [
        blocks.section("readout:title", heading),
        *([_last_ask(page.last, room)] if page.last else []),
        blocks.section("readout:headline", _headline(page)),
        *_strata(page, room),
        *_segments(page, room),
        *_moved(page, room),
        *_inversions(page, room),
        *_themes(page, room),
        blocks.section("readout:loop", _loop(page.loop, page.currency)),
        *([blocks.divider("readout:line"), ask(page.ask, room)] if page.ask else []),
    ]


def _last_ask(last: LastAsk, room: Room) -> Block:
    """What was asked for before, and what became of it: it stands on top."""
    said = decision_parts(last.decision, room) if last.decision else (words.NO_DECISION,)
    effect = last.decision.effect if last.decision else None
    changed = ("\n", *effect_parts(effect, room)) if effect else ()
    title = words.LAST_ASK.format(period=last.period)
    return blocks.rich(
        "readout:last",
        blocks.line(blocks.bold(title), f": {sentence(last.ask.decision, room)}", "\n", *said, *changed),
    )


def _headline(page: Page) -> str:
    tally = page.overall.standing.now
    if not tally.n:
        return words.NO_ANSWERS
    said = words.COMPANY_NPS if page.is_company_nps else words.NPS
    people = kit.count(tally.n, "person", "people")
    return said.format(shown=page.overall.score, people=people, trend=page.overall.trend_words)


def _strata(page: Page, room: Room) -> list[Block]:
    shares = [
        words.SHARE.format(name=kit.typed(name, room.name) or words.NOT_KNOWN, percent=share.percent)
        for name, share in page.strata
        if share.percent is not None
    ]
    said = words.WHO_ANSWERED.format(shares=kit.listed(shares, room.lines))
    return [blocks.context("readout:strata", blocks.mrkdwn(said))] if shares else []


def _segments(page: Page, room: Room) -> list[Block]:
    if not page.segments:
        return []
    lines = [_segment(line, room) for line in page.segments[: room.lines]]
    said = blocks.section("readout:segments", "\n".join([words.SEGMENTS, *lines, *_more(page.segments, room)]))
    named = [(line_name(each, room), each) for each in page.segments[: room.lines]]
    return [said, *chart(page, named, period_name(page))]


def _segment(line: Line, room: Room) -> str:
    tally, name = line.standing.now, kit.escaped(line_name(line, room))
    if not tally.n:
        return words.SEGMENT_EMPTY.format(name=name)
    answers = kit.count(tally.n, "answer")
    return words.SEGMENT.format(name=name, shown=line.score, answers=answers, trend=line.trend_words)


def _moved(page: Page, room: Room) -> list[Block]:
    if not page.movers:
        return []
    lines = [blocks.line(blocks.bold(words.MOVED))]
    for moved in page.movers[: room.lines]:
        what = words.MOVE.format(name=line_name(moved.line, room), points=points(moved.line))
        lines.append(blocks.line(what, kit.named(moved.reason, room.text) or words.NO_REASON))
    lines += [blocks.line(more) for more in _more(page.movers, room)]
    return [blocks.rich("readout:moved", *lines)]


def _more(listed: Sequence[object], room: Room) -> list[str]:
    return [words.MORE.format(count=len(listed) - room.lines)] if len(listed) > room.lines else []


def _inversions(page: Page, room: Room) -> list[Block]:
    return [
        blocks.section(
            f"readout:inversion:{number}",
            words.INVERSION.format(name=kit.escaped(line_name(line, room)), score=signed(line.standing.now.nps or 0)),
        )
        for number, line in enumerate(page.inversions[:3])
    ]


def _themes(page: Page, room: Room) -> list[Block]:
    if page.themes is None or not page.overall.standing.now.detractors:
        return []
    if not page.themes:
        return [blocks.context("readout:themes", blocks.mrkdwn(words.NO_THEMES))]
    parts: list[Block] = [blocks.line(blocks.bold(words.THEMES))]
    for theme in page.themes:
        said = words.THEME_ONE if theme.count == 1 else words.THEME
        quoted = kit.excerpt(theme.text, room.text, 4)
        parts.append(blocks.line(said.format(tag=kit.named(theme.tag, room.name), count=theme.count)))
        parts.append(blocks.quote(quoted.text or kit.ELLIPSIS, kit.ELLIPSIS if quoted.left_out else ""))
    return [blocks.rich("readout:themes", *parts)]


def _loop(loop: ClosedLoop, currency: str) -> str:
    if not loop.contacted.share.whole and not loop.contacted.undecided:
        return words.NO_DETRACTORS
    said = words.LOOP.format(rate=_rate(loop), actions=_actions(loop), saved=_saved(loop, currency))
    return kit.dotted(said, waited_words(loop.waited))


def waited_words(waited: Waited) -> str:
    """How long cases waited on their customers; "" where none did."""
    if not waited.cases:
        return ""
    total = kit.span(waited.total)
    if waited.cases == 1:
        return words.WAITED_ONE.format(total=total)
    return words.WAITED.format(count=f"{waited.cases:,}", total=total, longest=kit.span(waited.longest))


def _rate(loop: ClosedLoop) -> str:
    share, undecided, band = loop.contacted.share, loop.contacted.undecided, loop.contacted.band
    if band is None:
        waiting = figure_words.UNDECIDED_ALONE.format(count=f"{undecided:,}")
        return figure_words.NONE_DECIDED.format(undecided=waiting)
    limit = figure_words.WITHIN.format(limit=loop.limit) if loop.limit else figure_words.IN_TIME
    said = figure_words.CONTACTED.format(
        limit=limit,
        percent=share.percent,
        part=f"{share.part:,}",
        whole=f"{share.whole:,}",
        undecided=figure_words.UNDECIDED.format(count=f"{undecided:,}") if undecided else "",
    )
    judged = figure_words.ON_TARGET if band.key == ON_TARGET else figure_words.BAND.format(name=band.name)
    return f"{said} — {judged}"


def _actions(loop: ClosedLoop) -> str:
    committed = loop.actions.committed + loop.actions.honest_no
    return words.COMMITTED.format(count=kit.count(committed, "action")) if committed else words.NONE_COMMITTED


def _saved(loop: ClosedLoop, currency: str) -> str:
    if not loop.saved.saved:
        return words.NONE_SAVED
    acv = kit.money(loop.saved.acv_saved, currency)
    return words.SAVED.format(count=f"{loop.saved.saved:,}", acv=f" ({acv})" if acv else "")
