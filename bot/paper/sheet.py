"""The one-page readout as a file for any browser and printer (playbook, section 7).

It holds everything it needs: no script, no address, no picture from elsewhere.
"""

from importlib import resources

from bot.paper import asking, loop, sections, table, text, words
from bot.paper.markup import Markup, element, empty, joined
from recovery.policy.figures import FigureRules
from recovery.readouts.page import Page

# Nothing is loaded and nothing runs, even if somebody puts it into the file afterwards.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


MANY_SEGMENTS = 5


def sheet(page: Page, rules: FigureRules) -> str:
    """Give the whole page as HTML that prints on one sheet, A4 or Letter; to be written as UTF-8.

    `rules` are those that the page was counted by.
    """
    title = words.TITLE.format(programme=text.name(page.programme), period=text.period(page))
    style = resources.files(__package__).joinpath("sheet.css").read_text("utf-8")
    top = element(
        "head",
        empty("meta", charset="utf-8"),
        element("title", title),
        empty("meta", http_equiv="Content-Security-Policy", content=POLICY),
        empty("meta", name="viewport", content="width=device-width, initial-scale=1"),
        empty("meta", name="referrer", content="no-referrer"),
        element("style", Markup(style)),
    )
    return f"<!doctype html>\n{element('html', top, element('body', _main(page, rules)), lang='en')}\n"


def _main(page: Page, rules: FigureRules) -> Markup:
    voices = joined(sections.moved(page), sections.themes(page))
    return element(
        "main",
        sections.head(page),
        sections.last_ask(page),
        sections.headline(page, rules),
        table.segments(page, rules),
        element("div", voices, class_="voices") if voices else voices,
        loop.closed_loop(page),
        asking.ask(page),
        element("footer", element("p", _foot(page, rules))),
        class_="tight" if _is_much(page) else "",
    )


def _is_much(page: Page) -> bool:
    """Whether quotes and reasons get two lines instead of three, so that everything has its place."""
    return len(page.segments) > MANY_SEGMENTS or (page.ask is not None and asking.is_long(page.ask))


def _foot(page: Page, rules: FigureRules) -> str:
    return words.FOOT.format(
        group=f"{rules.enough(overall=False):,}", overall=f"{rules.enough(overall=True):,}", day=text.day(page.at)
    )
