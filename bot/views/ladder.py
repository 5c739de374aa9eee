"""The ladder on the card: what is done, what is due, what is late, and the buttons that take it on."""

from datetime import datetime

from bot.views import blocks, kit, step_words, words
from bot.views.blocks import Part
from bot.views.ids import ActionId
from bot.views.look import Block
from bot.views.phrases import phrase
from recovery.cases.case import Case
from recovery.cases.progress import Commitment, PartnerWord
from recovery.cases.rungs import Rung, RungState, is_needed, ladder_view
from recovery.cases.steps import Step
from recovery.moments import long_day

LOGGED = (Step.OUTREACH, Step.CONVERSATION, Step.ACTION, Step.FOLLOW_UP)
_DELIVERABLE = 160  # with a rule of 240 the fullest card stays within Slack's limit
_RULE = 240
BUTTONS = {
    Step.OUTREACH: ActionId.LOG_OUTREACH,
    Step.CONVERSATION: ActionId.LOG_CONVERSATION,
    Step.ACTION: ActionId.COMMIT_ACTION,
    Step.FOLLOW_UP: ActionId.FOLLOW_UP,
}


def line(case: Case, at: datetime) -> str:
    """All steps in a row, in mrkdwn: "✔ flagged ✔ assigned ● outreach due … ○ conversation …". No customer text."""
    rungs = ladder_view(case, at)
    shown = [_done(rung) for rung in rungs[:2]] if case.owner else []
    following = next_rung(case, at)
    shown += [
        _shown(case, rung, first=following is not None and rung.step is following.step)
        for rung in rungs[2:]
        if _belongs(case, rung)
    ]
    if following is None:
        shown.append(f"● {step_words.READY_TO_CLOSE}")
    return " ".join(shown)


def next_rung(case: Case, at: datetime) -> Rung | None:
    """What the owner does next: outreach, conversation, action, follow-up; None when all that is needed is done."""
    return next((rung for rung in ladder_view(case, at)[2:] if rung.state in {RungState.DUE, RungState.OVERDUE}), None)


def rung_of(case: Case, step: Step, at: datetime) -> Rung:
    return next(rung for rung in ladder_view(case, at) if rung.step is step)


def is_overdue(case: Case, at: datetime) -> bool:
    """Whether any step of the case is late and still open."""
    return any(rung.state is RungState.OVERDUE for rung in ladder_view(case, at))


def next_step(case: Case, at: datetime) -> str:
    """The one thing that is due next, in mrkdwn: "Owner due …" without an owner, else "Outreach due …"."""
    if not case.owner:
        return owner(case, at)
    rung = next_rung(case, at)
    return _capital(due(case, rung) if rung else step_words.READY_TO_CLOSE)


def owner(case: Case, at: datetime) -> str:
    due_at = case.deadlines.assign
    return (words.OWNER_OVERDUE if at > due_at else words.OWNER_DUE).format(at=kit.when(due_at))


def due(case: Case, rung: Rung) -> str:
    """One step and its date, in mrkdwn: "outreach due …", "conversation overdue since …, meeting …"."""
    name = step_words.STEPS[rung.step]
    if rung.step is Step.ACTION and case.progress.action_again_due:
        name = step_words.NEW_ACTION
    if rung.due_at is None:
        said = step_words.NEXT.format(step=name)
    else:
        template = step_words.OVERDUE if rung.state is RungState.OVERDUE else step_words.DUE
        said = template.format(step=name, at=kit.when(rung.due_at))
    booked = case.progress.meeting_at if rung.step is Step.CONVERSATION else None
    return f"{said}, {step_words.MEETING.format(at=kit.when(booked))}" if booked else said


def stands(case: Case, step: Step, at: datetime) -> str:
    """How one step stands, as a sentence of its own: "Outreach due …" or "✔ outreach (2 h late)"."""
    rung = rung_of(case, step, at)
    return _done(rung) if rung.state is RungState.DONE else _capital(due(case, rung))


def promise(case: Case) -> Block | None:
    """The action as it stands: kind, date, people, the deliverable, its slips and when it is asked about."""
    action = case.progress.action
    if action is None:
        return None
    template = step_words.PROMISED if case.progress.action_stands else step_words.WAS_PROMISED
    top: dict[str, Part] = {
        "kind": step_words.KINDS[action.kind.value],
        "due": long_day(action.due),
        "person": blocks.person(action.person),
        "partner": blocks.person(action.partner),
    }
    facts = kit.dotted(_slips(case, action), _why(case))
    said = _partner_word(case, action)
    return blocks.line(
        *phrase(template, **top),
        f"\n{kit.named(action.deliverable, _DELIVERABLE)}",
        *(["\n", *said] if said else []),
        f"\n{facts}" if facts else "",
    )


def buttons(case: Case, account: str, at: datetime) -> list[Block]:
    """Every step that can be logged now, one click each; the next one first, as the primary button."""
    following = next_rung(case, at)
    start = LOGGED.index(following.step) if following else len(LOGGED)
    order = [*LOGGED[start:], *LOGGED[:start]]
    found = [
        step_button(step, case.id, account, primary=following is not None and step is following.step)
        for step in order
        if step is not Step.FOLLOW_UP or case.progress.action_stands
    ]
    return found if following else [close_button(case.id, account, primary=True), *found]


def next_button(case: Case, account: str, at: datetime) -> Block:
    """The one button that takes the case on; for a case that somebody owns."""
    following = next_rung(case, at)
    if following is None:
        return close_button(case.id, account)
    return step_button(following.step, case.id, account)


def step_button(step: Step, case_id: int, account: str, *, primary: bool = False) -> Block:
    label = step_words.LOG_LABELS[step].format(case=case_id, account=account)
    return blocks.button(BUTTONS[step], step_words.LOG[step], str(case_id), label=label, primary=primary)


def close_button(case_id: int, account: str, *, primary: bool = False) -> Block:
    label = step_words.CLOSE_LABEL.format(case=case_id, account=account)
    return blocks.button(ActionId.CLOSE, step_words.CLOSE_CASE, str(case_id), label=label, primary=primary)


def _shown(case: Case, rung: Rung, *, first: bool) -> str:
    if rung.state is RungState.DONE:
        return _done(rung)
    if first or rung.state is RungState.OVERDUE:
        return f"● {due(case, rung)}"
    return f"○ {step_words.STEPS[rung.step]}"


def _belongs(case: Case, rung: Rung) -> bool:
    """A step that the case's tier does without isn't shown, unless somebody took it all the same."""
    return rung.state is RungState.DONE or is_needed(case, rung.step)


def _done(rung: Rung) -> str:
    name = step_words.STEPS[rung.step]
    return f"✔ {step_words.LATE.format(step=name, late=kit.span(rung.late_by))}" if rung.late_by else f"✔ {name}"


def _slips(case: Case, action: Commitment) -> str:
    if action.due == action.first_due:
        return ""
    times = step_words.ONCE if case.progress.slips == 1 else kit.count(case.progress.slips, "time")
    return step_words.SLIPPED_BEFORE.format(times=times, first_due=long_day(action.first_due))


def _why(case: Case) -> str:
    """The rule behind the date that the action leads to: its follow-up, or the new action once it broke."""
    progress = case.progress
    if progress.held:
        return ""
    return kit.named(progress.follow_up_why if progress.action_stands else progress.action_again_why, _RULE)


def _partner_word(case: Case, action: Commitment) -> list[Part]:
    word = case.progress.partner_word
    if word is None or not case.progress.action_stands:
        return []
    template = step_words.PARTNER_DONE if word is PartnerWord.DONE else step_words.PARTNER_SLIPS
    return phrase(template, partner=blocks.person(action.partner))


def _capital(said: str) -> str:
    return said[0].upper() + said[1:]
