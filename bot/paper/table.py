"""The section "By segment": the chart with its figures beside it, one row a segment."""

from collections.abc import Sequence
from itertools import chain

from bot.paper import chart, text, words
from bot.paper.markup import Markup, element, joined
from bot.views import kit
from recovery.policy.figures import FigureRules
from recovery.readouts.page import Line, Page

ROWS = 7  # more would not fit on the page beside the longest of everything else


def segments(page: Page, rules: FigureRules) -> Markup:
    """Draw the section; nothing at all where nobody answered in either period."""
    if not page.segments:
        return joined()
    shown, others = page.segments[:ROWS], page.segments[ROWS:]
    tallies = chain.from_iterable((each.standing.now, each.standing.before) for each in shown)
    scale = chart.scale_of(tallies, rules)
    head = element(
        "tr",
        element("th", words.SEGMENT, scope="col"),
        element("th", words.ANSWERED, scope="col", class_="number"),
        element("th", chart.axis(scale), scope="col", class_="drawn"),
        element("th", words.SCORE, scope="col", class_="number"),
        element("th", words.TREND, scope="col"),
    )
    rows = [_row(each, scale, rules) for each in shown]
    return element(
        "section",
        element("h2", words.SEGMENTS),
        chart.legend(text.period(page), page.before.name),
        element("table", element("thead", head), element("tbody", *rows, *_rest(others))),
        class_="segments",
    )


def _row(line: Line, scale: chart.Scale, rules: FigureRules) -> Markup:
    standing = line.standing
    target = element("small", " " + words.OF_TARGET.format(target=f"{standing.target:,}")) if standing.target else ""
    return element(
        "tr",
        element("th", element("bdi", text.segment(line.name)), scope="row"),
        element("td", f"{standing.now.n:,}", target, class_="number"),
        element("td", chart.row(standing.now, standing.before, scale, rules), class_="drawn"),
        element("td", line.score, class_="number score"),
        element("td", line.trend_words if standing.now.n else "", class_="trend"),
    )


def _rest(others: Sequence[Line]) -> list[Markup]:
    if not others:
        return []
    answers = sum(each.standing.now.n for each in others)
    said = words.OTHERS.format(segments=kit.count(len(others), "segment"), answers=kit.count(answers, "answer"))
    return [element("tr", element("td", said, colspan="5"), class_="rest")]
