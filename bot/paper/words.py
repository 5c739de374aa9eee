"""Every sentence of ours on the printed readout. `{names}` are filled in by the sections."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from recovery.readouts.page import Answer, Changed

TITLE: Final = "Readout of {period}: {programme}"
SO_FAR: Final = "{period} so far"
DRAFT: Final = "Draft, counted on {day}"
PUBLISHED: Final = "Published on {day}"

LAST: Final = "Asked after {period}"
NO_ANSWER: Final = "Nobody has answered it."
ANSWERS: Final[Mapping[Answer, str]] = MappingProxyType(
    {Answer.YES: "Yes", Answer.NO: "No", Answer.KEEP_MONITORING: "We'll keep monitoring"}
)
EFFECTS: Final[Mapping[Changed, str]] = MappingProxyType(
    {
        Changed.PRODUCT: "It changed the product.",
        Changed.PROCESS: "It changed how we work.",
        Changed.POLICY: "It changed a policy.",
        Changed.NOTHING: "It has changed nothing so far.",
    }
)
STALL: Final = "which is no decision and counts as a stall"
DECIDED: Final = "{name}, {day}"

COMPANY: Final = "Company NPS"
OF_PROGRAMME: Final = "NPS of {programme}"
ALONE: Final = "Of this programme alone; the company NPS is that of the relational one."
NOBODY: Final = "Nobody has answered in {period}."
NOBODY_BEFORE: Final = "Nobody answered in {period}."
WAS: Final = "{period} was {shown} from {people}."
PEOPLE: Final = "{people} answered"
PARTS: Final = "{promoters} promoters, {passives} passives, {detractors} detractors"
STRATA: Final = "Who answered: {groups}."
STRATUM: Final = "{name} {percent}\u00a0%"
UNKNOWN: Final = "not known"

SEGMENTS: Final = "By segment"
SEGMENT: Final = "Segment"
ANSWERED: Final = "Answers"
OF_TARGET: Final = "of {target}"
SCORE: Final = "NPS"
TREND: Final = "Change"
FEW: Final = "too few answers to say how sure it is"
MARGIN: Final = "margin of error, 95 %"
SCALE: Final = "NPS from {low} to {high}"
OTHERS: Final = "{segments} more with {answers}"

MOVED: Final = "What moved by more than 5 points"
NOT_MOVED: Final = "No segment with enough answers moved by more than 5 points."
NO_REASON: Final = "No reason given yet."
ALSO_MOVED: Final = "Also moved: {groups}."
INVERSION: Final = "{name} is claimed as a strength and scores worst ({score})."

THEMES: Final = "What detractors say most"
NO_THEMES: Final = "No theme came up more than once."
NO_DETRACTOR: Final = "No detractor has answered."
ALONE_SAID: Final = "one customer"
SAID: Final = "{count} customers"

LOOP: Final = "What we did about it"
CONTACTED_WITHIN: Final = "contacted within {limit}"
CONTACTED: Final = "contacted in time"
RATE: Final = "{part} of {whole} detractors{undecided}"
UNDECIDED: Final = ", {count} still to be seen"
BAND: Final = "{name}; the target is 90\u00a0%"
ON_TARGET: Final = "On target, which is 90\u00a0%"
NONE_DUE: Final = "No first contact has been due yet."
NO_CASE: Final = "No detractor, so nobody to contact."
NOTHING: Final = "—"
COMMITTED: Final = "actions committed"
COMMITTED_ONE: Final = "action committed"
HELD: Final = "{count} held"
SLIPPED: Final = "slipped {times}"
BROKEN: Final = "broken {times}"
ONCE: Final = "once"
TIMES: Final = "{count} times"
HONEST_NO: Final = "honest no"
HONEST_NOES: Final = "honest no's"
AND: Final = "and {count}"
SAVED: Final = "customers saved"
SAVED_ONE: Final = "customer saved"
OF_MEASURED: Final = "of {whole} who answered again ({percent}\u00a0%)"
PENDING: Final = "{count} not measured yet"
AT_RISK: Final = "{money} a year at risk in open cases"
LOST: Final = "{money} a year lost"
UNKNOWN_VALUE: Final = "{count} of unknown value"

ASK: Final = "The Ask"
DROP: Final = "The Ask: to give this up"
WHO: Final = "Who"
ACTION: Final = "Does what"
DUE: Final = "By"
INSTEAD: Final = "What stops"
FROM: Final = "From"
NO_ASK: Final = "There is no Ask yet. The page can't be published without one: one decision, who, what, by when."

FOOT: Final = (
    "NPS counts the latest answer of each contact. ± is the margin of error at 95 %. A trend is claimed from {group} "
    "answers in a segment and {overall} overall, in both periods. Contact, actions and saves are of the detractors who "
    "answered in this period, as of {day}."
)
