"""The lead's one message about an absence: who is away, and who looks after what."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.flows.cases import handed_on as flow
from bot.surfaces import HandedOnSurface, parse
from bot.views import handed_on
from bot.views.home import HomeRow
from store.slack import outbox
from tests.people.test_away import later, owned, says, team, today
from tests.story.acting import KOFI, MARCUS, PRIYA, Acting
from tests.support.briefs import CLAIMED, texts
from tests.support.reading import read
from tests.support.slack_limits import message_problems

ROW = HomeRow(CLAIMED.case, 2, "Northwind Traders", "Dana Okafor", Decimal(180_000))
TODAY, LAST = date(2026, 12, 24), date(2027, 1, 2)


def test_what_a_lead_reads() -> None:
    free = replace(ROW, case=replace(ROW.case, owner=""), account_name="Contoso", acv=None)
    look = handed_on.digest(PRIYA, LAST, [ROW, free], 23, currency="USD", today=TODAY)
    assert read(look.blocks) == [
        "@U0PRIYA is away until 2 Jan 2027. Others look after 23 cases:",
        "• Northwind Traders · $180k: @U0PRIYA",
        "• Contoso: nobody is free, so the whole channel is asked",
        "… and 21 more cases",
    ]
    assert look.text == "<@U0PRIYA> is away until 2 Jan 2027. Others look after 23 cases:"
    assert message_problems(look) == []


@given(st.lists(texts, max_size=30))
def test_any_names_fit_in_one_message(names: list[str]) -> None:
    rows = [replace(ROW, account_name=name, contact_name=name) for name in names]
    assert message_problems(handed_on.digest(PRIYA, LAST, rows, len(rows), currency="USD", today=TODAY)) == []


def test_the_surface_is_read_as_it_is_written() -> None:
    surface = HandedOnSurface(MARCUS, PRIYA, "2026-12-24")
    assert parse(str(surface)) == surface
    for other in ("case:x", "handed:U1:U2", "handed:U1:U2:2026:12", ""):
        assert parse(other) is None


async def test_each_lead_has_one_for_each_absence(database_url: str, tmp_path: Path) -> None:
    async with team(database_url, tmp_path) as it:
        cases = [await owned(it) for _ in range(3)]
        theirs = await owned(it, KOFI)
        first = today(it)
        await says(it, PRIYA, f"/nps away {first}..{first + timedelta(days=1)}")
        surface = HandedOnSurface(MARCUS, PRIYA, first.isoformat())
        said = await drawn(it, surface)
        assert "Others look after 3 cases:" in said
        assert all(case.customer in said for case in cases)
        assert theirs.customer not in said
        assert await wanted(it, str(surface))
        # Nothing of it concerns a lead of other programmes, or another day.
        assert await drawn(it, replace(surface, user=KOFI)) == ""
        assert await drawn(it, replace(surface, first="2020-01-01")) == ""
        await later(it, 3 * 86_400)
        await it.story.bot.absences.beat()
        assert await drawn(it, surface) == ""


async def drawn(it: Acting, surface: HandedOnSurface) -> str:
    async with it.story.bot.db.read() as tx:
        look = await flow.look_of(tx, it.story.bot.house, surface)
    return "\n".join(read(look.blocks)) if look else ""


async def wanted(it: Acting, surface: str) -> bool:
    async with it.story.bot.db.read() as tx:
        query = outbox.outbox.select().where(outbox.outbox.c.surface == surface)
        return len((await tx.conn.execute(query)).all()) == 1
