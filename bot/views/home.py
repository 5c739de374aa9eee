"""The App Home: what needs me today and later, and what a lead keeps an eye on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.views import alert_words, blocks, card, kit, ladder, words
from bot.views.ids import ActionId, CallbackId, numbered_value
from bot.views.look import Block
from bot.views.readouts import draft
from bot.views.readouts import words as readout_words
from bot.views.silence import silence_of
from recovery.cases.case import Case, State
from recovery.cases.steps import Step
from recovery.moments import long_day
from recovery.readouts.page import Answer

ROWS = 12  # of each list on a page: seven lists, their headings and the frame stay below Slack's 100 blocks
MOST_READOUTS = 2  # lines; with the line about more of them the tab stays below 100 blocks
LOOKED_UP = "account"  # a list of cases that need not be one's own: it has no buttons


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One case in a list. `card_link` is the permalink of its card, "" until it is posted.

    `may_claim`: whether the reader may own it.
    """

    case: Case
    score: int
    account_name: str
    contact_name: str
    acv: Decimal | None
    card_link: str = ""
    may_claim: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: at most ROWS rows, in the order they are shown, and how long the whole list is."""

    rows: tuple[HomeRow, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Escalated:
    """One step that is overdue, in the list of who was told: since when, and who of them is on it (Slack user id).

    `may_take`: whether the reader may make the case their own.
    """

    row: HomeRow
    step: Step
    due_at: datetime
    alarm_id: int
    on_it: str = ""
    may_take: bool = True


@dataclass(frozen=True, slots=True)
class Escalations:
    """One page of what was escalated to a person, in the order it is shown, and how much there is of it."""

    rows: tuple[Escalated, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Quarter:
    """What became of the cases of a person in this quarter (playbook, section 6).

    `contacted` of `decided` cases had their first outreach in time. `saved_acv` in the policy's currency.
    """

    contacted: int
    decided: int
    saved: int
    saved_acv: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """What one person has to do.

    `today`: what is overdue or due today; `later`: the other open steps; `follow_ups`: the cases whose action is
    committed; `paused`: those that wait on the customer; `waiting`: those without owner in the programmes they see.
    Each case is in one list only. `escalated`: what they were told of because it is overdue.
    """

    today: Listed = Listed()
    later: Listed = Listed()
    follow_ups: Listed = Listed()
    waiting: Listed = Listed()
    quarter: Quarter | None = None
    paused: Listed = Listed()
    escalated: Escalations = Escalations()


@dataclass(frozen=True, slots=True)
class OwnerLoad:
    """The load of one owner: open cases, and those with a step overdue; `away_until` while they are away."""

    user: str
    open: int
    overdue: int
    away_until: date | None = None


@dataclass(frozen=True, slots=True)
class ReadoutState:
    """How the readout of a quarter that is over stands, in a programme that the reader leads.

    `ask`: as it is written, "" while it is missing. `answer`: the last one, None while nobody has answered. `lost`:
    it is published, and Slack would not take it.
    """

    readout_id: int
    version: int
    programme: str
    period: str
    ask: str = ""
    is_published: bool = False
    is_lost: bool = False
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What a lead sees of the programmes they lead; `owners` are the page's, at most ROWS, most loaded first.

    `readouts`: of the last quarter, in the policy's order; all of them on the first page, none on the others.
    """

    unassigned: Listed = Listed()
    overdue: Listed = Listed()
    owners: tuple[OwnerLoad, ...] = ()
    owners_total: int = 0
    readouts: tuple[ReadoutState, ...] = ()


def pages(queue: Queue, board: Board | None = None) -> int:
    """How many pages of ROWS rows the longest list takes; at least 1."""
    totals = [queue.today.total, queue.later.total, queue.follow_ups.total, queue.paused.total, queue.escalated.total]
    totals += [queue.waiting.total] if board is None else [board.unassigned.total, board.overdue.total]
    totals += [board.owners_total] if board else []
    return max(1, -(-max(totals) // ROWS))


def tab(queue: Queue, board: Board | None = None, *, currency: str, at: datetime, page: int = 1) -> Block:
    """The view for `views.publish`: the person's own queue, then the board of those who lead a programme.

    All lists turn their pages together: page n shows the n-th ROWS rows of each, as the flow has cut them. A lead
    sees the cases without owner on the board, so `waiting` is left out there.
    """
    found = [
        *_escalated(queue.escalated, currency, at),
        *_today(queue, currency, at),
        *_section("later", words.HOME_LATER, "", queue.later, currency, at),
        *_section("paused", alert_words.HOME_PAUSED, "", queue.paused, currency, at),
        *_section("follow_ups", words.HOME_FOLLOW_UPS, "", queue.follow_ups, currency, at),
        *_quarter(queue.quarter, currency),
    ]
    if board is None:
        empty = words.HOME_WAITING_EMPTY
        found += _section("waiting", words.HOME_WAITING, empty, queue.waiting, currency, at)
    else:
        found += _board(board, currency, at)
    return {
        "type": "home",
        "callback_id": CallbackId.HOME.value,
        "blocks": [*found, *_pager(page, pages(queue, board))],
    }


def _escalated(listed: Escalations, currency: str, at: datetime) -> list[Block]:
    """What others should have done: nothing at all for who is told of nothing."""
    if not listed.rows:
        return []
    title = f"{alert_words.HOME_ESCALATIONS} ({listed.total:,})"
    return [
        blocks.header("home:escalated", title),
        *(_escalated_row(each, currency, at) for each in listed.rows[:ROWS]),
    ]


def _escalated_row(escalated: Escalated, currency: str, at: datetime) -> Block:
    row, case = escalated.row, escalated.row.case
    account = _account(row)
    address = kit.web_address(row.card_link)
    right = kit.dotted(
        kit.mention(case.owner),
        alert_words.HOME_OVERDUE[escalated.step].format(at=kit.when(escalated.due_at)),
        f"*{alert_words.IS_ON_IT.format(who=kit.mention(escalated.on_it))}*" if escalated.on_it else "",
        kit.link(address, words.OPEN_CARD) if address else "",
    )
    left = blocks.plain(_left(row, account, currency, at))
    return blocks.pair(
        f"home:escalated:{escalated.alarm_id}", left, blocks.mrkdwn(right), _answering(escalated, account)
    )


def _answering(escalated: Escalated, account: str) -> Block:
    """Once somebody is on it, what is left is to see to it that the case has the right owner."""
    case = escalated.row.case
    if not escalated.on_it:
        said, label = alert_words.ON_IT_BUTTON, alert_words.ON_IT_LABEL
        action, value = ActionId.ON_IT, numbered_value(case.id, escalated.alarm_id)
    elif case.owner:
        said, label, action, value = words.REASSIGN, words.REASSIGN_LABEL, ActionId.ASSIGN, str(case.id)
    elif not escalated.may_take:
        said, label, action, value = words.ASSIGN, words.ASSIGN_LABEL, ActionId.ASSIGN, str(case.id)
    else:
        said, label, action, value = alert_words.TAKE_IT, alert_words.TAKE_IT_LABEL, ActionId.TAKE_OVER, str(case.id)
    return blocks.button(action, said, value, label=label.format(case=case.id, account=account))


def _today(queue: Queue, currency: str, at: datetime) -> list[Block]:
    listed = queue.today
    need = "needs" if listed.total == 1 else "need"
    title = words.HOME_TODAY.format(count=f"{listed.total:,}", need=need)
    if not listed.total:
        # Whoever is told of what others left undone is needed.
        return [] if queue.escalated.total else [blocks.header("home:today", words.HOME_TODAY_EMPTY)]
    return _rows("today", title, listed, currency, at)


def _section(name: str, title: str, empty: str, listed: Listed, currency: str, at: datetime) -> list[Block]:
    """A list with its heading; without rows the words for that, or nothing where there are none."""
    if listed.total:
        return _rows(name, f"{title} ({listed.total:,})", listed, currency, at)
    return [blocks.header(f"home:{name}", title), blocks.section(f"home:{name}:empty", empty)] if empty else []


def _rows(name: str, title: str, listed: Listed, currency: str, at: datetime) -> list[Block]:
    if not listed.rows:  # a list that ended on an earlier page leaves this one to the longer lists
        return []
    return [
        blocks.header(f"home:{name}", title),
        *(case_row(name, row, currency, at) for row in listed.rows[:ROWS]),
    ]


def case_row(name: str, row: HomeRow, currency: str, at: datetime) -> Block:
    """Dot, account and money; the next step and when; the button that takes it. `name` is that of the list."""
    case = row.case
    account = _account(row)
    left = _left(row, account, currency, at)
    address = kit.web_address(row.card_link)
    owner = kit.mention(case.owner) if name == "overdue" else ""
    step = words.ENDED[case.outcome] if case.outcome else card.next_step(case, at)
    silence = silence_of(case, at) if name == "paused" else None
    step = silence.short if silence else step
    right = kit.dotted(owner, step, kit.link(address, words.OPEN_CARD) if address else "")
    return blocks.pair(
        f"home:{name}:{case.id}", blocks.plain(left), blocks.mrkdwn(right), _taking(name, row, account, at)
    )


def _account(row: HomeRow) -> str:
    return kit.named(row.account_name, 80) or kit.named(row.contact_name, 80) or words.NO_NAME


def _left(row: HomeRow, account: str, currency: str, at: datetime) -> str:
    return kit.dotted(f"{card.dot(row.case, at)} {row.score}", account, kit.money(row.acv, currency))


def _taking(name: str, row: HomeRow, account: str, at: datetime) -> Block | None:
    """One's own cases go on with their next step; a lead gives the others to somebody, who may own one claims it."""
    case, value = row.case, str(row.case.id)
    if name == LOOKED_UP or case.state is State.CLOSED or (name == "waiting" and not row.may_claim):
        return None
    if name == "waiting":
        label = words.CLAIM_LABEL.format(case=case.id, account=account)
        return blocks.button(ActionId.CLAIM, words.CLAIM, value, label=label)
    if name == "paused":
        label = alert_words.RESUME_LABEL.format(case=case.id, account=account)
        return blocks.button(ActionId.RESUME, alert_words.RESUME, value, label=label)
    if name == "unassigned":
        label = words.ASSIGN_LABEL.format(case=case.id, account=account)
        return blocks.button(ActionId.ASSIGN, words.ASSIGN, value, label=label)
    if name == "overdue":
        label = words.REASSIGN_LABEL.format(case=case.id, account=account)
        return blocks.button(ActionId.ASSIGN, words.REASSIGN, value, label=label)
    return ladder.next_button(case, account, at)


def _quarter(quarter: Quarter | None, currency: str) -> list[Block]:
    if quarter is None:
        return []
    contacted = words.NONE_DECIDED
    if quarter.decided:
        contacted = words.CONTACTED.format(contacted=f"{quarter.contacted:,}", decided=f"{quarter.decided:,}")
    acv = kit.money(quarter.saved_acv, currency) if quarter.saved else ""
    template = words.SAVED_ACV if acv else words.SAVED_COUNT
    saved = template.format(saved=f"{quarter.saved:,}", acv=acv)
    return [blocks.section("home:quarter", f"*{words.HOME_QUARTER}:* {contacted}, {saved}")]


def _board(board: Board, currency: str, at: datetime) -> list[Block]:
    return [
        *_section("unassigned", words.HOME_UNASSIGNED, words.HOME_UNASSIGNED_EMPTY, board.unassigned, currency, at),
        *_section("overdue", words.HOME_OVERDUE, words.HOME_OVERDUE_EMPTY, board.overdue, currency, at),
        *_owners(board),
        *_readouts(board.readouts),
    ]


def _readouts(found: tuple[ReadoutState, ...]) -> list[Block]:
    """One line each; what there is no room for is counted."""
    shown = [_readout(each) for each in found[:MOST_READOUTS]]
    if len(found) > MOST_READOUTS:
        more = readout_words.HOME_MORE.format(count=f"{len(found) - MOST_READOUTS:,}")
        shown.append(blocks.context("home:readouts:more", blocks.mrkdwn(more)))
    return shown


def _readout(state: ReadoutState) -> Block:
    """Nothing that a person wrote is more than named here: the page itself is behind the button or the command."""
    name = kit.named(state.programme, 80)
    title = readout_words.HOME_READOUT.format(period=kit.escaped(state.period), programme=kit.escaped(name))
    ask = kit.typed(state.ask, 120) or kit.ELLIPSIS
    if not state.is_published:
        said = readout_words.HOME_TO_PUBLISH if state.ask else readout_words.HOME_NO_ASK
        value = draft.value(state.readout_id, state.version)
        label = readout_words.HOME_OPEN_LABEL.format(period=state.period, programme=name)
        button = blocks.button(ActionId.READOUT_EDIT, readout_words.OPEN, value, label=label)
        return blocks.section(f"home:readout:{state.readout_id}", f"*{title}:* {said}", button)
    if state.is_lost:
        said = readout_words.HOME_LOST
    elif state.answer is None:
        said = readout_words.HOME_WAITS.format(ask=ask)
    else:
        said = readout_words.HOME_ANSWERED.format(answer=readout_words.DECIDED[state.answer], ask=ask)
    return blocks.section(f"home:readout:{state.readout_id}", f"*{title}:* {said}")


def _owners(board: Board) -> list[Block]:
    if not board.owners_total:
        empty = blocks.section("home:owners:empty", words.HOME_OWNERS_EMPTY)
        return [blocks.header("home:owners", words.HOME_OWNERS), empty]
    if not board.owners:
        return []
    lines = [_owner(load) for load in board.owners[:ROWS]]
    heading = blocks.header("home:owners", f"{words.HOME_OWNERS} ({board.owners_total:,})")
    return [heading, blocks.section("home:owners:loads", "\n".join(lines))]


def _owner(load: OwnerLoad) -> str:
    return kit.dotted(
        kit.mention(load.user),
        words.OWNER_OPEN.format(open=f"{load.open:,}"),
        f"*{words.OWNER_LATE.format(overdue=f'{load.overdue:,}')}*" if load.overdue else "",
        words.OWNER_AWAY.format(day=long_day(load.away_until)) if load.away_until else "",
    )


def _pager(page: int, last: int) -> list[Block]:
    if last == 1:
        return []
    page = min(max(page, 1), last)
    said = words.HOME_PAGE.format(page=page, pages=last)
    back = blocks.button(ActionId.HOME_BACK, words.BACK, str(page - 1), label=words.BACK_LABEL)
    forth = blocks.button(ActionId.HOME_NEXT, words.NEXT, str(page + 1), label=words.NEXT_LABEL)
    buttons = ([back] if page > 1 else []) + ([forth] if page < last else [])
    return [blocks.context("home:page", blocks.mrkdwn(said)), blocks.actions("home:pager", *buttons)]
