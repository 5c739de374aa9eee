"""A part of a whole. Nothing of nothing has no percentage: it is said in words, never as 0 %."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, both counts. Raises ValueError unless 0 <= part <= whole."""

    part: int = 0
    whole: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} is no part of {self.whole}.")

    def __add__(self, other: Self) -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def exact(self) -> Fraction | None:
        """The percentage (0 to 100) as it is, which is what rules judge; None when the whole is nothing."""
        return Fraction(WHOLE * self.part, self.whole) if self.whole else None

    @property
    def percent(self) -> int | None:
        """The percentage as people read it, rounded half away from zero; None when the whole is nothing."""
        exact = self.exact
        return None if exact is None else rounded(exact)


def rounded(value: Decimal | float | Fraction) -> int:
    """Round half away from zero, exactly. Raises ValueError or OverflowError for what is no finite number."""
    exact = Fraction(value)
    size = math.floor(abs(exact) + Fraction(1, 2))
    return -size if exact < 0 else size
