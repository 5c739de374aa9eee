"""What the admin hears of winback's own trouble: what was found, and that it is over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.views import blocks, kit
from bot.views.look import Look

LONGEST: Final = 2800
POLICY: Final = "The changed policy file can't be used. The old policy stays in force until it is mended."
POLICY_MENDED: Final = "The policy file could not be used for a while. Since {at} it is in order and in force."
FOUND: Final = "winback looks over its own work now and then, and found something. "
UNREADABLE: Final = "unreadable"
# By the kind of finding (bot.flows.watching.auditing.Finding).
SENTENCES: Final[Mapping[str, str]] = {
    "clock": "Open cases without a timer, or with one that rang too late: {many}. They have the right one now.",
    "follow_up": "Actions that nobody would have been asked about: {many}. Their owners will be asked.",
    "untold": "Escalations that would have reached nobody: {many}. They are on their way.",
    "unsaid": "People who should have been told something and were not: {many}. They are told now.",
    "unsent": "Messages that were written and not sent: {many}. They are on their way.",
    "receipts": "Answers that came in more than ten minutes ago and are not understood yet: {many}. "
    "The log says why; `winback replay --list` shows those that can't be understood.",
    "timers": "Timers that should have rung more than 15 minutes ago: {many}. The log says why they have not.",
    UNREADABLE: "Cases that can't be read, or that the rules fail on: {many}. The log says which and why. Each is "
    "tried again by itself; until that works, what is due for it is neither said nor shown.",
}


def policy_trouble(sentences: str, mended_at: datetime | None) -> Look:
    """`sentences` are those of PolicyError: a line for each thing to put right."""
    if mended_at is not None:
        said = POLICY_MENDED.format(at=kit.when(mended_at))
        return Look(said, (blocks.section("policy", said),))
    shown = kit.cut(sentences, LONGEST)
    return Look(
        f"{POLICY} {kit.typed(sentences, 300)}",
        (blocks.section("policy", POLICY), blocks.rich("policy_problems", blocks.preformatted(shown))),
    )


def found(sentence: str) -> Look:
    """One kind of finding of the auditor, in our own words."""
    return Look(FOUND + sentence, (blocks.rich("found", blocks.line(FOUND + sentence)),))
