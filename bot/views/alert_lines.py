"""What an alarm says to one person, in words: what is due, who has it, and what became of it by now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.views import alert_words, blocks, card, kit
from bot.views.blocks import Part as Words
from bot.views.phrases import first_name, phrase
from bot.views.silence import Silence
from recovery.cases.brief import Brief
from recovery.cases.case import Event, EventKind
from recovery.cases.steps import Step
from recovery.clock.alarms import REMINDERS, Level
from recovery.clock.receivers import Part

_DAY = 24  # hours
_HOURS_UP_TO = 100
CHIEFS = frozenset({Level.EXECUTIVE, Level.AGAIN})


@dataclass(frozen=True, slots=True)
class Alert:
    """One alarm as one person sees it; all times aware UTC, all people Slack user ids.

    `role`: what the reader is to the case; `instead_of`: for whom they stand in, or "". `due_at`: the step's deadline;
    `since`: from when on nobody has done it. `reminded`: how often the owner was reminded of it; `others`: how many
    other open cases they have; `heard`: who else was told that it is late; `promised_*`: who said before that they are
    on it, `acknowledged_*`: who is now. `closed_at`, with the event that did it in `ending` where it is known: the
    alarm concerns nobody any more. `may_assign`, `may_take`: what the reader may do with the case.
    """

    alarm_id: int
    brief: Brief
    step: Step
    level: Level
    due_at: datetime
    since: datetime
    role: Part = Part.OWNER
    instead_of: str = ""
    reminded: int = 0
    others: int = 0
    heard: tuple[str, ...] = ()
    promised_at: datetime | None = None
    promised_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    ending: Event | None = None
    silence: Silence | None = None
    card_link: str = ""
    owner: str = ""
    may_assign: bool = False
    may_take: bool = False

    @property
    def over(self) -> bool:
        """Whether nobody needs to hear of it any more."""
        return self.closed_at is not None

    @property
    def answered(self) -> bool:
        """Whether somebody has said or done something about it, so that nothing is asked for now."""
        return self.over or self.acknowledged_at is not None or self.silence is not None

    @property
    def for_owner(self) -> bool:
        """Whether the reader looks after the case: its owner, or who stands in for them."""
        return self.role is Part.OWNER or (bool(self.instead_of) and self.instead_of == self.owner)


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence twice: as parts of rich text, and in mrkdwn."""

    parts: list[Words]
    text: str


@dataclass(frozen=True, slots=True)
class _Word:
    part: Words
    text: str


def precise(length: timedelta) -> str:
    """How long, as people say it before a deadline: "40 min", "9 h 30 min", "30 h", "3 days"."""
    minutes = max(int(length.total_seconds()) // 60, 1)
    hours, rest = divmod(minutes, 60)
    if not hours or hours >= _DAY or not rest:
        return kit.span(timedelta(minutes=minutes))
    return f"{hours} h {rest} min"


def so_far(length: timedelta) -> str:
    """How long something has not been done: in hours as long as the limits are in hours, "51 h", then in days."""
    hours = int(length.total_seconds()) // 3600
    return f"{hours} h" if _DAY <= hours < _HOURS_UP_TO else kit.span(length)


def sentence(alert: Alert, currency: str) -> Line:
    """What the alarm is about, as it is now."""
    if alert.over:
        # That nobody has done it may not be true any more.
        step = _plain(alert_words.STEP[alert.step])
        return _told(alert_words.WAS, account=_account(alert, currency), step=step, at=_at(alert.due_at))
    if alert.level is Level.IDLE:
        return _idle(alert)
    if alert.level in REMINDERS:
        return _reminder(alert)
    return _escalation(alert, currency)


def facts(alert: Alert) -> str:
    """What a manager wants to know at once, in mrkdwn; "" for a reminder and once it is over."""
    if alert.over or alert.level in REMINDERS or alert.level is Level.IDLE:
        return ""
    known = "" if alert.for_owner else ", ".join(fact for fact in _owner(alert) if fact)
    due = alert_words.WAS_DUE.format(step=_capital(alert_words.STEP[alert.step]), at=kit.when(alert.due_at))
    return " ".join(part for part in (due, f"{known}." if known else "", _heard(alert)) if part)


def _owner(alert: Alert) -> list[str]:
    """Who has the case, what they were told before, and what else they have."""
    if not alert.owner:
        first = alert.brief.case.routing.user
        return [alert_words.ASKED_FIRST.format(who=kit.mention(first))] if first else []
    often = alert_words.NUDGED.get(alert.reminded) or alert_words.NUDGED_OFTEN.format(times=alert.reminded)
    return [
        alert_words.OWNER.format(owner=kit.mention(alert.owner)),
        often if alert.reminded else "",
        kit.count(alert.others, alert_words.OTHER_CASE, alert_words.OTHER_CASES_MANY) if alert.others else "",
    ]


def outcome(alert: Alert) -> str:
    """What became of it, in mrkdwn: who is on it, who did it, until when it is put off; "" while it is open."""
    if alert.over:
        return _over(alert)
    if alert.acknowledged_at is not None:
        return alert_words.ON_IT.format(who=kit.mention(alert.acknowledged_by), at=kit.when(alert.acknowledged_at))
    return alert.silence.sentence if alert.silence else ""


def ended(event: Event) -> str:
    """Who did what and when, in mrkdwn: "<@U…> logged the outreach …"; "" for what ends no alarm."""
    template = alert_words.OVER.get(event.kind, "")
    if event.kind is EventKind.ASSIGNED and event.actor == event.after:
        template = alert_words.TOOK_OVER
    return template.format(who=kit.mention(event.actor), after=kit.mention(event.after), at=kit.when(event.at))


def _over(alert: Alert) -> str:
    said = ended(alert.ending) if alert.ending else ""
    at = alert.closed_at or alert.due_at
    return said or alert_words.OVER_SOMEHOW.format(at=kit.when(at))


def _reminder(alert: Alert) -> Line:
    left = alert.due_at - alert.brief.at
    ahead = left > timedelta(0)
    if alert.step is Step.ASSIGN:
        template = alert_words.NO_OWNER_YET if ahead else alert_words.NO_OWNER_LATE
    else:
        template = alert_words.REMINDED if ahead else alert_words.REMINDED_LATE
    return _told(
        template,
        account=_account(alert),
        contact=_contact(alert),
        step=_plain(alert_words.STEP[alert.step]),
        left=_plain(precise(left)),
        at=_at(alert.due_at),
    )


def _idle(alert: Alert) -> Line:
    template = alert_words.IDLE if alert.role is Part.OWNER else alert_words.IDLE_OTHER
    return _told(
        template,
        owner=_person(alert.owner),
        account=_account(alert),
        ago=_plain(so_far(alert.brief.at - alert.since)),
        contact=_contact(alert),
    )


def _escalation(alert: Alert, currency: str) -> Line:
    template = alert_words.NOBODY[alert.step]
    if alert.step is Step.ACTION and alert.brief.case.progress.breaks:
        template = alert_words.BROKE
    return _told(
        template,
        account=_account(alert, currency),
        contact=_contact(alert),
        since=_plain(so_far(alert.brief.at - alert.since)),
    )


def _heard(alert: Alert) -> str:
    """Who has heard of it before: a sponsor is told what became of that."""
    if alert.answered:
        return ""
    if alert.promised_at is not None:
        return alert_words.STILL_ON_IT.format(who=kit.mention(alert.promised_by), at=kit.when(alert.promised_at))
    others = [user for user in alert.heard if kit.is_user(user)]
    if not others:
        return ""
    who = kit.listed([kit.mention(user) for user in others], 3)
    if alert.level in CHIEFS:
        return alert_words.NOBODY_ON_IT.format(who=who)
    return (alert_words.KNOWS if len(others) == 1 else alert_words.KNOW_MANY).format(who=who)


def _told(template: str, **values: _Word) -> Line:
    parts = {name: value.part for name, value in values.items()}
    return Line(phrase(template, **parts), template.format(**{name: value.text for name, value in values.items()}))


def _account(alert: Alert, currency: str = "") -> _Word:
    """The account in bold; with its money where that is asked for and known."""
    name = card.account_name(alert.brief)
    account = alert.brief.account
    money = kit.money(account.acv, currency) if account and currency else ""
    suffix = f" ({money})" if money else ""
    return _Word(blocks.bold(f"{name}{suffix}"), f"{kit.escaped(name)}{suffix}")


def _contact(alert: Alert) -> _Word:
    name = first_name(alert.brief.answer.contact)
    return _Word(kit.named(name, 60), kit.typed(name, 60))


def _person(user: str) -> _Word:
    return _Word(blocks.person(user), kit.mention(user))


def _at(at: datetime) -> _Word:
    return _Word(blocks.moment(at), kit.when(at))


def _plain(said: str) -> _Word:
    return _Word(said, said)


def _capital(said: str) -> str:
    return said[0].upper() + said[1:]
