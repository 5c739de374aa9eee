"""The chart of the readout: each segment's NPS in the quarter and in the one before (playbook, section 7).

A chart has no margins and no words, so it shows only segments with enough answers in both quarters; the lines above it
say the rest.
"""

from collections.abc import Sequence

from bot.views import blocks, kit, native
from bot.views.look import Block
from bot.views.native import Series
from bot.views.readouts import words
from recovery.readouts.page import Line, Page
from recovery.readouts.readout import Trend

MOST_LEFT_OUT = 5


def chart(page: Page, lines: Sequence[tuple[str, Line]], now: str) -> list[Block]:
    """`lines`: the segments that the page lists, with their names; `now`: what the quarter is called."""
    drawn = [(name, line) for name, line in lines if line.trend is not Trend.UNDER_SAMPLED][: native.MOST_POINTS]
    if not drawn:
        return []
    names = [name for name, _ in drawn]
    series = (
        Series(now, tuple(line.standing.now.nps or 0 for _, line in drawn)),
        Series(page.before.name, tuple(line.standing.before.nps or 0 for _, line in drawn)),
    )
    found = [native.bars("readout:chart", words.CHART, names, series, words.CHART_AXIS)]
    left_out = [kit.escaped(name) for name, line in lines if (name, line) not in drawn]
    if left_out:
        said = words.NOT_DRAWN.format(names=kit.listed(left_out, MOST_LEFT_OUT))
        found.append(blocks.context("readout:not_drawn", blocks.mrkdwn(said)))
    return found
