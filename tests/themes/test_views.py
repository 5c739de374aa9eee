"""How themes look: what is said of none, one and many, what fits with any words, and what buttons carry."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import fields, theme_windows
from bot.views.figures import frame, themes, themes_place
from bot.views.figures.frame import About
from bot.views.figures.place import Place
from bot.views.figures.place import Shown as What
from bot.views.figures.themes import ROWS, ThemeRow, Themes
from bot.views.figures.themes_place import FRESH, Act, Pressed, Which
from bot.views.look import Block, Look
from bot.views.theme_windows import Said, Shown
from recovery.errors import Refusal
from recovery.figures.periods import quarter
from tests.support.reading import read
from tests.support.slack_limits import message_problems, parsed_texts, view_problems

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LARGEST = 2**53
WHICH = Which(LARGEST, "0123abcd.999999999")
ROW = ThemeRow(Which(7, FRESH), "wrong invoices", "The invoice is wrong again.", 12, Decimal(180_000))
FOUND = Themes((ROW,), 1, 12, 15, 15, 20, may_change=True)
PRESSED = Pressed(Act.RENAME, "relational", "2026Q4", ROW.which, 2, "C0RELATIONAL", "https://hooks.slack.example/r/1")
THEME = Shown(ROW.which, ROW.tag, ROW.quote, 12)
texts = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["<!channel>", "*bold* _it_ `c` ~s~ :x:", "\u202eabc", "😡" * 300, "\x00\ud800", "a\n" * 50, "&" * 500]
    ),
)
LONGEST = ["x" * 5000, "&" * 5000, "😡" * 5000, "\u202e" * 500 + "ب" * 4000, "*" * 5000, "請" * 5000]


def about(page: int = 1, programme: str = "Relational", others: tuple[str, ...] = ()) -> About:
    place = Place(What.THEMES, "relational", "2026Q4", page=page)
    period = quarter(2026 * 4 + 3)
    return About(place, programme, period, AT, "USD", "C0RELATIONAL", may_share=True, others=others)


def own(found: Themes, around: About | None = None) -> Look:
    around = around or about()
    return frame.own(themes.themes(found, around), around)


def lines(found: Themes) -> list[str]:
    return [line for line in read(own(found).blocks) if not line.startswith("[")]


def accessories(look: Look) -> list[Block]:
    return [block["accessory"] for block in look.blocks if "accessory" in block]


def test_a_theme_says_its_name_its_count_its_money_and_its_quote() -> None:
    said = lines(FOUND)
    assert said[:4] == [
        "*Relational · Q4 2026 so far* · 1 theme in 15 comments of detractors",
        "*wrong invoices* · 12 comments · $180k at stake",
        "❝ The invoice is wrong again.",
        "3 comments in no theme.",
    ]
    assert own(FOUND).text == "Relational, Q4 2026 so far: wrong invoices (12)"


@pytest.mark.parametrize(
    ("acv", "unknown", "said"),
    [
        (Decimal(180_000), 0, "$180k at stake"),
        (Decimal(180_000), 3, "$180k at stake and 3 of unknown value"),
        (Decimal(0), 0, "$0 at stake"),
        (None, 3, "value not known"),
        (None, 0, "value not known"),
    ],
)
def test_money_that_is_not_known_is_no_zero(acv: Decimal | None, unknown: int, said: str) -> None:
    assert lines(replace(FOUND, rows=(replace(ROW, acv=acv, unknown=unknown),)))[1].endswith(f"· {said}")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Themes(), "No detractor has answered in Q4 2026 so far."),
        (Themes(detractors=1), "1 detractor answered in Q4 2026 so far, and nobody wrote a comment."),
        (Themes(detractors=12), "12 detractors answered in Q4 2026 so far, and nobody wrote a comment."),
        (
            Themes(detractors=3, comments=1, searched=1, only="Slow."),
            "One detractor has written in Q4 2026 so far, and a theme needs two.",
        ),
        (
            Themes(detractors=40, comments=40, searched=40),
            "No theme in 40 comments of Q4 2026 so far: they say too little, or each says something else.",
        ),
    ],
)
def test_without_themes_there_are_words(found: Themes, said: str) -> None:
    assert lines(found)[1] == said
    assert own(found).text == f"Relational, Q4 2026 so far: {said}"
    assert message_problems(own(found)) == []


def test_the_only_comment_is_quoted() -> None:
    assert lines(Themes(detractors=1, comments=1, searched=1, only="So slow."))[2] == "❝ So slow."
    assert "So slow." not in str(lines(Themes(detractors=1, comments=1, searched=1, only="\u200b")))


def test_comments_that_were_not_searched_are_said() -> None:
    found = replace(FOUND, searched=10_000, comments=12_345, held=10_000)
    assert lines(found)[3] == "Only the newest 10,000 of 12,345 comments were looked through."


def test_leads_have_a_menu_members_a_button_and_a_channel_nothing() -> None:
    (menu,) = accessories(own(FOUND))
    assert [option["text"]["text"] for option in menu["options"]] == ["Read all", "Rename…", "Merge…", "Split…"]
    (button,) = accessories(own(replace(FOUND, may_change=False)))
    assert button["action_id"] == "theme_read"
    assert accessories(frame.shared(themes.themes(FOUND, about()), "U0MARCUS")) == []
    assert accessories(frame.after_sharing(themes.themes(FOUND, about()), "C0RELATIONAL")) == []


def test_what_is_left_out_of_a_quote_is_counted() -> None:
    said = lines(replace(FOUND, rows=(replace(ROW, quote="word " * 1000),)))[2]
    shown, _, more = said.removeprefix("❝ ").partition(" … (")
    assert more == f"{4999 - len(shown):,} more)"


def test_the_notification_names_three_and_counts_the_others() -> None:
    rows = tuple(replace(ROW, which=Which(number + 1, FRESH), tag=f"tag {number}") for number in range(ROWS))
    said = own(replace(FOUND, rows=rows, total=23)).text
    assert said == "Relational, Q4 2026 so far: tag 0 (12), tag 1 (12), tag 2 (12) and 20 more"


def test_pages_are_turned() -> None:
    rows = tuple(replace(ROW, which=Which(number + 1, FRESH)) for number in range(ROWS))
    found = replace(FOUND, rows=rows, total=4 * ROWS)
    pressed = [
        element["action_id"]
        for block in own(found, about(2)).blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    assert {"figures_back", "figures_next"} <= set(pressed)
    assert "Page 2 of 4" in read(own(found, about(2)).blocks)


def worst(tag: str, quote: str, *, may_change: bool) -> Look:
    rows = tuple(
        ThemeRow(Which(LARGEST + n, WHICH.mark), tag, quote, LARGEST, Decimal(10) ** 15, LARGEST) for n in range(ROWS)
    )
    found = Themes(rows, LARGEST, LARGEST, 10_000, LARGEST, LARGEST, may_change=may_change)
    around = about(9_999, tag or "x", ("a" * 40,) * 9)
    place = replace(around.place, programme="p" * 40, period="2026-06-01..2026-06-30", page=9_999)
    return own(found, replace(around, place=place))


@given(texts, texts)
def test_any_words_fit_and_stay_words(tag: str, quote: str) -> None:
    _check(tag, quote)


@pytest.mark.parametrize("quote", LONGEST)
@pytest.mark.parametrize("tag", [*LONGEST, ""])
def test_the_longest_words_fit(tag: str, quote: str) -> None:
    _check(tag, quote)


def _check(tag: str, quote: str) -> None:
    for may_change in (True, False):
        look = worst(tag, quote, may_change=may_change)
        assert message_problems(look) == []
        assert not any("<!channel>" in said for said in parsed_texts(list(look.blocks)))
    which = [Shown(Which(LARGEST + n, WHICH.mark), tag, quote, LARGEST) for n in range(130)]
    pressed = replace(PRESSED, programme="p" * 40, which=WHICH, page=9_999, respond="https://x/" + "y" * 2900)
    said = [Said(quote, 0, AT, tag, tag, "https://slack.com/archives/C0/p1") for _ in range(theme_windows.ROWS)]
    for view in (
        theme_windows.rename(which[0], pressed),
        theme_windows.merge(which[0], which[1:], pressed),
        theme_windows.split(which[0], [(n + 1, quote) for n in range(130)], pressed),
        theme_windows.reading(which[0], said, pressed),
    ):
        assert view_problems(view) == []
        assert not any("<!channel>" in each for each in parsed_texts(view))


def test_what_is_too_many_to_choose_from_is_said() -> None:
    many = [Shown(Which(n + 1, FRESH), f"tag {n}", "-", 3) for n in range(130)]
    merging = theme_windows.merge(THEME, many, PRESSED)["blocks"][1]
    assert len(merging["element"]["options"]) == fields.MOST_OPTIONS
    assert "The 100 largest of 130 are offered." in merging["hint"]["text"]
    splitting = theme_windows.split(THEME, [(n + 1, "-") for n in range(130)], PRESSED)["blocks"][1]
    assert len(splitting["element"]["options"]) == fields.MOST_OPTIONS
    assert "The newest 100 of 130 are offered; all others stay." in splitting["hint"]["text"]
    for view in (theme_windows.merge(THEME, many[:3], PRESSED), theme_windows.split(THEME, [(1, "-")], PRESSED)):
        assert "offered" not in view["blocks"][1]["hint"]["text"]


@pytest.mark.parametrize(
    ("page", "said", "pressed"),
    [
        (1, "1 to 10 of 25, the newest first", ["theme_next"]),
        (2, "11 to 20 of 25, the newest first", ["theme_back", "theme_next"]),
        (3, "21 to 25 of 25, the newest first", ["theme_back"]),
        (9, "21 to 25 of 25, the newest first", ["theme_back"]),
    ],
)
def test_comments_are_read_a_page_at_a_time(page: int, said: str, pressed: list[str]) -> None:
    view = theme_windows.reading(replace(THEME, count=25), [], replace(PRESSED, act=Act.READ, page=page))
    assert said in read(view["blocks"])
    assert [e["action_id"] for b in view["blocks"] if b["type"] == "actions" for e in b["elements"]] == pressed


def test_a_comment_says_whose_it_is_and_leads_to_its_card() -> None:
    said = [Said("Slow.", 2, AT, "Northwind", "Dana", "https://slack.com/archives/C0/p1"), Said("x", 0, AT)]
    view = theme_windows.reading(replace(THEME, count=2), said, PRESSED)
    first, _, second, _ = read(view["blocks"])[1:5]
    assert first.startswith("2 · Northwind · Dana · ")
    assert "open card" in first
    assert second.startswith("0 · ")
    assert "open card" not in second


# What buttons and windows carry

WHICHES = st.builds(
    Which,
    st.integers(1, 10**18 - 1),
    st.one_of(st.just(FRESH), st.builds(themes_place.mark, texts, st.integers(1, 9999))),
)


@given(
    st.sampled_from(Act), st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True),
    st.sampled_from(["2026Q3", "2026-09", "30d", "2026-06-01..2026-06-30"]), WHICHES, st.integers(1, 9999), texts,
)  # fmt: skip
def test_a_button_brings_back_what_it_carries(
    act: Act, programme: str, period: str, which: Which, page: int, text: str
) -> None:
    pressed = Pressed(act, programme, period, which, page)
    assert themes_place.read_value(themes_place.value(pressed)) == pressed
    assert len(themes_place.value(pressed)) <= 150
    whole = replace(pressed, channel="C0RELATIONAL", respond="https://hooks.slack.example/r/1")
    assert themes_place.read_metadata(themes_place.metadata(whole)) == whole
    assert len(themes_place.metadata(replace(whole, respond=text * 40))) <= 3000
    assert themes_place.read_which(themes_place.which_value(which)) == which


@given(st.one_of(texts, st.sampled_from(["rename|relational|2026Q4|0|new|1", "rename||2026Q4|1|new|1"])))
@pytest.mark.parametrize("tail", ["", "|", "|x" * 99, "|relational|2026Q4|1|old|1", "\n"])
def test_a_forged_value_is_refused_in_words(tail: str, text: str) -> None:
    for attempt in (
        lambda: themes_place.read_value(text + tail),
        lambda: themes_place.read_metadata(text + tail),
        lambda: themes_place.read_metadata(json.dumps([text + tail, "", ""])),
        lambda: themes_place.read_which(text + tail),
    ):
        with pytest.raises(Refusal, match="out of date"):
            attempt()


@pytest.mark.parametrize("number", ["", "0", "-1", "1e3", "x", "1" * 19, "\u0661", "1\n"])
def test_a_forged_number_is_refused_in_words(number: str) -> None:
    with pytest.raises(Refusal, match="out of date"):
        themes_place.read_number(number)


@pytest.mark.parametrize(
    "view",
    [{}, {"state": None}, {"state": {"values": []}}, {"state": {"values": {"comments": {"field": None}}}}],
)
def test_a_window_without_its_input_has_no_choice(view: Block) -> None:
    assert theme_windows.chosen_comments(view) == []


def test_a_mark_differs_with_the_key_and_with_each_change() -> None:
    assert len({themes_place.mark("a", 1), themes_place.mark("a", 2), themes_place.mark("b", 1), FRESH}) == 4
