"""From a press in Slack to the page in a browser: who may, when it ends, what a stranger gets."""

import asyncio
import io
import logging
import re
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.pages import Claim, ExportFile, ReadoutPage
from handlers import pages as http
from tests.pages.opening import (
    EXEC,
    address_in,
    elements,
    linked,
    linked_by_executive,
    moved,
    opens,
    pressable,
    published,
)
from tests.readouts.test_in_slack import read_last, says
from tests.readouts.test_readout_in_slack import edits, good, moves_to
from tests.story.acting import ELENA, MARCUS, PRIYA, SAM, Acting, Shown, soon
from tests.support.quarters import after_quarter, in_one_quarter, quarter_key, quarter_name
from tests.support.shown import settled
from tests.support.story import RELATIONAL, words_of
from winback.exports.tables import SHEETS

pytestmark = pytest.mark.asyncio(loop_scope="module")
DAY = 24 * 3600
KIND = {403: "This link doesn't work", 410: "This link has ended", 429: "One moment, please"}


def forged(it: Acting, claim: Claim) -> str:
    """A link that somebody with the key has made."""
    return it.story.bot.house.links.address(claim)


def later(it: Acting, hours: float = 1) -> Claim:
    ends = (it.story.bot.clock.now() + timedelta(hours=hours)).replace(microsecond=0)
    return Claim(ReadoutPage(1), MARCUS, ends)


async def test_a_lead_opens_the_draft(it: Acting) -> None:
    today = await in_one_quarter(it, days=1)
    await it.opens(comment="Onboarding <script>alert(1)</script> was slow, four months.")
    url = await linked(it)
    found = await opens(url)
    assert found.status == 200
    assert f"Readout of {quarter_name(today)} so far: Relational" in found.text
    assert b"<script" not in found.body
    for name, value in {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Content-Type-Options": "nosniff",
        "Content-Type": "text/html; charset=utf-8",
    }.items():
        assert found.headers[name] == value
    policy = found.headers["Content-Security-Policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'; "
        r"frame-ancestors 'none'",
        policy,
    )


async def test_the_link_is_for_who_pressed_and_says_when_it_ends(it: Acting) -> None:
    url = await linked(it)
    said = read_last(it, MARCUS)
    assert re.search(r"The link ends <!date\^\d+\^", words_of(said))
    assert "/pages/" not in said["text"]
    assert url not in words_of(said)
    calls = [call for call in it.workspace.recorded if "/pages/" in str(call.args)]
    assert {call.method for call in calls} == {"response_url"}


async def test_what_is_no_link_of_ours(it: Acting) -> None:
    url = await linked(it)
    base = url.rpartition("/")[0]
    for token in ("x", "a.b", url.rpartition("/")[2][:-1], "A" * 5000, "%00", "..%2f..%2fetc%2fpasswd", "<b>"):
        found = await opens(f"{base}/{token}")
        assert found.status == 403, token
        assert KIND[403] in found.text
        assert found.headers["Cache-Control"] == "no-store"
        assert len(token) < 5 or token.encode() not in found.body
    assert (await opens(f"{base}/" + "A" * 100_000)).status == 400
    assert (await opens(url, "POST")).status == 405


async def test_a_look_at_the_head_counts_nothing(it: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    url = await linked(it)

    async def never(*_: object) -> object:
        raise AssertionError

    monkeypatch.setattr(it.story.bot.endpoints._pages, "_count", never)
    found = await opens(url, "HEAD")
    assert (found.status, found.body) == (200, b"")
    assert (await opens(url[:-1], "HEAD")).status == 403
    robot = await opens(url, **{"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"})
    assert robot.status == 403


async def test_what_goes_wrong_is_not_told(
    it: Acting, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> object:
        raise ValueError("the secret of the house")

    url = await linked(it)
    monkeypatch.setattr(it.story.bot.endpoints._pages, "_count", broken)
    found = await opens(url)
    assert found.status == 503
    assert "This page can't be shown right now" in found.text
    assert "secret" not in found.text
    assert "the secret of the house" in caplog.text


async def test_more_than_a_few_at_once_wait_and_then_hear_so(it: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = it.story.bot.endpoints._pages
    count, going, most, release = pages._count, 0, 0, asyncio.Event()

    async def slow(*wanted: object) -> object:
        nonlocal going, most
        going += 1
        most = max(most, going)
        await release.wait()
        going -= 1
        return await count(*wanted)

    monkeypatch.setattr(pages, "_count", slow)
    monkeypatch.setattr(http, "RENDER_PATIENCE", 0.2)
    url = await linked(it)
    asked = [asyncio.create_task(opens(url)) for _ in range(5)]
    done, waiting = await asyncio.wait(asked, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    while len(done) < 3:
        more, waiting = await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        done |= more
    assert {each.result().status for each in done} == {429}
    assert all(KIND[429] in each.result().text and each.result().headers["Retry-After"] for each in done)
    release.set()
    assert [(await each).status for each in waiting] == [200, 200]
    assert most == http.MOST_RENDERED


async def test_who_may_not_gets_no_link(it: Acting) -> None:
    await linked(it)
    for user, value in ((PRIYA, "1:1"), (ELENA, "1:1"), (SAM, "1:1"), (MARCUS, "999:1"), (MARCUS, "x"), (MARCUS, "")):
        before = len(it.workspace.ephemerals(user, RELATIONAL))
        shown = Shown(0, RELATIONAL, read_last(it, MARCUS)["ts"], "")
        await it.presses(user, shown, {"action_id": "readout_print", "value": value})
        await it.workspace.until(
            lambda user=user, before=before: len(it.workspace.ephemerals(user, RELATIONAL)) > before
        )
        said = it.workspace.ephemerals(user, RELATIONAL)[-1]
        assert "reference" not in words_of(said), (user, value)
        assert "/pages/" not in str(said)


async def test_a_link_of_who_may_not_any_more_leads_nowhere(it: Acting) -> None:
    """Their account was switched off, they lead no longer, the readout is gone: whoever has the link learns nothing."""
    claim = later(it)
    assert (await opens(forged(it, claim))).status == 200
    for other in (
        Claim(claim.what, PRIYA, claim.ends),
        Claim(claim.what, "U0NOBODY", claim.ends),
        Claim(ReadoutPage(999), MARCUS, claim.ends),
        Claim(ExportFile("relational"), PRIYA, claim.ends),
        Claim(ExportFile("gone"), MARCUS, claim.ends),
        Claim(ExportFile("relational", "2099Q1"), MARCUS, claim.ends),
        Claim(ExportFile("relational", "..."), MARCUS, claim.ends),
    ):
        found = await opens(forged(it, other))
        assert (found.status, KIND[410] in found.text) == (410, True), other


class TestExport:
    async def test_a_lead_gets_the_files(self, it: Acting, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, "handlers.pages")
        case = await it.opens(comment="=cmd|' /C calc'!A0", score=3)
        said = await says(it, "/nps export", MARCUS)
        assert "Export of Relational, all time" in said
        assert "names, e-mail addresses and words of customers" in said
        found = await opens(address_in(read_last(it, MARCUS)))
        assert found.status == 200
        assert found.headers["Content-Type"] == "application/zip"
        assert found.headers["Content-Disposition"] == 'attachment; filename="winback-relational-all-time.zip"'
        assert found.headers["Cache-Control"] == "no-store"
        with zipfile.ZipFile(io.BytesIO(found.body)) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [f"{sheet.name}.csv" for sheet in SHEETS]
            answers = archive.read("responses.csv").decode("utf-8-sig")
            assert "'=cmd|" in answers
            assert case.customer in archive.read("accounts.csv").decode("utf-8-sig")
        assert "an export of relational, all-time" in caplog.text
        assert f"is downloaded by a link of {MARCUS}" in caplog.text

    @pytest.mark.parametrize(
        ("typed", "words", "name"),
        [
            ("relational", "Export of Relational, all time", "relational-all-time"),
            ("Relational {q}", "Export of Relational, {quarter}", "relational-{key}"),
            ("30d", "Export of Relational, the last 30 days", "relational-30d"),
            ("{first}..{last}", "Export of Relational", "relational-{first}..{last}"),
        ],
    )
    async def test_of_a_programme_and_a_period(self, it: Acting, typed: str, words: str, name: str) -> None:
        today = await in_one_quarter(it, days=1)
        quarter, days = quarter_name(today), [(today - timedelta(days=ago)).date() for ago in (21, 2)]
        told = {"q": quarter[:2], "quarter": quarter, "key": quarter_key(today), "first": days[0], "last": days[1]}
        assert words.format(**told) in await says(it, f"/nps export {typed.format(**told)}", MARCUS)
        found = await opens(address_in(read_last(it, MARCUS)))
        assert found.headers["Content-Disposition"] == f'attachment; filename="winback-{name.format(**told)}.zip"'

    async def test_nobody_else_does(self, it: Acting) -> None:
        assert "Only a lead of this programme takes an export of it." in await says(it, "/nps export", PRIYA)
        assert "Only a lead of this programme" in await says(it, "/nps export relational", SAM, "C0GENERAL")
        assert "/pages/" not in str(read_last(it, PRIYA))
        assert "neither a programme nor a period" in await says(it, "/nps export nonsense", MARCUS)

    async def test_one_is_made_at_a_time(self, it: Acting, monkeypatch: pytest.MonkeyPatch) -> None:
        pages = it.story.bot.endpoints._pages
        making, release, zipped = asyncio.Event(), asyncio.Event(), pages._zipped

        async def slow(*wanted: object) -> object:
            making.set()
            await release.wait()
            return await zipped(*wanted)

        monkeypatch.setattr(pages, "_zipped", slow)
        await says(it, "/nps export", MARCUS)
        url = address_in(read_last(it, MARCUS))
        first = asyncio.create_task(opens(url))
        await making.wait()
        busy = await opens(url)
        assert (busy.status, KIND[429] in busy.text) == (429, True)
        assert (await opens(url, "HEAD")).status == 200
        release.set()
        assert (await first).status == 200
        assert (await opens(url)).status == 200


async def test_without_an_address_there_is_a_command_in_its_place(it: Acting) -> None:
    quarter = quarter_key(await in_one_quarter(it, days=1))
    async with unaddressed(it):
        said = await says(it, f"/nps export {quarter}", MARCUS)
        assert "whoever runs winback sets WINBACK_URL" in said
        assert f"winback export --to export --programme relational --period {quarter}" in said
        assert "winback export --to export --programme relational" in await says(it, "/nps export", MARCUS)
        said = await says(it, "/nps readout", MARCUS)
        assert "readout_print" not in pressable(read_last(it, MARCUS))
        assert said.count("WINBACK_URL") == 1
        assert f"winback readout --programme relational --period {quarter} --html readout.html" in said
        shown = Shown(0, RELATIONAL, read_last(it, MARCUS)["ts"], "")
        before = len(it.workspace.ephemerals(MARCUS, RELATIONAL))
        await it.presses(MARCUS, shown, {"action_id": "readout_print", "value": "1:1"})
        await it.workspace.until(lambda: len(it.workspace.ephemerals(MARCUS, RELATIONAL)) > before)
        assert "There are no links to pages any more" in words_of(read_last(it, MARCUS))


@asynccontextmanager
async def unaddressed(it: Acting) -> AsyncIterator[None]:
    house = it.story.bot.house
    links = house.links
    house.links = replace(links, url="")
    try:
        yield
    finally:
        house.links = links


async def test_it_ends_and_the_executives_read_what_is_published(it: Acting) -> None:
    today = await in_one_quarter(it, days=3)
    draft = await linked(it)
    view = await edits_the_draft(it)
    assert await it.submits(MARCUS, view, **good(it)) == {}
    await says(it, "/nps export", MARCUS)
    export = address_in(read_last(it, MARCUS))
    await moved(it, 3600 - 60)
    assert (await opens(export)).status == 200
    await moved(it, 61)
    ended = await opens(export)
    assert (ended.status, KIND[410] in ended.text) == (410, True)
    assert (await opens(draft)).status == 200
    await moved(it, DAY - 3600)
    assert (await opens(draft)).status == 410
    await moves_to(it, after_quarter(today))
    await says(it, f"/nps readout {quarter_key(today)}", MARCUS)
    await it.workspace.click(MARCUS, RELATIONAL, read_last(it, MARCUS)["ts"], "readout_publish")
    await it.workspace.until(lambda: "Published in" in words_of(read_last(it, MARCUS)))
    assert pressable(read_last(it, MARCUS)) == ["readout_print"]
    await settled(it.story)
    assert pressable(published(it)) == ["readout_yes", "readout_no", "readout_keep_monitoring", "readout_print"]
    said = await linked_by_executive(it)
    assert [each["text"]["text"] for each in elements(said)] == ["Open the page"]
    page = await opens(address_in(said))
    assert page.status == 200
    assert "Published on" in page.text
    assert "Give onboarding two engineers until June" in page.text
    assert "/pages/" not in str(it.workspace.messages(EXEC))
    await joins_and_leaves(it)
    # It stays when the Ask is decided.
    await it.workspace.click(ELENA, EXEC, published(it)["ts"], "readout_yes")
    view = await it.workspace.until(lambda: (it.workspace.views(ELENA) or [None])[-1])
    filled = {"sentence": {"field": "It costs us the most."}, "decided_by": {"field": "Ruth"}}
    assert await it.submits(ELENA, view, **filled) == {}
    await it.workspace.until(lambda: pressable(published(it)) == ["readout_print"])


async def joins_and_leaves(it: Acting) -> None:
    """Who has just joined the executives gets a link; when they leave, it leads nowhere."""
    before = len(it.workspace.ephemerals(SAM, EXEC))
    await it.presses(SAM, Shown(0, EXEC, published(it)["ts"], ""), {"action_id": "readout_print", "value": "1:1"})
    await it.workspace.until(lambda: len(it.workspace.ephemerals(SAM, EXEC)) > before)
    refused = words_of(it.workspace.ephemerals(SAM, EXEC)[-1])
    assert "Only members of the executives' channel and of the programme's" in refused
    it.workspace.state.rooms[EXEC].members.add(SAM)  # Slack knows it; the event about it has not come
    url = address_in(await linked_by_executive(it, SAM))
    assert (await opens(url)).status == 200
    it.workspace.life.leave(SAM, EXEC)
    await soon(lambda: not it.story.bot.house.directory.is_member(EXEC, SAM))
    assert (await opens(url)).status == 410


async def edits_the_draft(it: Acting) -> dict[str, object]:
    await says(it, "/nps readout", MARCUS)
    return await edits(it)
