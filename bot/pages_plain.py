"""What a browser shows where a link leads nowhere: a title and a sentence."""

from bot.paper.markup import Markup, element, empty
from bot.views import page_words as words

STYLE = (
    "body{margin:0;background:#f4f6f7;color:#17212b;font:17px/1.5 system-ui,sans-serif}"
    "main{max-width:34rem;margin:16vh auto;padding:0 1.5rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}p{margin:0}"
)


def forged() -> str:
    return _page(words.FORGED_TITLE, words.FORGED)


def ended() -> str:
    return _page(words.ENDED_TITLE, words.ENDED)


def busy() -> str:
    return _page(words.BUSY_TITLE, words.BUSY)


def trouble() -> str:
    return _page(words.TROUBLE_TITLE, words.TROUBLE)


def _page(title: str, said: str) -> str:
    head = element(
        "head",
        empty("meta", charset="utf-8"),
        element("title", title),
        empty("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("style", Markup(STYLE)),
    )
    body = element("body", element("main", element("h1", title), element("p", said)))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"
