"""What people did to themes, kept so that later runs respect it: a new name, a merger, a split."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from recovery.errors import FieldRefusal, Refusal
from recovery.themes.features import READ
from recovery.themes.values import Theme, Verbatim

EXAMPLES = 50  # Texts of a part that are kept to know it again.
LONGEST_TAG = 60  # Characters; a longer name does not fit a line of the page.


@dataclass(frozen=True, slots=True)
class Part:
    """Verbatims that were one group when a person last touched it: their ids, and texts by which others are known."""

    ids: tuple[int, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A theme as a person left it. A merged theme has several parts, each near to its own kind of verbatims."""

    key: str
    tag: str
    parts: tuple[Part, ...]


def remember(theme: Theme, verbatims: Iterable[Verbatim], before: Remembered | None = None) -> Remembered:
    """Keep a theme as it stands now, to be met again under its key and tag.

    `before` is how it was remembered so far: its parts stay, and members that are new join as one more part.
    """
    text_of = {verbatim.id: verbatim.text for verbatim in verbatims}
    kept = before.parts if before else ()
    known = {number for part in kept for number in part.ids}
    fresh = _part([number for number in theme.member_ids if number not in known], text_of, first=theme.quote_id)
    return Remembered(theme.key, theme.tag, kept + fresh)


def renamed(theme: Remembered, tag: str) -> Remembered:
    """Give the theme another name. Raises FieldRefusal (`tag`) for an empty or a long one."""
    return replace(theme, tag=_checked(tag))


def merged(theme: Remembered, other: Remembered) -> Remembered:
    """Put the other theme into this one, which keeps its key and tag; the other is to be forgotten by the caller."""
    if theme.key == other.key:
        raise Refusal("A theme can't be merged with itself.")
    return replace(theme, parts=theme.parts + other.parts)


def split(
    theme: Theme,
    verbatims: Iterable[Verbatim],
    moved: Collection[int],
    key: str,
    tag: str,
    before: Remembered | None = None,
) -> tuple[Remembered, Remembered]:
    """Take the members `moved` out into a theme of their own, with this key and tag; give what stays and what moved.

    `before` is how the theme was remembered so far: what it has from other periods stays. Raises Refusal when nothing
    would stay or nothing would move, FieldRefusal (`tag`) for an unusable name.
    """
    if key == theme.key:
        raise Refusal("The new theme needs a key of its own.")
    text_of = {verbatim.id: verbatim.text for verbatim in verbatims}
    gone = [number for number in theme.member_ids if number in moved]
    left = [number for number in theme.member_ids if number not in moved]
    if not gone or not left:
        raise Refusal("Choose some of the theme's verbatims, not all and not none.")
    name = _checked(tag)
    kept = tuple(_without(before.parts if before else (), gone, left, text_of))
    known = {number for part in kept for number in part.ids}
    fresh = _part([number for number in left if number not in known], text_of, first=theme.quote_id)
    return Remembered(theme.key, theme.tag, kept + fresh), Remembered(key, name, _part(gone, text_of))


def _without(
    parts: Iterable[Part], gone: Collection[int], left: Collection[int], text_of: Mapping[int, str]
) -> Iterator[Part]:
    """The parts without these members, and without their words, unless somebody who stays says the same."""
    numbers = set(gone)
    words = {_example(text_of, number) for number in gone} - {_example(text_of, number) for number in left}
    for part in parts:
        ids = tuple(number for number in part.ids if number not in numbers)
        if ids:
            yield Part(ids, tuple(text for text in part.examples if text not in words))


def _part(ids: Sequence[int], text_of: Mapping[int, str], first: int | None = None) -> tuple[Part, ...]:
    if not ids:
        return ()
    in_order = sorted(ids, key=lambda number: (number != first, number))
    texts = dict.fromkeys(_example(text_of, number) for number in in_order if number in text_of)
    return (Part(tuple(sorted(ids)), tuple(texts)[:EXAMPLES]),)


def _example(text_of: Mapping[int, str], number: int) -> str:
    return text_of.get(number, "")[:READ]


def _checked(tag: str) -> str:
    name = " ".join(tag.split())
    if not any(character.isalnum() for character in name):
        raise FieldRefusal("tag", "Give the theme a name of a few words.")
    if len(name) > LONGEST_TAG:
        raise FieldRefusal("tag", f"A theme's name has at most {LONGEST_TAG} characters.")
    return name
