"""The gate before a readout is published: an Ask that decides nothing is refused, with the words found (section 7).

An Ask is one decision, a named person or team, an action and a date, or that something is formally given up. Unlike a
promise to a customer there is no tick that lets vague words pass: whoever reads the page has to be able to say yes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from recovery.cases.commitment import vague_as_typed
from recovery.errors import FieldRefusal
from recovery.moments import long_day
from recovery.phrases import folded_text
from recovery.readouts.page import Ask, AskKind

# What can be agreed to without anything happening, in the forms in which people write it.
UNDECIDED = tuple(
    " ".join((form, *rest))
    for forms, rest in (
        (("discuss", "discusses", "discussed", "discussing", "discussion", "discussions"), ()),
        (("consider", "considers", "considered", "considering", "consideration"), ()),
        (("monitor", "monitors", "monitored", "monitoring"), ()),
        (("explore", "explores", "explored", "exploring"), ()),
        (("revisit", "revisits", "revisited", "revisiting"), ()),
        (("evaluate", "evaluates", "evaluated", "evaluating"), ()),
        (("look", "looks", "looked", "looking"), ("into",)),
        (("look", "looks", "looked", "looking"), ("at",)),
        (("think", "thinks", "thought", "thinking"), ("about",)),
        (("talk", "talks", "talked", "talking"), ("about",)),
        (("keep", "keeps", "kept", "keeping"), ("an", "eye", "on")),
        (("keep", "keeps", "kept", "keeping"), ("watching",)),
        (("align", "aligns", "aligned", "aligning"), ("on",)),
        (("circle", "circles", "circling"), ("back",)),
        (("raise", "raises", "raised", "raising"), ("awareness",)),
    )
    for form in forms
)
NOBODY = frozenset(
    (
        *("someone", "somebody", "anyone", "anybody", "everyone", "everybody", "nobody", "whoever", "we", "us", "all"),
        *("they", "team", "teams", "people", "department", "management", "leadership", "company", "tbd", "tba", "tbc"),
        *("n/a", "na", "none", "unknown", "xxx"),
    )
)
# What would do, by kind of Ask and field.
EXAMPLES: Mapping[AskKind, Mapping[str, str]] = {
    AskKind.DO: {
        "decision": "Give onboarding two engineers until June.",
        "who": "Amara Nwosu",
        "action": "Hires them; both start on 1 March.",
    },
    AskKind.DROP: {
        "decision": "Hosting on customers' own servers is given up.",
        "who": "Priya Raman",
        "action": "Tells the nine accounts that asked for it.",
    },
}
FEWEST_WORDS = 2
MOST_TYPED = 300  # characters of each of the texts, so that the page stays one page
FURTHEST = timedelta(days=366)


def refusals(ask: Ask, today: date, vague_words: Sequence[str]) -> tuple[FieldRefusal, ...]:
    """List what keeps an Ask from being one, in the order of its fields; empty for a good one.

    `today` and `ask.due` are days in the programme's calendar; `vague_words` are the policy's, in any language.
    """
    return (
        *_said("decision", ask.decision, "What shall be decided?", ask.kind, vague_words),
        *_who(ask.who, ask.kind),
        *_said("action", ask.action, "What will be done?", ask.kind, vague_words),
        *_day(ask.due, today),
    )


def check_ask(ask: Ask, today: date, vague_words: Sequence[str]) -> None:
    """Raise the first FieldRefusal of an Ask that decides nothing."""
    for refusal in refusals(ask, today, vague_words):
        raise refusal


def says_anything(text: str) -> bool:
    """Whether there is a letter or a digit in it, of any script; blanks and invisible characters say nothing."""
    return any(character.isalnum() for character in text)


def _said(field: str, text: str, question: str, kind: AskKind, vague_words: Sequence[str]) -> Iterator[FieldRefusal]:
    found = dict.fromkeys(folded_text(word) for word in vague_as_typed(text, (*UNDECIDED, *vague_words)))
    if found:
        words = " and ".join(f"“{word}”" for word in found)
        verb = "decides" if len(found) == 1 else "decide"
        yield FieldRefusal(field, f"{words} {verb} nothing. {question} For example: “{EXAMPLES[kind][field]}”")
    elif not says_anything(text) or (len(text.split()) < FEWEST_WORDS and text.isascii()):
        # Scripts without spaces say a sentence in one "word".
        yield FieldRefusal(field, f"{question} For example: “{EXAMPLES[kind][field]}”")
    elif len(text) > MOST_TYPED:
        yield FieldRefusal(field, f"Shorten it to {MOST_TYPED} characters, so that the page stays one page.")


def _who(who: str, kind: AskKind) -> Iterator[FieldRefusal]:
    name = folded_text(who).removeprefix("the ").removeprefix("our ").strip(" .")
    if not says_anything(name) or name in NOBODY:
        shown = f"“{who.strip()}” names nobody. " if says_anything(name) else ""
        yield FieldRefusal("who", f"{shown}Name the person or the team. For example: “{EXAMPLES[kind]['who']}”")
    elif len(who) > MOST_TYPED:
        yield FieldRefusal("who", "Name one person or one team.")


def _day(due: date, today: date) -> Iterator[FieldRefusal]:
    if due < today:
        yield FieldRefusal("due", f"{long_day(due)} has passed. Choose a day to come.")
    elif due - today > FURTHEST:
        yield FieldRefusal("due", f"{long_day(due)} is more than a year away. What can be there by then?")
