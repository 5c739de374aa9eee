"""Verbatims grouped by what they are about (playbook, sections 7 and 8: themes never replace quotes)."""

from recovery.themes.finding import find_themes
from recovery.themes.memory import Part, Remembered, merged, remember, renamed, split
from recovery.themes.values import Theme, Verbatim, money_of, unknown_of

__all__ = [
    "Part",
    "Remembered",
    "Theme",
    "Verbatim",
    "find_themes",
    "merged",
    "money_of",
    "remember",
    "renamed",
    "split",
    "unknown_of",
]
