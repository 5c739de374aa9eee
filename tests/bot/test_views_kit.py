"""Customer text, money and dates on their way to Slack."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import kit
from tests.support.briefs import HOSTILE, texts
from tests.support.slack_limits import length

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal(180_000), "USD", "$180k"),
        (Decimal(2_400_000), "USD", "$2.4M"),
        (Decimal(2_000_000), "EUR", "€2M"),
        (Decimal(950), "GBP", "£950"),
        (Decimal("949.50"), "USD", "$950"),
        (Decimal(1_450), "USD", "$1.5k"),
        (Decimal(9_949), "USD", "$9.9k"),
        (Decimal(9_950), "USD", "$10k"),
        (Decimal(12_500), "USD", "$13k"),
        (Decimal(999_499), "USD", "$999k"),
        (Decimal(999_500), "USD", "$1M"),
        (Decimal(12_345_678), "CHF", "CHF 12M"),
        (Decimal(3_200_000_000), "USD", "$3.2B"),
        (Decimal("1E40"), "USD", "$999T+"),
        (Decimal(0), "USD", "$0"),
        (Decimal("0.004"), "USD", "$0"),
        (Decimal(-5_000), "USD", "-$5k"),
        (Decimal("NaN"), "USD", ""),
        (Decimal("Infinity"), "USD", ""),
        (None, "USD", ""),
    ],
)
def test_money_reads_as_people_say_it(amount: Decimal | None, currency: str, words: str) -> None:
    assert kit.money(amount, currency) == words


@given(st.decimals(min_value=0, max_value=Decimal("1E15")))
def test_money_is_never_long(amount: Decimal) -> None:
    assert len(kit.money(amount, "USD")) <= 6


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (87, "renews in 87 days"),
        (1, "renews tomorrow"),
        (0, "renews today"),
        (-1, "renewal was yesterday"),
        (-3, "renewal was 3 days ago"),
        (1204, "renews in 1,204 days"),
    ],
)
def test_renewal_says_how_soon(days: int, words: str) -> None:
    assert kit.renewal(TODAY + timedelta(days=days), TODAY) == words


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (date(2026, 11, 21), "year 1"),
        (date(2025, 11, 22), "year 1"),
        (date(2025, 11, 21), "year 2"),
        (date(2024, 9, 1), "year 3"),
        (date(2024, 2, 29), "year 3"),
        (date(2027, 1, 1), ""),
        (None, ""),
    ],
)
def test_tenure_counts_the_running_year(since: date | None, words: str) -> None:
    assert kit.tenure(since, TODAY) == words


@pytest.mark.parametrize(
    ("month", "year", "words"), [(1, 2026, "Q1"), (3, 2026, "Q1"), (4, 2026, "Q2"), (12, 2025, "Q4 2025")]
)
def test_quarters_name_their_year_only_when_it_is_another(month: int, year: int, words: str) -> None:
    assert kit.quarter(datetime(year, month, 1, tzinfo=UTC), NOW) == words


def test_a_date_is_shown_in_each_readers_zone_with_words_for_the_others() -> None:
    london = datetime(2026, 11, 23, 14, 5, 59, tzinfo=timezone(timedelta(hours=-5)))
    assert kit.when(london) == "<!date^1795460700^{date_short_pretty} at {time}|Mon 23 Nov, 19:05 UTC>"


@pytest.mark.parametrize(("number", "words"), [(0, "0 cards"), (1, "1 card"), (2, "2 cards"), (12_345, "12,345 cards")])
def test_plurals(number: int, words: str) -> None:
    assert kit.count(number, "card") == words


def test_an_irregular_plural() -> None:
    assert kit.count(2, "reply", "replies") == "2 replies"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("unbreakable", 8, "unbreak…"),
        ("🇩🇪🇫🇷🇮🇹", 6, "🇩🇪…"),
        ("🇩🇪🇫🇷🇮🇹", 10, "🇩🇪🇫🇷…"),
        ("a👩‍👩‍👧‍👦b", 10, "a…"),
        ("a👍🏿b", 4, "a…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("a❤\ufe0fb", 3, "a…"),
        ("a\u0915\u094d\u0937b", 4, "a…"),
        ("\u1100\u1161\u11a8\u1100\u1161\u11a8", 5, "\u1100\u1161\u11a8…"),
        ("a\u0e01\u0e33b", 3, "a…"),
        ("a🏴\U000e0067\U000e0062\U000e007fx", 8, "a…"),
        ("😀😀", 3, "😀…"),
    ],
)
def test_a_cut_never_splits_what_a_reader_sees_as_one_character(text: str, limit: int, shown: str) -> None:
    assert kit.cut(text, limit) == shown


def test_a_character_of_a_thousand_marks_is_cut_all_the_same() -> None:
    shown = kit.cut("z" + "\u0301" * 1000, 100)
    assert length(shown) == 100


@given(texts, st.integers(10, 700))
def test_a_cut_is_short_enough_and_the_beginning_of_the_text(text: str, limit: int) -> None:
    shown = kit.cut(text, limit)
    assert length(shown) <= limit
    assert kit.clean(text).startswith(shown.removesuffix(kit.ELLIPSIS))
    shown.encode()


@given(texts, st.integers(10, 700), st.integers(1, 12))
def test_an_excerpt_is_the_text_as_typed_and_counts_the_rest(text: str, limit: int, lines: int) -> None:
    part = kit.excerpt(text, limit, lines)
    assert length(part.text) <= limit
    assert part.text.count("\n") < lines
    whole = kit.clean(text)
    if not set(whole) & set(DIRECTIONS):
        assert whole.startswith(part.text)
        assert len(part.text) + part.left_out == len(whole)
    if not whole:
        assert part == kit.Excerpt("", 0)


@given(texts, st.integers(20, 3000))
def test_chunks_hold_the_whole_text(text: str, limit: int) -> None:
    whole = kit.clean(text)
    pieces = kit.chunks(whole, limit)
    assert all(length(piece) <= limit for piece in pieces)
    without = str.maketrans("", "", DIRECTIONS)
    assert "".join(pieces).translate(without) == whole.translate(without)


@given(texts, st.integers(20, 300))
def test_a_name_stays_on_its_line_and_keeps_its_direction_to_itself(text: str, limit: int) -> None:
    shown = kit.named(text, limit)
    assert length(shown) <= limit
    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} for char in shown)
    assert direction_depth(shown) == 0
    if any(unicodedata.bidirectional(char) in {"R", "AL", "RLO", "LRO"} for char in shown):
        assert shown.startswith("\u2068")


@given(texts)
def test_typed_text_can_ping_nobody_link_nowhere_and_format_nothing(text: str) -> None:
    shown = kit.typed(text, 3000)
    assert "<" not in shown
    assert ">" not in shown
    assert kit.named(text, 3000) == unescaped(shown)
    for mark in "*_~`":
        assert shown.count(mark) == shown.count(mark + "\u2060")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> look", "&lt;!channel&gt; look"),
        ("a & b &amp; c", "a &amp; b &amp;amp; c"),
        ("*so* bad", "*\u2060so*\u2060 bad"),
        ("at 10:30: :tada:", "at 10:\u206030: :\u2060tada:"),
        ("> said", "\u2060&gt; said"),
        ("two\n lines", "two lines"),
        ("", ""),
    ],
)
def test_typed_text_written_out(text: str, shown: str) -> None:
    assert kit.typed(text, 100) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" \u200b\u2060\ufeff\n", ""),
        ("\x00a\x07b\x1b[0m", "ab[0m"),
        ("half \ud83d here", "half \ufffd here"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\t indented ", "indented"),
    ],
)
def test_clean_text_is_what_a_screen_can_show(text: str, shown: str) -> None:
    assert kit.clean(text) == shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "http://",
        "https://x.example/a b",
        "https://x.example/<b>",
        "https://x.example/|click",
        "https://[half",
        "https://x.example/" + "a" * 800,
        "//x.example",
        "https://bücher.example",
        "https://x.example/\n",
    ],
)
def test_an_address_that_slack_would_refuse_makes_no_button(url: str) -> None:
    assert kit.web_address(url) == ""


@pytest.mark.parametrize("url", ["https://crm.example/a?id=1&x=%20#top", "http://127.0.0.1:8765/x"])
def test_an_address_stays_as_it_is(url: str) -> None:
    assert kit.web_address(url) == url


@pytest.mark.parametrize(
    ("user", "shown"), [("U0PRIYA", "<@U0PRIYA>"), ("winback", "winback"), ("<!here>", "&lt;!here&gt;"), ("", "")]
)
def test_only_slack_ids_become_mentions(user: str, shown: str) -> None:
    assert kit.mention(user) == shown


@pytest.mark.parametrize(
    ("items", "shown"), [(["9"], "9"), (["9", "5"], "9, 5"), (["9", "5", "3", "8"], "9, 5 and 2 more")]
)
def test_long_lists_end_in_a_number(items: list[str], shown: str) -> None:
    assert kit.listed(items, 2) == shown


def direction_depth(text: str) -> int:
    """How many direction controls are open at the end, by Unicode's UAX 9; -1 when one closes what it did not open."""
    open_ones: list[str] = []
    for char in text:
        if char in "\u202a\u202b\u202d\u202e":
            open_ones.append("embedding")
        elif char in "\u2066\u2067\u2068":
            open_ones.append("isolate")
        elif char == "\u202c" and open_ones and open_ones[-1] == "embedding":
            open_ones.pop()
        elif char == "\u2069":
            if "isolate" not in open_ones:
                return -1
            while open_ones.pop() != "isolate":
                pass
    return len(open_ones)


def unescaped(shown: str) -> str:
    """What Slack draws of a mrkdwn string: joiners are invisible, entities are characters."""
    for mark in ("*", "_", "~", "`", ":"):
        shown = shown.replace(mark + "\u2060", mark)
    shown = shown.replace("\u2060&gt;", "&gt;", 1) if shown.startswith("\u2060") else shown
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_the_hostile_samples_are_hostile() -> None:
    assert any("<!channel>" in sample for sample in HOSTILE)
    assert any(direction_depth(sample) != 0 for sample in HOSTILE)
