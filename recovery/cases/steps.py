"""What people log: outreach, conversation, action, follow-up, and what each of them demands.

Playbook, section 3. An entry that was `checked` is clean: no outer space, one kind of line break, every rule kept.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Self

from recovery.cases.step_rules import StepRules
from recovery.errors import FieldRefusal
from recovery.phrases import folded_text

LONG = 2000  # characters; Slack's inputs take 3,000
SHORT = 500
NAME = 80
FURTHEST = timedelta(days=731)  # no plan for a customer reaches further; a year typed wrong does
FEWEST_LETTERS = 8  # "Bad UX" is a label; "It took four months" is a sentence


class Step(StrEnum):
    """The rungs of the ladder, in order (playbook, section 2)."""

    FLAG = "flag"
    ASSIGN = "assign"
    OUTREACH = "outreach"
    CONVERSATION = "conversation"
    ACTION = "action"
    FOLLOW_UP = "follow_up"


class Channel(StrEnum):
    """How somebody got in touch. AUTOMATED_EMAIL never counts, so it is never offered and always refused."""

    CALL = "call"
    VIDEO = "video"
    EMAIL = "email"
    CHAT = "chat"
    TEXT = "text"
    VISIT = "visit"
    AUTOMATED_EMAIL = "automated_email"


PERSONAL_CHANNELS = tuple(channel for channel in Channel if channel is not Channel.AUTOMATED_EMAIL)


class OutreachResult(StrEnum):
    REACHED = "reached"
    LEFT_MESSAGE = "left_message"
    MEETING_BOOKED = "meeting_booked"
    BOUNCED = "bounced"
    NO_LONGER_THERE = "no_longer_there"

    @property
    def counts(self) -> bool:
        """Whether the customer was personally contacted.

        The playbook asks for a personal contact in time and keeps the conversation as a step of its own, so a
        message left by a named person counts, answered or not. What bounced reached nobody: an attempt only.
        """
        return self not in {OutreachResult.BOUNCED, OutreachResult.NO_LONGER_THERE}


class ActionKind(StrEnum):
    FIX = "fix"
    PROCESS_CHANGE = "process_change"
    SERVICE_RECOVERY = "service_recovery"
    HONEST_NO = "honest_no"


class FollowUpResult(StrEnum):
    HELD = "held"
    SLIPPED = "slipped"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an entry is checked against: the rules, the case's submission, now, and when it was first logged.

    `logged_at` differs from `at` only for a correction: a date that lay ahead then may have passed since.
    """

    rules: StepRules
    submitted_at: datetime
    at: datetime
    logged_at: datetime

    @property
    def today(self) -> date:
        """The day of the first logging, in the programme's calendar."""
        return self.rules.day_of(self.logged_at)


@dataclass(frozen=True, slots=True)
class Outreach:
    """A personal attempt to get in touch. `note` is what was said; `meeting_at` only with a booked meeting."""

    channel: Channel
    happened_at: datetime
    result: OutreachResult
    note: str = ""
    meeting_at: datetime | None = None

    def checked(self, bounds: Bounds) -> Self:
        """Raises FieldRefusal at channel, happened_at, note or meeting_at."""
        if self.channel not in PERSONAL_CHANNELS:
            raise FieldRefusal(
                "channel", "An automated e-mail doesn't count as outreach. Call or write yourself, then log that."
            )
        happened_at = _moment("happened_at", self.happened_at, bounds)
        note = _text("note", self.note, LONG, "what was said" if self.result.counts else "")
        return replace(self, happened_at=happened_at, note=note, meeting_at=self._meeting(bounds))

    def _meeting(self, bounds: Bounds) -> datetime | None:
        booked = self.result is OutreachResult.MEETING_BOOKED
        if self.meeting_at is None:
            if booked:
                raise FieldRefusal("meeting_at", "Say when the meeting will be.")
            return None
        if not booked:
            raise FieldRefusal("meeting_at", "Choose “meeting booked” as the result, or clear this time.")
        meeting_at = _aware(self.meeting_at)
        if meeting_at <= max(bounds.logged_at, self.happened_at):
            raise FieldRefusal("meeting_at", "This time has passed. If you have spoken, log the conversation instead.")
        if meeting_at > bounds.logged_at + FURTHEST:
            raise FieldRefusal("meeting_at", "This is more than two years away. Check the year.")
        return meeting_at


@dataclass(frozen=True, slots=True)
class Conversation:
    """A talk with the customer.

    `root_cause` is one of the policy's list, `sentence` the customer's own words, `wants` what they would need to
    see changed.
    """

    happened_at: datetime
    with_whom: str
    notes: str
    root_cause: str
    sentence: str
    wants: str

    def checked(self, bounds: Bounds) -> Self:
        """Raises FieldRefusal at any of the fields."""
        return replace(
            self,
            happened_at=_moment("happened_at", self.happened_at, bounds),
            with_whom=_text("with_whom", self.with_whom, SHORT, "whom you spoke with"),
            notes=_text("notes", self.notes, LONG, "what was said"),
            root_cause=self._listed_cause(bounds.rules),
            sentence=self._specific_sentence(),
            wants=_text("wants", self.wants, LONG, "what they need to see changed"),
        )

    def _listed_cause(self, rules: StepRules) -> str:
        wanted = folded_text(self.root_cause)
        for cause in rules.root_causes:
            if folded_text(cause) == wanted:
                return cause
        raise FieldRefusal("root_cause", "Choose one of the root causes in the list.")

    def _specific_sentence(self) -> str:
        sentence = _text("sentence", self.sentence, SHORT, "one specific sentence in the customer's words")
        letters = sum(character.isalnum() for character in sentence)
        if folded_text(sentence) == folded_text(self.root_cause) or (letters < FEWEST_LETTERS and sentence.isascii()):
            raise FieldRefusal(
                "sentence",
                "Write the customer's own sentence, for example: “We waited four months for a go-live in thirty days.”",
            )
        return sentence


@dataclass(frozen=True, slots=True)
class Action:
    """A promise to the customer: a deliverable, the person who delivers, the functional partner, a date.

    `person` and `partner` are Slack user ids or names. `challenged` lists the words that an explicit tick
    overrode, as recovery.cases.commitment found them. `happened_at`: when it was committed, None for when it is logged.
    """

    kind: ActionKind
    deliverable: str
    person: str
    partner: str
    due: date
    challenged: tuple[str, ...] = ()
    happened_at: datetime | None = None

    def checked(self, bounds: Bounds) -> Self:
        """Raises FieldRefusal at deliverable, person, partner, due or happened_at."""
        committed_at = bounds.logged_at if self.happened_at is None else self.happened_at
        return replace(
            self,
            deliverable=_text("deliverable", self.deliverable, SHORT, "what will be delivered"),
            person=_text("person", self.person, NAME, "who delivers it"),
            partner=_text("partner", self.partner, NAME, "who helps from the team that can change it"),
            due=_day_ahead("due", self.due, bounds),
            happened_at=_moment("happened_at", committed_at, bounds),
            challenged=tuple(dict.fromkeys(" ".join(words.split()) for words in self.challenged)),
        )


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became of the action. `new_due` only when it slipped; `resurvey`: whether to ask the customer again."""

    result: FollowUpResult
    happened_at: datetime
    evidence: str
    new_due: date | None = None
    resurvey: bool = False

    def checked(self, bounds: Bounds) -> Self:
        """Raises FieldRefusal at happened_at, evidence or new_due."""
        happened_at = _moment("happened_at", self.happened_at, bounds)
        evidence = _text("evidence", self.evidence, LONG, "how you know")
        if self.result is not FollowUpResult.SLIPPED:
            if self.new_due is not None:
                raise FieldRefusal("new_due", "Choose “slipped” as the result, or clear this date.")
            return replace(self, happened_at=happened_at, evidence=evidence)
        if self.new_due is None:
            raise FieldRefusal("new_due", "Give the new date.")
        new_due = _day_ahead("new_due", self.new_due, bounds)
        return replace(self, happened_at=happened_at, evidence=evidence, new_due=new_due)


Entry = Outreach | Conversation | Action | FollowUp


def step_of(entry: Entry) -> Step:
    match entry:
        case Outreach():
            return Step.OUTREACH
        case Conversation():
            return Step.CONVERSATION
        case Action():
            return Step.ACTION
        case FollowUp():
            return Step.FOLLOW_UP


def plain_text(field: str, text: str, most: int, what: str) -> str:
    """Clean a text that people typed: at least something to see if `what` names it, at most `most` characters.

    Raises FieldRefusal for an empty one, a long one, and characters that nobody can see or store.
    """
    return _text(field, text, most, what)


def _text(field: str, text: str, most: int, what: str) -> str:
    clean = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    if any(unicodedata.category(each) in {"Cc", "Cs"} and each not in "\n\t" for each in clean):
        raise FieldRefusal(field, "There is a character in it that can't be shown. Type it again, or paste plain text.")
    if not any(_visible(each) for each in clean):
        if what:
            raise FieldRefusal(field, f"Say {what}.")
        return ""
    if len(clean) > most:
        raise FieldRefusal(field, f"This is {len(clean):,} characters long; {most:,} fit. Keep what matters.")
    return clean


def _visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS"


def _moment(field: str, moment: datetime, bounds: Bounds) -> datetime:
    moment = _aware(moment)
    if moment > bounds.at:
        raise FieldRefusal(field, "This is in the future. Give the time at which it really happened.")
    # People choose minutes, and the submission has seconds.
    if moment < bounds.submitted_at.replace(second=0, microsecond=0):
        raise FieldRefusal(
            field, f"This is before the customer answered, on {bounds.rules.words_of(bounds.submitted_at)}."
        )
    return moment


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time without a zone can't be logged.")
    return moment.astimezone(UTC)


def _day_ahead(field: str, day: date, bounds: Bounds) -> date:
    if day < bounds.today:
        raise FieldRefusal(field, "This date has passed. Give one that is still to come.")
    if day - bounds.today > FURTHEST:
        raise FieldRefusal(field, "This is more than two years away. Check the year.")
    return day
