"""Verbatims grouped by what they are about: quality on a labelled set, the same from any order, and hostile input."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.themes import Theme, Verbatim, find_themes
from recovery.themes.features import plain, stem, words_of
from recovery.themes.values import money_of, unknown_of
from tests.recovery.theme_scores import OUTSIDE, Labelled, everything, half, scores, verbatims_of

ROOT = Path(__file__).parents[2]
SECONDS = 10
TEXTS = [one.text for one in everything()]
INVOICES = (
    "The invoice is wrong again.",
    "Die Rechnung war falsch.",
    "La factura tiene errores.",
    "請求書の金額が違います。",
    "Invoices with a wrong amount, every time.",
)
PHONES = ("The Android app is a toy.", "Nothing works on my phone.", "Die App auf dem Handy kann nichts.")


def test_the_set_is_large_in_several_scripts_and_has_noise() -> None:
    labelled = everything()
    alone = [one for one in labelled if one.theme is None]
    assert len(labelled) >= 300
    assert len({one.text for one in labelled}) == len(labelled)
    assert 0.12 <= len(alone) / len(labelled) <= 0.18
    assert len({one.theme for one in labelled} - {None}) >= 14
    assert {one.theme for one in half(held_out=True)} == {one.theme for one in half(held_out=False)}


# Floors are two points under what was reached: 0.87 and 0.90, 0.77 and 0.82, 0.78 and 0.82.
@pytest.mark.parametrize(
    ("labelled", "pairs", "cubed"),
    [
        pytest.param(half(held_out=False), 0.84, 0.87, id="the half the numbers were chosen on"),
        pytest.param(half(held_out=True), 0.74, 0.80, id="the half that was held out"),
        pytest.param(everything(), 0.76, 0.79, id="all"),
    ],
)
def test_quality_on_the_labelled_set(labelled: Sequence[Labelled], pairs: float, cubed: float) -> None:
    reached = scores(labelled, find_themes(verbatims_of(labelled)))
    assert reached.pairs >= pairs, reached
    assert reached.cubed >= cubed, reached


def test_quality_of_subjects_no_line_of_the_lexicon_knows() -> None:
    # Their words alone join them: what is joined is right, and about half of what belongs together is.
    labelled = half(held_out=True)
    themes = find_themes(verbatims_of(labelled))
    outside = [number for number, one in enumerate(labelled) if one.theme in OUTSIDE]
    place = {number: at for at, number in enumerate(outside)}
    kept = [Theme(t.key, t.tag, 0, tuple(place[n] for n in t.member_ids if n in place)) for t in themes]
    reached = scores([labelled[number] for number in outside], kept)
    assert reached.pair_precision >= 0.85, reached
    assert reached.pair_recall >= 0.45, reached


def test_what_says_nothing_or_stands_alone_mostly_stays_out() -> None:
    labelled = half(held_out=True)
    members = {number for theme in find_themes(verbatims_of(labelled)) for number in theme.member_ids}
    alone = [number for number, one in enumerate(labelled) if one.theme is None]
    assert len(members.intersection(alone)) <= 0.2 * len(alone)


def test_one_subject_in_four_languages_is_one_theme() -> None:
    themes = find_themes([Verbatim(number, text) for number, text in enumerate((*INVOICES, *PHONES))])
    assert [theme.member_ids for theme in themes] == [(0, 1, 2, 3, 4), (5, 6, 7)]


def test_a_theme_is_an_exact_quote_a_tag_of_its_members_words_and_a_count() -> None:
    labelled = everything()
    text_of = {verbatim.id: verbatim.text for verbatim in verbatims_of(labelled)}
    themes = find_themes(verbatims_of(labelled))
    for theme in themes:
        stems = {stem(word) for number in theme.member_ids for word in words_of(text_of[number])}
        tag = [word for word in words_of(theme.tag) if word.strip()]
        assert theme.quote_id in theme.member_ids
        assert theme.count == len(theme.member_ids) >= 2
        assert 2 <= len(tag) <= 4, theme.tag
        assert {stem(word) for word in tag} <= stems, theme.tag
    assert len({theme.tag for theme in themes}) == len({theme.key for theme in themes}) == len(themes)
    assert [theme.count for theme in themes] == sorted((theme.count for theme in themes), reverse=True)


def test_the_quote_is_in_the_script_of_most_and_of_readable_length() -> None:
    texts = (*INVOICES, *INVOICES[:1], "Invoice?", "invoice " * 200)
    (theme,) = find_themes([Verbatim(number, text) for number, text in enumerate(texts)])
    assert theme.count == len(texts)
    assert theme.quote_id in {0, 1, 2, 4}


def test_the_tag_keeps_how_members_write_a_word() -> None:
    texts = ("No SSO for the Präsentation.", "We asked for SSO, still no SSO.", "The Präsentation needs SSO.")
    (theme,) = find_themes([Verbatim(number, text) for number, text in enumerate(texts)])
    assert "SSO" in theme.tag
    assert "Präsentation" in theme.tag


@pytest.mark.parametrize("text", ["It is down.", "遅い。"])
def test_a_theme_of_common_words_only_is_named_by_its_quote(text: str) -> None:
    (theme,) = find_themes([Verbatim(1, text), Verbatim(2, text), Verbatim(3, "My office has no parking.")])
    assert (theme.member_ids, theme.tag) == ((1, 2), text)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_order_gives_the_same_themes(chance: random.Random) -> None:
    verbatims = verbatims_of(half(held_out=True))
    shuffled = chance.sample(verbatims, len(verbatims))
    assert find_themes(shuffled) == find_themes(verbatims)


def test_another_process_with_another_hash_seed_gives_the_same_themes() -> None:
    program = (
        "from recovery.themes import find_themes\n"
        "from tests.recovery.theme_scores import everything, verbatims_of\n"
        "print(find_themes(verbatims_of(everything())))\n"
    )

    def said(seed: str) -> str:
        settled = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        run = subprocess.run(
            [sys.executable, "-c", program],
            env=settled,
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=60,
            encoding="utf-8",
        )
        return run.stdout

    assert said("1") == said("2") == f"{find_themes(verbatims_of(everything()))}\n"


def test_ten_thousand_verbatims_in_ten_seconds_of_one_core() -> None:
    chance = random.Random(5)
    vocabulary = [word for one in everything() for word in one.text.split()]
    texts = [" ".join((chance.choice(TEXTS), *chance.choices(vocabulary, k=4))) for _ in range(10_000)]
    verbatims = [Verbatim(number, text) for number, text in enumerate(texts)]
    before = time.process_time()
    themes = find_themes(verbatims)
    assert time.process_time() - before < SECONDS
    assert sum(theme.count for theme in themes) > 5_000


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from([*TEXTS[::7], "", " ", "\x00", "\ud800 slow", "\u202einvoice", "a\u0301" * 50, "😡😡", "((("]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(HOSTILE, max_size=30))
def test_any_texts_give_disjoint_themes_of_those_texts(texts: list[str]) -> None:
    themes = find_themes([Verbatim(number, text) for number, text in enumerate(texts)])
    members = [number for theme in themes for number in theme.member_ids]
    assert len(members) == len(set(members))
    assert set(members) <= set(range(len(texts)))
    assert all(theme.quote_id in theme.member_ids and theme.tag and theme.key for theme in themes)
    assert all(any(words_of(texts[number])) for number in members)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([], id="none"),
        pytest.param(["The invoice is wrong."], id="one"),
        pytest.param(["", " ", "\n", "...", "👎", "n/a", "10"] * 3, id="no words"),
        pytest.param(["ok"] * 40, id="one empty word, again and again"),
        pytest.param(["Lovely parking.", "My nephew sings."], id="nothing shared"),
    ],
)
def test_nothing_to_group_gives_no_theme(texts: list[str]) -> None:
    assert find_themes([Verbatim(number, text) for number, text in enumerate(texts)]) == ()


def test_the_same_words_from_many_are_a_theme() -> None:
    texts = ["Too slow.", "too SLOW", "\uff34\uff4f\uff4f  \uff53\uff4c\uff4f\uff57!"]  # in full width
    (theme,) = find_themes([Verbatim(number, text) for number, text in enumerate(texts)])
    assert (theme.member_ids, theme.quote_id) == ((0, 1, 2), 0)


def test_a_book_instead_of_a_comment_is_read_from_its_beginning_only() -> None:
    texts = ["The invoice is wrong. " + "phone tablet android " * 50_000, "A wrong invoice.", "My phone, my tablet."]
    before = time.process_time()
    themes = find_themes([Verbatim(number, text) for number, text in enumerate(texts)])
    assert time.process_time() - before < SECONDS
    assert themes


def test_a_number_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="Two verbatims"):
        find_themes([Verbatim(1, "The invoice is wrong."), Verbatim(1, "The invoice is late.")])


@pytest.mark.parametrize(
    ("word", "spelled"),
    [("Straße", "strasse"), ("\uff26\uff35ll", "full"), ("Café", "cafe"), ("がく", "がく"), ("İstanbul", "istanbul")],
)
def test_words_are_spelled_plainly_without_harm_to_other_scripts(word: str, spelled: str) -> None:
    assert plain(word) == spelled


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'interface d'une page", ("interface", "une", "page")),
        ("don't, can\u2019t", ("don't", "can't")),
        ("Salesforceとの連携", ("salesforce", "との", "連携")),
        ("請求書 invoice_2", ("請求書", "invoice", "2")),
        ("'quoted' ... !", ("quoted",)),
        ("हिन्दी में", ("हिन्दी", "में")),
        ("ช้าเกินไป", ("ช้าเกินไป",)),
    ],
)
def test_words_of_any_script(text: str, words: tuple[str, ...]) -> None:
    assert tuple(words_of(text)) == words


@pytest.mark.parametrize(
    ("answers", "money", "unknown"),
    [
        pytest.param([(None, None), (None, 7)], None, 2, id="nothing known"),
        pytest.param([("5000", 7), ("5000", 7)], Decimal(5000), 0, id="an account counts once"),
        pytest.param(
            [("5000", 7), (None, 7), (None, 8), (None, 8)], Decimal(5000), 1, id="unknown ones count once, too"
        ),
        pytest.param([("5000", 7), ("3000", 8)], Decimal(8000), 0, id="two accounts"),
        pytest.param([("5000", 7), (None, 8)], Decimal(5000), 1, id="one of two known"),
        pytest.param([("5000", None), ("5000", None)], Decimal(10000), 0, id="answers without account"),
        pytest.param([("0", 7)], Decimal(0), 0, id="nothing paid is known, not unknown"),
    ],
)
def test_the_money_behind_a_theme(
    answers: list[tuple[str | None, int | None]], money: Decimal | None, unknown: int
) -> None:
    verbatims = [
        Verbatim(number, "x", None if acv is None else Decimal(acv), account)
        for number, (acv, account) in enumerate(answers)
    ]
    others = [Verbatim(99, "x", Decimal(1_000_000), 99), Verbatim(98, "x")]
    theme = Theme("billing", "invoice", 0, tuple(range(len(verbatims))))
    assert money_of(theme, verbatims + others) == money
    assert unknown_of(theme, verbatims + others) == unknown
