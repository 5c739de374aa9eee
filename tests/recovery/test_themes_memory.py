"""What people did to themes is respected by every later run, for the same verbatims and for new ones."""

from itertools import pairwise

import pytest

from recovery.errors import FieldRefusal, Refusal
from recovery.themes import Part, Remembered, Theme, Verbatim, find_themes, merged, remember, renamed, split
from recovery.themes.features import READ
from recovery.themes.memory import EXAMPLES
from tests.recovery.theme_scores import half, verbatims_of

INVOICES = (
    "The invoice is wrong again.",
    "Invoices with a wrong amount, every time.",
    "Our invoice never shows the VAT number.",
    "The refund for the wrong invoice never came.",
)
PHONES = ("The Android app is a toy.", "Nothing works on my phone.", "The phone app can't approve anything.")
NOW = [Verbatim(number, text) for number, text in enumerate((*INVOICES, *PHONES))]
LATER = [
    Verbatim(100, "Wrong amount on the invoice, once more."),
    Verbatim(101, "The iPhone app crashes on my phone."),
    Verbatim(102, "My office has no parking."),
]


def theme_with(member: int, verbatims: list[Verbatim], kept: list[Remembered]) -> Theme:
    return next(theme for theme in find_themes(verbatims, kept) if member in theme.member_ids)


INVOICE = theme_with(0, NOW, [])
PHONE = theme_with(4, NOW, [])


def test_two_themes_to_begin_with() -> None:
    assert [theme.member_ids for theme in find_themes(NOW)] == [(0, 1, 2, 3), (4, 5, 6)]


def test_a_renamed_theme_keeps_its_name_and_its_members() -> None:
    kept = [renamed(remember(INVOICE, NOW), "  Wrong   bills ")]
    again = theme_with(0, NOW, kept)
    assert (again.key, again.tag, again.member_ids) == (INVOICE.key, "Wrong bills", INVOICE.member_ids)
    assert theme_with(4, NOW, kept) == PHONE


def test_new_verbatims_join_a_renamed_theme_even_a_single_one() -> None:
    kept = [renamed(remember(INVOICE, NOW), "Wrong bills")]
    (theme,) = find_themes(LATER, kept)
    assert (theme.key, theme.tag, theme.quote_id, theme.member_ids) == (INVOICE.key, "Wrong bills", 100, (100,))


def test_merged_themes_stay_one_for_old_and_new() -> None:
    kept = [merged(remember(INVOICE, NOW), remember(PHONE, NOW))]
    (now,) = find_themes(NOW, kept)
    assert (now.key, now.tag, now.member_ids) == (INVOICE.key, INVOICE.tag, tuple(range(7)))
    (later,) = find_themes(LATER, kept)
    assert later.member_ids == (100, 101)


def test_a_split_theme_stays_two_for_old_and_new() -> None:
    stays, moved = split(INVOICE, NOW, {2}, "vat-number", "VAT number")
    kept = [stays, moved]
    assert [(theme.key, theme.member_ids) for theme in find_themes(NOW, kept) if theme.key != PHONE.key] == [
        (INVOICE.key, (0, 1, 3)),
        ("vat-number", (2,)),
    ]
    later = [*LATER, Verbatim(103, "Still no VAT number on any invoice.")]
    assert theme_with(103, later, kept).tag == "VAT number"
    assert theme_with(100, later, kept).key == INVOICE.key


def test_a_merger_can_be_split_again() -> None:
    whole = merged(remember(INVOICE, NOW), remember(PHONE, NOW))
    (theme,) = find_themes(NOW, [whole])
    kept = list(split(theme, NOW, PHONE.member_ids, "phones", "Phones"))
    assert {theme.member_ids for theme in find_themes(NOW, kept)} == {(0, 1, 2, 3), (4, 5, 6)}


def test_a_split_leaves_what_other_periods_have() -> None:
    earlier = Part((900, 901), ("The invoice was late in May.", INVOICES[2]))
    before = Remembered(INVOICE.key, "Bills", (earlier, *remember(INVOICE, NOW).parts))
    stays, moved = split(INVOICE, NOW, {2}, "vat-number", "VAT number", before)
    assert stays.parts == (
        Part((900, 901), ("The invoice was late in May.",)),
        Part((0, 1, 3), tuple(text for text in before.parts[1].examples if text != INVOICES[2])),
    )
    assert moved.parts == (Part((2,), (INVOICES[2],)),)


def test_who_stays_keeps_their_words_also_where_who_went_said_the_same() -> None:
    twice = [*NOW, Verbatim(50, INVOICES[2])]
    theme = theme_with(2, twice, [])
    stays, moved = split(theme, twice, {2}, "vat-number", "VAT number", remember(theme, twice))
    assert INVOICES[2] in stays.parts[0].examples
    assert INVOICES[2] in moved.parts[0].examples


def test_a_part_of_which_everybody_went_is_gone_and_who_is_new_joins_who_stays() -> None:
    before = merged(remember(INVOICE, NOW), remember(PHONE, NOW))
    grown = theme_with(100, [*NOW, *LATER], [before])
    stays, moved = split(grown, [*NOW, *LATER], PHONE.member_ids, "phones", "Phones", before)
    assert [part.ids for part in stays.parts] == [INVOICE.member_ids, (100, 101)]
    assert [part.ids for part in moved.parts] == [PHONE.member_ids]


def test_of_a_long_text_only_what_is_read_is_kept() -> None:
    long = [Verbatim(1, "The invoice is wrong. " * 1000), Verbatim(2, "A wrong invoice.")]
    (theme,) = find_themes(long)
    assert max(len(text) for part in remember(theme, long).parts for text in part.examples) == READ


def test_remembering_again_adds_what_is_new_and_keeps_what_was() -> None:
    first = remember(INVOICE, NOW)
    grown = theme_with(100, [*NOW, *LATER], [first])
    second = remember(grown, [*NOW, *LATER], first)
    assert second.parts == (*first.parts, Part((100,), (LATER[0].text,)))
    assert remember(grown, [*NOW, *LATER], second) == second


def test_what_a_person_put_together_needs_no_likeness() -> None:
    odd = Remembered("mine", "Mine", (Part((0, 4), (INVOICES[0], PHONES[0])),))
    theme = theme_with(0, NOW, [odd])
    assert theme.key == "mine"
    assert {0, 4} <= set(theme.member_ids)


def test_a_remembered_theme_nobody_speaks_of_is_left_out() -> None:
    assert find_themes([Verbatim(200, "My office has no parking.")], [remember(INVOICE, NOW)]) == ()
    assert find_themes([], [remember(INVOICE, NOW)]) == ()


def test_a_theme_without_examples_holds_its_own_verbatims_only() -> None:
    kept = [Remembered("mine", "Mine", (Part((0,), ()),)), Remembered("none", "None", ())]
    assert theme_with(0, NOW, kept).member_ids == (0,)


def test_the_order_of_what_is_remembered_does_not_matter() -> None:
    kept = [renamed(remember(INVOICE, NOW), "Bills"), renamed(remember(PHONE, NOW), "Phones")]
    assert find_themes([*LATER, *NOW], kept) == find_themes([*NOW, *LATER], kept[::-1])


def test_a_new_theme_never_takes_the_key_of_a_remembered_one() -> None:
    kept = [Remembered(INVOICE.key, "Something else", (Part((), ("Coffee was cold at the fair.",)),))]
    themes = find_themes(NOW, kept)
    assert INVOICE.key not in {theme.key for theme in themes}
    assert [theme.member_ids for theme in themes] == [(0, 1, 2, 3), (4, 5, 6)]


def test_two_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="remembered themes"):
        find_themes(NOW, [remember(INVOICE, NOW), remember(INVOICE, NOW)])


def test_only_so_many_examples_are_kept_the_quote_first() -> None:
    many = [Verbatim(number, f"The invoice {number} is wrong.") for number in range(3 * EXAMPLES)]
    (theme,) = find_themes(many)
    (part,) = remember(theme, many).parts
    assert part.ids == theme.member_ids
    assert len(part.examples) == EXAMPLES
    assert part.examples[0] == many[theme.quote_id].text


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [("", "a few words"), (" \n", "a few words"), ("\u200b!", "a few words"), ("x" * 61, "at most 60 characters")],
)
def test_unusable_names_are_refused(tag: str, sentence: str) -> None:
    with pytest.raises(FieldRefusal, match=sentence) as renaming:
        renamed(remember(INVOICE, NOW), tag)
    assert renaming.value.field == "tag"
    with pytest.raises(FieldRefusal, match=sentence):
        split(INVOICE, NOW, {2}, "vat-number", tag)


@pytest.mark.parametrize("moved", [set[int](), {0, 1, 2, 3}, {99}])
def test_a_split_needs_some_on_either_side(moved: set[int]) -> None:
    with pytest.raises(Refusal, match="not all and not none"):
        split(INVOICE, NOW, moved, "vat-number", "VAT number")


def test_a_theme_is_neither_merged_with_itself_nor_split_into_itself() -> None:
    with pytest.raises(Refusal, match="itself"):
        merged(remember(INVOICE, NOW), remember(INVOICE, NOW))
    with pytest.raises(Refusal, match="key of its own"):
        split(INVOICE, NOW, {2}, INVOICE.key, "VAT number")


def test_themes_remembered_from_one_half_of_the_labelled_set_are_met_again_in_the_other() -> None:
    known = half(held_out=False)
    members: dict[str, list[int]] = {}
    for number, one in enumerate(known):
        if one.theme:
            members.setdefault(one.theme, []).append(number)
    kept = [remember(Theme(key, key, ids[0], tuple(ids)), verbatims_of(known)) for key, ids in members.items()]
    new = [Verbatim(1000 + number, one.text) for number, one in enumerate(half(held_out=True))]
    theme_of = {number: theme.key for theme in find_themes(new, kept) for number in theme.member_ids}
    wanted = {1000 + number: one.theme for number, one in enumerate(half(held_out=True)) if one.theme}
    right = sum(theme_of.get(number) == theme for number, theme in wanted.items())
    wrong = sum(theme_of.get(number) in members and theme_of[number] != theme for number, theme in wanted.items())
    # Reached: 135 right and 11 wrong of 160, the rest in none of these themes.
    assert right >= 0.82 * len(wanted), right
    assert wrong <= 0.09 * len(wanted), wrong


def test_renaming_one_theme_leaves_nearly_all_others_as_they_were() -> None:
    verbatims = verbatims_of(half(held_out=False))
    themes = find_themes(verbatims)
    before = [frozenset(theme.member_ids) for theme in themes]
    for one, other in pairwise(themes):
        after = find_themes(verbatims, [renamed(remember(one, verbatims), "Another name")])
        groups = {frozenset(theme.member_ids) for theme in after}
        assert sum(group not in groups for group in before) <= 2, (one.key, other.key)
