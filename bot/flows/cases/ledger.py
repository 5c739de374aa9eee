"""A later answer closes the circle: whether the customers of earlier cases were saved (playbook, section 6)."""

from bot.flows.cases.saving import save
from bot.house import House
from recovery.cases.case import State
from recovery.cases.saved import LaterAnswer, measure, verdict
from store.cases import cases, responses
from store.engine import Tx

WINBACK = "winback"


async def measure_contact(tx: Tx, house: House, contact_id: int) -> None:
    """Puts the verdict on each case of the contact that an answer decides; the thread and the owner hear of it."""
    held = await cases.of_contact(tx, contact_id)
    if not held:
        return
    answers = [
        LaterAnswer(answer.id, programme.kind, answer.score, answer.responded_at)
        for answer in await responses.of_contact(tx, contact_id)
        if (programme := house.policy.programmes.get(answer.programme))
    ]
    first = {answer.response_id: answer.score for answer in answers}
    for case in held:
        programme = house.programme_of(case)
        if programme is None:
            continue
        if case.state is not State.CLOSED and case.progress.first_committed_at is None:
            continue  # nothing was promised yet: an answer meanwhile is news for the case, no verdict on it
        if case.response_id not in first:
            continue  # its programme left the policy between the answer and now
        change = measure(case, first[case.response_id], verdict(case, programme.kind, answers), WINBACK, tx.now)
        if change:
            await save(tx, house, change)
