"""Whether a row tells anything new about an answer that is there already. Pure; the same for a dry run."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recovery.survey import SurveyResponse

PARTS = 11


class Standing(StrEnum):
    """NEW: not there. CHANGED: a newer version, or more of the same one. KNOWN: nothing new, or an older version.

    CONTRADICTS: as old as what is there, yet different. Taking it would make two rows of one file overwrite each
    other in every run, so a person decides.
    """

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Said:
    """What one version of an answer tells, as values that can be compared: the score, the comment, and the rest.

    An empty one says nothing. Names and facts of an account belong to more than this answer, so only whether there
    are any counts.
    """

    at: datetime
    parts: tuple[object, ...]  # PARTS of them


def said(answer: SurveyResponse, *, has_account: bool) -> Said:
    return Said(
        answer.version_at,
        (
            str(answer.score),
            answer.verbatim,
            answer.contact.email,
            answer.role,
            answer.surface,
            answer.survey_id,
            answer.survey_name,
            answer.permalink,
            answer.follow_up_requested,
            bool(answer.contact.name),
            has_account,
        ),
    )


def standing(new: Said, old: Said | None) -> Standing:
    """How a row stands to what is there under its id."""
    if old is None:
        return Standing.NEW
    told = [(now, was) for now, was in zip(new.parts, old.parts, strict=True) if now and now != was]
    if new.at != old.at:
        # A newer version is taken even if it says the same: its time keeps an older one out, whatever the order.
        return Standing.CHANGED if new.at > old.at else Standing.KNOWN
    if not told:
        return Standing.KNOWN
    return Standing.CONTRADICTS if any(was for _, was in told) else Standing.CHANGED


def speaks_anew(new: Said, old: Said | None) -> bool:
    """Another score, or another comment: only then can an answer that is there open a case (the flow of intake)."""
    if old is None:
        return True
    return new.parts[0] != old.parts[0] or bool(new.parts[1] and new.parts[1] != old.parts[1])


def together(new: Said, old: Said) -> Said:
    """What is known after the newer version was taken: what it leaves out stays."""
    return Said(new.at, tuple(now or was for now, was in zip(new.parts, old.parts, strict=True)))
