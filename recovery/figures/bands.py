"""Bands of the contact and the recovery rate, with what they mean for people (playbook, section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Band:
    """Where a percentage lies: `key` for code, `name` and `sentence` for people."""

    key: str
    name: str
    sentence: str


ON_TARGET, PAUSE_SURVEY = "on_target", "pause"  # keys of the two bands that the views say in other words
CONTACT_BANDS = (
    (90, Band(ON_TARGET, "on target", "Detractors hear from a person in time.")),
    (75, Band("slipping", "slipping", "Too many detractors wait. Look at what is late, case by case.")),
    (50, Band("performative", "performative", "We ask, and then too often don't answer.")),
    (0, Band(PAUSE_SURVEY, "pause the survey", "Pause the survey until you can staff the response.")),
)
RECOVERY_BANDS = (
    (30, Band("best", "best in class", "As many customers come back as in the best programmes.")),
    (20, Band("usual", "as usual", "Some customers come back; the best programmes reach 30 to 40 %.")),
    (0, Band("broken", "broken", "Fewer than one in five comes back. What we do doesn't help yet.")),
)


def band_of(percent: Fraction | int | None) -> Band | None:
    """Give the band of a contact rate; None when there is no rate. Give `Share.exact`: 89.6 % isn't on target."""
    return _band(percent, CONTACT_BANDS)


def recovery_band_of(percent: Fraction | int | None) -> Band | None:
    """Give the band of a recovery rate; None when there is none."""
    return _band(percent, RECOVERY_BANDS)


def _band(percent: Fraction | int | None, bands: Sequence[tuple[int, Band]]) -> Band | None:
    if percent is None:
        return None
    return next(band for least, band in bands if percent >= least)
