"""The card of a case in its programme's channel (playbook, section 5; one message that follows the case)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.views import alert_words, blocks, kit, ladder, step_words, words
from bot.views.ids import ActionId, More, case_block, more_value
from bot.views.look import Block, Look
from bot.views.phrases import full_name, phrase
from bot.views.silence import silence_of
from recovery.cases.brief import Brief
from recovery.cases.case import Case, Outcome, State, Urgency
from recovery.cases.progress import Verdict
from recovery.cases.steps import Step
from recovery.survey import Category

QUOTE = 600
QUOTE_LINES = 10
_MOST_KNOWN = 3
# "Unreachable by Priya" would say something else than "Unreachable, closed by Priya".
_NOBODYS_DOING = frozenset({Outcome.NOT_RECOVERED, Outcome.HONEST_NO_ACCEPTED, Outcome.UNREACHABLE, Outcome.CHURNED})


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told that the case is late, and who of them is on it; Slack user ids."""

    knows: tuple[str, ...] = ()
    on_it: str = ""


NOBODY = Told()


def card(brief: Brief, *, currency: str, closed_by: str = "", told: Told = NOBODY) -> Look:
    """How a case looks now. `currency` is the policy's; `closed_by` the Slack id of who closed it.

    Never more than Slack takes, whatever the customer wrote: the whole message stays under 13,200 characters.
    """
    if brief.case.state is State.CLOSED:
        return _closed(brief, closed_by, currency)
    return Look(notification(brief, currency=currency), tuple(_open(brief, currency, told)))


def notification(brief: Brief, *, currency: str) -> str:
    """The card in one line, for a phone and for screen readers."""
    case, answer = brief.case, brief.answer
    facts = [kit.money(_acv(brief), currency), _renewal(brief)]
    surroundings = ", ".join(fact for fact in facts if fact)
    who = kit.escaped(account_name(brief))
    comment = kit.quoted(answer.verbatim, 60) or words.NO_COMMENT
    text = f"{answer.score} from {who}" + (f" ({surroundings})" if surroundings else "") + f": {comment}"
    return f"{text} · {kit.mention(case.owner)}" if case.owner else text


def account_name(brief: Brief) -> str:
    """What the case is called: the account, else the contact. One line, at most 80 characters."""
    return (kit.named(brief.account.name, 80) if brief.account else "") or full_name(brief.answer.contact)


def dot(case: Case, at: datetime) -> str:
    """Red wants someone now, amber is in hand, green has its action, black is over."""
    if case.state is State.CLOSED:
        return "⚫"
    if case.state is State.OPEN or ladder.is_overdue(case, at):
        return "🔴"
    return "🟢" if case.progress.action_stands else "🟡"


def headline(brief: Brief, currency: str) -> str:
    """Who, how much, how soon: "🔴 2 · Northwind Traders · $180k · renews in 87 days"."""
    facts = (account_name(brief), kit.money(_acv(brief), currency), _renewal(brief))
    return kit.dotted(f"{dot(brief.case, brief.at)} {brief.answer.score}", *facts)


def due(brief: Brief, told: Told = NOBODY) -> str:
    """Who holds the case, what is due when, and who knows that it is late, in mrkdwn. No customer text."""
    case, known = brief.case, _known(told)
    if case.state is State.CLOSED:
        return f"*{words.ENDED[case.outcome or Outcome.WITHDRAWN]}*"
    if case.owner:
        return kit.dotted(kit.mention(case.owner), ladder.line(case, brief.at), known)
    steps = ladder.line(case, brief.at) if _begun(case) else _outreach(case, brief.at)
    return kit.dotted(f"*{ladder.owner(case, brief.at)}*", known, steps)


def silent(brief: Brief) -> list[str]:
    """That it waits on the customer, or that its reminders are off, and why: a line in mrkdwn, or none."""
    silence = silence_of(brief.case, brief.at)
    return [silence.sentence] if silence else []


def _known(told: Told) -> str:
    if told.on_it:
        return alert_words.IS_ON_IT.format(who=kit.mention(told.on_it))
    if not told.knows:
        return ""
    template = alert_words.KNOW if len(told.knows) == 1 else alert_words.KNOW_SEVERAL
    return template.format(who=kit.listed([kit.mention(user) for user in told.knows], _MOST_KNOWN))


def next_step(case: Case, at: datetime) -> str:
    """The one thing that is due next, in mrkdwn: "Owner due …" without an owner, else "Outreach due …"."""
    return ladder.next_step(case, at)


def said(brief: Brief) -> list[Block]:
    """The verbatim as a quote, as typed; what does not fit is counted, and History has it."""
    # The promise takes its place, and why the case waits.
    shorter = (2 if brief.case.progress.action else 1) * (2 if silent(brief) else 1)
    part = kit.excerpt(brief.answer.verbatim, QUOTE // shorter, QUOTE_LINES // shorter)
    if not part.text:
        return [blocks.line(words.NO_COMMENT)]
    quote = blocks.quote(part.text)
    if not part.left_out:
        return [quote]
    return [quote, blocks.line(words.CUT_HERE.format(characters=kit.count(part.left_out, "character")))]


def _open(brief: Brief, currency: str, told: Told) -> list[Block]:
    case = brief.case
    person = _person_line(brief)
    top = blocks.line(blocks.bold(headline(brief, currency)), f"\n{person}" if person else "")
    found = [
        blocks.rich(case_block(case.id, "answer"), top, *said(brief), *_corrected(brief)),
        blocks.section(case_block(case.id, "due"), "\n".join([due(brief, told), *silent(brief), *_joined(brief)])),
    ]
    promise = ladder.promise(case) if case.owner else None
    if promise:
        found.append(blocks.rich(case_block(case.id, "action"), promise))
    reasons = _reasons(brief)
    if reasons:
        found.append(blocks.context(case_block(case.id, "why"), *reasons))
    answered = blocks.mrkdwn("· " + words.ANSWERED.format(at=kit.when(brief.answer.responded_at)))
    found.append(blocks.context(case_block(case.id, "about"), blocks.plain(_about(brief)), answered, *_crm(brief)))
    found.append(blocks.actions(case_block(case.id, "actions"), *_buttons(brief)))
    return found


def _closed(brief: Brief, closed_by: str, currency: str) -> Look:
    case = brief.case
    who = case.owner if case.outcome is Outcome.RECOVERED and case.owner else closed_by
    result = kit.dotted("", *_saved(brief, currency))
    reason = kit.named(case.outcome_reason, 240)
    heading = f"{dot(case, brief.at)} {brief.answer.score} · {account_name(brief)} · "
    ended = phrase(_ended(case, who), who=blocks.person(who), days=_days(case))
    rest = (f" · {result}" if result else "") + (f": {reason}" if reason else "")
    text = (
        f"{brief.answer.score} from {kit.escaped(account_name(brief))} · "
        + _ended(case, who).format(who=kit.mention(who), days=_days(case))
        + (f" · {result}" if result else "")
        + (f": {kit.typed(case.outcome_reason, 240)}" if reason else "")
    )
    value = str(case.id)
    history = blocks.button(ActionId.HISTORY, words.HISTORY, value, label=_label(words.HISTORY_LABEL, brief))
    reopen = blocks.button(ActionId.REOPEN, step_words.REOPEN, value, label=_label(step_words.REOPEN_LABEL, brief))
    return Look(
        text,
        (
            blocks.rich(case_block(case.id, "answer"), blocks.line(heading, *ended, rest)),
            blocks.actions(case_block(case.id, "actions"), history, reopen),
        ),
    )


def _ended(case: Case, who: str) -> str:
    """How it ended, as a template of {who} and {days}: "Recovered by {who} in {days}"."""
    outcome = case.outcome or Outcome.WITHDRAWN
    by = words.CLOSED_BY if outcome in _NOBODYS_DOING else words.ENDED_BY
    said = words.ENDED[outcome] + (by if who else "")
    if outcome in {Outcome.WITHDRAWN, Outcome.DUPLICATE} or case.closed_at is None:
        return said
    return said + (words.ENDED_IN if outcome is Outcome.RECOVERED else words.ENDED_AFTER)


def _days(case: Case) -> str:
    return kit.count((case.closed_at - case.submitted_at).days, "day") if case.closed_at else ""


def _saved(brief: Brief, currency: str) -> list[str]:
    """What the next answer said of it: "2 → 9", "$180k saved"."""
    progress = brief.case.progress
    if progress.later_score is None:
        return []
    acv = kit.money(_acv(brief), currency)
    saved = words.SAVED.format(acv=acv) if acv else words.SAVED_NO_MONEY
    verdicts = {Verdict.SAVED: saved, Verdict.NOT_SAVED: words.NOT_SAVED}
    verdict = verdicts.get(progress.verdict) if progress.verdict else None
    return [f"{brief.answer.score} → {progress.later_score}", verdict or ""]


def _begun(case: Case) -> bool:
    """Whether somebody has worked on it before it lost its owner."""
    return case.progress.attempts > 0 or case.progress.contacted_at is not None or case.progress.action is not None


def _outreach(case: Case, at: datetime) -> str:
    return ladder.due(case, ladder.rung_of(case, Step.OUTREACH, at))


def _person_line(brief: Brief) -> str:
    contact, account = brief.answer.contact, brief.account
    role = kit.named(brief.answer.role, 60)
    # Without an account the contact's name already heads the card.
    name = full_name(contact) if account and kit.clean(account.name) else ""
    who = f"{name}, {role}" if name and role else name or role
    facts = [who]
    if account:
        facts += [kit.named(account.segment, 40), kit.tenure(account.customer_since, brief.at.date())]
    wish = words.ASKED_FOR_CONTACT if brief.answer.follow_up_requested else ""
    return kit.dotted(*facts, _before(brief), _colleagues(brief), wish)


def _before(brief: Brief) -> str:
    """The last three scores from before, newest first, with the trend: "8 in Q2, 9 in Q1 (falling)"."""
    if not brief.before:
        return ""
    newest = list(reversed(brief.before))[:3]
    scores = ", ".join(f"{past.score} in {kit.quarter(past.responded_at, brief.at)}" for past in newest)
    change = brief.answer.score - newest[0].score
    trend = "steady" if change == 0 else "falling" if change < 0 else "rising"
    return f"{scores} ({trend})"


def _colleagues(brief: Brief) -> str:
    if not brief.colleagues:
        return ""
    scores = kit.listed([str(colleague.score) for colleague in brief.colleagues], 6)
    numbers = [str(colleague.case_id) for colleague in brief.colleagues if colleague.case_id is not None]
    cases = f" ({'case' if len(numbers) == 1 else 'cases'} {kit.listed(numbers, 4)} open)" if numbers else ""
    return f"{kit.count(len(brief.colleagues), 'colleague')} answered: {scores}{cases}"


def _corrected(brief: Brief) -> list[Block]:
    if brief.answer.category is Category.DETRACTOR:
        return []
    return [blocks.line(words.CORRECTED.format(score=brief.answer.score))]


def _joined(brief: Brief) -> list[str]:
    answers = [f"*{later.score}* {kit.when(later.responded_at)}" for later in brief.joined[-3:]]
    return [words.ANSWERED_AGAIN.format(answers=", ".join(answers))] if answers else []


def _reasons(brief: Brief) -> list[Block]:
    """Why it is urgent, whom it asks and why. The reasons may hold a customer's words: nothing in them is parsed."""
    case = brief.case
    urgent = kit.named(case.urgency_why, 200)
    found: list[Block] = []
    if case.urgency is Urgency.CRITICAL:
        found.append(blocks.plain(f"{words.CRITICAL}: {urgent}" if urgent else words.CRITICAL))
    if case.owner:
        return found
    if case.routing.user:
        # Slack draws the elements of a context one after the other, with nothing but a blank between.
        to = words.ROUTED_TO.format(user=kit.mention(case.routing.user))
        found.append(blocks.mrkdwn(f"· {to}" if found else to))
    why = kit.named(case.routing.why, 300)
    if why:
        whole = f"· {why}" if found else why
        found.append(blocks.plain(words.BECAUSE.format(why=why) if case.routing.user else whole))
    return found


def _about(brief: Brief) -> str:
    csm = kit.named(brief.account.csm_email, 60) if brief.account else ""
    surface = kit.named(brief.answer.surface, 60)
    return kit.dotted(
        words.CASE_NUMBER.format(case=brief.case.id),
        kit.named(brief.programme_name, 60),
        words.SURFACE.format(surface=surface) if surface else "",
        words.CSM.format(csm=csm) if csm else "",
    )


def _crm(brief: Brief) -> list[Block]:
    """The way to the customer's page, where the menu is full."""
    address = kit.web_address(brief.crm_url)
    if not address or brief.case.state is not State.CLAIMED:
        return []
    return [blocks.mrkdwn("· " + kit.link(address, words.OPEN_IN_CRM))]


def _buttons(brief: Brief) -> list[Block]:
    case, value = brief.case, str(brief.case.id)
    if case.state is State.CLAIMED:
        first = ladder.buttons(case, account_name(brief), brief.at)
    else:
        first = [
            blocks.button(ActionId.CLAIM, words.CLAIM, value, label=_label(words.CLAIM_LABEL, brief), primary=True),
            blocks.button(ActionId.ASSIGN, words.ASSIGN, value, label=_label(words.ASSIGN_LABEL, brief)),
        ]
    return [*first, blocks.overflow(ActionId.MORE, _more(brief))]


def _more(brief: Brief) -> list[Block]:
    """At most five, Slack's limit. Withdrawing a claimed case is one of the ways to close it."""
    case_id = brief.case.id
    crm: list[Block] = []
    if brief.case.state is State.CLAIMED:
        silence = silence_of(brief.case, brief.at)
        resume = silence is not None and silence.pause
        choices = [
            (words.REASSIGN, More.ASSIGN),
            (words.RELEASE, More.RELEASE),
            (alert_words.RESUME, More.RESUME) if resume else (alert_words.PAUSE, More.PAUSE),
            (step_words.CLOSE_CASE, More.CLOSE),
            (words.HISTORY, More.HISTORY),
        ]
    else:
        address = kit.web_address(brief.crm_url)
        crm = [blocks.option(words.OPEN_IN_CRM, more_value(More.CRM, case_id), address)] if address else []
        choices = [(words.HISTORY, More.HISTORY), (words.WITHDRAW, More.WITHDRAW)]
    return [*crm, *(blocks.option(said, more_value(choice, case_id)) for said, choice in choices)]


def _label(template: str, brief: Brief) -> str:
    return template.format(case=brief.case.id, account=account_name(brief))


def _acv(brief: Brief) -> Decimal | None:
    return brief.account.acv if brief.account else None


def _renewal(brief: Brief) -> str:
    return kit.renewal(brief.account.renewal_date if brief.account else None, brief.at.date())


def open_button(brief: Brief, link: str) -> list[Block]:
    """The button that leads to the card of the case; none where Slack takes no such address."""
    address = kit.web_address(link)
    if not address:
        return []
    label = words.OPEN_CARD_LABEL.format(account=account_name(brief))
    return [blocks.link_button(ActionId.OPEN_CARD, words.OPEN_CARD, address, label=label)]
