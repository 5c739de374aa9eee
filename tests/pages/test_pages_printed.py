"""The page behind a link in a real browser: it is shown as it should, prints on one sheet, and loads nothing."""

import asyncio
import zipfile
from pathlib import Path

from playwright.async_api import Page as Browser
from playwright.async_api import expect

from tests.pages.opening import linked, moved, opens, with_address
from tests.story.acting import Acting, soon
from tests.story.conftest import acting
from tests.story.test_page_story import TOUR_SEEN, become, open_channel, type_command
from tests.support.quarters import in_one_quarter, quarter_name
from tests.support.story import story
from winback.app import running


async def test_a_link_from_slack_prints_on_one_sheet(
    sqlite_db: str, tmp_path: Path, browser_page: Browser, browser_errors: list[str]
) -> None:
    async with acting(sqlite_db, tmp_path) as it:
        with_address(it.story.bot)
        quarter = quarter_name(await in_one_quarter(it, days=1))
        for number in range(4):
            await it.opens(score=number, comment="Onboarding was <b>slow</b>, four months instead of thirty days.")
        url = await linked(it)
        asked: list[str] = []
        browser_page.on("request", lambda request: asked.append(request.url))
        shown = await browser_page.goto(url)
        assert shown is not None
        assert shown.status == 200
        assert f"Readout of {quarter} so far: Relational" in await browser_page.inner_text("body")
        # The style came through the policy of the answer, and nothing else did.
        assert await browser_page.evaluate("getComputedStyle(document.querySelector('main')).display") == "flex"
        for paper in ("A4", "Letter"):
            pdf = await browser_page.pdf(format=paper, print_background=True)
            assert pdf.count(b"/Type /Page\n") == 1, paper
        assert [each for each in asked if not each.endswith("/favicon.ico")] == [url]
        await moved(it, 24 * 3600)
        ended = await browser_page.goto(url)
        assert ended is not None
        assert ended.status == 410
        browser_errors[:] = [each for each in browser_errors if "410 (Gone)" not in each]
        assert "This link has ended" in await browser_page.inner_text("h1")
        assert await browser_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(244, 246, 247)"


async def test_a_lead_gets_both_by_clicking(sqlite_db: str, tmp_path: Path, browser_page: Browser) -> None:
    """From the command in the workspace to the page in a tab of its own, and to the files."""
    page = browser_page
    async with story(sqlite_db, tmp_path) as it:
        with_address(it.bot)
        quarter = quarter_name(await in_one_quarter(Acting(it), days=1))
        await it.answers()
        await it.card()
        await page.add_init_script(TOUR_SEEN)
        await page.goto(it.workspace.url)
        await become(page, "Marcus Webb")
        await open_channel(page, "nps-relational")
        await type_command(page, "/nps readout")
        await page.get_by_role("button", name="Get a link to this readout").click()
        told = page.get_by_role("article").filter(has_text="as a page to read or print")
        await expect(told).to_contain_text("The link ends")
        async with page.expect_popup() as opened:
            await told.get_by_role("link", name="Open the printable readout of Relational").click()
        tab = await opened.value
        await expect(tab.get_by_role("heading", level=1)).to_contain_text(f"Readout of {quarter} so far: Relational")
        assert tab.url.startswith(f"http://127.0.0.1:{it.bot.port}/pages/")
        assert await tab.evaluate("document.referrer") == ""
        await tab.close()
        await type_command(page, "/nps export")
        told = page.get_by_role("article").filter(has_text="Export of Relational, all time")
        found = told.get_by_role("link", name="Download the export of Relational")
        # In a tab of its own the download has no page that could tell of it.
        await found.evaluate("link => link.removeAttribute('target')")
        async with page.expect_download() as begun:
            await found.click()
        saved = await begun.value
        assert saved.suggested_filename == "winback-relational-all-time.zip"
        with zipfile.ZipFile(await saved.path()) as archive:
            assert "Onboarding was a disaster" in archive.read("responses.csv").decode("utf-8-sig")
        await page.goto("about:blank")


async def test_nothing_that_got_into_the_page_would_run(
    sqlite_db: str, tmp_path: Path, browser_page: Browser, browser_errors: list[str]
) -> None:
    """The policy of the answer stands behind the escaping: a script, a style and a picture of others are refused."""
    async with acting(sqlite_db, tmp_path) as it:
        with_address(it.story.bot)
        await it.opens()
        await browser_page.goto(await linked(it))
        await browser_page.evaluate(
            """() => {
              const put = (name, fill) => {
                const made = document.createElement(name);
                fill(made);
                document.body.append(made);
              };
              put("style", made => { made.textContent = "body { background: rgb(1, 2, 3) !important }"; });
              put("img", made => { made.src = "/healthz"; });
              put("script", made => { made.textContent = "window.ran = true"; });
            }"""
        )
        assert await browser_page.evaluate("window.ran") is None
        assert await browser_page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(1, 2, 3)"
        refused = [each for each in browser_errors if "Content Security Policy" in each]
        assert len(refused) >= 3
        browser_errors[:] = [each for each in browser_errors if each not in refused]


async def test_replicas_take_each_others_links(postgres_db: str, tmp_path: Path) -> None:
    async with acting(postgres_db, tmp_path) as it:
        with_address(it.story.bot)
        await it.opens()
        url = await linked(it)
        async with running(it.story.settings, it.story.bot.house.policy, {}) as other:
            await soon(lambda: other.house.directory.people)
            theirs = url.replace(f":{it.story.bot.port}/", f":{other.port}/")
            assert theirs != url
            first, second = await asyncio.gather(opens(url), opens(theirs))
            assert (first.status, second.status) == (200, 200)
            assert first.text == second.text
            assert (await opens(theirs[:-1])).status == 403
