"""Direct messages to the person who owns a case, or owned it until now."""

from bot.views import blocks, card, kit, ladder, words
from bot.views.blocks import Part
from bot.views.ids import ActionId, case_block, numbered_value
from bot.views.look import Block, Look
from bot.views.phrases import first_name, full_name, opening, phrase
from recovery.cases.brief import Brief
from recovery.cases.case import Case, Event, EventKind, State
from recovery.cases.progress import PartnerWord, Verdict
from recovery.cases.steps import SHORT, ActionKind, Step
from recovery.moments import long_day
from recovery.survey import Category, category_of

_QUOTE = 300
_QUOTE_LINES = 6
_NOTE = 500
_HAPPY = frozenset(str(score) for score in range(11) if category_of(score) is not Category.DETRACTOR)


def given(brief: Brief, by: str, *, currency: str, note: str = "", card_link: str = "") -> Look:
    """To a new owner: "Marcus gave you Northwind Traders", with what was said, what is due and the way to the card.

    `by` is a Slack id, `note` what the lead wrote, `card_link` the permalink of the card where it is known.
    """
    told = kit.named(note, _NOTE)
    template = words.GIVEN_WITH_NOTE if told else words.GIVEN
    first = phrase(template, who=blocks.person(by), account=blocks.bold(card.account_name(brief)), note=told)
    spoken = template.format(
        who=kit.mention(by), account=kit.escaped(card.account_name(brief)), note=kit.typed(note, _NOTE)
    )
    part = kit.excerpt(brief.answer.verbatim, _QUOTE, _QUOTE_LINES)
    said = blocks.quote(part.text, kit.ELLIPSIS if part.left_out else "") if part.text else None
    about = kit.dotted(card.headline(brief, currency), full_name(brief.answer.contact))
    found: list[Block] = [
        blocks.rich(
            case_block(brief.case.id, "given"),
            blocks.line(*first, "\n", about),
            said or blocks.line(words.NO_COMMENT),
        ),
        blocks.section(case_block(brief.case.id, "due"), card.next_step(brief.case, brief.at)),
    ]
    return Look(spoken, (*found, *_way_to(brief, card_link)))


def moved(brief: Brief, by: str, to: str, *, idle: bool = False, card_link: str = "") -> Look:
    """To the owner until now: someone else has it (`to`), or the channel again (`to` is "").

    `idle`: because nobody had tried to reach the customer, which nobody decided but the clock.
    """
    template = words.TAKEN_AWAY if to else words.GIVEN_BACK
    if idle and not kit.is_user(by):
        template = words.IDLE_BACK
    account = card.account_name(brief)
    contact = first_name(brief.answer.contact)
    parts: dict[str, Part] = {
        "who": blocks.person(by),
        "after": blocks.person(to),
        "account": blocks.bold(account),
        "contact": kit.named(contact, 80),
    }
    spoken = template.format(
        who=kit.mention(by), after=kit.mention(to), account=kit.escaped(account), contact=kit.typed(contact, 80)
    )
    line = blocks.rich(case_block(brief.case.id, "moved"), blocks.line(*phrase(template, **parts)))
    return Look(spoken, (line, *_way_to(brief, card_link)))


def _way_to(brief: Brief, card_link: str) -> list[Block]:
    button = card.open_button(brief, card_link)
    return [blocks.actions(case_block(brief.case.id, "open"), *button)] if button else []


def owner_gone(brief: Brief, gone: str, *, idle: bool = False, card_link: str = "") -> Look:
    """To a lead: the case is in the channel again; its owner has left, or did nothing with it (`idle`)."""
    account, to = card.account_name(brief), brief.case.routing.user
    template, contact = words.OWNER_IDLE if idle else words.OWNER_GONE, first_name(brief.answer.contact)
    parts: dict[str, Part] = {
        "gone": blocks.person(gone),
        "account": blocks.bold(account),
        "contact": kit.named(contact, 80),
    }
    first: list[Part] = [" ", *phrase(words.ASKED_FIRST, user=blocks.person(to))] if to and not brief.case.owner else []
    line = blocks.line(*phrase(template, **parts), *first)
    due = blocks.section(case_block(brief.case.id, "due"), card.next_step(brief.case, brief.at))
    spoken = template.format(gone=kit.mention(gone), account=kit.escaped(account), contact=kit.typed(contact, 80))
    return Look(spoken, (blocks.rich(case_block(brief.case.id, "gone"), line), due, *_way_to(brief, card_link)))


def follow_up_prompt(brief: Brief, *, answered: Event | None = None, card_link: str = "") -> Look:
    """To the owner on the day: did it hold? `answered` is the follow-up that was logged after this was asked."""
    case, account = brief.case, card.account_name(brief)
    asked = words.DID_IT_HOLD.format(account=account)
    promise = ladder.promise(case)
    action = case.progress.action
    found = [
        blocks.rich(
            case_block(case.id, "prompt"),
            blocks.line(blocks.bold(asked)),
            *([promise] if promise else []),
            *wrote(brief),
        )
    ]
    open_one = answered is None and case.state is not State.CLOSED and case.progress.action_stands
    if open_one:
        found.append(blocks.actions(case_block(case.id, "answers"), *_answers(case.id, account)))
    else:
        found.append(blocks.section(case_block(case.id, "answered"), _answered(answered)))
    promised = kit.quoted(action.deliverable, 80) if action else ""
    spoken = words.DID_IT_HOLD.format(account=kit.escaped(account))
    return Look(f"{spoken} {promised}".strip(), (*found, *_way_to(brief, card_link)))


def partner_asked(brief: Brief, to: str, *, commitment: int = 0) -> Look:
    """To the functional partner `to`: the action, its date and what the customer wrote; then what they answered.

    `commitment` is the number of the action that this message is about; 0 for the one that stands. Partners need no
    seat in the programme's channel, so neither money nor scores are shown.
    """
    case, account = brief.case, card.account_name(brief)
    action = case.progress.action
    current = action is not None and action.partner == to and commitment in {0, case.progress.commitments}
    if action is None or not current or not case.progress.action_stands or case.state is State.CLOSED:
        held = current and case.progress.held
        over = words.PARTNER_HELD if held else words.PARTNER_OVER
        line = blocks.line(blocks.bold(account), f": {over}")
        return Look(f"{kit.escaped(account)}: {over}", (blocks.rich(case_block(case.id, "asked"), line),))
    template = words.PARTNER_ASKED_NO if action.kind is ActionKind.HONEST_NO else words.PARTNER_ASKED
    owner = case.owner or action.person
    parts: dict[str, Part] = {
        "owner": blocks.person(owner),
        "account": blocks.bold(account),
        "due": long_day(action.due),
    }
    spoken = template.format(owner=kit.mention(owner), account=kit.escaped(account), due=long_day(action.due))
    found = [
        blocks.rich(
            case_block(case.id, "asked"),
            blocks.line(*phrase(template, **parts)),
            blocks.quote(kit.excerpt(action.deliverable, SHORT).text or words.NO_WORDS),
            *wrote(brief),
        ),
        *_partner_state(case, account),
    ]
    return Look(f"{spoken} {kit.quoted(action.deliverable, 80)}", tuple(found))


def partner_answered(brief: Brief, event: Event, *, card_link: str = "") -> Look:
    """To the owner: what the functional partner said of the action (an ACTION_DONE or ACTION_SLIPPING event)."""
    case, account = brief.case, card.account_name(brief)
    template = words.PARTNER_DONE if event.kind is EventKind.ACTION_DONE else words.PARTNER_SLIPS
    contact = first_name(brief.answer.contact)
    parts: dict[str, Part] = {
        "who": blocks.person(event.actor),
        "account": blocks.bold(account),
        "contact": kit.named(contact, 80),
    }
    note = kit.excerpt(event.note, _NOTE).text
    line = blocks.line(*phrase(template, **parts))
    found = [
        blocks.rich(case_block(case.id, "partner"), line, *([blocks.quote(note)] if note else [])),
    ]
    if case.progress.action_stands and case.state is State.CLAIMED:
        button = ladder.step_button(Step.FOLLOW_UP, case.id, account, primary=True)
        found.append(blocks.actions(case_block(case.id, "follow_up"), button))
    spoken = template.format(who=kit.mention(event.actor), account=kit.escaped(account), contact=kit.typed(contact, 80))
    return Look(f"{spoken} {kit.quoted(event.note, 80)}".strip(), (*found, *_way_to(brief, card_link)))


def saved_line(brief: Brief, event: Event, *, currency: str, card_link: str = "") -> Look:
    """To the owner: what the contact's next answer says of the recovery (a MEASURED event)."""
    account = card.account_name(brief)
    score = event.details.get("score", "")
    acv = kit.in_full(brief.account.acv, currency) if brief.account else ""
    template = words.WENT[_went(event, score, acv)]
    shown = {"before": kit.named(event.before, 10), "score": kit.named(score, 10), "acv": acv}
    line = blocks.line(*phrase(template, account=blocks.bold(account), **shown))
    spoken = template.format(
        account=kit.escaped(account), before=kit.typed(event.before, 10), score=kit.typed(score, 10), acv=acv
    )
    return Look(spoken, (blocks.rich(case_block(brief.case.id, "saved"), line), *_way_to(brief, card_link)))


def _went(event: Event, score: str, acv: str) -> str:
    if event.after == Verdict.SAVED:
        return "saved" if acv else "saved_no_money"
    # 7 and more make a happy customer; then only the action was missing (recovery.cases.saved).
    return "no_action" if score in _HAPPY else "not_saved"


def wrote(brief: Brief) -> list[Block]:
    """What the customer wrote; nothing where they wrote nothing."""
    part = kit.excerpt(brief.answer.verbatim, _QUOTE, _QUOTE_LINES)
    if not part.text:
        return []
    lead = words.WROTE.format(contact=kit.named(opening(first_name(brief.answer.contact)), 80))
    return [blocks.line(lead), blocks.quote(part.text, kit.ELLIPSIS if part.left_out else "")]


def _answers(case_id: int, account: str) -> list[Block]:
    value = str(case_id)
    choices = (
        (ActionId.FOLLOW_UP_HELD, words.HELD, words.HELD_LABEL),
        (ActionId.FOLLOW_UP_SLIPPED, words.SLIPPED, words.SLIPPED_LABEL),
        (ActionId.FOLLOW_UP_BROKEN, words.BROKEN, words.BROKEN_LABEL),
    )
    return [blocks.button(action, said, value, label=label.format(account=account)) for action, said, label in choices]


def _answered(event: Event | None) -> str:
    template = words.PROMPT_ANSWERED.get(event.details.get("result", event.after)) if event else None
    if event is None or template is None:
        return words.PROMPT_OVER
    return template.format(who=kit.mention(event.actor), at=kit.when(event.at))


def _partner_state(case: Case, account: str) -> list[Block]:
    """What the partner answered, in words, and what they can still answer."""
    value, progress = numbered_value(case.id, case.progress.commitments), case.progress
    done = blocks.button(
        ActionId.PARTNER_DONE,
        words.IS_DONE,
        value,
        label=words.IS_DONE_LABEL.format(account=account),
        primary=progress.partner_word is None,
    )
    slips = blocks.button(
        ActionId.PARTNER_SLIPS, words.IT_SLIPS, value, label=words.IT_SLIPS_LABEL.format(account=account)
    )
    if progress.held:
        return [blocks.section(case_block(case.id, "answered"), words.PARTNER_HELD)]
    if progress.partner_word is None:
        return [blocks.actions(case_block(case.id, "answers"), done, slips)]
    is_done = progress.partner_word is PartnerWord.DONE
    template = words.PARTNER_SAID_DONE if is_done else words.PARTNER_SAID_SLIPS
    at = kit.when(progress.partner_said_at) if progress.partner_said_at else ""
    found = [blocks.section(case_block(case.id, "answered"), template.format(at=at))]
    return found if is_done else [*found, blocks.actions(case_block(case.id, "answers"), done)]
