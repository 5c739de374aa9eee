"""Who may open which page in a browser, asked when they want a link and again when it is opened."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.flows.cases.casework import Asker, standing_of
from bot.flows.figures import asking, readouts
from bot.house import House
from bot.pages import ALL_TIME, EXPORT_LASTS, READOUT_LASTS, Claim, ExportFile, ReadoutPage
from bot.views import page_words as words
from bot.views import pages as view
from bot.views.figures.place import Shown
from bot.views.look import Look
from recovery import roles
from recovery.errors import Refusal
from recovery.figures.periods import Period, parse_period
from recovery.policy.file import Programme
from store.engine import Tx
from store.figures.readouts import ReadoutState


@dataclass(frozen=True, slots=True)
class Printed:
    """The readout of this programme and quarter may be printed by who asked.

    `paper`: the sheet as it was published, HTML; "" where it has to be counted.
    """

    programme: Programme
    period: Period
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """Answers and cases of this programme may be taken out by who asked; `period` is None for all time."""

    programme: Programme
    period: Period | None


async def readout_page(tx: Tx, house: House, readout_id: int, asker: Asker) -> Printed:
    """A draft is for its leads; what is published, also for whom it was published to, and who sees the programme.

    Raises Refusal.
    """
    readout, programme = await readouts.load(tx, house, readout_id)
    if readout.state is ReadoutState.PUBLISHED:
        channel = house.directory.channel_id(programme.executives or "")
        executive = bool(channel) and house.directory.is_member(channel, asker.user)
        # Who is in the executives' channel is known to the workspace, though not to the programme's channel.
        roles.check_published(standing_of(house, programme, replace(asker, member=executive or None)))
    else:
        roles.check_readout(standing_of(house, programme, asker))
    paper = readout.posted.paper if readout.posted else ""
    return Printed(programme, readouts.period_of(house, readout), paper)


async def readout_link(tx: Tx, house: House, readout_id: int, asker: Asker) -> Look:
    """A fresh link to the printable page. Raises Refusal."""
    found = await readout_page(tx, house, readout_id, asker)
    if not house.links.can_be_made:  # a button from the time when they could
        raise Refusal(words.NO_LINK.format(command=view.print_by_hand(found.programme.key, found.period.key)))
    claim = Claim(ReadoutPage(readout_id), asker.user, _whole(tx.now + READOUT_LASTS))
    return view.readout_link(found.programme.name, found.period.name, house.links.address(claim), claim.ends)


def export_file(house: House, wanted: ExportFile, asker: Asker, at: datetime) -> Exported:
    """What the link is for, as the policy and the calendar are now. Raises Refusal."""
    programme = house.policy.programmes.get(wanted.programme)
    if programme is None:
        raise Refusal(words.ENDED)
    roles.check_export(standing_of(house, programme, asker))
    starts = house.policy.figures.fiscal_year_starts
    period = None if wanted.period == ALL_TIME else parse_period(wanted.period, at, starts)
    return Exported(programme, period)


def export_link(house: House, typed: str, asker: Asker, at: datetime) -> Look:
    """A fresh link for what was typed behind `/nps export`; without a period everything. Raises Refusal."""
    asked = asking.read(house, Shown.STATUS, typed, asker, at)
    key, name = asked.programme.key, asked.programme.name
    names = {"", key.casefold(), " ".join(name.casefold().split())}
    wanted = ExportFile(key, ALL_TIME if " ".join(typed.casefold().split()) in names else asked.period.key)
    found = export_file(house, wanted, asker, at)
    period = found.period.name if found.period else ""
    if not house.links.can_be_made:
        cut = f" --period {wanted.period}" if found.period else ""
        return view.export_by_hand(name, period, f"winback export --to export --programme {key}{cut}")
    claim = Claim(wanted, asker.user, _whole(at + EXPORT_LASTS))
    return view.export_link(name, period, house.links.address(claim), claim.ends)


def _whole(at: datetime) -> datetime:
    """Links carry whole seconds."""
    return at.replace(microsecond=0)
