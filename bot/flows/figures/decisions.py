"""What becomes of an Ask: the answer to it, and what the decision changed (playbook, section 6, Engagement)."""

from dataclasses import replace

from bot.flows.cases.casework import Asker, standing_of
from bot.flows.cases.homepage import visible
from bot.flows.figures.readouts import load, period_of, refresh_homes
from bot.house import House
from bot.surfaces import ReadoutSurface
from bot.views import kit
from bot.views.look import Block, Look
from bot.views.readouts import changed as changed_view
from bot.views.readouts import decisions as decisions_view
from bot.views.readouts import words
from bot.views.readouts.changed import Noting
from bot.views.readouts.decisions import MOST_LISTED, Asked
from bot.views.readouts.draft import Carried
from recovery import roles
from recovery.errors import FieldRefusal, NotAllowed, Refusal
from recovery.moments import long_day
from recovery.policy.file import Programme
from recovery.readouts import asking_gate
from recovery.readouts.engagement import engagement
from recovery.readouts.page import Answer, Changed, Decision, Effect
from store.engine import Tx
from store.figures import readouts
from store.figures.readouts import Readout
from store.slack import outbox
from store.slack.outbox import Rank, Wanted


async def window(tx: Tx, house: House, carried: Carried, answer: Answer, asker: Asker) -> Block:
    """The window that asks for a sentence and a name. Raises Refusal for who may not decide, or too late."""
    readout, _ = await _to_decide(tx, house, carried, asker)
    if (said := _meanwhile(readout, carried)) is not None:
        raise Refusal(_told(said, asker))
    assert readout.ask is not None  # noqa: S101 - nothing is published without one
    person = house.directory.people.get(asker.user)
    return decisions_view.window(readout.ask, answer, replace(carried, respond=""), person.name if person else "")


async def decide(
    tx: Tx, house: House, carried: Carried, answer: Answer, sentence: str, name: str, asker: Asker
) -> None:
    """Write down what was said to the Ask, and show it where it was asked."""
    readout, programme = await _to_decide(tx, house, carried, asker)
    if not asking_gate.says_anything(sentence):
        raise FieldRefusal("sentence", words.SAY_WHY)
    if not asking_gate.says_anything(name):
        raise FieldRefusal("decided_by", words.SAY_WHO)
    decision = Decision(answer, sentence.strip(), name.strip(), asker.user, tx.now)
    if (said := _meanwhile(readout, carried)) is not None:
        if replace(said, at=tx.now, effect=None) == decision:
            return  # sent twice
        raise Refusal(_told(said, asker))
    await readouts.decide(tx, readout, decision)
    # It stands there already, also where the policy has another channel by now.
    channel = house.directory.channel_id(programme.executives or "")
    await refresh_homes(tx, house, programme)
    await outbox.want(tx, Wanted(str(ReadoutSurface(readout.id)), channel, Rank.CARD))


async def listed(tx: Tx, house: House, asker: Asker, page: int = 1) -> Look:
    """Every Ask of the programmes that the asker sees, with what became of it; the last page for one too far."""
    seen = {programme.key: programme for programme in visible(house, asker.user)}
    if not seen:
        raise NotAllowed(words.SEES_NONE)
    found = [each for each in await readouts.published(tx, seen) if each.ask is not None]
    counted = engagement((each.decisions for each in found), tx.now)
    page = min(max(page, 1), decisions_view.pages(len(found)))
    cut = found[(page - 1) * MOST_LISTED : page * MOST_LISTED]
    rows = [_asked(house, seen[each.programme], each, asker) for each in cut]
    return decisions_view.listed(rows, counted, page)


async def effect_window(tx: Tx, house: House, noting: Noting, asker: Asker) -> Block:
    """The window that asks a lead what a decision changed. Raises Refusal where nothing was decided."""
    readout, decision = await _to_note(tx, house, noting, asker)
    assert readout.ask is not None  # noqa: S101 - nothing is decided without one
    return changed_view.window(readout.ask, decision, replace(noting, version=readout.version))


async def note_effect(tx: Tx, house: House, noting: Noting, changed: Changed, note: str, asker: Asker) -> None:
    """Write down what a decision changed, in place of what stood there when the lead looked. Raises Refusal."""
    readout, decision = await _to_note(tx, house, noting, asker)
    note = " ".join(note.split())
    if not asking_gate.says_anything(note):
        raise FieldRefusal("sentence", words.SAY_WHAT)
    if len(note) > asking_gate.MOST_TYPED:
        raise FieldRefusal("sentence", words.SAY_SHORTER.format(most=asking_gate.MOST_TYPED))
    was = decision.effect
    if was is not None and (was.changed, was.note) == (changed, note):
        return  # sent twice, or opened and sent as it stands
    if readout.version != noting.version and was is not None:
        who = words.YOU if was.by == asker.user else kit.mention(was.by)
        raise Refusal(words.NOTED_ALREADY.format(who=who, what=words.CHANGED_WHAT[was.changed]))
    same = was is not None and (was.changed is Changed.NOTHING) is (changed is Changed.NOTHING)
    at = was.at if was is not None and same else tx.now
    await readouts.note_effect(tx, readout, Effect(changed, note, asker.user, at))


async def channel_of(tx: Tx, house: House, readout_id: int) -> str:
    """The executives' channel, whose members decide; "" where the policy names none."""
    _, programme = await load(tx, house, readout_id)
    return house.directory.channel_id(programme.executives or "")


def _asked(house: House, programme: Programme, readout: Readout, asker: Asker) -> Asked:
    assert readout.ask is not None  # noqa: S101 - only those with an Ask are listed
    at = readout.published_at or readout.draft_at
    may_note = readout.is_decided and standing_of(house, programme, asker).lead
    return Asked(
        programme=programme.name,
        period=period_of(house, readout).name,
        ask=readout.ask,
        published=long_day(at.date()),
        decisions=readout.decisions,
        carried=Carried(readout.id, readout.version) if may_note else None,
    )


async def _to_decide(tx: Tx, house: House, carried: Carried, asker: Asker) -> tuple[Readout, Programme]:
    readout, programme = await load(tx, house, carried.readout_id)
    channel = house.directory.channel_id(programme.executives or "")
    executive = bool(channel) and house.directory.is_member(channel, asker.user)
    # Who is in the executives' channel is known to the workspace, though not to the programme's channel.
    roles.check_decide(standing_of(house, programme, replace(asker, member=executive or None)), executive=executive)
    if readout.ask is None or readout.posted is None:
        raise Refusal(words.GONE)
    return readout, programme


async def _to_note(tx: Tx, house: House, noting: Noting, asker: Asker) -> tuple[Readout, Decision]:
    readout, programme = await load(tx, house, noting.readout_id)
    roles.check_effect(standing_of(house, programme, asker))
    if readout.decision is None or not readout.is_decided or readout.ask is None:
        raise Refusal(words.NOT_DECIDED)
    return readout, readout.decision


def _meanwhile(readout: Readout, carried: Carried) -> Decision | None:
    """What was said since the asker looked; or long ago, where it is decided."""
    said = readout.decision
    return said if said is not None and (readout.is_decided or readout.version != carried.version) else None


def _told(said: Decision, asker: Asker) -> str:
    answer = words.DECIDED[said.answer]
    if said.by == asker.user:
        return words.DECIDED_BY_YOU.format(answer=answer)
    return words.DECIDED_ALREADY.format(who=kit.mention(said.by), answer=answer)
