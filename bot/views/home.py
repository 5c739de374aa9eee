"""The App Home: my cases, and those that wait for an owner. Most pressing first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.views import blocks, card, kit, words
from bot.views.ids import ActionId, CallbackId
from bot.views.look import Block
from recovery.case import Case, Urgency

A_PAGE = 20  # rows of each list; two lists and their frame stay far below Slack's 100 blocks


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One case in a list. `card_link` is the permalink of its card, "" until it is posted."""

    case: Case
    score: int
    account_name: str
    contact_name: str
    acv: Decimal | None
    card_link: str = ""


def home(mine: Sequence[HomeRow], waiting: Sequence[HomeRow], *, currency: str, at: datetime, page: int = 1) -> Block:
    """The view for `views.publish`. `at` tells what is overdue; `page` counts from 1, and is kept in range.

    The pager's buttons carry the page to show as their value.
    """
    pages = max(1, -(-max(len(mine), len(waiting)) // A_PAGE))
    page = min(max(page, 1), pages)
    return {
        "type": "home",
        "callback_id": CallbackId.HOME.value,
        "blocks": [
            *_list("mine", words.HOME_MINE, words.HOME_MINE_EMPTY, _page(mine, page, at), len(mine), currency, at),
            *_list(
                "waiting",
                words.HOME_WAITING,
                words.HOME_WAITING_EMPTY,
                _page(waiting, page, at),
                len(waiting),
                currency,
                at,
            ),
            *_pager(page, pages),
        ],
    }


def _page(rows: Sequence[HomeRow], page: int, at: datetime) -> list[HomeRow]:
    ordered = sorted(rows, key=lambda row: _pressing(row, at))
    return ordered[(page - 1) * A_PAGE : page * A_PAGE]


def _pressing(row: HomeRow, at: datetime) -> tuple[bool, bool, datetime, int]:
    """Critical cases outrank all else (playbook, section 5), then overdue ones, then the nearest deadline."""
    due = card.next_due(row.case)
    return (row.case.urgency is not Urgency.CRITICAL, due >= at, due, row.case.id)


def _list(
    name: str, title: str, empty: str, rows: list[HomeRow], total: int, currency: str, at: datetime
) -> list[Block]:
    heading = blocks.header(f"home:{name}", f"{title} ({total:,})" if total else title)
    if not total:
        return [heading, blocks.section(f"home:{name}:empty", empty)]
    if not rows:  # a list that ended on an earlier page leaves this one to the longer list
        return []
    return [heading, *(_row(name, row, currency, at) for row in rows)]


def _row(name: str, row: HomeRow, currency: str, at: datetime) -> Block:
    account = kit.named(row.account_name, 80) or kit.named(row.contact_name, 80) or words.NO_NAME
    left = kit.dotted(f"{card.dot(row.case, at)} {row.score}", account, kit.money(row.acv, currency))
    address = kit.web_address(row.card_link)
    label = words.OPEN_CARD_LABEL.format(account=account)
    open_card = blocks.link_button(ActionId.OPEN_CARD, words.OPEN_CARD, address, label=label) if address else None
    right = blocks.mrkdwn(card.next_step(row.case, at))
    return blocks.pair(f"home:{name}:{row.case.id}", blocks.plain(left), right, open_card)


def _pager(page: int, pages: int) -> list[Block]:
    if pages == 1:
        return []
    said = words.HOME_PAGE.format(page=page, pages=pages)
    back = blocks.button(ActionId.HOME_BACK, words.BACK, str(page - 1), label=words.BACK_LABEL)
    forth = blocks.button(ActionId.HOME_NEXT, words.NEXT, str(page + 1), label=words.NEXT_LABEL)
    buttons = ([back] if page > 1 else []) + ([forth] if page < pages else [])
    return [blocks.context("home:page", blocks.mrkdwn(said)), blocks.actions("home:pager", *buttons)]
