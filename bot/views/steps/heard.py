"""What became of an answer that was logged by hand, where no new card shows it."""

from typing import Final

from bot.views import blocks, kit, words
from bot.views.look import Block

TITLE: Final = "Kept"
JOINED: Final = "This contact has an open case already, number {case}: the answer stands on its card now."
NO_CASE: Final = "{score} is no detractor's score, so there is no case. The answer counts in the figures."
NO_PROGRAMME: Final = (
    "You are in no programme's channel, so there is none to log an answer for. Join its channel first, then try again."
)
AGAIN: Final = "This answer is there already; nothing was logged twice."


def kept(said: str) -> Block:
    """A window that asks nothing more; `said` is a sentence of ours without customer text."""
    return {
        "type": "modal",
        "title": blocks.plain(TITLE),
        "close": blocks.plain(words.CLOSE),
        "blocks": [blocks.section("kept", kit.escaped(said))],
    }
