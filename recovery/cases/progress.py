"""How far a case has come: what its history amounts to, as one value. recovery.cases.folding makes it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from recovery.cases.steps import ActionKind, Channel, FollowUpResult


class PartnerWord(StrEnum):
    """What the functional partner last said of the action."""

    DONE = "done"
    SLIPS = "slips"


class Verdict(StrEnum):
    """Whether the customer was saved (playbook, section 6; recovery.cases.saved decides)."""

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
class Pause:
    """A time in which the case waits on the customer, as it was planned: from `start` to `until`, and why.

    `ended_at`: when somebody resumed the case, or it was closed or released, before `until`; else None.
    """

    start: datetime
    until: datetime
    reason: str
    ended_at: datetime | None = None

    @property
    def end(self) -> datetime:
        """When it ended, or will end."""
        return self.until if self.ended_at is None else min(self.until, self.ended_at)

    def covers(self, at: datetime) -> bool:
        """Whether the case waits at this moment; at its end it doesn't any more."""
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the steps of a case stand. All times are when it really happened (aware UTC), not when it was logged.

    `contacted_at`: the first outreach that counts, or the conversation that proves one. `reached_at`: the customer
    first answered us in person. `attempts`: outreaches logged, whatever came of them; `channels`: those tried, in
    order. `meeting_at`: booked, and no conversation logged since. `root_cause`: of the conversation logged last.
    `action`: committed last, also once it broke (see `action_stands`); `first_committed_at`: the earliest ever.
    `action_again_due`: until when a new action is due since the last one broke. `follow_up_at`, `follow_up_result`: the
    last follow-up on this action. `slips`, `breaks`, `commitments` count over the whole case. `hands`: how often the
    case got an owner; `held_since`: when it last did, None without one; `freed_at`: when it last went back to its
    channel. `reopened`: how often it was reopened while nobody had it. `pauses`: all of them, oldest first.
    `snoozed_until`, `snooze_why`: nothing is said about the case before; `recovery.clock.pauses` says whether it still
    counts.
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
    hands: int = 0
    held_since: datetime | None = None
    freed_at: datetime | None = None
    reopened: int = 0
    pauses: tuple[Pause, ...] = ()
    snoozed_until: datetime | None = None
    snooze_why: str = ""

    @property
    def action_stands(self) -> bool:
        """Whether an action is committed that hasn't broken."""
        return self.action is not None and self.follow_up_result is not FollowUpResult.BROKEN

    @property
    def held(self) -> bool:
        """Whether the last word on the action is that it held."""
        return self.follow_up_result is FollowUpResult.HELD

    def taken(self, at: datetime) -> Self:
        """Somebody has the case from here on."""
        return replace(self, hands=self.hands + 1, held_since=at)

    def freed(self, at: datetime) -> Self:
        """Nobody has the case any more, so nobody waits on the customer, and nothing keeps it quiet."""
        return replace(self.stirred(at), held_since=None, freed_at=at)

    def returned(self, at: datetime) -> Self:
        """The case is reopened and nobody has it: it asks for an owner from the start."""
        return replace(self.freed(at), reopened=self.reopened + 1)

    def stirred(self, at: datetime) -> Self:
        """Whatever kept the case quiet ends: the pause it is in, and a snooze."""
        return replace(self.resumed(at), snoozed_until=None, snooze_why="")

    def paused(self, at: datetime, until: datetime, reason: str) -> Self:
        """The case waits on the customer until then; a pause that it is in gets another end."""
        last = self.pauses[-1] if self.pauses else None
        if last and last.covers(at):
            return replace(self, pauses=(*self.pauses[:-1], replace(last, until=until, reason=reason)))
        return replace(self, pauses=(*self.pauses, Pause(at, until, reason)))

    def resumed(self, at: datetime) -> Self:
        """The pause that the case is in ends; nothing changes where it is in none."""
        last = self.pauses[-1] if self.pauses else None
        if not last or not last.covers(at):
            return self
        return replace(self, pauses=(*self.pauses[:-1], replace(last, ended_at=at)))

    def snoozed(self, until: datetime, reason: str) -> Self:
        """Nothing is said about the case before then; another snooze is replaced."""
        return replace(self, snoozed_until=until, snooze_why=reason)
