"""Why a case says nothing at the moment: it waits on the customer, or its reminders are off."""

from dataclasses import dataclass
from datetime import datetime

from bot.views import alert_words, kit
from recovery.cases.case import Case, State
from recovery.clock import pauses

_REASON = 100  # with more the fullest card would not fit


@dataclass(frozen=True, slots=True)
class Silence:
    """Until when (aware UTC) and why, in the words of who asked for it. `pause`: the deadlines wait as well."""

    until: datetime
    why: str
    pause: bool

    @property
    def sentence(self) -> str:
        """In mrkdwn: "Waiting on the customer until …: Dana is on holiday"."""
        why = kit.typed(self.why, _REASON)
        if self.pause:
            template = alert_words.WAITING if why else alert_words.WAITING_NO_WHY
        else:
            template = alert_words.SNOOZED if why else alert_words.SNOOZED_NO_WHY
        return template.format(at=kit.when(self.until), why=why)

    @property
    def short(self) -> str:
        """In mrkdwn, under a heading that says the rest: "Until …: Dana is on holiday"."""
        why = kit.typed(self.why, _REASON)
        return (alert_words.UNTIL_WHY if why else alert_words.UNTIL_ONLY).format(at=kit.when(self.until), why=why)


def silence_of(case: Case, at: datetime) -> Silence | None:
    """What keeps the case silent at this moment; a pause before a snooze, because it says more."""
    if case.state is State.CLOSED:
        return None
    pause = pauses.pause_at(case, at)
    if pause is not None:
        return Silence(pause.end, pause.reason, pause=True)
    snoozed_until = case.progress.snoozed_until
    if snoozed_until is not None and pauses.is_snoozed(case, at):
        return Silence(snoozed_until, case.progress.snooze_why, pause=False)
    return None
