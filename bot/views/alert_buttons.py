"""The buttons under a reminder or an escalation: those that its reader may press, and that still make sense."""

from bot.views import alert_words, blocks, card, ladder, words
from bot.views.alert_lines import Alert
from bot.views.ids import ActionId, numbered_value
from bot.views.look import Block
from recovery.cases.steps import Step
from recovery.clock.alarms import REMINDERS, Level
from recovery.clock.receivers import Part


def buttons(alert: Alert) -> list[Block]:
    """All of them, the first as the primary one; none for what is over."""
    if alert.over:
        return []
    if alert.level is Level.IDLE:
        return _idle(alert)
    if _is_for_leads(alert):
        found = [_assign(alert, primary=not alert.answered)] if alert.may_assign else []
        return [*found, *_take(alert), *_snooze(alert)]
    if alert.for_owner and alert.step is not Step.ASSIGN:
        # Only the owner and the leads log steps: who stands in takes the case first.
        first = (
            _take(alert, primary=not alert.answered) if alert.instead_of else [_step(alert, primary=not alert.answered)]
        )
        return [*first, *_snooze(alert)]
    on_it = [] if alert.answered else [_on_it(alert, primary=True)]
    assign = [_assign(alert)] if alert.may_assign else []
    return [*on_it, *assign, *_take(alert), *_snooze(alert)]


def one_button(alert: Alert) -> Block | None:
    """The one that a row of several has; none where somebody has answered it already."""
    if alert.answered:
        return None
    if alert.level is Level.IDLE:
        return _on_it(alert)
    if _is_for_leads(alert):
        return _assign(alert) if alert.may_assign else next(iter(_take(alert)), None)
    if alert.for_owner and alert.step is not Step.ASSIGN:
        return next(iter(_take(alert)), None) if alert.instead_of else _step(alert)
    return _on_it(alert)


def _is_for_leads(alert: Alert) -> bool:
    """A reminder to somebody who doesn't look after the case: what they can do is give it to somebody who does."""
    return alert.level in REMINDERS and (alert.step is Step.ASSIGN or not alert.for_owner)


def _idle(alert: Alert) -> list[Block]:
    found = [] if alert.answered else [_on_it(alert, primary=True)]
    if alert.role is not Part.OWNER:
        # Only the owner and the leads log steps and give the case back.
        return [*found, *([_assign(alert)] if alert.may_assign else []), *_take(alert)]
    found.append(ladder.step_button(Step.OUTREACH, alert.brief.case.id, card.account_name(alert.brief)))
    if not alert.answered:
        value, label = _about(alert, alert_words.GIVE_BACK_LABEL)
        found.append(blocks.button(ActionId.RELEASE, alert_words.GIVE_BACK, value, label=label))
    return found


def _step(alert: Alert, *, primary: bool = False) -> Block:
    return ladder.step_button(alert.step, alert.brief.case.id, card.account_name(alert.brief), primary=primary)


def _on_it(alert: Alert, *, primary: bool = False) -> Block:
    _, label = _about(alert, alert_words.ON_IT_LABEL)
    value = numbered_value(alert.brief.case.id, alert.alarm_id)
    return blocks.button(ActionId.ON_IT, alert_words.ON_IT_BUTTON, value, label=label, primary=primary)


def _assign(alert: Alert, *, primary: bool = False) -> Block:
    owned = bool(alert.brief.case.owner)
    value, label = _about(alert, words.REASSIGN_LABEL if owned else words.ASSIGN_LABEL)
    return blocks.button(
        ActionId.ASSIGN, words.REASSIGN if owned else words.ASSIGN, value, label=label, primary=primary
    )


def _take(alert: Alert, *, primary: bool = False) -> list[Block]:
    if not alert.may_take:
        return []
    owned = bool(alert.brief.case.owner)
    value, label = _about(alert, alert_words.TAKE_OVER_LABEL if owned else alert_words.TAKE_IT_LABEL)
    said = alert_words.TAKE_OVER if owned else alert_words.TAKE_IT
    return [blocks.button(ActionId.TAKE_OVER, said, value, label=label, primary=primary)]


def _snooze(alert: Alert) -> list[Block]:
    if alert.answered:
        return []
    value, label = _about(alert, alert_words.SNOOZE_LABEL)
    return [blocks.button(ActionId.SNOOZE, alert_words.SNOOZE, value, label=label)]


def _about(alert: Alert, label: str) -> tuple[str, str]:
    case_id = alert.brief.case.id
    return str(case_id), label.format(case=case_id, account=card.account_name(alert.brief))
