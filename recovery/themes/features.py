"""What a verbatim is compared by: meanings of the lexicon, its words' beginnings, pairs of characters.

No language is told and no words are cut by rules of one language. A word counts by its first six letters, and more
weakly by its first four, so that endings and slips of the pen don't part what belongs together. Scripts without spaces
count by pairs of characters.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from recovery.phrases import folded_text
from recovery.themes.common_words import COMMON, COMMON_RUNS
from recovery.themes.lexicon import MEANINGS, SPELLINGS

READ = 2000  # Characters of a verbatim that are read: whoever writes more has named the subject by then.
STEM = 6
ROOT = 4
COMPOUND = 9  # Letters from which on a word may be glued of two, as in German.
PART = 5  # Letters of a lexicon word that may be found inside such a word.
Feature = tuple[str, str]
MEANING, WORD, START, PAIR = "meaning", "word", "start", "pair"

# Marks are letters' parts in the scripts of India and South East Asia; `re` doesn't count them as such.
_MARKS = "".join(chr(point) for point in range(0x0300, 0x2000) if unicodedata.category(chr(point)).startswith("M"))
LETTERS = rf"[^\W_](?:[^\W_]|[{_MARKS}\u200c\u200d])*"
_RUN = re.compile(rf"{LETTERS}(?:'{LETTERS})*")
# Kana and hanzi of all blocks, then Korean, Thai, Lao, Burmese and Khmer.
_SPACELESS = re.compile(
    "[\u3041-\u3096]+|[\u30a1-\u30ff]+|[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+"
    "|[\uac00-\ud7a3]+|[\u0e00-\u0eff]+|[\u1000-\u109f]+|[\u1780-\u17ff]+"
)
_HIRAGANA = re.compile("[\u3041-\u3096]")
_MARK = re.compile("[\u0300-\u036f]")
_ELISION = re.compile(r"^[^\W\d_]{1,2}'(?=[^\W\d_]{3})")  # l'interface, d'une, qu'on


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as it is compared. `features` are (kind, name) pairs, each once; `words` keep order, spelled plainly."""

    words: tuple[str, ...]
    features: frozenset[Feature]


def read(text: str) -> Reading:
    """Read a text into what it is compared by. A text without any letter has neither words nor features."""
    words: list[str] = []
    features: set[Feature] = set()
    for run in _RUN.findall(plain(text[:READ])):
        parts = tuple(_parts(run))
        words += parts
        if parts != (run,) or is_spaceless(run):
            features |= _meanings_anywhere(run)
    for word in words:
        features |= _features(word)
    for length in (2, 3):
        for start in range(len(words) - length + 1):
            # Only a word that opens a phrase of the lexicon is worth putting the words together.
            if words[start] in _OPENERS:
                features |= {(MEANING, name) for name in _known("_".join(words[start : start + length]))}
    return Reading(tuple(words), frozenset(features))


def carrying(words: Iterable[str], features: Container[Feature]) -> frozenset[str]:
    """Give the stems of those words that carry one of these features by themselves."""
    return frozenset(stem(word) for word in words if any(feature in features for feature in _carried(word)))


def words_of(text: str) -> Iterator[str]:
    """Give the words of a text in order, plainly spelled; in scripts without spaces, the runs of one script."""
    for run in _RUN.findall(plain(text[:READ])):
        yield from _parts(run)


def plain(text: str) -> str:
    """Write a text without case, width, accents and invisible characters."""
    folded = folded_text(text)
    if folded.isascii():
        return folded
    spelled = folded.translate(SPELLINGS)
    # Only the accents of European letters go: the marks of Japanese and Indian scripts make another letter.
    return unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFD", spelled)))


def is_common(word: str) -> bool:
    """Whether a word tells nothing about the subject: a common word, a number, a single letter, Japanese endings."""
    if is_spaceless(word):
        return word in COMMON_RUNS or _HIRAGANA.match(word) is not None or len(word) == 1
    return word in COMMON or len(word) == 1 or word.isnumeric()


def is_spaceless(word: str) -> bool:
    return _SPACELESS.match(word) is not None


def stem(word: str) -> str:
    """Give the part of a word by which its forms are seen as one word."""
    return word if is_spaceless(word) else word[:STEM]


def _parts(run: str) -> Iterator[str]:
    at = 0
    for match in _SPACELESS.finditer(run):
        yield from _spaced(run[at : match.start()])
        yield match.group()
        at = match.end()
    yield from _spaced(run[at:])


def _spaced(run: str) -> Iterator[str]:
    word = _ELISION.sub("", run.strip("'"))
    if word:
        yield word


@lru_cache(maxsize=20_000)
def _features(word: str) -> frozenset[Feature]:
    if is_common(word):
        return frozenset((MEANING, name) for name in _known(word))
    if is_spaceless(word):
        return frozenset((PAIR, word[at : at + 2]) for at in range(len(word) - 1))
    found = {(MEANING, name) for name in _meanings(word)} | {(WORD, word[:STEM])}
    return frozenset(found | {(START, word[:ROOT])} if len(word) > ROOT else found)


def _carried(word: str) -> frozenset[Feature]:
    return _meanings_anywhere(word) if is_spaceless(word) else _features(word)


@lru_cache(maxsize=2_000)
def _meanings_anywhere(run: str) -> frozenset[Feature]:
    return frozenset(
        (MEANING, name)
        for start in range(len(run))
        for length in range(1, _LONGEST_RUN + 1)
        for name in _RUNS.get(run[start : start + length], ())
    )


def _meanings(word: str) -> frozenset[str]:
    known = _known(word)
    if known or len(word) < COMPOUND:
        return known
    inside = [_begins(word[at:], PART) for at in range(3, len(word) - PART + 1)]
    return frozenset().union(*inside)


def _known(word: str) -> frozenset[str]:
    return _begins(word) | _EXACT.get(word, frozenset())


def _begins(word: str, least: int = 2) -> frozenset[str]:
    for length in range(len(word), least - 1, -1):
        meaning = _BEGINNINGS.get(word[:length])
        if meaning:
            return meaning
    return frozenset()


def _indexed() -> tuple[dict[str, frozenset[str]], ...]:
    exact: dict[str, frozenset[str]] = {}
    beginnings: dict[str, frozenset[str]] = {}
    runs: dict[str, frozenset[str]] = {}
    for name, line in MEANINGS.items():
        for entry in line.split():
            word = plain(entry.rstrip("*"))
            index = runs if is_spaceless(word) else beginnings if entry.endswith("*") else exact
            index[word] = index.get(word, frozenset()) | {name}
    return exact, beginnings, runs


_EXACT, _BEGINNINGS, _RUNS = _indexed()
_OPENERS = frozenset(phrase.split("_")[0] for phrase in (*_EXACT, *_BEGINNINGS) if "_" in phrase)
_LONGEST_RUN = max(map(len, _RUNS))
