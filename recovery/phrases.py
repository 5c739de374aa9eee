"""Finding the policy's words in what a customer wrote, in any script.

A phrase is found where it stands as whole words: "cancel" is in "we'll cancel." and not in "cancellation".
Case, width, kind of apostrophe and kind of space between the words don't matter. Scripts that are written
without spaces have no whole words, and Korean glues its endings on: there a phrase is found wherever it stands.
"""

import unicodedata
from collections.abc import Iterator, Sequence

APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4\u0060\uff07\u05f3", "'"))
HYPHENS = str.maketrans(dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2212\u30fb", " "))
# Soft hyphen, zero-width space and no-break, direction marks: invisible, and not a part of a word.
INVISIBLE = str.maketrans(
    dict.fromkeys("\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")
)
# Thai and Lao, Burmese, Khmer, Japanese, Chinese, Korean: the first and last code point of each block.
WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)


def found(phrases: Sequence[str], text: str) -> tuple[str, ...]:
    """List the phrases that stand in the text, as the policy writes them and in its order.

    One that lies within another found phrase is left out: "not renew" says nothing beside "not renewing".
    """
    folded = folded_text(text)
    present = [phrase for phrase in phrases if _stands_in(folded_text(phrase), folded)]
    longer = [folded_text(phrase) for phrase in present]
    return tuple(
        phrase
        for place, phrase in enumerate(present)
        if not any(longer[place] in other and longer[place] != other for other in longer)
        and longer[place] not in longer[:place]
    )


def folded_text(text: str) -> str:
    """Write a text the way it is compared: no case, no width, one kind of apostrophe, single spaces."""
    plain = unicodedata.normalize("NFKC", text.translate(INVISIBLE).translate(APOSTROPHES))
    folded = unicodedata.normalize("NFKC", plain.casefold()).replace("i\u0307", "i")
    return " ".join(folded.translate(APOSTROPHES).translate(HYPHENS).split())


def _stands_in(phrase: str, text: str) -> bool:
    return bool(phrase) and any(
        _is_edge(text, at, phrase[0], before=True) and _is_edge(text, at + len(phrase), phrase[-1], before=False)
        for at in _places(phrase, text)
    )


def _places(phrase: str, text: str) -> Iterator[int]:
    at = text.find(phrase)
    while at >= 0:
        yield at
        at = text.find(phrase, at + 1)


def _is_edge(text: str, at: int, own: str, *, before: bool) -> bool:
    """Whether a word ends between the phrase's outermost character `own` and its neighbour in the text."""
    place = at - 1 if before else at
    if not 0 <= place < len(text):
        return True
    other = text[place]
    if not _in_word(own) or not _in_word(other):
        return True
    if unicodedata.category(other).startswith("M"):
        # A mark belongs to the letter before it: the phrase ends within a letter.
        return before and _without_spaces(own)
    return _without_spaces(own) or _without_spaces(other)


def _in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" or character in "_\u200c\u200d"


def _without_spaces(character: str) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in WITHOUT_SPACES)
