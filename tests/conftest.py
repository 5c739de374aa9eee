"""What every test may ask for: databases of both kinds, a browser, and an honest last line."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.async_api import Page

from tests.support import browser, postgres
from tests.support.summary import Summary

NEEDS = {"postgres_server": "postgres", "chromium": "browser"}

hypothesis.settings.register_profile("here", deadline=None, max_examples=100)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Summary(), "winback-summary")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they ask for, so that `-m postgres` and the last line need no hand-written marks."""
    for item in items:
        for fixture, mark in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A private Postgres server, started once; `create` and `drop` make databases on it."""
    try:
        with postgres.running() as server:
            yield server
    except postgres.NoPostgresError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres_url(postgres_server: postgres.Server) -> str:
    """The URL of the server's own administrative database, the same for the whole run."""
    return postgres_server.url("postgres")


@pytest.fixture
def postgres_db(postgres_server: postgres.Server) -> Iterator[str]:
    """The URL of an empty Postgres database that only this test has."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def sqlite_db(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet and that only this test has."""
    return f"sqlite+aiosqlite:///{tmp_path / 'winback.sqlite3'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; the test runs twice, on SQLite and on Postgres."""
    return str(request.getfixturevalue("sqlite_db" if request.param == "sqlite" else "postgres_db"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium on this machine."""
    try:
        return browser.find_chromium()
    except browser.NoChromiumError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def browser_errors() -> list[str]:
    """Every error of `browser_page` so far; a test that provokes one on purpose takes it out of the list."""
    return []


@pytest.fixture
async def browser_page(chromium: str, browser_errors: list[str]) -> AsyncIterator[Page]:
    """A Playwright page (async) in a fresh Chromium; errors of the page fail the test at its end."""
    async with browser.page_of(chromium, browser_errors) as page:
        yield page
    assert not browser_errors, "the page made errors:\n" + "\n".join(browser_errors)
