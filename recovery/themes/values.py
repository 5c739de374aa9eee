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
    members = set(theme.member_ids)
    of_account: dict[tuple[str, int], Decimal] = {}
    for verbatim in verbatims:
        if verbatim.id in members and verbatim.acv is not None:
            # Without an account each answer stands for itself.
            payer = ("answer", verbatim.id) if verbatim.account is None else ("account", verbatim.account)
            of_account[payer] = max(verbatim.acv, of_account.get(payer, verbatim.acv))
    return sum(of_account.values(), Decimal(0)) if of_account else None
