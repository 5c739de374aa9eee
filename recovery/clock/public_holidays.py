"""Public holidays of a country or one of its regions, year by year, from the library `holidays`."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from recovery.policy.values import UnfitError, nearest_or_all, shown


@lru_cache(maxsize=1)
def _regions() -> Mapping[str, list[str]]:
    return holidays.list_supported_countries(include_aliases=False)


def check_place(value: str) -> str:
    """Give "" (no list), a country by its two letters (ISO 3166), or a country with a region, such as "GB-ENG".

    Case doesn't matter; what comes back is as the list writes it.
    """
    written, dash, region = value.strip().partition("-")
    country = written.upper()
    if not value.strip():
        return ""
    if country not in _regions():
        raise UnfitError(
            f"{shown(value)} is not a country of the holiday list; write its two letters, "
            "with a region if it has its own days."
        )
    if not dash:
        return country
    known = {each.casefold(): each for each in _regions()[country]}
    if not known:
        raise UnfitError(f"{shown(value)} names a region; the holiday list has none for {country}.")
    if region.casefold() not in known:
        near = nearest_or_all(region, known.values())
        raise UnfitError(f"{shown(region)} is no region of {country} in the holiday list{near}")
    return f"{country}-{known[region.casefold()]}"


@lru_cache(maxsize=4096)
def holidays_of(place: str, year: int) -> frozenset[date]:
    """Give the public holidays of a place that `check_place` has let through, as they are kept in that year.

    A holiday that is moved to another day because it falls on a weekend counts on both. Years that the library
    knows nothing about have none.
    """
    country, _, region = place.partition("-")
    with warnings.catch_warnings():
        # For some countries it warns of years that it doesn't know; deadlines that far away have no holidays.
        warnings.simplefilter("ignore", UserWarning)
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year, expand=False))


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The days on which a calendar isn't worked, of every year: `day in closed`.

    `days_off` always count. `working_on` are worked although the holidays of `place` ("" for no list) have them.
    """

    days_off: frozenset[date]
    working_on: frozenset[date]
    place: str

    def __contains__(self, day: date) -> bool:
        if day in self.days_off:
            return True
        return bool(self.place) and day not in self.working_on and day in holidays_of(self.place, day.year)
