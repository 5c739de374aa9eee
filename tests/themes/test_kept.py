"""What people did to themes, kept in either database: gathered, changed by one at a time, met again in every search."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bot.flows.figures import readout_page, theme_changes
from bot.flows.figures import themes as flows
from bot.flows.figures.themes import Gathered, Searched
from bot.theme_search import ThemeSearch
from bot.views.figures.themes_place import FRESH, Act, Pressed, Which
from recovery.cases.case import Outcome
from recovery.errors import FieldRefusal, NotAllowed, Refusal
from recovery.figures.periods import quarter
from recovery.themes import Part, Remembered, Theme, find_themes
from store.engine import Database, Tx
from store.errors import Contended
from store.figures import themes as rows
from store.figures.figure_tables import registry_items
from store.figures.themes import Kept
from store.tables import cases
from tests.themes.told import FIRST, INVOICES, LEAD, MEMBER, PHONES, POLICY, Q4, house, searched, tell

MINE = Remembered("mine", "Mine", (Part((1, 2), ("The invoice is wrong.", "請求書 \U0001f642")), Part((3,), ())))


async def kept(db: Database, programme: str = "relational") -> dict[str, Kept]:
    async with db.read() as tx:
        return {each.theme.key: each for each in await rows.kept(tx, programme)}


async def gathered(db: Database, programme: str = "relational") -> Gathered:
    async with db.read() as tx:
        return await flows.gather(tx, house(), programme, Q4)


def which(found: Searched, place: int = 0) -> Which:
    theme = found.themes[place]
    return Which(theme.quote_id, found.mark_of(theme))


async def change(db: Database, flow: Callable[[Tx], Awaitable[None]]) -> None:
    async with db.write() as tx:
        await flow(tx)


async def renames(db: Database, found: Searched, tag: str, place: int = 0) -> None:
    at = which(found, place)
    await change(db, lambda tx: theme_changes.rename(tx, house(), found, at, tag, LEAD))


async def merges(db: Database, found: Searched, tag: str, one: int = 0, other: int = 1) -> None:
    first, second = which(found, one), which(found, other)
    await change(db, lambda tx: theme_changes.merge(tx, house(), found, first, second, tag, LEAD))


async def splits(db: Database, found: Searched, moved: list[int], tag: str, window: str = "V1") -> None:
    at = which(found)
    await change(db, lambda tx: theme_changes.split(tx, house(), found, at, moved, tag, window, LEAD))


# What is stored


async def test_what_is_kept_comes_back_of_its_own_programme(db: Database) -> None:
    async with db.write() as tx:
        await rows.keep(tx, "relational", MINE, "U0MARCUS", 0)
        await rows.keep(tx, "onboarding", replace(MINE, tag="Theirs"), "", 0)
    assert await kept(db) == {"mine": Kept(MINE, 1)}
    assert (await kept(db, "onboarding"))["mine"].theme.tag == "Theirs"
    async with db.write() as tx:
        await rows.keep(tx, "relational", replace(MINE, tag="Still mine"), "U0MARCUS", 1)
        await rows.forget(tx, "onboarding", "mine", 1)
    assert await kept(db) == {"mine": Kept(replace(MINE, tag="Still mine"), 2)}
    assert await kept(db, "onboarding") == {}


@pytest.mark.parametrize("version", [0, 2, 7])
async def test_who_has_not_seen_the_last_version_gives_in(db: Database, version: int) -> None:
    async with db.write() as tx:
        await rows.keep(tx, "relational", MINE, "", 0)
    with pytest.raises(Contended):
        async with db.write() as tx:
            await rows.keep(tx, "relational", replace(MINE, tag="Other"), "", version)
    with pytest.raises(Contended):
        async with db.write() as tx:
            await rows.forget(tx, "relational", "mine", version)
    assert await kept(db) == {"mine": Kept(MINE, 1)}


async def test_words_that_no_json_of_a_database_takes_are_kept_without_what_they_cannot_hold(db: Database) -> None:
    hostile = Remembered("k", "a\x00b", (Part((1,), ("\ud800 slow \x00", "'; DROP TABLE themes; --")),))
    async with db.write() as tx:
        await rows.keep(tx, "relational", hostile, "", 0)
    assert (await kept(db))["k"].theme == Remembered(
        "k", "a b", (Part((1,), ("? slow  ", "'; DROP TABLE themes; --")),)
    )


# What is gathered


async def test_only_detractors_with_words_of_the_programme_and_period_are_gathered_newest_first(db: Database) -> None:
    await tell(db, INVOICES)
    await tell(db, ["Lovely."], 10, score=9)
    await tell(db, ["Fine."], 11, score=7)
    await tell(db, [""], 12)
    await tell(db, ["Elsewhere."], 13, programme="onboarding")
    await tell(db, ["Before."], 14, responded_at=Q4.start - timedelta(seconds=1))
    await tell(db, ["After."], 15, responded_at=Q4.end)
    found = await gathered(db)
    assert [each.text for each in found.comments] == list(INVOICES[::-1])
    assert (found.counts.answers, found.counts.comments) == (5, 4)
    assert [each.acv for each in found.comments] == [Decimal(1000), Decimal(1000), None, None]
    assert len({each.contact for each in found.comments}) == 4
    assert len({each.account for each in found.comments}) == 2
    assert all(each.case for each in found.comments)
    assert (await gathered(db, "gone")).comments == ()


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_withdrawn_and_duplicate_cases_leave_the_themes_as_they_leave_every_figure(
    db: Database, outcome: Outcome
) -> None:
    await tell(db, INVOICES[:1])
    async with db.write() as tx:
        await tx.conn.execute(sa.update(cases).values(state="closed", outcome=outcome.value))
    left = outcome in {Outcome.WITHDRAWN, Outcome.DUPLICATE}
    found = await gathered(db)
    assert (len(found.comments), found.counts.answers, found.counts.comments) == ((0, 0, 0) if left else (1, 1, 1))


async def test_the_newest_are_gathered_and_the_rest_is_counted(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Three at the same moment: a page may end between them.
    await tell(db, [f"Comment number {number}." for number in range(11)], responded_at=FIRST)
    monkeypatch.setattr(flows, "_PAGE", 3)
    everything = [f"Comment number {number}." for number in reversed(range(11))]
    assert [each.text for each in (await gathered(db)).comments] == everything
    monkeypatch.setattr(flows, "MOST", 7)
    found = await gathered(db)
    assert [each.text for each in found.comments] == everything[:7]
    assert found.counts.comments == 11


# What is changed


async def test_a_name_holds_for_later_searches_and_the_readout(db: Database, search: ThemeSearch) -> None:
    await tell(db, (*INVOICES, *PHONES))
    await renames(db, await searched(db), "Wrong bills")
    await tell(db, ["Wrong amount on the invoice, once more."], 20)
    again = await searched(db)
    assert (again.themes[0].tag, again.themes[0].count) == ("Wrong bills", 5)
    page = await readout_page.count(db, POLICY, POLICY.programmes["relational"], Q4, search)
    assert page.themes is not None
    assert (page.themes[0].tag, page.themes[0].count) == ("Wrong bills", 5)
    assert [theme.tag for theme in (await searched(db, "onboarding")).themes] == []


async def test_a_name_without_a_comment_this_time_is_left_out(db: Database) -> None:
    await tell(db, INVOICES, responded_at=Q4.start - timedelta(days=3))
    async with db.read() as tx:
        before = await flows.gather(tx, house(), "relational", quarter(2026 * 4 + 2))
    last = Searched(before, find_themes(before.verbatims, before.remembered))
    await renames(db, last, "Wrong bills")
    await tell(db, PHONES, 30)
    found = await searched(db)
    assert [theme.member_ids for theme in found.themes] == [tuple(sorted(each.id for each in found.gathered.comments))]
    assert found.themes[0].tag != "Wrong bills"


async def test_of_two_who_change_one_theme_at_once_the_second_is_told(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    flows_at_once = (
        renames(db, found, "Bills"),
        merges(db, found, "Both"),
        splits(db, found, [which(found).quote], "Split"),
    )
    got = await asyncio.gather(*flows_at_once, return_exceptions=True)
    refused = [each for each in got if each is not None]
    assert len(refused) == 2
    assert all(isinstance(each, Refusal) and "has changed since" in str(each) for each in refused)
    members = [number for each in (await kept(db)).values() for part in each.theme.parts for number in part.ids]
    assert len(members) == len(set(members))


async def test_of_two_who_merge_the_same_crosswise_one_theme_is_left(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    await renames(db, await searched(db), "Bills", 0)
    await renames(db, await searched(db), "Phones", 1)
    found = await searched(db)
    got = await asyncio.gather(merges(db, found, "One", 0, 1), merges(db, found, "Two", 1, 0), return_exceptions=True)
    assert [type(each) for each in got if each is not None] == [Refusal]
    (left,) = (await kept(db)).values()
    assert left.theme.tag in {"One", "Two"}
    again = await searched(db)
    assert [theme.count for theme in again.themes] == [7]


async def test_the_same_window_sent_twice_is_done_once(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    moved = [found.themes[0].member_ids[0]]
    await splits(db, found, moved, "Moved")
    after = await kept(db)
    at = which(found)
    again = await searched(db)
    await change(db, lambda tx: theme_changes.split(tx, house(), again, at, moved, "Moved", "V1", LEAD))
    assert await kept(db) == after
    named = which(again)
    for _ in range(2):
        newest = await searched(db)
        await change(db, lambda tx, newest=newest: theme_changes.rename(tx, house(), newest, named, " Left ", LEAD))
    assert sorted(each.version for each in (await kept(db)).values()) == [1, 2]


async def test_what_is_split_off_stays_apart_and_has_a_lasting_key_of_its_own(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    vat = next(each.id for each in found.gathered.comments if "VAT" in each.text)
    await splits(db, found, [vat], "VAT number")
    keys = {each.theme.tag: key for key, each in (await kept(db)).items()}
    await tell(db, ["Still no VAT number on any invoice."], 20)
    again = await searched(db)
    tags = {theme.tag: theme for theme in again.themes}
    assert tags["VAT number"].count == 2
    assert tags["VAT number"].key == keys["VAT number"]
    assert found.themes[0].key in {theme.key for theme in again.themes}
    assert keys["VAT number"] not in {theme.key for theme in found.themes}


async def test_a_split_of_a_merger_leaves_what_other_periods_have(db: Database) -> None:
    await tell(db, PHONES, responded_at=Q4.start - timedelta(days=3))
    async with db.read() as tx:
        before = await flows.gather(tx, house(), "relational", quarter(2026 * 4 + 2))
    last = Searched(before, find_themes(before.verbatims, before.remembered))
    await renames(db, last, "Phones")
    await tell(db, (*INVOICES, "The iPhone app crashes on my phone."), 30)
    await merges(db, await searched(db), "Everything")
    found = await searched(db)
    assert [theme.count for theme in found.themes] == [5]
    phone = next(each.id for each in found.gathered.comments if "iPhone" in each.text)
    await splits(db, found, [phone], "New phones")
    (everything,) = [each.theme for each in (await kept(db)).values() if each.theme.tag == "Everything"]
    assert {each.id for each in before.comments} <= {number for part in everything.parts for number in part.ids}


async def test_a_merger_keeps_the_key_that_the_registry_knows(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    phones = found.themes[1]
    async with db.write() as tx:
        key = await flows.remember_theme(tx, "relational", phones, found.verbatims_of(phones))
        values = {"programme": "relational", "theme": key, "tag": phones.tag, "quarter": 1, "opened_at": tx.now}
        await tx.conn.execute(sa.insert(registry_items).values(**values))
    await renames(db, await searched(db), "Bills", 0)
    await merges(db, await searched(db), "Both", 0, 1)
    (left,) = (await kept(db)).values()
    assert (left.theme.key, left.theme.tag) == (key, "Both")


async def test_who_is_no_lead_changes_nothing(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    one, other = which(found, 0), which(found, 1)
    for flow in (
        lambda tx: theme_changes.rename(tx, house(), found, one, "x y", MEMBER),
        lambda tx: theme_changes.merge(tx, house(), found, one, other, "x y", MEMBER),
        lambda tx: theme_changes.split(tx, house(), found, one, [one.quote], "x y", "V", MEMBER),
    ):
        with pytest.raises(NotAllowed, match="Only a lead"):
            await change(db, flow)
    assert await kept(db) == {}


@pytest.mark.parametrize("tag", ["", " \n", "x" * 61, "🔥", "\u200b"])
async def test_names_that_say_nothing_are_refused_everywhere(db: Database, tag: str) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    for attempt in (
        renames(db, found, tag), merges(db, found, tag), splits(db, found, [which(found).quote], tag)
    ):  # fmt: skip
        with pytest.raises(FieldRefusal) as refused:
            await attempt
        assert refused.value.field == "tag"
    assert await kept(db) == {}


async def test_what_cannot_be_done_is_refused(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    for attempt, said in (
        (merges(db, found, "x y", 0, 0), "can't be merged with itself"),
        (splits(db, found, [], "x y"), "not all and not none"),
        (splits(db, found, list(found.themes[0].member_ids), "x y"), "not all and not none"),
        (splits(db, found, [found.themes[1].quote_id], "x y"), "has changed since"),
        (renames(db, found, found.themes[1].tag.upper(), 0), "Another theme has this name"),
    ):
        with pytest.raises(Refusal, match=said):
            await attempt
    assert await kept(db) == {}


@pytest.mark.parametrize("act", [Act.RENAME, Act.MERGE, Act.SPLIT])
async def test_a_window_of_a_theme_that_is_gone_or_was_changed_is_not_opened(db: Database, act: Act) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    old = which(found)
    await renames(db, found, "Bills")
    again = await searched(db)
    for at in (old, Which(999_999, FRESH), Which(old.quote, "0123abcd.1")):
        with pytest.raises(Refusal, match="has changed since"):
            async with db.read() as tx:
                await theme_changes.window(tx, again, Pressed(act, "relational", Q4.key, at))


async def test_a_single_theme_is_not_merged_and_a_single_comment_not_split(db: Database) -> None:
    await tell(db, INVOICES)
    found = await searched(db)
    with pytest.raises(Refusal, match="the only theme"):
        async with db.read() as tx:
            await theme_changes.window(tx, found, Pressed(Act.MERGE, "relational", Q4.key, which(found)))
    vat = next(each.id for each in found.gathered.comments if "VAT" in each.text)
    await splits(db, found, [vat], "VAT number")
    again = await searched(db)
    (alone,) = [number for number, theme in enumerate(again.themes) if theme.count == 1]
    with pytest.raises(Refusal, match="nothing to split"):
        async with db.read() as tx:
            await theme_changes.window(tx, again, Pressed(Act.SPLIT, "relational", Q4.key, which(again, alone)))


# What the registry keeps


async def test_a_theme_is_remembered_once_however_many_do_it(db: Database) -> None:
    await tell(db, (*INVOICES, *PHONES))
    found = await searched(db)
    theme = found.themes[0]

    async def remember(by: str) -> str:
        async with db.write() as tx:
            return await flows.remember_theme(tx, "relational", theme, found.verbatims_of(theme), by)

    assert set(await asyncio.gather(remember(""), remember("U0MARCUS"), remember(""))) == {theme.key}
    assert {key: each.version for key, each in (await kept(db)).items()} == {theme.key: 1}
    again: Theme = (await searched(db)).themes[0]
    assert (again.key, again.tag, again.member_ids) == (theme.key, theme.tag, theme.member_ids)
