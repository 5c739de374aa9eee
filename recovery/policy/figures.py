"""The table [figures] of the policy file: how quarters run, what counts as enough answers, what the programme costs."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from recovery.figures.dimensions import Dimension
from recovery.policy.base import Table
from recovery.policy.errors import Problem, unless_known
from recovery.policy.values import Key, Money, UnfitError, Whole, check_distinct, nearest_or_all, shown

if TYPE_CHECKING:
    from recovery.policy.file import Policy

# Playbook, section 6: how many answers of one group a quarter should bring.
TARGETS: Mapping[str, int] = MappingProxyType(
    {
        Dimension.SEGMENT.value: 200,
        Dimension.ACV_BAND.value: 100,
        Dimension.TENURE.value: 100,
        Dimension.SURFACE.value: 75,
        Dimension.ROLE.value: 50,
    }
)
MOST = 100_000
MOST_BANDS = 20


def check_bands(amounts: tuple[int, ...]) -> tuple[int, ...]:
    """Give the amounts at which a new band of contract values begins, rising."""
    for amount in amounts:
        if amount < 1:
            raise UnfitError(f"{amount} can't begin a band: the first one begins at 0 by itself.")
    for earlier, later in pairwise(amounts):
        if earlier >= later:
            raise UnfitError(f"{later} stands after {earlier}; bands are given in rising order.")
    return amounts


def check_dimension(value: str) -> str:
    """Give the name of something that answers are grouped by."""
    if value not in set(Dimension):
        raise UnfitError(f"Answers aren't grouped by {shown(value)}{nearest_or_all(value, list(Dimension))}")
    return value


def with_defaults(targets: Mapping[str, int]) -> Mapping[str, int]:
    """Put the playbook's targets where the file has none of its own; 0 asks for nothing."""
    return {**TARGETS, **targets}


class FigureRules(Table):
    """How figures are counted (playbook, section 6).

    `fiscal_year_starts`: 1 to 12. `acv_bands`: amounts of money a year. `strengths`: keys of [segments].
    `programme_cost`: money a year; 0 when nobody has given it. `systemic_after`: so many customers with one theme in a
    quarter open an item in the action registry; 0 opens none.
    """

    fiscal_year_starts: Whole = Field(default=1, ge=1, le=12, examples=[1])
    acv_bands: Annotated[tuple[Whole, ...], AfterValidator(check_bands)] = Field(
        default=(10000, 50000, 250000), min_length=1, max_length=MOST_BANDS, examples=[[10000, 50000, 250000]]
    )
    enough_in_group: Whole = Field(default=30, ge=1, le=MOST, examples=[30])
    enough_overall: Whole = Field(default=100, ge=1, le=MOST, examples=[100])
    targets: Annotated[
        Mapping[Annotated[str, AfterValidator(check_dimension)], Annotated[Whole, Field(ge=0, le=MOST)]],
        AfterValidator(with_defaults),
    ] = Field(default_factory=lambda: dict(TARGETS), examples=[{"segment": 200, "role": 50}])
    strengths: Annotated[tuple[Key, ...], AfterValidator(check_distinct)] = Field(default=(), examples=[["enterprise"]])
    programme_cost: Money = Field(default=Decimal(0), examples=[60000])
    systemic_after: Whole = Field(default=5, ge=0, le=MOST, examples=[5])

    def target(self, dimension: Dimension) -> int | None:
        """Give how many answers a quarter should bring of each group of this dimension; None when nothing is asked."""
        return self.targets.get(dimension.value) or None

    def enough(self, *, overall: bool) -> int:
        """Give how many answers a figure needs before a trend may be claimed."""
        return self.enough_overall if overall else self.enough_in_group


def problems_of_figures(policy: "Policy") -> Iterator[Problem]:
    """Yield what the table alone can't know."""
    rules = policy.figures
    for place, key in enumerate(rules.strengths):
        yield from unless_known(("figures", "strengths", place), key, policy.segments, "segment")
    if rules.enough_overall < rules.enough_in_group:
        yield Problem(
            ("figures", "enough_overall"),
            f"{rules.enough_overall} answers of everybody would be enough, but of one group it takes "
            f"{rules.enough_in_group} (enough_in_group).",
            f"enough_overall = {rules.enough_in_group}",
        )
