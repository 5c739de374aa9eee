"""The words of the command line: help that helps, and one sentence for what can't be."""

import asyncio
import sys
import tomllib
from pathlib import Path

import pytest

from demo.workspace import run_workspace
from tests.cli.command import Done, alone, here, winback
from tests.support.process import BotProcess
from tests.support.story import MANIFEST, ROOT, environment

COMMANDS = ("run", "check", "import", "replay")
HELP_WIDTH = 120


@pytest.mark.parametrize("words", [["--help"], *([command, "--help"] for command in COMMANDS)])
async def test_help_says_what_it_does_with_an_example(words: list[str]) -> None:
    done = await winback({"COLUMNS": str(HELP_WIDTH)}, *words)
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= HELP_WIDTH
    if words[0] in {"--help", "check", "import", "replay"}:
        assert "  winback " in done.out


async def test_help_of_the_whole_names_every_command_and_variable() -> None:
    done = await here({}, "--help")
    for command in COMMANDS:
        assert f"winback {command}" in done.out
    source = (ROOT / "winback" / "settings.py").read_text("utf-8")
    read = {part.split('"')[0] for part in source.split('environment.get("')[1:]} - {"WINBACK_CLOCK_FILE"}
    assert len(read) >= 8
    assert {name for name in read if name not in done.out} == set()


async def test_help_of_import_names_every_field() -> None:
    from handlers.surveys.names import FIELDS  # noqa: PLC0415 - beside the only test that needs it

    done = await here({}, "import", "--help")
    assert [field for field in FIELDS if field not in done.out] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "COMMAND"),
        (["imprt"], "invalid choice: 'imprt'"),
        (["import"], "FILE"),
        (["import", "a.csv", "--map", "score"], "'score' is not FIELD=COLUMN, for example score=Rating"),
        (["import", "a.csv", "--map", "=x"], "is not FIELD=COLUMN"),
        (["import", "a.csv", "--cases", "some"], "invalid choice: 'some'"),
        (["replay", "--list", "--now"], "not allowed with"),
        (["replay", "--id", "x"], "invalid int value"),
    ],
)
async def test_unknown_words_end_with_2_and_say_which(words: list[str], said: str) -> None:
    done = await here({}, *words)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("words", "changed", "said"),
    [
        (["run"], {}, "SLACK_BOT_TOKEN is not set."),
        (["run"], {"SLACK_BOT_TOKEN": "xoxb-1"}, "Set SLACK_APP_TOKEN"),
        (["run"], {"WINBACK_PORT": "http"}, "WINBACK_PORT is a number"),
        (["replay"], {"DATABASE_URL": "mysql://x"}, "DATABASE_URL names SQLite or Postgres"),
        (["replay"], {"WINBACK_LOG": "loud"}, "WINBACK_LOG is one of DEBUG"),
        (["replay"], {"DATABASE_URL": "postgresql://u:hidden@127.0.0.1:9/x"}, "The database does not answer"),
        (["replay"], {"DATABASE_URL": "sqlite:////proc/none/x.sqlite3"}, "/proc/none: No such file or directory."),
    ],
)
async def test_what_can_not_be_is_one_sentence(
    words: list[str], changed: dict[str, str], said: str, tmp_path: Path
) -> None:
    done = await here(alone(f"sqlite:///{tmp_path / 'w.sqlite3'}", **changed), *words)
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert "hidden" not in done.err


async def test_run_says_that_its_port_is_taken(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    async with taken:
        done = await winback(
            alone(
                f"sqlite:///{tmp_path / 'w.sqlite3'}",
                # The bot that could not start leaves its connections to the end of the process.
                PYTHONWARNINGS="",
                SLACK_BOT_TOKEN="xoxb-1",
                SLACK_SIGNING_SECRET="s",
                WINBACK_PORT=str(port),
            ),
            "run",
        )
    assert done.code == 1
    assert "The address is taken by another program. Stop it, or set WINBACK_PORT to another port." in done.err


async def test_run_is_ready_and_ends_with_0(tmp_path: Path) -> None:
    async with run_workspace(MANIFEST, clock_file=tmp_path / "clock") as workspace:
        url = f"sqlite:///{tmp_path / 'w.sqlite3'}"
        bot = BotProcess(environment(workspace, url, socket=True, clock_file=tmp_path / "clock"), tmp_path / "log")
        await bot.spawn()
        try:
            await bot.ready()
        finally:
            code = await bot.stop()
    assert code == 0, bot.log_end()


async def test_the_script_of_the_package_is_the_same_as_the_module() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, function = project["scripts"]["winback"].split(":")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"import sys; from {module} import {function} as main; sys.exit(main())", "--help",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    module_help: Done = await winback({}, "--help")
    assert (process.returncode, out.decode("utf-8")) == (0, module_help.out)
