"""The groups of a programme: how many answered, what they say, where it goes (playbook, sections 6 and 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from bot.views import blocks, kit, native
from bot.views.figures import words
from bot.views.figures.frame import NAME, About, Figures, shown_page
from bot.views.figures.place import place_value
from bot.views.ids import ActionId
from bot.views.look import Block
from bot.views.native import Cell, Number, Person
from recovery.figures.dimensions import NOT_KNOWN, Dimension, band_words
from recovery.figures.nps import PLUS_MINUS, signed, under_sampled
from recovery.figures.share import rounded
from recovery.policy.figures import FigureRules
from recovery.readouts.readout import Divergence, Standing, trend_words

MOST_NAMED = 3  # movers, inversions, accounts of two minds
SHORT = 30  # characters of a name in the notes below
LONGEST_REASON = 150
IN_TEXT = 10  # groups in the notification


@dataclass(frozen=True, slots=True)
class Segments:
    """All groups of one dimension, in the order of recovery.readouts.readout.standings.

    `names` are those of groups that people call otherwise than they are kept (a segment's key, a CSM's address);
    `accounts` the names of those that are of two minds, by id. `reasons`: what the lead wrote of a group that moved.
    """

    overall: Standing
    groups: tuple[Standing, ...]
    rules: FigureRules
    movers: tuple[Standing, ...] = ()
    inversions: tuple[Standing, ...] = ()
    diverging: tuple[Divergence, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


def segments(found: Segments, about: About) -> Figures:
    overall = found.overall
    if not overall.now.n:
        said = words.NO_GROUPS.format(period=kit.escaped(about.period_name))
        title = blocks.section("segments:title", about.title)
        return Figures(f"{about.name}: {said}", (title, blocks.section("segments:none", said)), chooser=_chooser(about))
    first, last, pages = shown_page(len(found.groups), about.place.page, native.ROWS)
    headline = words.NPS.format(shown=_score(overall, found, overall=True), people=_people(overall.now.n))
    headline = kit.dotted(headline, trend_words(overall, found.rules, overall=True))
    lines = [blocks.section("segments:title", f"{about.title} · {headline}")]
    if found.groups:
        lines.append(_table(found.groups[first:last], found, about))
    lines += [blocks.section(f"segments:note:{number}", note) for number, note in enumerate(_notes(found, about))]
    text = f"{about.plain_title}: {headline}"
    named = [_in_text(each, found, about) for each in found.groups[first:last]]
    text = f"{text}. {kit.listed(named, IN_TEXT)}" if named else text
    return Figures(text, tuple(lines), pages, _chooser(about))


def _score(standing: Standing, found: Segments, *, overall: bool = False) -> str:
    """With its margin, but of too few answers, of which it would say nothing that one could trust."""
    tally = standing.now
    if tally.nps is None:
        return words.NO_ANSWERS
    if under_sampled(tally, found.rules, overall=overall):
        return signed(tally.nps)
    return tally.shown


def _table(groups: Sequence[Standing], found: Segments, about: About) -> Block:
    """The groups with their figures; without a column of targets where nothing is asked of any."""
    grouping, asked = words.GROUPED_BY[about.place.dimension], any(each.target for each in found.groups)
    head = [grouping, words.ANSWERS, *([words.TARGET] if asked else []), words.SCORE, words.MARGIN, words.TREND]
    rows = [_row(each, found, about, asked=asked) for each in groups]
    caption = words.GROUPED.format(grouping=grouping if grouping.isupper() else grouping.lower())
    return native.table("segments:groups", caption, head, rows)


def _row(standing: Standing, found: Segments, about: About, *, asked: bool) -> list[Cell]:
    tally, nothing = standing.now, native.nothing()
    margin: Cell = nothing
    if tally.margin is not None and not under_sampled(tally, found.rules):
        margin = Number(tally.margin, f"{PLUS_MINUS} {rounded(tally.margin)}")
    return [
        _label(standing.value, found, about),
        Number(tally.n, f"{tally.n:,}"),
        *([Number(standing.target, f"{standing.target:,}") if standing.target else nothing] if asked else []),
        nothing if tally.exact is None or tally.nps is None else Number(float(tally.exact), signed(tally.nps)),
        margin,
        trend_words(standing, found.rules) if tally.n else words.NO_ANSWERS,
    ]


def _in_text(standing: Standing, found: Segments, about: About) -> str:
    """A group in the notification, in mrkdwn."""
    name = _name(standing.value, found, about, SHORT)
    return words.GROUP_TEXT.format(name=name, score=_score(standing, found))


def _notes(found: Segments, about: About) -> list[str]:
    said = []
    if found.movers:
        moves = [_move(each, found, about) for each in found.movers]
        said.append(words.MOVED.format(groups=kit.listed(moves, MOST_NAMED)))
    said += [
        words.INVERSION.format(name=_name(each.value, found, about, SHORT), score=signed(each.now.nps or 0))
        for each in found.inversions[:MOST_NAMED]
    ]
    if found.diverging:
        accounts = [_minds(each, found) for each in found.diverging]
        said.append(words.DIVERGING.format(accounts=kit.listed(accounts, MOST_NAMED)))
    return said


def _move(standing: Standing, found: Segments, about: About) -> str:
    name, points = _name(standing.value, found, about, SHORT), signed(rounded(standing.change or 0))
    reason = kit.typed(found.reasons.get(standing.value, "").rstrip(". "), LONGEST_REASON)
    return (
        words.MOVE_WHY.format(name=name, points=points, reason=reason)
        if reason
        else words.MOVE.format(name=name, points=points)
    )


def _minds(divergence: Divergence, found: Segments) -> str:
    """The most and the least content role of one account."""
    roles = (divergence.roles[0], divergence.roles[-1])
    voices = ", ".join(words.VOICE.format(role=kit.typed(role, SHORT), score=_mean(score)) for role, score in roles)
    name = kit.typed(found.accounts.get(divergence.account_id, ""), SHORT) or words.NOT_KNOWN
    return words.DIVERGES.format(account=name, roles=voices)


def _mean(score: Fraction) -> str:
    """A mean of scores with one decimal where it isn't whole: "5", "6.5"."""
    tenths = rounded(score * 10)
    return str(tenths // 10) if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def _people(number: int) -> str:
    return kit.count(number, "person", "people")


def _name(value: str, found: Segments, about: About, most: int = NAME) -> str:
    """A group's name in mrkdwn."""
    label = _label(value, found, about)
    return kit.mention(label.user) if isinstance(label, Person) else kit.typed(label, most)


def _label(value: str, found: Segments, about: About) -> str | Person:
    """A group's name as it is, or the person that it is."""
    if value == NOT_KNOWN:
        return words.NOT_KNOWN
    if known := found.names.get(value):
        return Person(known) if kit.is_user(known) else known
    match about.place.dimension:
        case Dimension.ACV_BAND:
            return band_words(value)
        case Dimension.TENURE:
            return words.MONTHS.format(months=value.replace("-", " to "))
        case _:
            return value


def _chooser(about: About) -> Block:
    """By what to group; the one that is shown is chosen."""
    options = {
        dimension: blocks.option(
            words.GROUPED_BY[dimension], place_value(replace(about.place, dimension=dimension, page=1))
        )
        for dimension in Dimension
    }
    return {
        "type": "static_select",
        "action_id": ActionId.FIGURES_BY.value,
        "placeholder": blocks.plain(words.CHOOSE_GROUPS),
        "options": list(options.values()),
        "initial_option": options[about.place.dimension],
    }
