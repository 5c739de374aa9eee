"""The card's menu; a closed card's history button; whatever an earlier version left behind."""

import re
from collections.abc import Iterable

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.flows.cases import briefing, casework, silencing, steps
from bot.flows.clock import bulletins
from bot.views import history as history_view
from bot.views import modals, words
from bot.views.ids import ActionId, CallbackId, More, read_case, read_more
from handlers import assign, claim, close, pause, windows
from handlers.desk import Body, Desk, asker_of, tell, value_of
from recovery import roles
from store.cases import cases


def register(app: AsyncApp, desk: Desk) -> None:
    @app.action(ActionId.MORE.value)
    async def more(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        try:
            choice, case_id = read_more(value_of(body))
            if choice is More.RELEASE:
                await claim.run(casework.release, desk, body, case_id)
            elif choice is More.RESUME:
                await claim.run(silencing.resume, desk, body, case_id)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await ack()
            await desk.refuse(body, respond, error)
            return
        # Like at every button that changes a case: what Slack shows as taken is committed.
        await ack()
        try:
            await _open(desk, body, respond, choice, case_id)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)

    @app.action(ActionId.HISTORY.value)
    async def history(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        try:
            await _open_history(desk, body, read_case(value_of(body)))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the person is told
            await desk.refuse(body, respond, error)

    @app.action(ActionId.OPEN_CARD.value)
    async def followed_a_link(ack: AsyncAck) -> None:
        await ack()

    _register_old(app)


def _register_old(app: AsyncApp) -> None:
    """Messages live longer than versions of this program: a button that we no longer know gets a sentence as well."""

    @app.action(_none_of(ActionId))
    async def old_button(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await tell(respond, words.OLD_BUTTON)

    @app.view(_none_of(CallbackId))
    async def old_view(ack: AsyncAck) -> None:
        await ack(response_action="update", view=modals.old_window())


def _none_of(known: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\A(?!(?:{'|'.join(re.escape(name) for name in known)})\Z)")


async def _open(desk: Desk, body: Body, respond: AsyncRespond, choice: More, case_id: int) -> None:
    match choice:
        case More.CRM | More.RELEASE | More.RESUME:  # the client opens the page by itself; the others ask nothing
            return
        case More.HISTORY:
            await _open_history(desk, body, case_id)
        case More.WITHDRAW:
            await _open_withdraw(desk, body, case_id)
        case More.ASSIGN:
            await assign.open_window(desk, body, case_id)
        case More.PAUSE:
            await pause.open_pause(desk, body, respond, case_id)
        case More.CLOSE:
            await windows.open_window(desk, body, respond, steps.may_log, close.draw_close, str(case_id))


async def _open_withdraw(desk: Desk, body: Body, case_id: int) -> None:
    await desk.look(lambda tx: casework.may(tx, desk.house, case_id, asker_of(body), roles.check_withdraw))
    brief = await desk.look(lambda tx: briefing.brief_of(tx, desk.house, case_id))
    await desk.open_view(body, modals.withdraw(brief, currency=desk.house.policy.workspace.currency))


async def _open_history(desk: Desk, body: Body, case_id: int) -> None:
    asker = asker_of(body)
    await desk.fairly(case_id, asker.user, lambda: desk.look(lambda tx: casework.see(tx, desk.house, case_id, asker)))
    brief = await desk.look(lambda tx: briefing.brief_of(tx, desk.house, case_id))
    events = await desk.look(lambda tx: cases.history(tx, case_id))
    spoken = await desk.look(lambda tx: bulletins.spoken_of(tx, case_id))
    currency = desk.house.policy.workspace.currency
    await desk.open_view(body, history_view.history(brief, events, currency=currency, spoken=spoken))
