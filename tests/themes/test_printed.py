"""`winback readout --html` shows themes as people have named them."""

from pathlib import Path

from bot.flows.figures import theme_changes
from bot.views.figures.themes_place import Which
from store.engine import Database
from tests.cli.command import alone, winback
from tests.readouts.test_paper import Read
from tests.themes.told import INVOICES, LEAD, house, searched, tell


async def test_the_page_has_the_name_that_a_lead_gave(db: Database, database_url: str, tmp_path: Path) -> None:
    await tell(db, INVOICES)
    found = await searched(db)
    (theme,) = found.themes
    which = Which(theme.quote_id, found.mark_of(theme))
    async with db.write() as tx:
        await theme_changes.rename(tx, house(), found, which, "Bills & <b>more</b>", LEAD)
    file = tmp_path / "q4.html"
    words = ("--programme", "relational", "--period", "2026Q4", "--html", file)
    done = await winback(alone(database_url), "readout", *words)
    assert (done.code, done.err) == (0, "")
    page = Read(file.read_text("utf-8")).text
    assert "Bills & <b>more</b>" in page
    assert any(text in page for text in INVOICES)
