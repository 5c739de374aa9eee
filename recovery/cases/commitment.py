"""The gate before a promise: what in it commits nobody (playbook, section 3, Action).

Vague words are the policy's, in any language; whether something is delivered at all is asked of English texts only.
A word in quotes, in a compound with hyphens or in a name is left alone. Whoever promises can keep the words with an
explicit tick, which is recorded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from recovery.cases.promise_words import (
    BASES,
    BEFORE_BASE,
    BETWEEN,
    DELIVERY,
    DETERMINERS,
    ENGLISH,
    FOREIGN,
    NAYS,
    NOBODY,
    OBJECT_STARTERS,
    OUTCOMES,
    PROGRESSIVE,
    SUBJECTS,
    WANTING,
    WEAK,
    WISHES,
)
from recovery.cases.step_rules import StepRules
from recovery.cases.steps import Action, ActionKind
from recovery.clock.sla import is_working_day, working_day_after
from recovery.errors import FieldRefusal
from recovery.moments import long_day
from recovery.phrases import folded_text, found
from recovery.policy.values import is_user_id

EXAMPLES = {
    ActionKind.FIX: "Engineering ships CSV export in the May release; Priya demos it to Dana on 20 May.",
    ActionKind.PROCESS_CHANGE: "From 1 March every new customer has a named onboarding engineer; "
    "Amara sends Dana the new plan by 20 February.",
    ActionKind.SERVICE_RECOVERY: "Kofi credits two months on the March invoice "
    "and calls Dana on 5 March to confirm it.",
    ActionKind.HONEST_NO: "Hosting on your own servers can't be done before 2028; Priya told Dana on 12 May "
    "and sent her the two alternatives.",
}
FEWEST_WORDS = 2
LONGEST_WORDS = 60  # of a challenged text, as it is shown and recorded
SPACE = "[\\s\\-\u2010-\u2015]+"
APOSTROPHE = "['\u2018\u2019\u02bc`]"
_QUOTED = re.compile(
    '\u201c[^\u201d]+\u201d|"[^"]+"|\u00ab[^\u00bb]+\u00bb|\u201e[^\u201c\u201d]+[\u201c\u201d]|`[^`]+`'
    "|(?<!\\w)['\u2018][^'\u2018\u2019\n]+['\u2019](?!\\w)"
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SENTENCES = re.compile(r"[.!?;:,\n()]+(?=\s|\Z)|\s[\u2013\u2014-]\s")
_SENTENCE_END = re.compile(r"[.!?;:\n]\s*\Z|\A\s*\Z")
_EVENT_AFTER_SOON = re.compile(
    r"as\s+soon\s+as\s+(?!possible|practical|practicable|feasible|(?:we|i|they|you|he|she)\s+can\b|capacity|time)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Something that commits nobody: the words as typed, why, and a promise that would do.

    `field` is the action's field it is about. A tick that names `words` in `Action.challenged` overrides it.
    """

    words: str
    why: str
    example: str
    field: str = "deliverable"


class Challenged(FieldRefusal):
    """The promise is vague and nobody has ticked that it shall stand; `challenges` is never empty."""

    def __init__(self, challenges: tuple[Challenge, ...]) -> None:
        first = challenges[0]
        asked = [each.why for each in challenges if each.field == first.field]
        super().__init__(first.field, f"{' '.join(asked)} For example: “{first.example}”")
        self.challenges = challenges


def challenge(
    deliverable: str, person: str, due: date, *, kind: ActionKind, today: date, rules: StepRules
) -> tuple[Challenge, ...]:
    """List what makes a promise vague, in the order of its fields; empty for a good one.

    `today` and `due` are days in the programme's calendar.
    """
    example = EXAMPLES[kind]
    return (
        *_vague(deliverable, example, rules.vague_words),
        *_undelivered(deliverable, kind, example),
        *_nobody(person, example),
        *_odd_day(due, kind, today, example, rules),
    )


def check_commitment(action: Action, today: date, rules: StepRules) -> None:
    """Raise Challenged for what is vague in a checked action and not ticked."""
    challenges = challenge(action.deliverable, action.person, action.due, kind=action.kind, today=today, rules=rules)
    ticked = {folded_text(words) for words in action.challenged}
    open_ones = tuple(each for each in challenges if folded_text(each.words) not in ticked)
    if open_ones:
        raise Challenged(open_ones)


def _vague(text: str, example: str, vague_words: Sequence[str]) -> Iterator[Challenge]:
    seen: set[str] = set()
    for words in vague_as_typed(text, vague_words):
        if folded_text(words) not in seen:
            seen.add(folded_text(words))
            why = f"“{words}” commits nobody. What will be delivered, by whom, by when?"
            yield Challenge(words, why, example)


def vague_as_typed(text: str, vague_words: Sequence[str]) -> Iterator[str]:
    """Yield the vague words as typed, in the text's order; what lies within a longer find is left out."""
    spans: list[tuple[int, int]] = []
    unplaced: list[str] = []
    for phrase in vague_words:
        if not found((phrase,), text):
            continue
        places = [match.span() for match in _pattern(phrase).finditer(text)]
        # Typed in another width, or with an invisible character within: found, but in no place to judge it by.
        unplaced += [] if places else [phrase]
        spans += [span for span in places if not _harmless(text, *span)]
    for start, end in sorted(set(spans)):
        if not any((a, b) != (start, end) and a <= start and end <= b for a, b in spans):
            yield " ".join(text[start:end].split())
    yield from unplaced


def _pattern(phrase: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in folded_text(phrase).split()]
    words = SPACE.join(parts).replace("'", APOSTROPHE)
    # Whole words: where a script has none, `found` has judged already.
    before, after = (r"(?<!\w)", r"(?!\w)") if phrase.isascii() else ("", "")
    return re.compile(f"{before}{words}{after}", re.IGNORECASE)


def _harmless(text: str, start: int, end: int) -> bool:
    return (
        _in_quotes(text, start, end)
        or _in_compound(text, start, end)
        or _in_name(text, start, end)
        or _is_noun(text, start, end)
        or _is_theirs_to_try(text, start, end)
        or any(match.start() <= start and end <= match.end() for match in _EVENT_AFTER_SOON.finditer(text))
    )


def _in_quotes(text: str, start: int, end: int) -> bool:
    """A name or somebody's words; a promise that is all quote is still the promise."""
    return any(
        match.start() < start and end < match.end() and len(match[0]) * 2 <= len(text)
        for match in _QUOTED.finditer(text)
    )


def _in_compound(text: str, start: int, end: int) -> bool:
    """Whether it is a part of a longer word, such as "soon" in "Soon-to-ship"."""
    after = re.match(r"[-\u2010\u2011][^\W_]", text[end:])
    before = re.search(r"[^\W_][-\u2010\u2011]\Z", text[:start])
    return bool(after or before)


def _in_name(text: str, start: int, end: int) -> bool:
    """Written with capitals amid small letters; at the start of a sentence only when the name goes on."""
    if not all(word[0].isupper() and not word.isupper() for word in _words(text[start:end])):
        return False
    others = _words(text[:start] + text[end:])
    small = sum(word[0].islower() for word in others)
    if small * 2 <= len(others):
        return False
    if not _SENTENCE_END.search(text[:start]):
        return True
    goes_on = re.match(r"\s+([^\W\d_])", text[end:])
    return bool(goes_on and goes_on[1].isupper() and _delivers(text[end:]))


def _is_noun(text: str, start: int, end: int) -> bool:
    """Tell a thing ("the heartbeat monitor goes live") from what people do ("the team monitors the queue")."""
    if folded_text(text[start:end]) not in {"monitor", "monitors", "try"}:
        return False
    before = [word.lower() for word in _words(text[:start])[-3:]]
    following = next(iter(_words(text[end:])), "").lower()
    if before and before[-1] in DETERMINERS:
        return True
    return any(word in DETERMINERS for word in before) and following not in OBJECT_STARTERS and following != "to"


def _is_theirs_to_try(text: str, start: int, end: int) -> bool:
    """Whether the customer tries and we deliver: "so that Dana can try it", "a sandbox to try"."""
    if folded_text(text[start:end]) not in {"try", "try to"}:
        return False
    before = [word.lower() for word in _words(text[:start])[-2:]]
    if before[-1:] == ["can"]:
        return before[0] not in {"we", "i", "they"}
    return before[-1:] == ["to"] and before[0] not in WANTING


def _undelivered(text: str, kind: ActionKind, example: str) -> Iterator[Challenge]:
    if not _is_english(text):
        return
    words = [word.lower().replace("\u2019", "'") for word in _words(text)]
    shown = _shortened(text)
    if kind is ActionKind.HONEST_NO:
        if not any(word in NAYS or word.endswith("n't") for word in words):
            why = "An honest no says what can't be done, and until when. This doesn't say no."
            yield Challenge(shown, why, example)
        return
    if len(words) < FEWEST_WORDS or not (_delivers(text) or (SUBJECTS | WEAK).isdisjoint(words)):
        yield Challenge(shown, "Nothing is delivered here. What will the customer have in their hands?", example)


def _delivers(text: str) -> bool:
    """Whether a verb of delivery, or its outcome, stands in an English text."""
    for sentence in _SENTENCES.split(text):
        words = [word.lower().replace("\u2019", "'") for word in _words(sentence)]
        folded = f" {' '.join(words)} "
        if any(f" {outcome} " in folded for outcome in OUTCOMES):
            return True
        if any(_is_delivery(words, place) for place in range(len(words))):
            return True
    return False


def _is_delivery(words: Sequence[str], place: int) -> bool:
    word, after = words[place], words[place + 1] if place + 1 < len(words) else ""
    before = [each for each in words[:place] if each not in BETWEEN and not each.endswith("ly")]
    last, last_but_one = before[-1] if before else "", before[-2] if len(before) > 1 else ""
    if word not in DELIVERY or after in DELIVERY[word] or last in DETERMINERS:
        return False
    if word in BASES:
        return not last or (last in BEFORE_BASE and last_but_one not in WISHES)
    if word.endswith("ing"):  # "looking at fixing it" fixes nothing; "we are fixing it" does
        return last in PROGRESSIVE
    # "better reports and exports": things, where a verb would have its object after it.
    return bool(after) or not word.endswith("s")


def _nobody(person: str, example: str) -> Iterator[Challenge]:
    name = folded_text(person)
    if is_user_id(person):
        return
    plain = name.removeprefix("the ").removeprefix("our ").strip(" ?.-")
    if not plain or plain in NOBODY or plain.split()[-1] in {"team", "department", "someone", "people", "guys"}:
        yield Challenge(person, f"“{person}” names no person. Who answers for it?", example, "person")


def _odd_day(due: date, kind: ActionKind, today: date, example: str, rules: StepRules) -> Iterator[Challenge]:
    shown = due.isoformat()
    if due < today:
        yield Challenge(shown, f"{long_day(due)} has passed.", example, "due")
        return
    if kind is ActionKind.HONEST_NO:
        return  # Its date says until when it can't be done, which may be far away and any day.
    days = (due - today).days
    if days > rules.furthest_days:
        furthest = long_day(today + timedelta(days=rules.furthest_days))
        why = f"{long_day(due)} is {days} days away. What can the customer have by {furthest}?"
        yield Challenge(shown, why, example, "due")
    if not is_working_day(rules.calendar, due):
        following = long_day(working_day_after(rules.calendar, due))
        yield Challenge(shown, f"{long_day(due)} isn't a working day; the next one is {following}.", example, "due")


def _is_english(text: str) -> bool:
    words = [word.lower().replace("\u2019", "'") for word in _words(text)]
    english, foreign = sum(word in ENGLISH for word in words), sum(word in FOREIGN for word in words)
    return english > foreign or (english == foreign and text.isascii() and bool(words))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1].rstrip()}…"
