"""Log a detractor: an answer that somebody heard on a call, or wrote in a channel."""

from collections.abc import Sequence

from bot.views import blocks, fields, step_words, words
from bot.views.fields import NOTHING, Typed
from bot.views.ids import BlockId, CallbackId
from bot.views.look import Block
from recovery.cases.steps import NAME

_SCORES = range(11)
_EMAIL = 254  # the longest address that mail can be sent to (RFC 5321, section 4.5.3.1.3)


def detractor(programmes: Sequence[tuple[str, str]], *, typed: Typed = NOTHING, private: str = "") -> Block:
    """Asks for `score`, `verbatim`, `contact_name`, `email`, `account`, `programme`.

    `programmes` are (key, name) of those whose cases the person sees; with `typed` {"verbatim": …} it is the
    message shortcut. `private` comes back as private_metadata, at most 3,000 characters.
    """
    first = programmes[0][0] if len(programmes) == 1 else ""
    return {
        "type": "modal",
        "callback_id": CallbackId.DETRACTOR.value,
        "title": blocks.plain(step_words.DETRACTOR_TITLE),
        "submit": blocks.plain(step_words.DETRACTOR_SUBMIT),
        "close": blocks.plain(words.CANCEL),
        "private_metadata": private,
        "blocks": [
            blocks.section("intro", step_words.DETRACTOR_INTRO),
            fields.choice(
                BlockId.SCORE,
                step_words.SCORE,
                typed,
                [(str(score), step_words.SCORES.get(score, str(score))) for score in _SCORES],
            ),
            fields.text(BlockId.VERBATIM, step_words.VERBATIM, typed, most=fields.MOST_TYPED, lines=True),
            fields.text(BlockId.CONTACT_NAME, step_words.CONTACT_NAME, typed, most=NAME),
            fields.text(BlockId.EMAIL, step_words.EMAIL, typed, most=_EMAIL, hint=step_words.EMAIL_HINT),
            fields.choice(BlockId.PROGRAMME, step_words.PROGRAMME, typed, programmes, initial=first),
            fields.text(BlockId.ACCOUNT, step_words.ACCOUNT, typed, most=NAME, optional=True),
        ],
    }
