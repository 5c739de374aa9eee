"""Who may log, close, reopen, and answer for an action (playbook, section 4)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from recovery.cases.case import Outcome
from recovery.cases.ladder import commit_action
from recovery.errors import NotAllowed
from recovery.roles import Standing, check_close, check_log, check_partner, check_reopen
from tests.recovery.step_values import CASE, DAY, PROMISE, RULES, SUBMITTED

PROMISED = commit_action(CASE, PROMISE, "U0PRIYA", SUBMITTED + 4 * DAY, RULES).case
UNOWNED = replace(PROMISED, owner="")
NOBODY = Standing(
    "U0X", member=False, lead=False, manager=False, owns_score=False, active=True, known=True, leads=("U0MARCUS",)
)
PEOPLE: dict[str, Standing] = {
    "owner": replace(NOBODY, user="U0PRIYA", member=True),
    "owner who left the channel": replace(NOBODY, user="U0PRIYA"),
    "member": replace(NOBODY, user="U0JEN", member=True),
    "lead": replace(NOBODY, user="U0MARCUS", member=True, lead=True),
    "manager": replace(NOBODY, user="U0ELENA", manager=True),
    "partner": replace(NOBODY, user="U0MARIUS"),
    "score owner": replace(NOBODY, user="U0INGRID", member=True, owns_score=True),
    "owner whose team got the score": replace(NOBODY, user="U0PRIYA", member=True, owns_score=True),
    "lead who owns the score": replace(NOBODY, user="U0INGRID", member=True, lead=True, owns_score=True),
    "deactivated owner": replace(NOBODY, user="U0PRIYA", member=True, active=False),
    "deactivated partner": replace(NOBODY, user="U0MARIUS", active=False),
    "nameless": replace(NOBODY, user="", known=False),
}
DOINGS: dict[str, Callable[[Standing], None]] = {
    "log": lambda who: check_log(who, PROMISED),
    "log on a case without owner": lambda who: check_log(who, UNOWNED),
    "close": lambda who: check_close(who, PROMISED, Outcome.RECOVERED),
    "withdraw": lambda who: check_close(who, PROMISED, Outcome.WITHDRAWN),
    "mark as duplicate": lambda who: check_close(who, PROMISED, Outcome.DUPLICATE),
    "reopen": check_reopen,
    "answer for the action": lambda who: check_partner(who, PROMISED),
}
OWNERS = {"log", "close"}
MAY: dict[str, set[str]] = {
    "owner": OWNERS,
    "owner who left the channel": OWNERS,
    "lead": set(DOINGS) - {"answer for the action"},
    "partner": {"answer for the action"},
}


@pytest.mark.parametrize("doing", DOINGS)
@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_do_what(who: str, doing: str) -> None:
    if doing in MAY.get(who, set()):
        DOINGS[doing](PEOPLE[who])
        return
    with pytest.raises(NotAllowed) as refused:
        DOINGS[doing](PEOPLE[who])
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (
            lambda: check_log(PEOPLE["member"], PROMISED),
            "<@U0PRIYA> owns this case; only they or a lead log its steps. <@U0MARCUS> can do it.",
        ),
        (
            lambda: check_log(PEOPLE["member"], UNOWNED),
            "Nobody owns this case yet. Claim it first, then log what you did.",
        ),
        (
            lambda: check_reopen(PEOPLE["owner"]),
            "Only a lead of this programme reopens cases. <@U0MARCUS> can do it.",
        ),
        (
            lambda: check_partner(PEOPLE["partner"], CASE),
            "This action has somebody else as its partner by now, so only they can say how it stands.",
        ),
    ],
)
def test_a_refusal_says_why_and_who_can(check: Callable[[], None], sentence: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        check()
    assert refused.value.sentence == sentence
