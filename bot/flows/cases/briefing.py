"""Gathers what a person needs before the call (playbook, section 5, last paragraph)."""

from bot.house import House
from recovery.cases.brief import Brief
from store.cases import cases, responses
from store.engine import Tx


async def brief_of(tx: Tx, house: House, case_id: int) -> Brief:
    """The case with its surroundings. Raises UnknownCase."""
    case = await cases.get(tx, case_id)
    answer = await responses.get(tx, case.response_id)
    account = await responses.get_account(tx, case.account_id)
    others = await responses.past_scores(tx, case.contact_id, case.programme, but=answer.id)
    programme = house.programme_of(case)
    return Brief(
        case=case,
        answer=answer.response,
        account=account,
        before=tuple(s for case_id, s in others if case_id != case.id and s.responded_at <= case.submitted_at),
        joined=tuple(s for case_id, s in others if case_id == case.id),
        colleagues=tuple(await responses.colleagues(tx, case.account_id, but=case.contact_id)),
        programme_name=programme.name if programme else case.programme,
        crm_url=house.policy.workspace.crm_url(account.key) if account else "",
        at=tx.now,
    )
