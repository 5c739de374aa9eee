"""`winback check` against the strict workspace, healthy and with everything that can be wrong."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from demo.running import RunningWorkspace
from demo.workspace import run_workspace
from store.clock import SystemClock
from store.engine import Database
from store.migrate import HEAD, migrate
from tests.cli.command import Done, alone, here, winback
from tests.support.postgres import Server
from tests.support.story import MANIFEST, POLICY, environment

SICK_POLICY = (
    POLICY.read_text("utf-8")
    .replace('admin = "sam@acme.example"', 'admin = "nobody@acme.example"')
    .replace('members = ["amara@acme.example"]', 'members = ["U0LEO"]')
    .replace('members = ["ingrid@acme.example"]', 'members = ["U0WINBACK"]')
    .replace("tomas@acme.example", "elena@acme.example")
    .replace('managers = ["elena@acme.example"]', 'managers = ["S0GHOST", "S0CSLEADS", "S0CSM"]')
    .replace('fallback_channel = "C0CSLEADS"', 'fallback_channel = "C0NOWHERE"')
)


async def migrated(url: str) -> None:
    db = Database(url, SystemClock())
    try:
        await migrate(db)
    finally:
        await db.close()


@asynccontextmanager
async def installed(folder: Path, *, socket: bool = True) -> AsyncIterator[tuple[RunningWorkspace, dict[str, str]]]:
    """A workspace with a database as they should be, and the variables of that installation."""
    url = f"sqlite+aiosqlite:///{folder / 'winback.sqlite3'}"
    await migrated(url)
    async with run_workspace(MANIFEST, clock_file=folder / "clock") as workspace:
        yield workspace, environment(workspace, url, socket=socket, clock_file=folder / "clock")


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def lacking(workspace: RunningWorkspace, *scopes: str) -> None:
    manifest = workspace.state.manifest
    workspace.state.manifest = replace(manifest, scopes=manifest.scopes - set(scopes))


@pytest.fixture(scope="module")
def sick(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """One run in which much is wrong at once: each finding is looked at by a test of its own."""
    folder = tmp_path_factory.mktemp("sick")
    policy = folder / "policy.toml"
    policy.write_text(SICK_POLICY, "utf-8")

    async def run() -> Done:
        async with installed(folder) as (workspace, variables):
            with sqlite3.connect(folder / "winback.sqlite3") as db:
                db.execute("DROP TABLE outbox")
                db.execute("DROP TABLE lanes")
            lacking(workspace, "im:history", "im:write")
            workspace.life.remove_bot("U0MARCUS", "C0RELATIONAL")
            workspace.life.archive("U0MARCUS", "C0ONBOARDING")
            workspace.life.deactivate("U0ELENA")
            workspace.life.regroup("S0CSLEADS")
            # Somebody in another zone with a name that would break the line.
            workspace.state.users["U0KOFI"].real_name = "Kofi\n\u2028Mensah"
            changed = {"SLACK_APP_TOKEN": variables["SLACK_BOT_TOKEN"], "WINBACK_POLICY": str(policy)}
            del variables["WINBACK_TYPEFORM_SECRET"]
            return await winback({**variables, **changed}, "check")

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("what", "remedy"),
    [
        ("lacks the tables lanes, outbox.", "restore the database from a backup"),
        ("The token lacks the scopes im:history, im:write.", "Update the app with manifest.yml"),
        ("SLACK_APP_TOKEN is the token of another kind.", "connections:write (xapp-"),
        ("#nps-relational (C0RELATIONAL, programmes.relational.channel) can't be used: not invited.", "`/invite @winb"),
        ("#nps-onboarding (C0ONBOARDING, programmes.onboarding.channel) can't be used: archived.", "Unarchive it"),
        ("The channel C0NOWHERE (workspace.fallback_channel) can't be used: not found.", "`/invite @winback` there"),
        ("Slack knows nobody active as nobody@acme.example (workspace.admin).", "Correct it in the policy"),
        ("U0LEO (teams.onboarding.members) is deactivated in Slack.", "Name somebody else in the policy."),
        ("U0WINBACK (teams.research.members) is a bot.", "Name a person"),
        ("Slack knows nobody active as elena@acme.example", "or name somebody else if they have left."),
        ("Slack has no active user group S0GHOST (programmes.relational.managers,", "Correct it in the policy"),
        ("The user group S0CSLEADS (programmes.relational.managers,", "Add people to it in Slack"),
        ("The source typeform has no secret", "Set WINBACK_TYPEFORM_SECRET"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_remedy(sick: Done, what: str, remedy: str) -> None:
    line = sick.line(what)
    assert line.startswith("✗ needs you ")
    assert remedy in line


def test_what_is_fine_is_said_beside_what_is_not(sick: Done) -> None:
    assert sick.code == 1
    assert sick.line("Kofi").startswith("✓ fine ")
    assert sick.line("Kofi").endswith("is Kofi Mensah.")
    assert "has 3 people." in sick.line("The user group S0CSM")
    assert sick.line("The user group S0CSM").startswith("✓ fine ")
    assert sick.line("The source generic has its secret").startswith("✓ fine ")
    *findings, last = sick.out.splitlines()
    assert all(line.startswith(("✓ fine ", "✗ needs you ")) for line in findings)
    assert last == f"13 of {len(findings)} need you; start with the first."


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])
async def test_a_healthy_installation_is_fine_and_nothing_is_posted(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, socket=socket) as (workspace, variables):
        done = await winback(variables, "check")
        called = {call.method for call in workspace.recorded.since(0)}
    assert done.code == 0, done.out
    assert done.err == ""
    *findings, last = done.out.splitlines()
    assert all(line.startswith("✓ fine ") for line in findings)
    assert last == f"All {len(findings)} are fine."
    assert ("opens Socket Mode" in done.out) is socket
    assert ("POST /slack/events" in done.out) is not socket
    assert called <= {"auth.test", "apps.connections.open", "conversations.info", "users.lookupByEmail", "users.info"}


async def test_channels_by_name_are_found_among_those_winback_is_in(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    named = POLICY.read_text("utf-8").replace("C0RELATIONAL", "#nps-relational").replace("C0CSLEADS", "#general")
    policy.write_text(named, "utf-8")
    async with installed(tmp_path) as (workspace, variables):
        variables["WINBACK_POLICY"] = str(policy)
        done = await here(variables, "check")
        lacking(workspace, "groups:read")
        without = await here(variables, "check")
    assert done.line("#nps-relational").startswith("✓ fine ")
    assert "winback is in no channel called #general" in done.line("#general")
    assert "#general" in without.line("The channel #general")
    assert "can't be looked up: a scope is missing." in without.line("The channel #general")


async def test_a_group_that_cant_be_read_is_said_with_a_remedy(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    rotation = 'rotation = ["priya@acme.example", "jen@acme.example", "kofi@acme.example"]'
    policy.write_text(POLICY.read_text("utf-8").replace(rotation, 'rotation = ["S0CSM"]'), "utf-8")
    async with installed(tmp_path) as (workspace, variables):
        variables["WINBACK_POLICY"] = str(policy)
        fine = await here(variables, "check")
        workspace.faults.set("usergroups.users.list", error="plan_upgrade_required")
        plan = await here(variables, "check")
        workspace.faults.clear()
        lacking(workspace, "usergroups:read")
        without = await here(variables, "check")
    where = "The user group S0CSM (programmes.relational.rotation, programmes.onboarding.rotation)"
    assert fine.code == 0, fine.out
    assert f"{where} has 3 people." in fine.out
    assert f"{where} can't be read: this workspace has no user groups." in plan.line("S0CSM")
    assert "Name its people one by one in the policy." in plan.line("S0CSM")
    assert f"{where} can't be looked up: a scope is missing." in without.line("S0CSM")
    assert "Update the app with manifest.yml" in without.line("S0CSM")


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "SLACK_BOT_TOKEN is not set."),
        ("xoxb-other", "Slack does not accept SLACK_BOT_TOKEN (invalid_auth)."),
        ("xapp-demo-winback", "SLACK_BOT_TOKEN is the token of another kind."),
        ("xoxb-démo\n", "SLACK_BOT_TOKEN holds characters that no token has."),
    ],
)
async def test_a_wrong_token_is_said_and_never_shown(tmp_path: Path, token: str, said: str) -> None:
    async with installed(tmp_path) as (_, variables):
        done = await here({**variables, "SLACK_BOT_TOKEN": token}, "check")
    assert done.code == 1
    assert done.line(said).startswith("✗ needs you ")
    assert not token or token.strip() not in done.out + done.err


async def test_a_slack_on_a_bad_day_is_a_finding_each_time(tmp_path: Path) -> None:
    async with installed(tmp_path) as (workspace, variables):
        workspace.faults.set("apps.connections.open", status=503)
        workspace.faults.set("conversations.info", error="internal_error", times=1)
        workspace.faults.set("conversations.info", cut="before")
        workspace.faults.set("users.lookupByEmail", status=429, retry_after=1, times=1)
        workspace.faults.set("users.lookupByEmail", error="account_inactive", times=1)
        done = await here(variables, "check")
        workspace.faults.clear()
        workspace.faults.set("auth.test", status=502)
        down = await here(variables, "check")
        workspace.faults.clear()
        workspace.state.revoked = True
        revoked = await here(variables, "check")
    assert done.code == down.code == revoked.code == 1
    assert "no answer from Slack (HTTP 503)" in done.line("SLACK_APP_TOKEN")
    assert "Slack says internal_error." in done.line("C0CSLEADS")
    assert "no answer from Slack" in done.line("C0RELATIONAL")
    # The 429 was waited for.
    assert done.out.count("(account_inactive)") == 1
    assert "slow down" not in done.out
    assert "no answer from Slack" in down.line("SLACK_BOT_TOKEN")
    assert "(token_revoked)" in revoked.line("SLACK_BOT_TOKEN")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("none", "There is no database "),
        ("empty", "has no tables yet. `winback run` makes them."),
        ("foreign", "The database does not answer (file is not a database). Check DATABASE_URL"),
        ("newer", f"is at version 9999, not {HEAD}. Install the newer winback."),
        ("folder", "The database does not answer (unable to open database file)."),
    ],
)
async def test_a_database_that_is_not_ready(tmp_path: Path, kind: str, said: str) -> None:
    file = tmp_path / "there" / "winback.sqlite3"
    file.parent.mkdir()
    if kind in {"empty", "newer"}:
        with sqlite3.connect(file) as db:
            db.execute("CREATE TABLE alembic_version (version_num TEXT)")
            if kind == "newer":
                db.execute("INSERT INTO alembic_version VALUES ('9999')")
    elif kind == "foreign":
        file.write_bytes(b"answers, not a database" * 100)
    elif kind == "folder":
        file.mkdir()
    before = files_in(tmp_path)
    run = winback if kind == "none" else here
    done = await run(alone(f"sqlite:///{file}"), "check")
    assert done.code == 1
    assert done.line(said).startswith("✗ needs you ")
    if kind == "none":
        assert files_in(tmp_path) == before


async def test_a_postgres_is_looked_at_too(postgres_server: Server, postgres_db: str) -> None:
    healthy = postgres_db.replace("+asyncpg", "")
    empty = await here(alone(healthy), "check")
    await migrated(postgres_db)
    fine = await winback(alone(healthy), "check")
    password = postgres_server.password
    wrong = await here(alone(healthy.replace(password, "not-the-password")), "check")
    gone = await here(alone(healthy.rpartition("/")[0] + "/nowhere"), "check")
    assert "has no tables yet." in empty.line("Postgres")
    assert fine.line("Postgres").startswith("✓ fine ")
    assert "password authentication failed" in wrong.line("The database does not answer")
    assert 'database "nowhere" does not exist' in gone.line("The database does not answer")
    assert "not-the-password" not in wrong.out + wrong.err


async def test_every_problem_of_the_policy_is_a_line(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[workspace]\nadmin = "sam"\nfallback_channel = "#x"\n[ladder]\nflag = "soon"\n', "utf-8")
    url = f"sqlite:///{tmp_path / 'w.sqlite3'}"
    done = await here(alone(url, WINBACK_POLICY=str(policy)), "check")
    assert done.code == 1
    assert 'For example: admin = "sam@acme.example"' in done.line("Line 2, workspace.admin")
    assert done.line("Line 5, ladder.flag").startswith("✗ needs you ")
    missing = await here(alone(url, WINBACK_POLICY=str(tmp_path / "none.toml")), "check")
    assert "Copy policy.example.toml" in missing.line("There is no policy")


async def test_the_environment_itself_is_checked(tmp_path: Path) -> None:
    done = await here(alone(f"sqlite:///{tmp_path / 'w.sqlite3'}", WINBACK_PORT="70000"), "check")
    assert done.code == 1
    assert "WINBACK_PORT is a number from 0 to 65535" in done.line("The environment")
    without = await winback(alone(f"sqlite:///{tmp_path / 'w.sqlite3'}", PYTHONIOENCODING="ascii"), "check")
    # A terminal without these signs still shows the words.
    assert "? needs you SLACK_BOT_TOKEN is not set." in without.line("SLACK_BOT_TOKEN is not set")
    assert "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set." in without.out
