"""Grouping by closeness: average link on a sample, then everything to the nearest group's centre.

A vector is a mapping of feature to weight, of length 1. All steps go through their input in a fixed order and break
ties by that order, so that the same verbatims give the same groups. The numbers below were chosen on one half of the
labelled set of the tests and judged on the other.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush

from recovery.themes.features import Feature

Vector = Mapping[Feature, float]

LINK = 0.1  # Mean closeness (cosine) of all pairs below which two groups stay two.
JOIN = 0.28  # Closeness to a group's centre below which a verbatim stays alone.
SURE = 0.4  # Closeness to a given centre from which a verbatim has no say in what other groups there are.
REJOIN = 0.3  # Mean closeness of the centres of groups that are one.
SAMPLE = 800  # Verbatims that are compared pair by pair.
SAMPLES = 3  # How often what no group has taken is compared again.
ROUNDS = 2  # How often the centres move.
LEAST = 2  # Answers that make a theme.
CENTRE = 60  # Features kept in a centre.


def unit(vector: Vector) -> dict[Feature, float]:
    """Give the vector the length 1; an empty one stays empty."""
    size = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {feature: weight / size for feature, weight in vector.items()} if size else {}


def centre_of(vectors: Iterable[Vector]) -> dict[Feature, float]:
    """Give the direction in which these vectors point together, of length 1, its strongest features only."""
    total: dict[Feature, float] = defaultdict(float)
    for vector in vectors:
        for feature, weight in vector.items():
            total[feature] += weight
    strongest = sorted(total, key=lambda feature: (-total[feature], feature))[:CENTRE]
    return unit({feature: total[feature] for feature in strongest})


def closeness(one: Vector, other: Vector) -> float:
    """Tell how close two unit vectors are, from 0 to 1."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[feature] for feature, weight in one.items() if feature in other)


def nearest(vectors: Sequence[Vector], centres: Sequence[Vector]) -> list[tuple[int | None, float]]:
    """Find for each vector the nearest centre and its closeness; the first of equals, None when none is near at all."""
    holders: dict[Feature, list[tuple[int, float]]] = defaultdict(list)
    for number, centre in enumerate(centres):
        for feature, weight in centre.items():
            holders[feature].append((number, weight))
    found: list[tuple[int | None, float]] = []
    for vector in vectors:
        scores: dict[int, float] = defaultdict(float)
        for feature, weight in vector.items():
            for number, of_centre in holders.get(feature, ()):
                scores[number] += weight * of_centre
        best = min(scores, key=lambda number: (-scores[number], number), default=None)
        found.append((best, 0.0 if best is None else scores[best]))
    return found


def linked(vectors: Sequence[Vector], link: float = LINK) -> list[list[int]]:
    """Join the two closest groups, by the mean of all pairs, until none is closer than `link`."""
    groups = {number: [number] for number in range(len(vectors))}
    close = _pairs(vectors)
    heap = [(-value, one, other) for one, row in enumerate(close) for other, value in row.items() if one < other]
    heapify(heap)
    while heap:
        value, one, other = heappop(heap)
        if one not in groups or other not in groups or -value != _mean(close, groups, one, other):
            continue
        if -value < link:
            break
        groups[one] += groups.pop(other)
        for third, total in close[other].items():
            del close[third][other]
            if third != one:
                close[one][third] = close[third][one] = close[one].get(third, 0.0) + total
        close[other] = {}
        for third in close[one]:
            first, second = min(one, third), max(one, third)
            mean = _mean(close, groups, first, second)
            if mean >= link:
                heappush(heap, (-mean, first, second))
    return [sorted(members) for members in groups.values()]


def grouped(vectors: Sequence[Vector], counts: Sequence[int], fixed: Sequence[Vector] = ()) -> list[int | None]:
    """Give each vector the number of its group, or None where it stands alone.

    `counts` tells how many answers a vector stands for; a group found here has at least LEAST answers. The first
    `len(fixed)` groups have the centres given, which don't move and come first; groups found here follow.
    """
    label = _near(vectors, fixed, SURE)
    centres = list(fixed)
    for _ in range(SAMPLES):
        alone = [number for number, group in enumerate(label) if group is None and vectors[number]]
        sample = alone[:SAMPLE]
        found = [[sample[at] for at in members] for members in linked([vectors[number] for number in sample])]
        fresh = [members for members in found if sum(counts[number] for number in members) >= LEAST]
        centres += [centre_of(vectors[number] for number in members) for members in fresh]
        for _ in range(ROUNDS):
            label = _near(vectors, centres)
            centres[len(fixed) :] = _moved(vectors, counts, label, len(fixed))
        label = _near(vectors, centres)
        if not fresh or len(alone) <= SAMPLE:
            break
    return _rejoined(label, centres, len(fixed))


def _rejoined(label: Sequence[int | None], centres: Sequence[Vector], fixed: int) -> list[int | None]:
    """Put groups together whose centres turned out close; in a large set one subject is found more than once.

    A group close to a given centre goes there; two given ones are never joined.
    """
    fresh = centres[fixed:]
    given = nearest(fresh, centres[:fixed])
    same: dict[int, int] = {}
    for members in linked(fresh, REJOIN):
        for member in members:
            near, value = given[member]
            same[fixed + member] = near if near is not None and value >= REJOIN else fixed + min(members)
    return [None if group is None else same.get(group, group) for group in label]


def _near(vectors: Sequence[Vector], centres: Sequence[Vector], least: float = JOIN) -> list[int | None]:
    return [group if value >= least else None for group, value in nearest(vectors, centres)]


def _moved(
    vectors: Sequence[Vector], counts: Sequence[int], label: Sequence[int | None], fixed: int
) -> list[dict[Feature, float]]:
    members: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(label):
        if group is not None and group >= fixed:
            members[group].append(number)
    return [
        centre_of(vectors[number] for number in members[group])
        for group in sorted(members)
        if sum(counts[number] for number in members[group]) >= LEAST
    ]


def _pairs(vectors: Sequence[Vector]) -> list[dict[int, float]]:
    holders: dict[Feature, list[tuple[int, float]]] = defaultdict(list)
    for number, vector in enumerate(vectors):
        for feature, weight in vector.items():
            holders[feature].append((number, weight))
    close: list[dict[int, float]] = [{} for _ in vectors]
    for number, vector in enumerate(vectors):
        row: dict[int, float] = defaultdict(float)
        for feature in sorted(vector):
            weight = vector[feature]
            for other, of_other in holders[feature]:
                if other != number:
                    row[other] += weight * of_other
        close[number] = dict(row)
    return close


def _mean(close: Sequence[Mapping[int, float]], groups: Mapping[int, list[int]], one: int, other: int) -> float:
    return close[one].get(other, 0.0) / (len(groups[one]) * len(groups[other]))
