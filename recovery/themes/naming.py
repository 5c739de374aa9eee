"""A group's tag, quote and key, all taken from what its members wrote."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from recovery.themes.features import LETTERS, START, Feature, is_common, is_spaceless, stem, words_of
from recovery.themes.grouping import Vector

ASKED = 200  # Members whose spelling is looked at.
FEWEST, MOST = 2, 4  # Words of a tag.
FITTING = 2.0  # How much more a word says that carries what the members share.
JOINED = 1.5  # How much more two words that stand side by side say than one.
SECOND = 0.5  # A further word needs this part of the first one's worth.
READABLE = range(15, 241)  # Characters of a quote that says something and fits its place.
LONGEST_RUN = 6  # Characters of a run without spaces that may be a word of a tag.
OPENING = 40  # Characters of a quote that name its theme where nothing else does.
_WORD = re.compile(rf"{LETTERS}(?:['\u2019]{LETTERS})*")

Term = tuple[str, ...]  # Stems that stand side by side.


def terms_of(words: Sequence[str]) -> set[Term]:
    """List what could be a tag's words: each telling word, and two or three in a row with telling ends."""
    telling = [not is_common(word) and len(word) <= (LONGEST_RUN if is_spaceless(word) else 30) for word in words]
    found: set[Term] = {(stem(word),) for word, tells in zip(words, telling, strict=True) if tells}
    for length in (2, 3):
        for start in range(len(words) - length + 1):
            if telling[start] and telling[start + length - 1]:
                found.add(tuple(stem(word) for word in words[start : start + length]))
    return found


def tag_of(
    terms: Sequence[set[Term]],
    everywhere: Mapping[Term, int],
    total: int,
    texts: Sequence[str],
    fitting: frozenset[str],
) -> str:
    """Choose two to four words of the members that others rarely use.

    `terms` are the members' terms, `everywhere` how many of all `total` texts have each, `fitting` the stems that carry
    the meaning the members share. Fewer than two words, or none, come back only where the members have no more.
    """
    inside = Counter(term for member in terms for term in member)
    outside = total - len(terms)

    def worth(term: Term) -> float:
        here = inside[term] / len(terms)
        elsewhere = (everywhere[term] - inside[term] + 1) / (outside + 2)
        more = (JOINED if len(term) > 1 else 1) * (FITTING if fitting.intersection(term) else 1)
        return inside[term] * math.log(1 + here / elsewhere) * more

    fit = [term for term in inside if inside[term] > 1 or len(term) == 1]
    ranked = sorted(fit, key=lambda term: (-round(worth(term), 9), term))
    chosen: list[Term] = []
    for term in ranked:
        count = sum(map(len, chosen))
        if count >= FEWEST and (len(chosen[0]) > 1 or worth(term) < SECOND * worth(chosen[0])):
            break
        if count + len(term) <= MOST and not _repeats(term, chosen):
            chosen.append(term)
    spelled = _spellings({part for term in chosen for part in term}, texts)
    return ", ".join((" ".join(spelled.get(part, part) for part in term)) for term in chosen)


def opening(text: str) -> str:
    """Give the first words of a text, for a tag where members share nothing but common words."""
    return " ".join(text.split()[:MOST])[:OPENING].strip()


def quote_of(closeness: Sequence[float], texts: Sequence[str], spaceless: Sequence[bool]) -> int:
    """Choose the member nearest to the centre, of those in the script of most that read well; the shorter of equals.

    All three are of the members, in one order; `spaceless` says whose words stand without spaces.
    """
    usual = sum(spaceless) * 2 > len(texts)
    of_most = [number for number in range(len(texts)) if spaceless[number] == usual]
    readable = [number for number in of_most if len(texts[number].strip()) in READABLE]
    among = readable or of_most or range(len(texts))
    return min(among, key=lambda number: (-round(closeness[number], 9), len(texts[number]), texts[number]))


def key_of(centre: Vector, taken: Iterable[str]) -> str:
    """Name a group in storage by what its centre is strongest in, so that a later run likely finds the same name."""
    strongest = sorted(centre, key=lambda feature: (-round(centre[feature], 9), feature))
    names = _names(strongest) or ["theme"]
    used = set(taken)
    candidates = ["-".join(names[: length + 1]) for length in range(len(names))]
    free = next((name for name in candidates if name not in used), None)
    number = 2
    while free is None:
        name = f"{names[0]}-{number}"
        free = None if name in used else name
        number += 1
    return free


def _names(features: Iterable[Feature]) -> list[str]:
    # A word's first four letters add nothing to its first six.
    return list(dict.fromkeys(name for kind, name in features if kind != START))[:4]


def _repeats(term: Term, chosen: Iterable[Term]) -> bool:
    known = {part[:4] for other in chosen for part in other}
    return any(part[:4] in known for part in term)


def _spellings(stems: set[str], texts: Iterable[str]) -> dict[str, str]:
    """Find how the members write the words of these stems; what opens a text is asked last, it has a capital anyhow."""
    seen: dict[str, Counter[tuple[bool, str]]] = {part: Counter() for part in stems}
    for text in list(texts)[:ASKED]:
        for first, surface in _surfaces(text):
            words = tuple(words_of(surface))
            if len(words) == 1 and stem(words[0]) in seen:
                seen[stem(words[0])][first, surface] += 1
    return {
        part: min(counts, key=lambda found: (found[0], -counts[found], found[1].swapcase()))[1]
        for part, counts in seen.items()
        if counts
    }


def _surfaces(text: str) -> Iterator[tuple[bool, str]]:
    for place, match in enumerate(_WORD.finditer(unicodedata.normalize("NFKC", text))):
        surface = match.group()
        # An article glued to its word by an apostrophe does not belong into a tag.
        yield place == 0, re.sub(r"^\w{1,2}['\u2019](?=\w{3})", "", surface)
