"""What `/nps case`, `/nps mine`, `/nps account` and `/nps away` say. Only who asked sees it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from bot.views import answer_words, blocks, card, history, kit, words
from bot.views.alarm_notes import Spoken
from bot.views.home import LOOKED_UP, HomeRow, case_row
from bot.views.ids import ActionId, case_block
from bot.views.look import Block, Look
from bot.views.phrases import full_name
from recovery.cases.brief import Brief
from recovery.cases.case import Event, State
from recovery.moments import long_day

# Slack refuses about 13,200 characters in all blocks of a message; what is left covers the frame.
_ROOM = 12_000
_MOST_BLOCKS = 45
_QUOTE = 1_000
_QUOTE_LINES = 15
_ROWS = 20
_ANSWERS = 8
_PAST_QUOTE = 200
_PAST_LINES = 3


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """One answer of somebody of an account, in its newest version."""

    score: int
    contact_name: str
    programme_name: str
    responded_at: datetime
    verbatim: str = ""


def case_answer(
    brief: Brief,
    events: Sequence[Event],
    *,
    currency: str,
    closed_by: str = "",
    card_link: str = "",
    spoken: Sequence[Spoken] = (),
    told: card.Told = card.NOBODY,
) -> Look:
    """The whole history of a case, oldest first; what a message can't hold is under History."""
    case = brief.case
    who = blocks.line(blocks.bold(card.headline(brief, currency)), "\n", full_name(brief.answer.contact))
    now = card.card(brief, currency=currency, closed_by=closed_by).blocks[0] if case.state is State.CLOSED else None
    due = "\n".join([card.due(brief, told), *card.silent(brief)])
    standing = now or blocks.section(case_block(case.id, "due"), due)
    part = kit.excerpt(brief.answer.verbatim, _QUOTE, _QUOTE_LINES)
    said = blocks.quote(part.text, kit.ELLIPSIS if part.left_out else "") if part.text else None
    top = [
        blocks.rich(f"answer:{case.id}", who, said or blocks.line(words.NO_COMMENT)),
        standing,
        blocks.divider("answer:divider"),
    ]
    label = words.HISTORY_LABEL.format(case=case.id, account=card.account_name(brief))
    buttons = [blocks.button(ActionId.HISTORY, words.HISTORY, str(case.id), label=label)]
    buttons += card.open_button(brief, card_link)
    lines = history.newest(
        history.merged(events, spoken),
        brief.answer.contact,
        room=_ROOM - len(json.dumps(top)),
        most=_MOST_BLOCKS - len(top),
        left_out=answer_words.OLDER,
    )
    text = answer_words.CASE.format(case=case.id, account=kit.escaped(card.account_name(brief)))
    return Look(text, (*top, *lines, blocks.actions(case_block(case.id, "actions"), *buttons)))


def mine_answer(rows: Sequence[HomeRow], total: int, *, currency: str, at: datetime) -> Look:
    """The cases of who asked, most pressing first, each with its next step; `total` is how many there are."""
    if not total:
        return Look(answer_words.MINE_NONE, (blocks.section("mine:none", answer_words.MINE_NONE),))
    said = answer_words.MINE.format(cases=kit.count(total, "open case"))
    shown = _fitting([case_row("mine", row, currency, at) for row in rows[:_ROWS]], _ROOM)
    found = [blocks.section("mine:title", said), *shown]
    if total > len(shown):
        more = answer_words.MORE_MINE.format(more=kit.count(total - len(shown), "more case"))
        found.append(blocks.context("mine:more", blocks.mrkdwn(more)))
    return Look(said, tuple(found))


def account_answer(
    name: str,
    cases: Sequence[HomeRow],
    answers: Sequence[PastAnswer],
    *,
    currency: str,
    at: datetime,
    cases_total: int | None = None,
    answers_total: int | None = None,
) -> Look:
    """Everything about one account, newest first: its cases and what its people answered.

    The totals are those of the whole lists, where `cases` and `answers` are only their beginnings.
    """
    cases_total = len(cases) if cases_total is None else cases_total
    answers_total = len(answers) if answers_total is None else answers_total
    said = answer_words.ACCOUNT.format(
        account=kit.typed(name, 80) or words.NO_NAME,
        cases=kit.count(cases_total, "case"),
        answers=kit.count(answers_total, "answer"),
    )
    shown = _fitting([case_row(LOOKED_UP, row, currency, at) for row in cases[:_ROWS]], _ROOM // 2)
    told = _fitting([_past(number, answer) for number, answer in enumerate(answers[:_ANSWERS])], _ROOM // 2)
    found = [
        blocks.section("account:title", said),
        *shown,
        *_left_out("cases", cases_total - len(shown), "more case"),
        *told,
        *_left_out("answers", answers_total - len(told), "more answer"),
    ]
    return Look(said, tuple(found))


def account_unknown(name: str, near: Sequence[str] = ()) -> Look:
    """No account of this name; `near` are names that come close to it and that the person may see."""
    said = answer_words.ACCOUNT_UNKNOWN.format(account=kit.typed(name, 80))
    if near:
        names = kit.listed([f"“{kit.typed(each, 60)}”" for each in near], 3)
        said = f"{said} {answer_words.ACCOUNT_NEAREST.format(names=names)}"
    return Look(said, (blocks.section("account:unknown", said),))


def away_answer(
    first: date,
    last: date,
    *,
    open_cases: int = 0,
    handed: Mapping[str, int] = MappingProxyType({}),
) -> Look:
    """After `/nps away FIRST..LAST`: what becomes of the cases.

    `handed` says how many went to whom ("" for back to the channel) where the days have begun; else `open_cases`
    are handed on when they begin.
    """
    template = answer_words.AWAY_ONE_DAY if first == last else answer_words.AWAY
    back = long_day(last + timedelta(days=1)) if last < date.max else long_day(last)
    if handed:
        others = answer_words.AWAY_HANDED.format(who=_handed(handed), back=back)
    elif open_cases:
        others = answer_words.AWAY_LATER.format(cases=kit.count(open_cases, "open case"), back=back)
    else:
        others = answer_words.AWAY_NO_CASES
    said = f"{template.format(first=long_day(first), last=long_day(last))} {others}"
    return Look(said, (blocks.section("away", said),))


def away_over(came_back: int, *, was_away: bool = True) -> Look:
    """After `/nps back`: how many cases came back."""
    said = answer_words.AWAY_OVER if was_away else answer_words.AWAY_NOT
    if came_back:
        said = f"{said} {answer_words.AWAY_BACK.format(cases=kit.count(came_back, 'case'))}"
    return Look(said, (blocks.section("away", said),))


def away_usage(*, command: str = "/nps", away: tuple[date, date] | None = None) -> Look:
    """How to say from when to when; `away` are the days that stand, for `/nps away` alone."""
    said = answer_words.AWAY_USAGE.format(command=command)
    if away:
        now = answer_words.AWAY_NOW.format(first=long_day(away[0]), last=long_day(away[1]))
        said = f"{now} {said}"
    return Look(said, (blocks.section("away", said),))


def case_usage(*, command: str = "/nps") -> Look:
    said = answer_words.CASE_USAGE.format(command=command)
    return Look(said, (blocks.section("case:usage", said),))


def account_usage(*, command: str = "/nps") -> Look:
    said = answer_words.ACCOUNT_USAGE.format(command=command)
    return Look(said, (blocks.section("account:usage", said),))


def _past(number: int, answer: PastAnswer) -> Block:
    who = kit.named(answer.contact_name, 80) or words.NO_NAME
    facts = kit.dotted(who, kit.named(answer.programme_name, 60))
    part = kit.excerpt(answer.verbatim, _PAST_QUOTE, _PAST_LINES)
    line = blocks.line(blocks.bold(str(answer.score)), f" · {facts} · ", blocks.moment(answer.responded_at))
    said = [blocks.quote(part.text, kit.ELLIPSIS if part.left_out else "")] if part.text else []
    return blocks.rich(f"account:answer:{number}", line, *said)


def _handed(handed: Mapping[str, int]) -> str:
    users = sorted(handed, key=lambda user: (not user, -handed[user], user))
    return kit.listed(
        [
            answer_words.AWAY_HANDED_TO.format(count=f"{handed[user]:,}", user=kit.mention(user))
            if user
            else answer_words.AWAY_IN_CHANNEL.format(count=f"{handed[user]:,}")
            for user in users
        ],
        _ROWS,
    )


def _left_out(name: str, number: int, one: str) -> list[Block]:
    if number <= 0:
        return []
    said = answer_words.MORE.format(more=kit.count(number, one))
    return [blocks.context(f"account:{name}:more", blocks.plain(said))]


def _fitting(found: list[Block], room: int) -> list[Block]:
    """As many blocks from the start as take at most `room` characters of JSON."""
    kept: list[Block] = []
    for block in found:
        room -= len(json.dumps(block))
        if room < 0:
            break
        kept.append(block)
    return kept
