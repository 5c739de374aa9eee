"""The groups of a programme: how many answered, what they say, where it goes (playbook, sections 6 and 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from bot.views import blocks, kit
from bot.views.figures import words
from bot.views.figures.frame import NAME, About, Figures, shown_page
from bot.views.figures.place import place_value
from bot.views.ids import ActionId
from bot.views.look import Block
from recovery.dimensions import NOT_KNOWN, Dimension, band_words
from recovery.nps import signed, under_sampled
from recovery.policy_figures import FigureRules
from recovery.readout import Divergence, Standing, trend_words
from recovery.share import rounded

MOST_NAMED = 3  # movers, inversions, accounts of two minds
SHORT = 30  # characters of a name in the notes below


@dataclass(frozen=True, slots=True)
class Segments:
    """All groups of one dimension, in the order of recovery.readout.standings.

    `names` are those of groups that people call otherwise than they are kept (a segment's key, a CSM's address);
    `accounts` the names of those that are of two minds, by id.
    """

    overall: Standing
    groups: tuple[Standing, ...]
    rules: FigureRules
    movers: tuple[Standing, ...] = ()
    inversions: tuple[Standing, ...] = ()
    diverging: tuple[Divergence, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[int, str] = field(default_factory=dict)


def segments(found: Segments, about: About) -> Figures:
    overall = found.overall
    if not overall.now.n:
        said = words.NO_GROUPS.format(period=kit.escaped(about.period_name))
        title = blocks.section("segments:title", about.title)
        return Figures(f"{about.name}: {said}", (title, blocks.section("segments:none", said)), chooser=_chooser(about))
    first, last, pages = shown_page(len(found.groups), about.place.page)
    headline = words.NPS.format(shown=_score(overall, found, overall=True), people=_people(overall.now.n))
    headline = kit.dotted(headline, trend_words(overall, found.rules, overall=True))
    lines = [blocks.section("segments:title", f"{about.title} · {headline}")]
    lines += [
        blocks.section(f"segments:{number}", _group(each, found, about))
        for number, each in enumerate(found.groups[first:last])
    ]
    lines += [blocks.section(f"segments:note:{number}", note) for number, note in enumerate(_notes(found, about))]
    return Figures(f"{about.plain_title}: {headline}", tuple(lines), pages, _chooser(about))


def _score(standing: Standing, found: Segments, *, overall: bool = False) -> str:
    """With its margin, but of too few answers, of which it would say nothing that one could trust."""
    tally = standing.now
    if tally.nps is None:
        return words.NO_ANSWERS
    if under_sampled(tally, found.rules, overall=overall):
        return signed(tally.nps)
    return tally.shown


def _group(standing: Standing, found: Segments, about: About) -> str:
    if not standing.now.n:
        return kit.dotted(f"*{_name(standing.value, found, about)}*", words.NO_ANSWERS)
    return words.GROUP.format(
        name=_name(standing.value, found, about),
        score=_score(standing, found),
        answers=kit.count(standing.now.n, "answer"),
        target=words.TARGET.format(target=f"{standing.target:,}") if standing.target else "",
        trend=trend_words(standing, found.rules),
    )


def _notes(found: Segments, about: About) -> list[str]:
    said = []
    if found.movers:
        moves = [
            words.MOVE.format(name=_name(each.value, found, about, SHORT), points=signed(rounded(each.change or 0)))
            for each in found.movers
        ]
        said.append(words.MOVED.format(groups=kit.listed(moves, MOST_NAMED)))
    said += [
        words.INVERSION.format(name=_name(each.value, found, about, SHORT), score=signed(each.now.nps or 0))
        for each in found.inversions[:MOST_NAMED]
    ]
    if found.diverging:
        accounts = [_minds(each, found) for each in found.diverging]
        said.append(words.DIVERGING.format(accounts=kit.listed(accounts, MOST_NAMED)))
    return said


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
    if value == NOT_KNOWN:
        return words.NOT_KNOWN
    if known := found.names.get(value):
        return kit.mention(known) if kit.is_user(known) else kit.typed(known, most)
    match about.place.dimension:
        case Dimension.ACV_BAND:
            return kit.typed(band_words(value), most)
        case Dimension.TENURE:
            return words.MONTHS.format(months=value.replace("-", " to "))
        case _:
            return kit.typed(value, most)


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
