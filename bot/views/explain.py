"""What `/nps explain` says: the tier and why it fits, each step with the rule behind its date, the pauses."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.views import alert_words, blocks, explain_words, kit
from bot.views.look import Block, Look
from bot.views.silence import Silence
from recovery.cases.case import Case, State
from recovery.cases.progress import Pause
from recovery.cases.rungs import Rung, RungState, is_needed
from recovery.cases.steps import Step
from recovery.clock.alarms import Level
from recovery.clock.pauses import is_snoozed, total, waiting
from recovery.clock.tiers import Reason

# Slack refuses about 13,200 characters in all blocks of a message; what is left covers the frame around them.
_ROOM = 12_000
_WORD = 60
_WHY = 700
_PAUSES = 8
_PEOPLE = 4


@dataclass(frozen=True, slots=True)
class TierReason:
    """A tier by its name, with one thing that it asks."""

    tier: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Coming:
    """An alarm that is ahead, and who is told when: (moment, Slack ids) in order. Without them it only happens."""

    level: Level
    step: Step
    at: datetime
    told: tuple[tuple[datetime, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """What stands behind the dates of one case, at `at`.

    `tier`: the name of its tier, "" for none; `reasons`: what that asks. `today`: the tier it would get today, ""
    for none, None for the same. `unfit`: tiers that come first and don't fit. `most_waiting`: how much waiting on
    the customer doesn't count. `coming`: what the clock says next, `silence`: until when it says nothing.
    """

    case: Case
    account_name: str
    rungs: tuple[Rung, ...]
    tier: str
    reasons: tuple[Reason, ...]
    today: str | None
    unfit: tuple[TierReason, ...]
    most_waiting: timedelta
    at: datetime
    coming: tuple[Coming, ...] = ()
    silence: Silence | None = None


def explain_answer(about: Explained) -> Look:
    """Only who asked sees it; customer text in it is the account's name and plan."""
    name = kit.typed(about.account_name, _WORD)
    said = (
        explain_words.TITLE.format(case=about.case.id, account=name)
        if name
        else explain_words.NO_ACCOUNT.format(case=about.case.id)
    )
    found = [blocks.section("explain:title", said), blocks.section("explain:tier", _tier(about))]
    found += [blocks.section(f"explain:{rung.step.value}", _step(about.case, rung)) for rung in about.rungs]
    if about.case.state is not State.CLOSED:
        found.append(blocks.section("explain:coming", _coming(about)))
    quiet = _quiet(about)
    if quiet:
        found.append(blocks.section("explain:quiet", quiet))
    return Look(said, tuple(_fitting(found)))


def explain_usage() -> Look:
    said = explain_words.USAGE
    return Look(said, (blocks.section("explain:usage", said),))


def _tier(about: Explained) -> str:
    lines = []
    if about.tier:
        lines.append(explain_words.TIER.format(tier=kit.typed(about.tier, _WORD)))
        lines += [f"• {_fits(reason)}" for reason in about.reasons]
        if not about.reasons:
            lines.append(f"• {explain_words.EVERY_CASE}")
    else:
        lines.append(explain_words.NO_TIER)
    lines += [
        explain_words.UNFIT.format(tier=kit.typed(each.tier, _WORD), reason=_misses(each.reason))
        for each in about.unfit
    ]
    if about.today is not None and about.case.state is not State.CLOSED:
        today = explain_words.TODAY if about.today else explain_words.TODAY_NONE
        lines.append(today.format(tier=kit.typed(about.today, _WORD)))
    return "\n".join(lines)


def _fits(reason: Reason) -> str:
    template = explain_words.FITS if reason.fits else explain_words.FITS_NO_MORE
    return template.format(**_reason(reason))


def _misses(reason: Reason) -> str:
    return (explain_words.MISSES if reason.found else explain_words.UNKNOWN).format(**_reason(reason))


def _reason(reason: Reason) -> dict[str, str]:
    asked = kit.typed(reason.asked, _WORD)
    return {
        "key": explain_words.KEYS[reason.key],
        "asked": explain_words.ASKED.get(reason.key, "{asked}").format(asked=asked),
        "found": kit.typed(reason.found, _WORD) or explain_words.NOTHING_KNOWN,
    }


def _step(case: Case, rung: Rung) -> str:
    name = explain_words.STEPS[rung.step]
    why = kit.typed(rung.why, _WHY)
    lines = [f"*{name}:* {_standing(case, rung)}", *([why] if why else [])]
    return "\n".join(lines)


def _standing(case: Case, rung: Rung) -> str:
    match rung.state:
        case RungState.DONE:
            at = kit.when(rung.done_at) if rung.done_at else ""
            if rung.late_by:
                return explain_words.DONE_LATE.format(at=at, late=kit.span(rung.late_by))
            return explain_words.DONE.format(at=at)
        case RungState.OVERDUE:
            due_at = kit.when(rung.due_at) if rung.due_at else ""
            return explain_words.OVERDUE.format(at=due_at, late=kit.span(rung.late_by))
        case RungState.DUE:
            return explain_words.DUE.format(at=kit.when(rung.due_at)) if rung.due_at else explain_words.NO_DEADLINE
        case RungState.NOT_NEEDED:
            return _not_needed(case, rung.step)


def _not_needed(case: Case, step: Step) -> str:
    if case.state is State.CLOSED:
        return explain_words.CLOSED_WITHOUT
    return explain_words.STARTS_WITH_ACTION if is_needed(case, step) else explain_words.SKIPPED


def _coming(about: Explained) -> str:
    if about.silence:
        kept = explain_words.PAUSED if about.silence.pause else explain_words.SNOOZED_NOW
        return explain_words.SILENT.format(until=kit.when(about.silence.until), kept=kept)
    if not about.coming:
        return explain_words.NOTHING_COMES
    return "\n".join([explain_words.COMING, *(_comes(each) for each in about.coming)])


def _comes(coming: Coming) -> str:
    what = explain_words.COMES[coming.level].format(step=alert_words.STEP[coming.step])
    told = [
        explain_words.TOLD.format(at=kit.when(at), people=kit.listed([_reader(user) for user in people], _PEOPLE))
        for at, people in coming.told
    ]
    return explain_words.COMING_LINE.format(what=what, told="; ".join(told) or kit.when(coming.at))


def _reader(user: str) -> str:
    return kit.mention(user) if kit.is_user(user) else f"<#{user}>"


def _quiet(about: Explained) -> str:
    """The pauses, the newest last, with their sum; and a snooze."""
    progress = about.case.progress
    lines = []
    if progress.pauses:
        counted = total(waiting(progress.pauses, about.most_waiting))
        lines.append(explain_words.PAUSES.format(total=kit.span(counted), most=kit.span(about.most_waiting)))
        rest = len(progress.pauses) - _PAUSES
        if rest > 0:
            lines.append(explain_words.OLDER_PAUSES.format(pauses=kit.count(rest, "older pause")))
        lines += [f"• {_pause(pause)}" for pause in progress.pauses[-_PAUSES:]]
    if is_snoozed(about.case, about.at) and progress.snoozed_until:
        lines.append(
            explain_words.SNOOZED.format(
                until=kit.when(progress.snoozed_until), reason=kit.typed(progress.snooze_why, _WHY)
            )
        )
    return "\n".join(lines)


def _pause(pause: Pause) -> str:
    return explain_words.PAUSE.format(
        start=kit.when(pause.start), end=kit.when(pause.end), reason=kit.typed(pause.reason, _WORD * 2)
    )


def _fitting(found: Sequence[Block]) -> list[Block]:
    """All blocks as long as Slack takes them; the steps come before the pauses, so that those give way."""
    room, kept = _ROOM, []
    for block in found:
        room -= len(json.dumps(block))
        if room < 0:
            kept.append(blocks.section("explain:more", explain_words.MORE))
            break
        kept.append(block)
    return kept
