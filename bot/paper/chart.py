"""The one chart of the page: each segment's NPS now and before, with margins of error, as inline SVG.

Now is a filled dot on a thick line, before an open dot on a thin one, too few answers an open diamond without a line:
told apart by shape, so that the page can be read in grey. The figures stand beside it as text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from bot.paper import words
from bot.paper.markup import Markup, element, empty, joined
from recovery.figures.nps import Tally, signed, under_sampled
from recovery.policy.figures import FigureRules

WIDTH, HEIGHT = 740, 58  # of one row, in tenths of a millimetre on paper
AXIS = 36
EDGE = 32  # room for half of "+100" at both ends
NOW, BEFORE = 21, 42  # where both lie, from the row's top
STEP = 20  # points between two lines of the scale
WIDE_STEP = 50
WIDE = 120  # a scale of more points than these has lines further apart
NARROWEST = 60  # points; chance alone would fill a scale of less
BEST, WORST = 100, -100


@dataclass(frozen=True, slots=True)
class Scale:
    """From which NPS to which the chart goes, both whole multiples of `step` within -100 and 100."""

    low: int
    high: int
    step: int = STEP

    @property
    def ticks(self) -> range:
        return range(self.low, self.high + 1, self.step)

    def at(self, points: float) -> float:
        """Give the place of an NPS; what lies outside is drawn at the end."""
        inside = min(max(points, self.low), self.high)
        return EDGE + (inside - self.low) / (self.high - self.low) * (WIDTH - 2 * EDGE)


def scale_of(tallies: Iterable[Tally], rules: FigureRules) -> Scale:
    """Choose the scale that holds every mark with its margin."""
    ends = list(chain.from_iterable(_ends(each, rules) for each in tallies))
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    step = WIDE_STEP if high - low > WIDE else STEP
    down, up = int(low // step) * step, -int(-high // step) * step
    while up - down < NARROWEST:
        down, up = max(down - step, WORST), min(up + step, BEST)
    return Scale(max(down, WORST), min(up, BEST), step)


def axis(scale: Scale) -> Markup:
    """Draw the figures of the scale, as the head of the column."""
    marks = [
        element("text", signed(tick), x=_n(scale.at(tick)), y="27", text_anchor="middle", class_="tick")
        for tick in scale.ticks
    ]
    name = words.SCALE.format(low=signed(scale.low), high=signed(scale.high))
    return _drawing(AXIS, *marks, role="img", aria_label=name)


def row(now: Tally, before: Tally, scale: Scale, rules: FigureRules) -> Markup:
    """Draw one segment."""
    lines = [_line(scale.at(tick), 0, scale.at(tick), HEIGHT, "zero" if tick == 0 else "grid") for tick in scale.ticks]
    drawn = joined(_mark(before, scale, rules, BEFORE, "before"), _mark(now, scale, rules, NOW, "now"))
    return _drawing(HEIGHT, *lines, drawn, aria_hidden="true")


def legend(now: str, before: str) -> Markup:
    """Say what the marks are; `now` and `before` are the names of the periods."""
    dots = [(_key(_dot(20, 20, "now")), now), (_key(_dot(20, 20, "before")), before)]
    line = _key(_line(2, 20, 38, 20, "now"))
    few = _key(_diamond(20, 20, "now"))
    parts = [*dots, (line, words.MARGIN), (few, words.FEW)]
    return element("p", *(element("span", mark, text) for mark, text in parts), class_="legend")


def _ends(tally: Tally, rules: FigureRules) -> tuple[float, ...]:
    if tally.exact is None or tally.margin is None:
        return ()
    points = float(tally.exact)
    if under_sampled(tally, rules):
        return (points,)
    return max(points - tally.margin, WORST), min(points + tally.margin, BEST)


def _mark(tally: Tally, scale: Scale, rules: FigureRules, y: float, kind: str) -> Markup:
    if tally.exact is None:
        return joined()
    x = scale.at(float(tally.exact))
    if under_sampled(tally, rules):
        return _diamond(x, y, kind)
    low, high = (scale.at(end) for end in _ends(tally, rules))
    return joined(_line(low, y, high, y, kind), _dot(x, y, kind))


def _dot(x: float, y: float, kind: str) -> Markup:
    return empty("circle", cx=_n(x), cy=_n(y), r="11" if kind == "now" else "8", class_=kind)


def _diamond(x: float, y: float, kind: str) -> Markup:
    size = 11 if kind == "now" else 9
    corners = ((x, y - size), (x + size, y), (x, y + size), (x - size, y))
    return empty("polygon", points=" ".join(f"{_n(a)},{_n(b)}" for a, b in corners), class_=f"{kind} few")


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return empty("line", x1=_n(x1), y1=_n(y1), x2=_n(x2), y2=_n(y2), class_=kind)


def _key(mark: Markup) -> Markup:
    return element("svg", mark, viewBox="0 0 40 40", class_="key", aria_hidden="true")


def _drawing(height: int, *parts: str, **attributes: str) -> Markup:
    return element("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", class_="chart", **attributes)


def _n(number: float) -> str:
    return f"{number:.1f}"
