"""`./dev` on its own: the sentences, and an environment made for real from a lock with one small local wheel."""

import ast
import base64
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(sys.base_prefix) / f"bin/python{sys.version_info[0]}.{sys.version_info[1]}"
OLD = "sys.version_info = (3, 6, 15, 'final', 0)"
WITHOUT_VENV = "sys.modules['ensurepip'] = None"


def fake_python(folder: Path, lacks: str) -> Path:
    """Write a `python3` that is this Python with something amiss; as `python3 -c` it is plain old."""
    folder.mkdir(exist_ok=True)
    program = folder / "python3"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exit 1\nexec "{PYTHON}" -c "import runpy, sys; {lacks}; '
        'sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name=\'__main__\')" "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return folder


def ran(command: list[str | Path], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run with these environment variables only, no input, in a folder that is not the checkout."""
    return subprocess.run(
        command, check=False, cwd="/", env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


class TestSentences:
    def test_an_old_python_can_read_the_whole_file(self) -> None:
        ast.parse((ROOT / "dev").read_text(encoding="utf-8"), feature_version=(3, 6))

    def test_it_is_a_program(self) -> None:
        assert (ROOT / "dev").stat().st_mode & stat.S_IXUSR
        assert (ROOT / ".ci/run").stat().st_mode & stat.S_IXUSR

    @pytest.mark.parametrize("args", [[], ["help"], ["--help"], ["-h"]])
    def test_alone_it_prints_every_command(self, args: list[str]) -> None:
        done = ran([PYTHON, ROOT / "dev", *args])
        assert (done.returncode, done.stderr) == (0, "")
        for name in ("demo", "test", "check", "bench", "run", "lock"):
            assert f"./dev {name}" in done.stdout

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["tset"], "there is no command 'tset' (did you mean test?)"),
            ([""], "there is no command ''"),
            (["bench", "no-such-thing"], "no bench is called 'no-such-thing'"),
        ],
    )
    def test_a_wrong_word_gets_one_sentence(self, args: list[str], said: str) -> None:
        done = ran([PYTHON, ROOT / "dev", *args])
        assert done.returncode == 2
        assert said in done.stderr
        assert done.stderr.count("\n") == 1

    def test_a_bench_is_what_answers_json_and_a_slip_is_put_right(self, tmp_path: Path) -> None:
        shutil.copy(ROOT / "dev", tmp_path)
        (tmp_path / "bench").mkdir()
        for name, text in {
            "intake": 'sys.argv == ["--json"]',
            "delivery": '"--json"',
            "parts": "",
            "__init__": "",
        }.items():
            (tmp_path / f"bench/{name}.py").write_text(text, encoding="utf-8")
        assert (
            ran([PYTHON, tmp_path / "dev", "bench"]).stdout == "./dev bench NAME [--json]: there is delivery, intake\n"
        )
        slip = ran([PYTHON, tmp_path / "dev", "bench", "intka"])
        assert slip.returncode == 2
        assert slip.stderr == ("./dev: no bench is called 'intka' (did you mean intake?); there is delivery, intake\n")
        assert ran([PYTHON, tmp_path / "dev", "bench", "parts"]).returncode == 2

    def test_an_old_python_alone_gets_one_sentence(self, tmp_path: Path) -> None:
        folder = fake_python(tmp_path / "bin", OLD)
        done = ran([folder / "python3", ROOT / "dev", "bench"], PATH=str(folder))
        assert done.returncode == 1
        assert "older than 3.11" in done.stderr
        assert "apt install" in done.stderr
        assert done.stderr.count("\n") == 1

    def test_an_old_python_goes_on_in_a_newer_one_on_the_path(self, tmp_path: Path) -> None:
        folder = fake_python(tmp_path / "bin", OLD)
        (folder / "python3.12").write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")  # a version manager's empty shim
        (folder / "python3.12").chmod(0o755)
        (folder / "python3.11").symlink_to(PYTHON)
        done = ran([folder / "python3", ROOT / "dev", "bench"], PATH=str(folder))
        assert (done.returncode, done.stderr) == (0, "")
        assert "./dev bench NAME" in done.stdout

    def test_a_missing_venv_module_gets_one_sentence(self, tmp_path: Path) -> None:
        checkout = tmp_path / "winback"
        checkout.mkdir()
        shutil.copy(ROOT / "dev", checkout)
        for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
            (checkout / name).touch()
        folder = fake_python(tmp_path / "bin", WITHOUT_VENV)
        done = ran([folder / "python3", checkout / "dev", "run"], PATH=str(folder))
        assert done.returncode == 1
        assert "lacks its venv module" in done.stderr
        assert "apt install python3" in done.stderr
        assert done.stderr.count("\n") == 1

    def test_a_missing_lock_gets_one_sentence(self, tmp_path: Path) -> None:
        shutil.copy(ROOT / "dev", tmp_path)
        done = ran([PYTHON, tmp_path / "dev", "run"])
        assert done.returncode == 1
        assert done.stderr == (
            "./dev: requirements-dev.lock is missing; get it back with git, or make it with ./dev lock\n"
        )


PROGRAM = """
import os, sys
from tiny import WORD
print(WORD, sys.argv[1:], sys.prefix, os.getcwd(), "WINBACK_DEV_TRIED" in os.environ, flush=True)
if "wait" in sys.argv:
    sys.stdin.readline()
"""


def wheel(folder: Path, version: str, word: str) -> str:
    """Write a wheel of one module and return its line for a lock."""
    info = f"tiny-{version}.dist-info"
    parts = {
        "tiny.py": f"WORD = {word!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{name},sha256={digest(text)},{len(text)}" for name, text in parts.items()]
    parts[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    file = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return f"tiny=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


class Checkout:
    """A small checkout in a folder with a space in its name; its packages come from a folder beside it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "my winback"
        self.wheels = folder / "wheels"
        self.home = folder / "home"
        for made in (self.root / "winback", self.wheels, self.home):
            made.mkdir(parents=True)
        shutil.copy(ROOT / "dev", self.root)
        (self.root / "winback/__main__.py").write_text(PROGRAM, encoding="utf-8")
        for name in ("requirements-dev.lock", "pyproject.toml"):
            (self.root / name).touch()
        self.lock(wheel(self.wheels, "1", "one"))

    def lock(self, text: str) -> None:
        (self.root / "requirements.lock").write_text(text, encoding="utf-8")

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PYTHON, self.root / "dev", "run", *args],
            cwd=self.home,
            env={"PATH": os.environ["PATH"], "HOME": "", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str) -> tuple[int | None, str, str]:
        process = self.start(*args)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def environments(self) -> list[Path]:
        return sorted((self.root / ".dev").glob("env-*"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(tmp_path_factory.mktemp("dev"))


class TestEnvironment:
    """One story, told in order, since each environment takes seconds to make."""

    def test_two_at_once_make_one_environment(self, checkout: Checkout) -> None:
        both = [checkout.start("--port", "8765"), checkout.start("--port", "8765")]
        said = [process.communicate(timeout=60) for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        (env,) = checkout.environments()
        for out, _ in said:
            assert out == f"one ['run', '--port', '8765'] {env} {checkout.home} False\n"
        assert sum("making the environment" in err for _, err in said) == 1

    def test_warm_it_says_nothing_and_needs_no_packages(self, checkout: Checkout) -> None:
        (file,) = checkout.wheels.glob("*.whl")
        hidden = file.rename(file.with_suffix(".hidden"))
        code, out, err = checkout.run()
        hidden.rename(file)
        assert (code, err) == (0, "")
        assert out.startswith("one ['run']")

    def test_half_an_environment_is_made_anew(self, checkout: Checkout) -> None:
        (env,) = checkout.environments()
        (env / "complete").unlink()
        (env / "installed").unlink()
        next(env.rglob("tiny.py")).unlink()
        code, out, err = checkout.run()
        assert code == 0, err
        assert out.startswith("one")
        assert "making the environment" in err

    def test_a_wrong_hash_is_refused_and_pip_says_why(self, checkout: Checkout) -> None:
        good = (checkout.root / "requirements.lock").read_text(encoding="utf-8")
        checkout.lock("tiny==1 --hash=sha256:" + "0" * 64 + "\n")
        code, out, err = checkout.run()
        assert (code, out) == (1, "")
        assert "HASHES" in err
        assert err.endswith("for the reason above; put it right and run ./dev again\n")
        checkout.lock(good)
        code, out, err = checkout.run()
        assert (code, err) == (0, "")

    def test_a_new_lock_makes_a_new_environment_and_removes_the_old_when_nobody_is_in_it(
        self, checkout: Checkout
    ) -> None:
        (inhabited,) = [env for env in checkout.environments() if (env / "complete").exists()]
        (failed,) = [env for env in checkout.environments() if env != inhabited]
        living = checkout.start("wait")
        assert living.stdout is not None
        assert str(inhabited) in living.stdout.readline()
        checkout.lock(wheel(checkout.wheels, "2", "two"))
        _, out, err = checkout.run()
        assert out.startswith("two"), err
        assert inhabited.exists()
        assert not failed.exists()
        living.communicate("\n", timeout=60)
        checkout.lock(wheel(checkout.wheels, "3", "three"))
        _, out, err = checkout.run()
        assert out.startswith("three"), err
        assert len(checkout.environments()) == 1
        assert not inhabited.exists()

    def test_a_moved_checkout_still_starts_without_packages(self, checkout: Checkout) -> None:
        checkout.root = checkout.root.rename(checkout.root.parent / "moved here")
        shutil.rmtree(checkout.wheels)
        code, out, err = checkout.run()
        assert (code, err) == (0, "")
        assert "moved here/.dev/env-" in out
