"""Which column of a file means what: told on the command line, by the policy, or guessed from its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.surveys.csv_file import guess_columns
from handlers.surveys.names import FIELDS

Origin = Literal["--map", "policy", "guessed"]


@dataclass(frozen=True, slots=True)
class Columns:
    """`chosen`: our field to (column, where we know it from). `unread`: columns that mean nothing to us."""

    chosen: Mapping[str, tuple[str, Origin]]
    unread: tuple[str, ...]

    @property
    def names(self) -> dict[str, str]:
        """Our field to its column, as csv_file wants them."""
        return {field: column for field, (column, _) in self.chosen.items()}

    def lines(self) -> list[str]:
        """What was chosen, for a person to check: one line for each field."""
        width = max((len(field) for field in self.chosen), default=0)
        lines = [f"  {field:<{width}}  {column} ({origin})" for field, (column, origin) in self.chosen.items()]
        if self.unread:
            lines.append(f"  not read: {', '.join(self.unread)}")
        return lines


def choose(headers: tuple[str, ...], told: Mapping[str, str], policy: Mapping[str, str]) -> Columns:
    """The command line first, then those columns of the policy that the file has, then guesses for the rest.

    A column serves one field. What was told stays as it is, so that csv_file can say what is wrong with it.
    """
    chosen: dict[str, tuple[str, Origin]] = {field: (column, "--map") for field, column in told.items()}
    taken = {_folded(column) for column in told.values()}
    there = {_folded(header) for header in headers}
    for field, column in policy.items():
        if field not in chosen and _folded(column) in there - taken:
            chosen[field] = (column, "policy")
            taken.add(_folded(column))
    left = [header for header in headers if header and _folded(header) not in taken]
    for field, column in guess_columns(left).items():
        if field not in chosen:
            chosen[field] = (column, "guessed")
            taken.add(_folded(column))
    in_order = {field: chosen[field] for field in sorted(chosen, key=_place)}
    return Columns(in_order, tuple(header for header in headers if header and _folded(header) not in taken))


def _place(field: str) -> int:
    return FIELDS.index(field) if field in FIELDS else len(FIELDS)


def _folded(column: str) -> str:
    return " ".join(column.split()).casefold()
