"""The search for themes: from answers to groups with a quote, a tag and their members."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from recovery.themes.features import MEANING, PAIR, START, WORD, Feature, Reading, carrying, is_spaceless, read
from recovery.themes.grouping import LEAST, centre_of, closeness, grouped, unit
from recovery.themes.memory import Remembered
from recovery.themes.naming import Term, key_of, opening, quote_of, tag_of, terms_of
from recovery.themes.values import Theme, Verbatim

# How much a feature counts, before its rarity: a meaning is surer than a word, a beginning or a pair less sure.
WEIGHTS = {MEANING: 2.0, WORD: 1.0, START: 0.5, PAIR: 0.5}
RAREST = 4.0  # Rarity (natural logarithm) above which nothing counts more: a word met once says little.
COMMONEST = 1.0  # A meaning counts as this rare at least: in a handful of verbatims the shared one would seem common.
FEATURES = 30  # Of one text; a longer one is known by its strongest.
TELLING = 2  # Words or pairs without known meaning that a text needs to be a theme when many give just the same.


@dataclass(frozen=True, slots=True)
class _Text:
    """One text that one or more answers share."""

    text: str
    ids: tuple[int, ...]
    reading: Reading
    vector: Mapping[Feature, float]


def find_themes(verbatims: Sequence[Verbatim], remembered: Sequence[Remembered] = ()) -> tuple[Theme, ...]:
    """Group verbatims by what they are about; the largest theme first, then by key.

    Deterministic: the same verbatims in any order give the same themes. Each verbatim is in one theme at most; what
    stands alone, or says nothing, is in none. Themes that people renamed, merged or split (`remembered`) come back
    under their key and tag: their own verbatims stay where they were put, others join by likeness. A remembered theme
    that no verbatim belongs to this time is left out. Raises ValueError when two verbatims share a number or two
    remembered themes a key. The time grows with the number of verbatims, not its square; call it off the event loop.
    """
    _unique([verbatim.id for verbatim in verbatims], "verbatims")
    _unique([theme.key for theme in remembered], "remembered themes")
    kept = sorted(remembered, key=lambda theme: theme.key)
    put = {number: theme.key for theme in kept for part in theme.parts for number in part.ids}
    parts = [(theme.key, part) for theme in kept for part in theme.parts if part.examples]
    examples = [text for _, part in parts for text in part.examples]
    readings = {text: read(text) for text in {*examples, *(verbatim.text for verbatim in verbatims)}}
    rarity = _Rarity(readings)
    texts = _texts(verbatims, readings, rarity)
    fixed = [centre_of([rarity.vector(readings[text]) for text in sorted(part.examples)]) for _, part in parts]
    # Whoever was put somewhere by hand has no say in what else there is.
    free = [text for text in texts if not all(number in put for number in text.ids)]
    label = grouped([text.vector for text in free], [_answers(text) for text in free], fixed)

    of_key: dict[str, list[int]] = defaultdict(list)
    for verbatim in verbatims:
        if verbatim.id in put:
            of_key[put[verbatim.id]].append(verbatim.id)
    found: dict[int, list[int]] = defaultdict(list)
    for text, group in zip(free, label, strict=True):
        ids = [number for number in text.ids if number not in put]
        if group is not None and group < len(parts):
            of_key[parts[group][0]] += ids
        elif group is not None:
            found[group] += ids
    return _named(texts, of_key, [ids for ids in found.values() if len(ids) >= LEAST], kept)


class _Rarity:
    """How rare each feature is among the different texts of a run."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        different = {reading.words: reading for reading in readings.values()}
        self._holders = Counter(feature for reading in different.values() for feature in reading.features)
        self._total = len(different)

    def vector(self, reading: Reading) -> dict[Feature, float]:
        weights = {feature: self._weight(feature) for feature in reading.features}
        # Sorted, for a set's order differs from run to run, and with it the last digit of a sum.
        strongest = sorted(weights, key=lambda feature: (-weights[feature], feature))[:FEATURES]
        return unit({feature: weights[feature] for feature in strongest})

    def _weight(self, feature: Feature) -> float:
        rarity = math.log((self._total + 1) / (self._holders[feature] + 0.5))
        least = COMMONEST if feature[0] == MEANING else 0.0
        return WEIGHTS[feature[0]] * max(least, min(RAREST, rarity))


def _texts(verbatims: Sequence[Verbatim], readings: Mapping[str, Reading], rarity: _Rarity) -> list[_Text]:
    """Put answers in the same words together, in an order that the words give, not their arrival."""
    same: dict[tuple[str, ...], list[Verbatim]] = defaultdict(list)
    for verbatim in verbatims:
        same[readings[verbatim.text].words].append(verbatim)
    found = []
    for words in sorted(same, key=_scattered):
        answers = sorted(same[words], key=lambda verbatim: verbatim.id)
        reading = readings[answers[0].text]
        ids = tuple(verbatim.id for verbatim in answers)
        found.append(_Text(answers[0].text, ids, reading, rarity.vector(reading)))
    return found


def _scattered(words: tuple[str, ...]) -> tuple[bytes, tuple[str, ...]]:
    # A sample of texts in alphabetical order would hear only those that begin with "a".
    return hashlib.sha256(" ".join(words).encode(errors="replace")).digest(), words


def _answers(text: _Text) -> int:
    """Count the answers that a text stands for; one that says next to nothing ("ok") makes no theme by repetition."""
    kinds = [kind for kind, _ in text.reading.features if kind != START]
    return len(text.ids) if MEANING in kinds or len(kinds) >= TELLING else 1


def _named(
    texts: Sequence[_Text],
    of_key: Mapping[str, Sequence[int]],
    found: Sequence[Sequence[int]],
    kept: Sequence[Remembered],
) -> tuple[Theme, ...]:
    text_of = {number: text for text in texts for number in text.ids}
    terms = {text.text: terms_of(text.reading.words) for text in texts}
    everywhere: Counter[Term] = Counter(term for of_text in terms.values() for term in of_text)
    tags = {theme.key: theme.tag for theme in kept}
    themes = []
    groups = [(key, ids) for key, ids in of_key.items() if ids]
    fresh = [(None, ids) for ids in found]
    taken = set(tags)
    for key, ids in (*groups, *sorted(fresh, key=lambda group: (-len(group[1]), min(group[1])))):
        members = sorted({text_of[number].ids: text_of[number] for number in ids}.values(), key=lambda text: text.ids)
        words = [member.text for member in members]
        centre = centre_of([member.vector for member in members])
        name = key or key_of(centre, taken)
        taken.add(name)
        spaceless = [any(map(is_spaceless, member.reading.words)) for member in members]
        quoted = members[quote_of(_centrality(members, centre), words, spaceless)]
        quote = min(set(quoted.ids).intersection(ids))
        shared = frozenset(islice((feature for feature in centre if feature[0] == MEANING), 1))
        fitting = carrying((word for member in members for word in member.reading.words), shared)
        tag = tags.get(name) or tag_of([terms[text] for text in words], everywhere, len(texts), words, fitting)
        tag = tag or opening(quoted.text)
        themes.append(Theme(name, tag, quote, tuple(sorted(ids))))
    return tuple(sorted(themes, key=lambda theme: (-theme.count, theme.key)))


def _centrality(members: Sequence[_Text], centre: Mapping[Feature, float]) -> list[float]:
    """Tell how well each member stands for all: by what it means, and by words that many of them use.

    Meanings alone would choose any language; the words choose the one in which most members wrote.
    """
    spoken = [unit(_without_meanings(member.vector)) for member in members]
    voice = centre_of(spoken)
    return [
        closeness(member.vector, centre) + closeness(own, voice) for member, own in zip(members, spoken, strict=True)
    ]


def _without_meanings(vector: Mapping[Feature, float]) -> dict[Feature, float]:
    return {feature: weight for feature, weight in vector.items() if feature[0] != MEANING}


def _unique(names: Sequence[object], what: str) -> None:
    if len(set(names)) != len(names):
        raise ValueError(f"Two {what} share one name.")
