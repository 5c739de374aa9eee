"""How far a case has come: what its history amounts to, as one value. recovery.folding makes it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from recovery.steps import ActionKind, Channel, FollowUpResult


class PartnerWord(StrEnum):
    """What the functional partner last said of the action."""

    DONE = "done"
    SLIPS = "slips"


class Verdict(StrEnum):
    """Whether the customer was saved (playbook, section 6; recovery.saved decides)."""

    SAVED = "saved"
    NOT_SAVED = "not_saved"
    PENDING = "pending"
    UNMEASURED = "unmeasured"


@dataclass(frozen=True, slots=True)
class Commitment:
    """The action that was committed last. `due` moves when it slips, `first_due` doesn't."""

    kind: ActionKind
    deliverable: str
    person: str
    partner: str
    due: date
    first_due: date
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the steps of a case stand. All times are when it really happened (aware UTC), not when it was logged.

    `contacted_at`: the first outreach that counts, or the conversation that proves one. `reached_at`: the customer
    first answered us in person. `attempts`: outreaches logged, whatever came of them; `channels`: those tried, in
    order. `meeting_at`: booked, and no conversation logged since. `root_cause`: of the conversation logged last.
    `action`: committed last, also once it broke (see `action_stands`); `first_committed_at`: the earliest ever.
    `action_again_due`: until when a new action is due since the last one broke. `follow_up_at`, `follow_up_result`:
    the last follow-up on this action. `slips`, `breaks`, `commitments` count over the whole case.
    """

    contacted_at: datetime | None = None
    reached_at: datetime | None = None
    attempts: int = 0
    channels: tuple[Channel, ...] = ()
    meeting_at: datetime | None = None
    conversation_at: datetime | None = None
    root_cause: str = ""
    action: Commitment | None = None
    first_committed_at: datetime | None = None
    commitments: int = 0
    action_again_due: datetime | None = None
    action_again_why: str = ""
    partner_word: PartnerWord | None = None
    partner_said_at: datetime | None = None
    follow_up_due: datetime | None = None
    follow_up_why: str = ""
    follow_up_at: datetime | None = None
    follow_up_result: FollowUpResult | None = None
    slips: int = 0
    breaks: int = 0
    resurvey: bool = False
    verdict: Verdict | None = None
    later_score: int | None = None

    @property
    def action_stands(self) -> bool:
        """Whether an action is committed that hasn't broken."""
        return self.action is not None and self.follow_up_result is not FollowUpResult.BROKEN

    @property
    def held(self) -> bool:
        """Whether the last word on the action is that it held."""
        return self.follow_up_result is FollowUpResult.HELD
