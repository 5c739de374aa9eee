"""What stands in a modal when it is sent, read into the values of the rules.

Slack's `view.state.values` holds one element for each input (docs.slack.dev, "view_submission payload"). Whatever is
missing, forged or of another type is refused at its input with a sentence; the rules themselves stay in
recovery.cases.steps.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeVar

from bot.views import words
from bot.views.ids import ActionId, BlockId, challenged_block
from recovery.cases.case import Outcome
from recovery.cases.steps import (
    Action,
    ActionKind,
    Channel,
    Conversation,
    FollowUp,
    FollowUpResult,
    Outreach,
    OutreachResult,
)
from recovery.errors import Refusal

Kind = TypeVar("Kind", bound=Enum)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class BadInputs(Refusal):
    """Inputs that can't be read; `errors` has a sentence for each, by block id."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(slots=True)
class Form:
    """The inputs of one modal. A bad one is noted and read as a stand-in, which `check` keeps from being used."""

    values: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, block: BlockId) -> str:
        """What was typed, "" for nothing."""
        value = self._element(block).get("value")
        return value if isinstance(value, str) else ""

    def option(self, block: BlockId) -> str:
        """The value of the chosen option, "" for none."""
        chosen = self._element(block).get("selected_option")
        value = chosen.get("value") if isinstance(chosen, dict) else None
        return value if isinstance(value, str) else ""

    def choice(self, block: BlockId, kinds: type[Kind]) -> Kind:
        """The chosen option as one of these; needed."""
        value = self.option(block)
        for kind in kinds:
            if kind.value == value:
                return kind
        self.errors[block.value] = words.CHOOSE_ONE
        return next(iter(kinds))

    def person(self, block: BlockId) -> str:
        """A Slack user id where people are chosen, a name where one is typed; "" for neither."""
        user = self._element(block).get("selected_user")
        return user if isinstance(user, str) else self.text(block)

    def ticked(self, block: str) -> bool:
        chosen = self._element(block).get("selected_options")
        return isinstance(chosen, list) and bool(chosen)

    def moment(self, block: BlockId) -> datetime:
        """When something happened (aware UTC); needed."""
        found = self.moment_if_any(block)
        if found is None:
            self.errors.setdefault(block.value, words.CHOOSE_A_TIME)
        return found or _NEVER

    def moment_if_any(self, block: BlockId) -> datetime | None:
        epoch = self._element(block).get("selected_date_time")
        if epoch is None:
            return None
        try:
            # True is a number to Python, and no time to anybody.
            if type(epoch) is int:
                return datetime.fromtimestamp(epoch, UTC)
        except (ValueError, OverflowError, OSError):
            pass
        self.errors[block.value] = words.CHOOSE_A_TIME
        return None

    def day(self, block: BlockId) -> date:
        """A day; needed."""
        found = self.day_if_any(block)
        if found is None:
            self.errors.setdefault(block.value, words.CHOOSE_A_DAY)
        return found or _NEVER.date()

    def day_if_any(self, block: BlockId) -> date | None:
        typed = self._element(block).get("selected_date")
        if typed is None:
            return None
        try:
            if isinstance(typed, str) and _DAY.fullmatch(typed):
                return date.fromisoformat(typed)
        except ValueError:
            pass
        self.errors[block.value] = words.CHOOSE_A_DAY
        return None

    def check(self) -> None:
        """Raises BadInputs if anything could not be read so far."""
        if self.errors:
            raise BadInputs(self.errors)

    def _element(self, block: str) -> Mapping[str, Any]:
        inputs = self.values.get(str(block))
        element = inputs.get(ActionId.FIELD.value) if isinstance(inputs, dict) else None
        return element if isinstance(element, dict) else {}


def form_of(view: Mapping[str, Any]) -> Form:
    """The inputs of a modal that was sent; none where its state is not Slack's."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    return Form(values if isinstance(values, dict) else {})


def outreach(form: Form) -> Outreach:
    """Raises BadInputs."""
    entry = Outreach(
        channel=form.choice(BlockId.CHANNEL, Channel),
        happened_at=form.moment(BlockId.HAPPENED_AT),
        result=form.choice(BlockId.RESULT, OutreachResult),
        note=form.text(BlockId.NOTE),
        meeting_at=form.moment_if_any(BlockId.MEETING_AT),
    )
    form.check()
    return entry


def conversation(form: Form) -> Conversation:
    """Raises BadInputs."""
    entry = Conversation(
        happened_at=form.moment(BlockId.HAPPENED_AT),
        with_whom=form.text(BlockId.WITH_WHOM),
        notes=form.text(BlockId.NOTES),
        root_cause=form.option(BlockId.ROOT_CAUSE),
        sentence=form.text(BlockId.SENTENCE),
        wants=form.text(BlockId.WANTS),
    )
    form.check()
    return entry


def action(form: Form, challenged: tuple[str, ...]) -> Action:
    """`challenged` are the words that the modal showed; they stand where the tick is set. Raises BadInputs."""
    entry = Action(
        kind=form.choice(BlockId.KIND, ActionKind),
        deliverable=form.text(BlockId.DELIVERABLE),
        person=form.person(BlockId.PERSON),
        partner=form.person(BlockId.PARTNER),
        due=form.day(BlockId.DUE),
        challenged=challenged if form.ticked(challenged_block(challenged)) else (),
        happened_at=form.moment_if_any(BlockId.HAPPENED_AT),
    )
    form.check()
    return entry


def follow_up(form: Form) -> FollowUp:
    """Raises BadInputs."""
    entry = FollowUp(
        result=form.choice(BlockId.RESULT, FollowUpResult),
        happened_at=form.moment(BlockId.HAPPENED_AT),
        evidence=form.text(BlockId.EVIDENCE),
        new_due=form.day_if_any(BlockId.NEW_DUE),
        resurvey=form.ticked(BlockId.RESURVEY),
    )
    form.check()
    return entry


def outcome(form: Form) -> tuple[Outcome, str]:
    """How a case ends, and why. Raises BadInputs."""
    found = form.choice(BlockId.OUTCOME, Outcome), form.text(BlockId.REASON)
    form.check()
    return found
