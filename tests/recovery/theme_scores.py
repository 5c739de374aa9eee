"""The labelled verbatims, their two halves, and the two measures by which a grouping is judged against them.

Who stands alone, in the labels or in the answer, is a group of one. Nothing here shares code with the search.
"""

import hashlib
import tomllib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from recovery.themes import Theme, Verbatim

SET = tomllib.loads((Path(__file__).parent / "verbatims.toml").read_text(encoding="utf-8"))
OUTSIDE = frozenset(SET["outside"])


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    theme: str | None


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and their harmonic mean, over pairs and by B-cubed."""

    pair_precision: float
    pair_recall: float
    cubed_precision: float
    cubed_recall: float

    @property
    def pairs(self) -> float:
        return _harmonic(self.pair_precision, self.pair_recall)

    @property
    def cubed(self) -> float:
        return _harmonic(self.cubed_precision, self.cubed_recall)


def everything() -> list[Labelled]:
    themed = [Labelled(text, theme) for theme, texts in SET["themes"].items() for text in texts]
    return themed + [Labelled(text, None) for text in SET["alone"]["texts"]]


def half(*, held_out: bool) -> list[Labelled]:
    """Give one half, told by the text itself: the numbers in the code were chosen on the half that isn't held out."""
    odd = 1 if held_out else 0
    return [one for one in everything() if hashlib.sha256(one.text.encode()).digest()[-1] % 2 == odd]


def verbatims_of(labelled: Sequence[Labelled]) -> list[Verbatim]:
    return [Verbatim(number, one.text) for number, one in enumerate(labelled)]


def scores(labelled: Sequence[Labelled], themes: Sequence[Theme]) -> Scores:
    """Judge themes found in `verbatims_of(labelled)`."""
    theme_of = {number: theme.key for theme in themes for number in theme.member_ids}
    wanted: list[Hashable] = [one.theme or number for number, one in enumerate(labelled)]
    given: list[Hashable] = [theme_of.get(number, number) for number in range(len(labelled))]
    pairs = [(wanted[one] == wanted[two], given[one] == given[two]) for one, two in combinations(range(len(given)), 2)]
    both = sum(want and got for want, got in pairs)
    shares = [_shares(wanted, given, number) for number in range(len(given))]
    return Scores(
        both / max(1, sum(got for _, got in pairs)),
        both / max(1, sum(want for want, _ in pairs)),
        sum(share for share, _ in shares) / len(shares),
        sum(share for _, share in shares) / len(shares),
    )


def _shares(wanted: Sequence[Hashable], given: Sequence[Hashable], number: int) -> tuple[float, float]:
    wants = {other for other, theme in enumerate(wanted) if theme == wanted[number]}
    gets = {other for other, theme in enumerate(given) if theme == given[number]}
    return len(wants & gets) / len(gets), len(wants & gets) / len(wants)


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0
