"""What goes into the search for themes, and what comes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Verbatim:
    """One answer's comment. `acv` is the account's yearly contract value, `account` its number; both may be unknown."""

    id: int
    text: str
    acv: Decimal | None = None
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """Verbatims that are about the same thing.

    `quote_id` is the member whose words stand for all of them; it is quoted as it was written. `tag` are a few words of
    the members that tell the theme from the others, or the name a person gave it. `key` names the theme in storage: it
    is lasting for a remembered theme and only likely to be met again for another.
    """

    key: str
    tag: str
    quote_id: int
    member_ids: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.member_ids)


def money_of(theme: Theme, verbatims: Iterable[Verbatim]) -> Decimal | None:
    """Sum the yearly contract value behind a theme, each account once; None when no member's is known."""
    known = [acv for acv in _payers(theme, verbatims).values() if acv is not None]
    return sum(known, Decimal(0)) if known else None


def unknown_of(theme: Theme, verbatims: Iterable[Verbatim]) -> int:
    """Count the accounts behind a theme whose yearly contract value isn't known."""
    return sum(acv is None for acv in _payers(theme, verbatims).values())


def _payers(theme: Theme, verbatims: Iterable[Verbatim]) -> dict[tuple[str, int], Decimal | None]:
    members = set(theme.member_ids)
    found: dict[tuple[str, int], Decimal | None] = {}
    for verbatim in verbatims:
        if verbatim.id in members:
            # Without an account each answer stands for itself.
            payer = ("answer", verbatim.id) if verbatim.account is None else ("account", verbatim.account)
            known = [acv for acv in (verbatim.acv, found.get(payer)) if acv is not None]
            found[payer] = max(known, default=None)
    return found
