"""Who may do what with a case (playbook, section 4)."""

from dataclasses import dataclass

from recovery.cases.case import Case, Outcome
from recovery.errors import NotAllowed
from recovery.policy.file import Policy, Programme
from recovery.routing import Roster


@dataclass(frozen=True, slots=True)
class Standing:
    """What a Slack user is to one programme.

    `member`: in its channel. `lead`, `manager`: named so in the policy. `owns_score`: in the team that owns the
    programme's score. `active`: the Slack account is not switched off. `known`: this workspace knows them.
    `leads`: user ids of the programme's active leads, to say whom to ask. `bot`: an app, not a person.
    """

    user: str
    member: bool
    lead: bool
    manager: bool
    owns_score: bool
    active: bool
    known: bool
    leads: tuple[str, ...] = ()
    bot: bool = False


def standing(
    policy: Policy, programme: Programme, user: str, roster: Roster, member: bool, *, bot: bool = False
) -> Standing:
    """Work out what `user` (a Slack user id) is to the programme; `member` and `bot` are Slack's word.

    Managers are the programme's, those of the segments, and the executive sponsor, who hears last.
    """
    leads = roster.users(programme.leads)
    segments = (segment.manager for segment in policy.segments.values())
    managers = (*programme.managers, *segments, policy.sponsor_of(programme))
    known = bool(user) and (member or user in roster.names or user in roster.ids.values() or user in leads)
    return Standing(
        user=user,
        member=member,
        lead=user in leads,
        manager=user in roster.users(managers),
        owns_score=user in roster.users(policy.score_owners(programme)),
        active=user not in roster.deactivated,
        known=known,
        leads=tuple(lead for lead in leads if lead not in roster.deactivated),
        bot=bot,
    )


def check_see(by: Standing) -> None:
    """Refuse those who have no part in the programme: its channel, its leads and its managers see its cases."""
    _refuse_stranger(by, "see cases")
    if not (by.member or by.lead or by.manager):
        raise NotAllowed(
            f"Only members of this programme's channel see its cases. Join the channel first, or {_ask_short(by)}."
        )


def check_claim(by: Standing, case: Case) -> None:
    """Refuse a claim by someone who may not own the case; NotAllowed says why and whom to ask."""
    if by.user == case.owner:
        return  # Nothing changes hands; recovery.cases.case says that they own it already.
    _refuse_stranger(by, "claim cases")
    if by.owns_score:
        raise NotAllowed(
            "Your team owns this programme's score, so it can't own its cases. "
            f"{_ask(by, 'can give it to someone else')}"
        )
    if not (by.member or by.lead):
        raise NotAllowed(
            f"Only members of this programme's channel claim its cases. Join the channel first, or {_ask_short(by)}."
        )


def check_assign(by: Standing, case: Case | None = None, *, told: bool = False) -> None:
    """Refuse anybody but a lead; a manager may give a case that has an owner to somebody else.

    `told`: they were asked in place of those above the case, who aren't here; then also where there is no owner.
    """
    _refuse_stranger(by, "assign cases")
    if by.lead or told or (by.manager and case is not None and case.owner):
        return
    raise NotAllowed(f"Only a lead of this programme assigns cases. {_ask(by, 'can do it')}")


def check_own(to: Standing) -> None:
    """Refuse a new owner who may not, or can't, look after a case of this programme. Shown to who assigns."""
    if not to.known:
        raise NotAllowed("This person isn't in this workspace. Choose somebody who is.")
    if to.bot:
        raise NotAllowed(f"{_mention(to.user)} is an app, and a case needs a person. Choose a person.")
    if not to.active:
        raise NotAllowed(f"{_mention(to.user)} has left, and a case needs somebody who is here.")
    if to.owns_score:
        raise NotAllowed(
            f"The team of {_mention(to.user)} owns this programme's score, so it can't own its cases. "
            "Choose somebody from another team."
        )
    if not (to.member or to.lead):
        raise NotAllowed(
            f"{_mention(to.user)} isn't in this programme's channel and wouldn't see the case. "
            "Invite them there first, or choose somebody else."
        )


def check_release(by: Standing, case: Case) -> None:
    """Refuse anybody but the owner or a lead. A case without owner is left to recovery.cases.case to explain."""
    _refuse_stranger(by, "release cases")
    if not case.owner or by.user == case.owner or by.lead:
        return
    raise NotAllowed(
        f"{_mention(case.owner)} owns this case; only they or a lead can release it. {_ask(by, 'can do it')}"
    )


def check_withdraw(by: Standing) -> None:
    """Refuse anybody but a lead; one whose team owns the score would be judge of their own figure."""
    _refuse_stranger(by, "withdraw cases")
    if by.lead and not by.owns_score:
        return
    if by.owns_score:
        raise NotAllowed(
            f"Your team owns this programme's score, so it can't take cases out of it. {_ask(by, 'can do it')}"
        )
    raise NotAllowed(f"Only a lead of this programme withdraws cases. {_ask(by, 'can do it')}")


def check_log(by: Standing, case: Case) -> None:
    """Refuse anybody but the owner or a lead to log, correct or plan a step of the case."""
    _refuse_stranger(by, "log steps")
    if by.owns_score:
        raise NotAllowed(
            f"Your team owns this programme's score, so it can't work on its cases. {_ask(by, 'can do it')}"
        )
    if by.lead or (case.owner and by.user == case.owner):
        return
    if not case.owner:
        raise NotAllowed("Nobody owns this case yet. Claim it first, then log what you did.")
    raise NotAllowed(
        f"{_mention(case.owner)} owns this case; only they or a lead log its steps. {_ask(by, 'can do it')}"
    )


def check_close(by: Standing, case: Case, outcome: Outcome) -> None:
    """Refuse anybody but the owner or a lead; withdrawn and duplicate leave the figures and are for leads alone."""
    if outcome in {Outcome.WITHDRAWN, Outcome.DUPLICATE}:
        check_withdraw(by)
    else:
        check_log(by, case)


def check_reopen(by: Standing) -> None:
    """Refuse anybody but a lead whose team doesn't own the score."""
    _refuse_stranger(by, "reopen cases")
    if by.owns_score:
        raise NotAllowed(
            f"Your team owns this programme's score, so it can't reopen its cases. {_ask(by, 'can do it')}"
        )
    if not by.lead:
        raise NotAllowed(f"Only a lead of this programme reopens cases. {_ask(by, 'can do it')}")


def check_take_over(by: Standing, case: Case, *, stands_in: bool = False) -> None:
    """Refuse a new owner by their own word, except a lead, a manager, or who stands in for the owner (section 4)."""
    if by.user == case.owner:
        return  # Nothing changes hands; recovery.cases.case says that they own it already.
    _refuse_stranger(by, "take over cases")
    if by.owns_score:
        raise NotAllowed(
            "Your team owns this programme's score, so it can't own its cases. "
            f"{_ask(by, 'can give it to someone else')}"
        )
    if by.lead or by.manager or (stands_in and by.member):
        return
    raise NotAllowed(f"Only a lead or a manager of this programme takes a case over. {_ask(by, 'can do it')}")


def check_on_it(by: Standing, case: Case, *, idle: bool, told: bool = False) -> None:
    """Refuse the word of those who are not asked whether they are on it.

    `idle`: the owner is asked, who took the case and has not been heard of since; else those above the case are.
    `told`: they were asked in place of somebody else.
    """
    _refuse_stranger(by, "answer for cases")
    if idle and (by.user == case.owner or by.lead or told):
        return
    if not idle and (by.lead or by.manager or told):
        return
    asked = f"{_mention(case.owner)} was asked" if idle and case.owner else "The leads and managers were asked"
    raise NotAllowed(f"{asked}, so only they can say that they are on it. {_ask(by, 'can help')}")


def check_pause(by: Standing, case: Case) -> None:
    """Refuse anybody but the owner or a lead to pause or resume the case: its deadlines move."""
    _refuse_stranger(by, "pause cases")
    if by.lead or (case.owner and by.user == case.owner):
        return
    if not case.owner:
        raise NotAllowed("Nobody owns this case yet, so there is nobody to wait. Claim it first.")
    raise NotAllowed(f"{_mention(case.owner)} owns this case; only they or a lead pause it. {_ask(by, 'can do it')}")


def check_snooze(by: Standing, case: Case, *, told: bool = False) -> None:
    """Refuse silence about a case to anybody but its owner, the leads, the managers, and who was told of it."""
    _refuse_stranger(by, "snooze cases")
    if by.lead or by.manager or told or (case.owner and by.user == case.owner):
        return
    raise NotAllowed(
        f"Only the owner, a lead or a manager switches the reminders of a case off. {_ask(by, 'can do it')}"
    )


def check_partner(by: Standing, case: Case) -> None:
    """Refuse a word on the action by anybody but its functional partner, who needs no seat in the channel."""
    _refuse_stranger(by, "answer for an action")
    action = case.progress.action
    if action is None or by.user != action.partner:
        raise NotAllowed("This action has somebody else as its partner by now, so only they can say how it stands.")


def check_readout(by: Standing) -> None:
    """Refuse anybody but a lead to draft, write and publish the programme's readout."""
    _refuse_stranger(by, "see readouts")
    if not by.lead:
        raise NotAllowed(f"Only a lead of this programme writes its readout. {_ask(by, 'can do it')}")


def check_published(by: Standing) -> None:
    """Refuse a published readout to those who neither see the programme's cases nor belong to the executives' channel.

    `by.member`: of either channel.
    """
    _refuse_stranger(by, "see readouts")
    if not (by.member or by.lead or by.manager):
        raise NotAllowed(
            "Only members of the executives' channel and of the programme's channel see this readout. "
            f"{_ask(by, 'can tell you more')}"
        )


def check_export(by: Standing) -> None:
    """Refuse anybody but a lead to take the programme's answers and cases out as files."""
    _refuse_stranger(by, "take exports")
    if not by.lead:
        raise NotAllowed(f"Only a lead of this programme takes an export of it. {_ask(by, 'can do it')}")


def check_effect(by: Standing) -> None:
    """Refuse anybody but a lead to write down what a decision on the programme's Ask has changed."""
    _refuse_stranger(by, "write down what a decision changed")
    if not by.lead:
        raise NotAllowed(f"Only a lead of this programme writes down what a decision changed. {_ask(by, 'can do it')}")


def check_themes(by: Standing) -> None:
    """Refuse anybody but a lead to rename, merge and split the themes of the programme."""
    _refuse_stranger(by, "change themes")
    if not by.lead:
        raise NotAllowed(f"Only a lead of this programme changes its themes. {_ask(by, 'can do it')}")


def check_decide(by: Standing, *, executive: bool) -> None:
    """Refuse an answer to the Ask by anybody but the executives' channel (`executive`), the managers, the sponsor."""
    _refuse_stranger(by, "decide")
    if not (executive or by.manager):
        raise NotAllowed("Only members of the executives' channel, the managers and the sponsor decide this.")


def check_plan(by: Standing) -> None:
    """Refuse anybody but a lead to plan or drop an action of the programme's registry."""
    _refuse_stranger(by, "plan actions")
    if not by.lead:
        raise NotAllowed(f"Only a lead of this programme plans its actions. {_ask(by, 'can do it')}")


def check_finish(by: Standing, owner: str) -> None:
    """Refuse anybody but the leads and the action's owner to say that it is done."""
    _refuse_stranger(by, "close actions")
    if by.lead or (owner and by.user == owner):
        return
    whose = f"{_mention(owner)} looks after this action; only they or a lead say" if owner else "Only a lead says"
    raise NotAllowed(f"{whose} that it is done. {_ask(by, 'can do it')}")


def check_look_after(to: Standing) -> None:
    """Refuse an owner of an action who can't look after it; a seat in the channel isn't needed."""
    if not to.known:
        raise NotAllowed("This person isn't in this workspace. Choose somebody who is.")
    if to.bot:
        raise NotAllowed(f"{_mention(to.user)} is an app, and an action needs a person. Choose a person.")
    if not to.active:
        raise NotAllowed(f"{_mention(to.user)} has left, and an action needs somebody who is here.")


def _refuse_stranger(by: Standing, what: str) -> None:
    if not by.known or not by.active:
        raise NotAllowed(f"Only people with an active account in this workspace {what}.")


def _ask(by: Standing, ending: str) -> str:
    others = [lead for lead in by.leads if lead != by.user]
    if not others:
        return "The policy file names the programme's leads; none of them is here at the moment."
    return f"{_listed(others)} {ending}."


def _ask_short(by: Standing) -> str:
    return f"ask {_listed(by.leads)}" if by.leads else "ask a lead of the programme"


def _listed(users: list[str] | tuple[str, ...]) -> str:
    return " or ".join(_mention(user) for user in users)


def _mention(user: str) -> str:
    return f"<@{user}>"
