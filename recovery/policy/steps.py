"""The tables of the policy file that shape the steps: what counts, what is promised, what is written."""

from typing import Annotated

from pydantic import AfterValidator, Field

from recovery.policy.base import Table
from recovery.policy.values import UnfitError, Whole, Word, check_distinct, check_draft, shown

ROOT_CAUSES = (
    "Onboarding",
    "Product gap",
    "Reliability",
    "Usability",
    "Support",
    "Account management",
    "Pricing and value",
    "Billing and contract",
    "Expectations set in the sale",
    "Change on the customer's side",
)

VAGUE_WORDS = (
    # Handing it on, or talking about it: nobody promises anything.
    "pass it on", "pass this on", "pass that on", "pass it to", "pass this to", "pass that to", "pass it along",
    "pass this along", "pass on to", "passes it on", "passed it on", "passing it on", "passing this on",
    "pass your feedback", "pass the feedback", "share the feedback", "share your feedback", "share this feedback",
    "send your feedback", "send the feedback", "send it to product", "forward it", "forward this", "forward your",
    "forwarded to", "raise it with", "raise this with", "raise that with", "raise with", "raises it with",
    "raised it with", "bring it up", "bring this up", "flag it to", "flag it with", "flag this with", "escalate it",
    "escalate this", "escalate internally", "discuss internally", "discuss it internally", "discuss this internally",
    "discuss it", "discuss this", "discuss with", "discuss whether", "discuss options", "talk about it",
    "talk to the team", "speak to the team", "speak with the team", "check with", "align internally", "circle back",
    "touch base", "loop in", "get back to",
    # Looking at it: nothing is promised either.
    "look into", "looks into", "looking into", "look at it", "look at this", "take a look", "have a look",
    "investigate whether", "investigate further", "explore", "explores", "exploring", "evaluate options", "consider",
    "considers", "considering", "be considered", "under consideration", "take on board", "bear in mind",
    "keep in mind", "think about", "see if", "see what we can", "keep an eye on", "keeps an eye on",
    "keeping an eye on", "monitor", "monitors", "keep monitoring", "continue to monitor", "stay on top of",
    "keep you posted", "keep you updated", "keep them posted", "keep them updated", "follow up internally",
    "follow up with", "follow up on", "check in with", "put it on the roadmap", "add it to the backlog",
    "put it in the backlog", "on our radar", "on the radar",
    # Effort instead of a result.
    "try", "try to", "tries to", "trying to", "attempt to", "aim to", "aims to", "aiming to", "hope to", "hopes to",
    "hoping to", "hopefully", "do our best", "give it a try", "give it some thought", "give this some thought",
    "do my best", "best effort", "work on it", "working on it", "work on this", "working on this", "work towards",
    "work toward", "strive", "where possible", "if possible", "when possible", "if we can", "when we can", "might",
    "may be able", "should be able", "probably",
    # A date that is none.
    "soon", "as soon as possible", "asap", "shortly", "eventually", "at some point", "in due course", "down the line",
    "when time permits", "when capacity allows", "in the near future", "in the coming weeks", "in the coming months",
    "later on", "sometime",
)  # fmt: skip

DRAFT = """\
Hi {first_name},

Thank you for your honest answer: you gave us {score} out of 10.
You wrote: “{quote}”

I'd like to understand what happened. Could we talk for 25 minutes this week? No slides, no deck.
In that call I'll tell you what I can commit to myself, and what I have to escalate, to whom and until when.

{sender}
"""


LONGEST_CAUSE = 75  # what Slack shows of an option of a select


def check_cause(value: str) -> str:
    """Give a root cause that Slack can offer as it is: two that differ only at their ends must not look alike."""
    if len(value) > LONGEST_CAUSE:
        raise UnfitError(
            f"{shown(value)} is {len(value)} characters long; Slack shows {LONGEST_CAUSE} of a choice, so make it "
            "shorter."
        )
    return value


Cause = Annotated[Word, AfterValidator(check_cause)]


class RecoveryRules(Table):
    """What the steps ask for (playbook, section 3)."""

    root_causes: Annotated[tuple[Cause, ...], AfterValidator(check_distinct)] = Field(
        default=ROOT_CAUSES, min_length=1, max_length=100, examples=[["Onboarding", "Product gap"]]
    )
    unreachable_attempts: Whole = Field(default=3, ge=1, le=20, examples=[3])
    unreachable_channels: Whole = Field(default=2, ge=1, le=6, examples=[2])


class CommitmentRules(Table):
    """What makes a promise vague (playbook, section 3, Action)."""

    vague_words: tuple[Word, ...] = Field(default=VAGUE_WORDS, examples=[["pass it on", "look into", "soon"]])
    furthest_days: Whole = Field(default=180, ge=1, le=731, examples=[180])


class Drafts(Table):
    """Texts to copy; recovery.cases.drafts fills in the placeholders."""

    outreach: Annotated[str, AfterValidator(check_draft)] = Field(default=DRAFT, examples=["Hi {first_name}, …"])
