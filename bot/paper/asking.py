"""The Ask, in its frame at the end of the page."""

from bot.paper import text, words
from bot.paper.markup import Markup, element
from bot.views import kit
from recovery.readouts.page import Ask, AskKind, Page

LONGEST = 300  # characters of a text, as the gate of the Ask takes them
WHO = 160
LONG = 120  # from here on a text needs the whole width, and the decision a smaller letter


def ask(page: Page) -> Markup:
    """What is to be decided; a page without it is a draft, and says so."""
    found = page.ask
    if found is None:
        return element("section", element("h2", words.ASK), element("p", words.NO_ASK), class_="ask missing")
    dropped = found.kind is AskKind.DROP
    return element(
        "section",
        element("h2", words.DROP if dropped else words.ASK),
        element("p", kit.named(found.decision, LONGEST), class_="decision", dir="auto"),
        element("dl", *_fields(found, dropped=dropped)),
        class_="ask long" if is_long(found) else "ask",
    )


def is_long(found: Ask) -> bool:
    """Whether its texts don't fit beside each other."""
    return max(len(found.decision), len(found.action), 2 * len(found.who)) > LONG


def _fields(found: Ask, *, dropped: bool) -> list[Markup]:
    fields = (
        (words.WHO, kit.named(found.who, WHO), "who"),
        (words.INSTEAD if dropped else words.ACTION, kit.named(found.action, LONGEST), "action"),
        (words.FROM if dropped else words.DUE, text.day(found.due), "due"),
    )
    return [
        element("div", element("dt", name), element("dd", said, dir="auto"), class_=kind)
        for name, said, kind in fields
        if said
    ]
