"""/nps: one word says what is wanted; whatever is typed gets an answer that only who typed it sees."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from time import monotonic
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import absence, lookup
from bot.flows.cases.casework import Asker
from bot.flows.clock import explaining
from bot.views import answers, blocks, explain, kit, native, words
from bot.views import help as help_view
from bot.views.figures.place import Shown
from bot.views.ids import read_case
from bot.views.look import Look
from handlers import decisions, figures, page_links, readout, registry
from handlers.desk import PATIENCE, Desk, asker_of, sentence_of, show
from store.engine import Tx
from store.errors import Contended
from store.slack import absences
from store.slack.absences import Absence, AbsenceState

Answer = Callable[[Desk, Asker, str], Awaitable[Look]]

HASTE = 2.0  # seconds: Slack shows an error after three
_LONGEST = 1_000  # of an argument; no account is called by more
_SECONDS = 1.5  # for handing cases on before the answer has to be there; the scheduler does the rest
_LONGEST_REFUSAL = 700  # each character may take four on its way to Slack
_OFF = frozenset({"off", "back", "over"})  # "/nps back" is the way we tell of; people try these too


def register(app: AsyncApp, desk: Desk) -> None:
    @app.command("/nps")
    async def nps(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
        answering = asyncio.ensure_future(_said(desk, command))
        await asyncio.wait({answering}, timeout=HASTE)
        if answering.done():
            look = await answering
            if native.is_in(look.blocks):
                # Nobody hears of an ack that Slack refuses, and not every workspace takes such blocks.
                await ack()
                await show(respond, look, replace_original=False)
                return
            await ack(text=look.text, blocks=list(look.blocks), response_type="ephemeral")
            return
        await ack(text=words.ONE_MOMENT, response_type="ephemeral")
        await show(respond, await answering, replace_original=False)


async def _said(desk: Desk, command: Mapping[str, Any]) -> Look:
    try:
        return await _answer(desk, command)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
        return _refusal(sentence_of(error))


async def _answer(desk: Desk, command: Mapping[str, Any]) -> Look:
    word, _, rest = " ".join(str(command.get("text") or "").split()).partition(" ")
    word = word.casefold()
    answer = ANSWERS.get(word)
    if answer is None:
        return help_view.help_list("" if word == "help" else word)
    return await answer(desk, asker_of(dict(command)), rest[:_LONGEST])


async def _case(desk: Desk, asker: Asker, rest: str) -> Look:
    case_id = _number(rest)
    if case_id is None:
        return answers.case_usage()
    return await desk.fairly(
        case_id, asker.user, lambda: desk.look(lambda tx: lookup.case(tx, desk.house, case_id, asker))
    )


async def _explain(desk: Desk, asker: Asker, rest: str) -> Look:
    case_id = _number(rest)
    if case_id is None:
        return explain.explain_usage()
    return await desk.fairly(
        case_id, asker.user, lambda: desk.look(lambda tx: explaining.explain(tx, desk.house, case_id, asker))
    )


def _number(rest: str) -> int | None:
    """The case that is meant by "42" or "#42"; None for anything else."""
    number = rest.removeprefix("#").strip()
    return read_case(number) if number.isascii() and number.isdigit() else None


async def _mine(desk: Desk, asker: Asker, _rest: str) -> Look:
    return await desk.look(lambda tx: lookup.mine(tx, desk.house, asker))


async def _account(desk: Desk, asker: Asker, rest: str) -> Look:
    if not rest:
        return answers.account_usage()
    return await desk.look(lambda tx: lookup.account(tx, desk.house, rest, asker))


async def _away(desk: Desk, asker: Asker, rest: str) -> Look:
    if rest.casefold() in _OFF:
        return await _back(desk, asker, "")
    if not rest:
        return await desk.look(lambda tx: _usage(tx, asker.user))
    await desk.directory.know(asker.user, patience=PATIENCE)  # their zone says when a day begins
    planned = await desk.run(lambda tx: absence.plan(tx, desk.house, asker.user, rest))
    handed, left = await _hand(desk, asker.user)
    if left and handed:
        # The rest goes on in the background; a sum that is not yet true would be worse than none.
        handed, left = Counter(), left + handed.total()
    return answers.away_answer(planned.days.first, planned.days.last, open_cases=left, handed=handed)


async def _back(desk: Desk, asker: Asker, _rest: str) -> Look:
    was_away = await desk.run(lambda tx: absence.come_back(tx, desk.house, asker.user))
    handed, _ = await _hand(desk, asker.user)
    return answers.away_over(handed[asker.user], was_away=was_away)


async def _hand(desk: Desk, user: str) -> tuple[Counter[str], int]:
    """Hands on or back what is due now, as far as the time reaches: how many to whom, and how many are still theirs."""
    handed: Counter[str] = Counter()
    ends = monotonic() + _SECONDS
    while monotonic() < ends:
        try:
            done = await desk.run(lambda tx: absence.step(tx, desk.house, user))
        except Contended:
            break  # the scheduler goes on with it
        if done is None:
            break
        handed[done.to] += 1
    left = await desk.look(lambda tx: absence.still_held(tx, user))
    return handed, left


async def _usage(tx: Tx, user: str) -> Look:
    found: Absence | None = await absences.get(tx, user)
    if found is None or found.state is AbsenceState.BACK:
        return answers.away_usage()
    return answers.away_usage(away=(found.days.first, found.days.last))


def _refusal(sentence: str) -> Look:
    said = kit.with_mentions(sentence, _LONGEST_REFUSAL)
    return Look(said, (blocks.section("refused", said),))


ANSWERS: dict[str, Answer] = {
    "case": _case,
    "explain": _explain,
    "mine": _mine,
    "account": _account,
    "away": _away,
    "back": _back,
    **{shown.value: partial(figures.answer, shown) for shown in Shown},
    "readout": readout.answer_readout,
    "decisions": decisions.answer,
    "actions": registry.answer_actions,
    "export": page_links.answer_export,
}
