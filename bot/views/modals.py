"""The modals that ask something about a case. Context on top: who, what they said, what is due."""

from enum import StrEnum

from bot.views import blocks, kit, words
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.look import Block
from bot.views.steps.frame import context, window
from recovery.cases.brief import Brief
from recovery.cases.case import Outcome

TYPED_HERE = 500  # the longest note or reason, in characters


class WithdrawKind(StrEnum):
    """What a lead can choose as the reason (playbook, section 3, Close)."""

    TEST = "test"
    WRONG_PERSON = "wrong_person"
    SCORE_CORRECTED = "score_corrected"
    DUPLICATE = "duplicate"

    @property
    def outcome(self) -> Outcome:
        return Outcome.DUPLICATE if self is WithdrawKind.DUPLICATE else Outcome.WITHDRAWN

    @property
    def label(self) -> str:
        """The reason as a person reads it, in the menu and in the history: "Test answer"."""
        return words.WITHDRAW_KINDS[self.value]


def assign(brief: Brief, *, currency: str) -> Block:
    """Who takes the case, and a word for them. Answers: `owner`/`assign_owner`, `note`/`assign_note`."""
    chooser: Block = {"type": "users_select", "action_id": ActionId.ASSIGN_OWNER.value, "focus_on_load": True}
    if not brief.case.owner and kit.is_user(brief.case.routing.user):
        chooser["initial_user"] = brief.case.routing.user
    note = {
        "type": "plain_text_input",
        "action_id": ActionId.ASSIGN_NOTE.value,
        "multiline": True,
        "max_length": TYPED_HERE,
    }
    return window(
        CallbackId.ASSIGN,
        words.ASSIGN_TITLE,
        words.ASSIGN_SUBMIT,
        brief,
        [
            *context(brief, currency),
            blocks.entry(BlockId.OWNER, words.ASSIGN_OWNER, chooser),
            blocks.entry(BlockId.NOTE, words.ASSIGN_NOTE, note, hint=words.ASSIGN_NOTE_HINT, optional=True),
        ],
    )


def withdraw(brief: Brief, *, currency: str) -> Block:
    """What it is and why. Answers: `kind`/`withdraw_kind` (a WithdrawKind), `reason`/`withdraw_reason`."""
    kinds = [blocks.option(kind.label, kind.value) for kind in WithdrawKind]
    chooser = {
        "type": "static_select",
        "action_id": ActionId.WITHDRAW_KIND.value,
        "placeholder": blocks.plain(words.WITHDRAW_KIND_PLACEHOLDER),
        "options": kinds,
        "focus_on_load": True,
    }
    reason = {
        "type": "plain_text_input",
        "action_id": ActionId.WITHDRAW_REASON.value,
        "multiline": True,
        "max_length": TYPED_HERE,
    }
    return window(
        CallbackId.WITHDRAW,
        words.WITHDRAW_TITLE,
        words.WITHDRAW_SUBMIT,
        brief,
        [
            *context(brief, currency),
            blocks.entry(BlockId.KIND, words.WITHDRAW_KIND, chooser),
            blocks.entry(BlockId.REASON, words.WITHDRAW_REASON, reason, hint=words.WITHDRAW_REASON_HINT),
        ],
    )


def old_window() -> Block:
    """In place of a modal that an earlier version of the program opened and nobody answers any more."""
    return {
        "type": "modal",
        "title": blocks.plain(words.OLD_WINDOW_TITLE),
        "close": blocks.plain(words.CLOSE),
        "blocks": [blocks.section("old_window", words.OLD_WINDOW)],
    }
