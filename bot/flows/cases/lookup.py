"""What `/nps case`, `/nps mine` and `/nps account` find: only what the person may see."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from bot.flows.cases import briefing, casework
from bot.flows.cases.casework import Asker
from bot.flows.cases.homepage import row_of, rows_of, visible
from bot.flows.cases.links import card_link
from bot.flows.clock import bulletins
from bot.house import House
from bot.views import answers
from bot.views.answers import PastAnswer
from bot.views.look import Look
from recovery.cases.case import EventKind, State
from store.cases import cases, lookups, queues
from store.engine import Tx

MOST_ROWS = 20
MOST_ANSWERS = 8
MOST_NEAR = 3
_LONGEST_NAME = 200
_SURE = 90  # of 100: "northwind" for "Northwind Traders" is 100, "northwnid" 89
_NEAR = 60
_ENDS = frozenset({EventKind.WITHDRAWN, EventKind.CLOSED})


@dataclass(frozen=True, slots=True)
class _Found:
    """Accounts of one name, by id; or the names that come near."""

    name: str = ""
    ids: tuple[int, ...] = ()
    near: tuple[str, ...] = ()


async def case(tx: Tx, house: House, number: int, asker: Asker) -> Look:
    """The whole history of one case. Raises UnknownCase, NotAllowed."""
    found = await casework.see(tx, house, number, asker)
    history = await cases.history(tx, number)
    closed_by = ""
    if found.state is State.CLOSED:
        closed_by = next((event.actor for event in reversed(history) if event.kind in _ENDS), "")
    link = await card_link(tx, number)
    brief = await briefing.brief_of(tx, house, number)
    currency = house.policy.workspace.currency
    return answers.case_answer(
        brief,
        history,
        currency=currency,
        closed_by=closed_by,
        card_link=link,
        spoken=await bulletins.spoken_of(tx, number),
        told=await bulletins.told_of(tx, found),
    )


async def mine(tx: Tx, house: House, asker: Asker) -> Look:
    """The open cases of who asks."""
    rows, total = await rows_of(tx, asker.user, MOST_ROWS)
    return answers.mine_answer(rows, total, currency=house.policy.workspace.currency, at=tx.now)


async def account(tx: Tx, house: House, name: str, asker: Asker) -> Look:
    """The cases and the latest answers of one account, in the programmes that the asker may see."""
    programmes = {each.key: each.name for each in visible(house, asker.user)}
    found = _nearest(name, await lookups.account_names(tx, list(programmes)))
    if not found.ids:
        return answers.account_unknown(name, found.near)
    page = await queues.of_account(tx, found.ids, list(programmes), MOST_ROWS)
    told, answers_total = await lookups.answers(tx, found.ids, list(programmes), MOST_ANSWERS)
    return answers.account_answer(
        found.name,
        [row_of(each) for each in page.rows],
        [PastAnswer(a.score, a.contact_name, programmes[a.programme], a.responded_at, a.verbatim) for a in told],
        currency=house.policy.workspace.currency,
        at=tx.now,
        cases_total=page.total,
        answers_total=answers_total,
    )


def _nearest(typed: str, names: list[tuple[int, str]]) -> _Found:
    """The account that is meant: by its name, else the only one that is nearly so called."""
    wanted = utils.default_process(typed[:_LONGEST_NAME])
    folded = {id_: utils.default_process(name) for id_, name in names}
    shown = dict(names)
    same = [id_ for id_, name in folded.items() if name == wanted]
    if same:
        return _Found(shown[same[0]], tuple(same))
    if not wanted:
        return _Found()
    scored = process.extract(wanted, folded, scorer=fuzz.WRatio, score_cutoff=_NEAR, limit=20)
    sure = {folded[id_] for _, score, id_ in scored if score >= _SURE}
    if len(sure) == 1:
        (meant,) = sure
        ids = tuple(id_ for id_, name in folded.items() if name == meant)
        return _Found(shown[ids[0]], ids)
    near = dict.fromkeys(shown[id_] for _, _, id_ in scored)
    return _Found(near=tuple(near)[:MOST_NEAR])
