"""What stands in the printed readout: everything of the page, in words, with nobody's words as a part of the file."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.paper import chart
from bot.paper.markup import Markup, element, joined
from bot.paper.sheet import sheet
from recovery.figures.nps import Tally
from recovery.readouts.page import Answer, AskKind, Changed, Effect, LastAsk, Page, Quote, Written
from tests.readouts import papers
from tests.readouts.papers import ANSWERED, ASK, AT, BEFORE, LAST, NOW, QUOTES, RULES
from tests.support.briefs import texts

COUNTS = st.builds(Tally, *(st.integers(0, 400) for _ in range(3)))
HOSTILE = '</style></title><script>alert(1)</script><img src="https://evil.example/x" onerror=alert(1)>&amp; "\'\u202e'
KNOWN = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section", "div", "span", "p"),
    *("h1", "h2", "q", "b", "strong", "em", "small", "bdi", "ul", "li", "dl", "dt", "dd"),
    *("figure", "blockquote", "figcaption", "table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "text", "line", "circle", "polygon"),
}


class Read(HTMLParser):
    """The elements of a page, their attributes, and the text of its body with a space between elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if "body" in self.elements:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        found = " ".join("".join(f"{piece} " for piece in self.pieces).split())
        return found.replace("\u2068", "").replace("\u2069", "").replace("\xa0", " ")


def read(page: Page) -> str:
    return Read(sheet(page, RULES)).text


def in_order(text: str, *parts: str) -> None:
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_the_page_says_everything_in_the_playbooks_order() -> None:
    in_order(
        read(papers.usual()),
        "Readout of Q3 2026: Relational", "Published on 2 Oct 2026",
        "Asked after Q2 2026", "Ship CSV export in the May release", "Yes.", "Export comes first", "Elena Petrova",
        "Company NPS", "+14 ± 7", "No change.", "Q2 2026 was +13 ± 7 from 512 people.", "544 people answered",
        "Who answered: Enterprise 39 %, Mid-market 39 %, Small business 17 %, Public sector 2 %, not known 4 %.",
        "By segment", "Enterprise 210 of 200", "\u221210 ± 11", "down 20 points", "under-sampled: 12 of 30 answers",
        "Mid-market +28", "The new onboarding plan began in July.", "Enterprise \u221220", "Export limits",
        "Enterprise is claimed as a strength and scores worst (\u221210).",
        "Onboarding was a disaster.", "onboarding four months", "17 customers", "one customer",
        "78 % contacted within 48 hours", "32 of 41 detractors", "Slipping; the target is 90 %",
        "17 actions committed", "8 held · slipped 5 times · broken 3 times", "and 3 honest no's",
        "7 customers saved ($420k)", "of 14 who answered again (50 %)",
        "$1.6M a year at risk in open cases · $60k a year lost · 1 case waited on the customer, 3 days",
        "The Ask", "Fund a second onboarding engineer", "Amara Osei, Onboarding", "Hires by", "30 Nov 2026",
        "as of 2 Oct 2026",
    )  # fmt: skip


def test_an_empty_programme_is_words() -> None:
    text = read(papers.nothing())
    in_order(
        text, "Draft, counted on 2 Oct 2026", "no answers", "Nobody has answered in Q3 2026.",
        "Nobody answered in Q2 2026.", "No detractor, so nobody to contact.", "There is no Ask yet.",
    )  # fmt: skip
    assert "0 %" not in text
    assert "By segment" not in text


def test_one_promoter_of_another_kind_of_programme() -> None:
    text = read(papers.one_answer())
    in_order(
        text, "NPS of Onboarding", "+100", "Under-sampled: 1 of 100 answers.", "1 person answered",
        "Of this programme alone", "No segment with enough answers moved", "No detractor has answered.",
    )  # fmt: skip
    assert "Company NPS" not in text
    assert "±" not in text.split("NPS counts")[0]


def test_detractors_without_a_theme_and_themes_that_nobody_looked_for() -> None:
    assert "No theme came up more than once." in read(replace(papers.usual(), themes=()))
    assert "What detractors say" not in read(replace(papers.usual(), themes=None))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer.YES, "Yes."),
        (Answer.NO, "No."),
        (Answer.KEEP_MONITORING, "We'll keep monitoring, which is no decision and counts as a stall."),
        (None, "Nobody has answered it."),
    ],
)
def test_what_became_of_the_last_ask(answer: Answer | None, said: str) -> None:
    decision = replace(ANSWERED, answer=answer) if answer else None
    assert said in read(replace(papers.usual(), last=LastAsk("Q2 2026", ASK, decision)))
    assert "Asked after" not in read(replace(papers.usual(), last=None))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (Changed.PRODUCT, "It changed the product."),
        (Changed.PROCESS, "It changed how we work."),
        (Changed.POLICY, "It changed a policy."),
        (Changed.NOTHING, "It has changed nothing so far."),
    ],
)
def test_what_the_last_decision_changed_stands_beside_it(changed: Changed, said: str) -> None:
    told = replace(ANSWERED, effect=Effect(changed, "Exports <b>are</b> in.", "U0MARCUS", AT))
    text = read(replace(papers.usual(), last=LastAsk("Q2 2026", ASK, told)))
    in_order(text, "Yes.", "Export comes first", said, "Exports <b>are</b> in.", "Company NPS")
    assert "It changed" not in read(papers.usual())


def test_something_given_up_is_an_ask_of_its_own_kind() -> None:
    given_up = replace(ASK, kind=AskKind.DROP, who="Product")
    in_order(read(replace(papers.usual(), ask=given_up)), "The Ask: to give this up", "What stops", "From 30 Nov 2026")


def test_a_quarter_that_runs_says_so() -> None:
    assert "Readout of Q3 2026 so far" in read(replace(papers.usual(), at=AT - timedelta(days=20)))


def test_a_move_without_a_reason_and_moves_beyond_those_with_one() -> None:
    page = papers.page(NOW, BEFORE, 41, Written(ask=ASK), QUOTES)
    assert read(page).count("No reason given yet.") == 2
    most = read(papers.fullest("n"))
    assert "Also moved: 056" in most
    assert "54 segments more with" in most


def test_segments_beyond_those_shown_are_counted() -> None:
    page = papers.fullest("n")
    answers = sum(line.standing.now.n for line in page.segments[7:])
    assert f"54 segments more with {answers:,} answers" in read(page)


def _hostile() -> Page:
    ask = replace(ASK, decision=HOSTILE, who=HOSTILE, action=HOSTILE)
    written = Written({HOSTILE.casefold(): HOSTILE}, ask, LastAsk(HOSTILE, ask, replace(ANSWERED, sentence=HOSTILE)))
    now, before = {HOSTILE.casefold(): Tally(90, 5, 5)}, {HOSTILE.casefold(): Tally(5, 5, 90)}
    return papers.page(
        now, before, 5, written, (Quote(HOSTILE, HOSTILE, 2),), programme=HOSTILE, currency=HOSTILE, limit=HOSTILE
    )


def test_nobodys_words_become_part_of_the_file() -> None:
    html = sheet(_hostile(), RULES)
    page = Read(html)
    assert set(page.elements) <= KNOWN
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "href", "style"}]
    assert "<script>alert(1)</script>" in page.text
    assert html.count("</style>") == html.count("</title>") == 1


def test_nothing_is_loaded_from_anywhere() -> None:
    html = sheet(papers.usual(), RULES)
    assert not re.search(r"https?:|//|@import|url\(|<script|<link|<img|<iframe|<object", html)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in Read(html).attributes


@given(texts)
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_is_a_whole_file(written: str) -> None:
    ask = replace(ASK, decision=written, who=written, action=written)
    page = replace(
        papers.usual(), programme=written, ask=ask, last=replace(LAST, ask=ask), themes=(Quote(written, written, 3),)
    )
    html = sheet(page, RULES)
    assert html.encode("utf-8").decode("utf-8") == html
    assert set(Read(html).elements) <= KNOWN
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", html)


@given(st.dictionaries(st.sampled_from(sorted(NOW)), COUNTS), st.dictionaries(st.sampled_from(sorted(NOW)), COUNTS))
@settings(max_examples=80, deadline=None)
def test_no_counts_make_nonsense(now: dict[str, Tally], before: dict[str, Tally]) -> None:
    text = read(papers.page(now, before, 0, Written(), ()))
    assert not re.search(r"\bnan\b|\binf\b|None", text, re.IGNORECASE)


@given(st.lists(COUNTS, max_size=8))
@settings(deadline=None)
def test_the_scale_holds_every_mark(tallies: list[Tally]) -> None:
    scale = chart.scale_of(tallies, RULES)
    assert -100 <= scale.low < scale.high <= 100
    assert scale.high - scale.low >= chart.NARROWEST
    assert scale.ticks[-1] == scale.high
    for tally in tallies:
        if tally.exact is not None:
            assert scale.low <= tally.exact <= scale.high
    assert chart.EDGE == scale.at(scale.low) < scale.at(scale.high) == chart.WIDTH - chart.EDGE


def test_too_few_answers_are_drawn_without_a_margin() -> None:
    scale = chart.scale_of([Tally(20, 10, 5), Tally(3, 1, 1)], RULES)
    enough = chart.row(Tally(20, 10, 5), Tally(), scale, RULES)
    few = chart.row(Tally(3, 1, 1), Tally(), scale, RULES)
    assert ('class="now"' in enough, "polygon" in enough) == (True, False)
    assert ('line x1="0' in few, "circle" in few, 'class="now few"' in few) == (False, False, True)


@given(st.text())
def test_text_is_escaped_and_markup_is_not(text: str) -> None:
    made = element("p", text, Markup("<b>x</b>"), joined(text), title=text)
    assert made.count("<") == 4
    assert Read(f"<body>{made}</body>").elements == ["body", "p", "b"]
