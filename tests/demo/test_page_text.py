"""mrkdwn and Markdown to nodes: a table of cases, hostile text by the thousand, and a bound on time. And the files."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from demo.page_api import PAGE_FILES
from demo.workspace import run_workspace
from tests.demo.page_gallery import escaped

RENDER = """async ([kind, texts]) => {
  const { mrkdwn } = await import("/page/mrkdwn.js");
  const { markdown } = await import("/page/markdown.js");
  return texts.map((text) => {
    const holder = document.createElement("div");
    const begun = performance.now();
    holder.append(kind === "mrkdwn" ? mrkdwn(text) : markdown(text));
    const tags = [...holder.querySelectorAll("*")].map((node) => node.tagName.toLowerCase());
    return { html: holder.innerHTML, text: holder.textContent, tags, ms: performance.now() - begun };
  });
}"""

TABLE = [
    ("plain", "plain"),
    ("*a* _b_ ~c~", "<strong>a</strong> <em>b</em> <s>c</s>"),
    ("*a _b_ c*", "<strong>a <em>b</em> c</strong>"),
    ("*a*b", "*a*b"),
    ("a*b*", "a*b*"),
    ("* a*", "* a*"),
    ("*a *", "*a *"),
    ("**", "**"),
    ("*a\nb*", "*a<br>b*"),
    ("(*a*)", "(<strong>a</strong>)"),
    ("`*a*`", "<code>*a*</code>"),
    ("*a `b*` c*", "<strong>a <code>b*</code> c</strong>"),
    ("```a\nb```", '<pre dir="auto">a\nb</pre>'),
    ("&lt;b&gt; &amp;lt; &nbsp;", "&lt;b&gt; &amp;lt; &amp;nbsp;"),
    ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ("<!here>", '<span class="mention mention-broadcast" data-broadcast="here">@here</span>'),
    ("&lt;!here&gt;", "&lt;!here&gt;"),
    ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
    ("<@nobody>", "&lt;@nobody&gt;"),
    ("<@U0NOBODY|Dana>", '<span class="mention" data-user="U0NOBODY">@Dana</span>'),
    ("<!date^1795000000^{nonsense}|fallback>", '<time datetime="2026-11-18T11:06:40.000Z"'),
    ("<!date^soon^{date}|fallback>", "<time>fallback</time>"),
    ("&gt; quoted", '<blockquote dir="auto">quoted</blockquote>'),
    ("a &gt; b", "a &gt; b"),
    ("&gt;&gt;&gt; all\nof it", '<blockquote dir="auto">all<br>of it</blockquote>'),
    ("see https://a.example/x_y_z.", '<a href="https://a.example/x_y_z." target="_blank"'),
]


@pytest.fixture
async def rendered(browser_page: Page) -> Any:
    async with run_workspace(None) as ws:
        await browser_page.goto(ws.url)
        await browser_page.wait_for_selector("body[data-ready]")

        async def render(kind: str, texts: list[str]) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = await browser_page.evaluate(RENDER, [kind, texts])
            return found

        yield render
        await browser_page.goto("about:blank")


@pytest.mark.browser
async def test_the_table(rendered: Any) -> None:
    found = await rendered("mrkdwn", [text for text, _ in TABLE])
    for (text, html), shown in zip(TABLE, found, strict=True):
        assert shown["html"] == html or (html.startswith(("<a ", "<time ", "see ")) and html in shown["html"]), text


@pytest.mark.browser
async def test_escaped_text_shows_as_typed_whatever_it_is(rendered: Any) -> None:
    chance = random.Random(7)
    pieces = [
        "*",
        "_",
        "~",
        "`",
        "```",
        "<",
        ">",
        "&",
        "!channel",
        "@U0JEN",
        "|",
        "a",
        "B",
        " ",
        "é",
        "שלום",
        "&lt;",
        "<b>",
    ]
    texts = ["".join(chance.choices(pieces, k=chance.randint(1, 30))) for _ in range(2000)]
    for text, shown in zip(texts, await rendered("mrkdwn", [escaped(text) for text in texts]), strict=True):
        assert set(shown["tags"]) <= {"br", "blockquote"}, text
        if "blockquote" not in shown["tags"]:
            assert shown["text"].replace("\u2060", "") == text


@pytest.mark.browser
async def test_unescaped_noise_makes_only_known_nodes(rendered: Any) -> None:
    chance = random.Random(11)
    pieces = [
        "*",
        "_",
        "~",
        "`",
        "<",
        ">",
        "|",
        "!here",
        "@U0JEN",
        "#C1",
        "https://a.example",
        "x",
        " ",
        "\n",
        "]",
        "(",
        "<script>",
    ]
    texts = ["".join(chance.choices(pieces, k=40)) for _ in range(2000)]
    known = {
        "strong",
        "em",
        "s",
        "code",
        "pre",
        "br",
        "a",
        "span",
        "blockquote",
        "time",
        "p",
        "ul",
        "ol",
        "li",
        "hr",
        "div",
    }
    for kind in ("mrkdwn", "markdown"):
        for text, shown in zip(texts, await rendered(kind, texts), strict=True):
            assert set(shown["tags"]) <= known, text


@pytest.mark.browser
async def test_long_noise_is_shown_in_time(rendered: Any) -> None:
    noise = [
        "*a " * 13_000,
        "`" * 40_000,
        "<" * 40_000,
        "*_~" * 13_000,
        "a*b_c~" * 6_000,
        "> " * 20_000,
        "_*a*_ " * 6_000,
    ]
    for kind in ("mrkdwn", "markdown"):
        for text, shown in zip(noise, await rendered(kind, noise), strict=True):
            # Backtracking would take minutes; other work on the machine doesn't.
            assert shown["ms"] < 20_000, (kind, text[:6])


# The files.


def page_files(*endings: str) -> list[Path]:
    return sorted(path for path in PAGE_FILES.iterdir() if path.suffix in endings)


def test_no_file_can_turn_text_into_markup() -> None:
    wrong = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|\bstyle="
    )
    for path in page_files(".js", ".html"):
        assert not wrong.search(path.read_text("utf-8")), path.name


def test_nothing_comes_from_outside() -> None:
    for path in page_files(".css", ".html"):
        text = path.read_text("utf-8")
        assert not re.search(r"url\(|@import|(src|href)=\"(?!/page/|#)", text), path.name
    policy = re.search(r'Content-Security-Policy"\s+content="([^"]+)"', (PAGE_FILES / "index.html").read_text("utf-8"))
    assert policy
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy[1]


def test_what_is_named_exists_and_every_file_is_used() -> None:
    index = (PAGE_FILES / "index.html").read_text("utf-8")
    named = {Path(name).name for name in re.findall(r'(?:src|href)="/page/([^"]+)"', index)}
    for path in page_files(".js"):
        named |= set(re.findall(r'from "\./([\w-]+\.js)"', path.read_text("utf-8")))
    assert named == {path.name for path in PAGE_FILES.iterdir()} - {"index.html"}


def test_files_stay_short() -> None:
    for path in page_files(".js", ".css", ".html"):
        assert path.read_text("utf-8").count("\n") < 400, path.name
