"""What ran and what was skipped: the last line of `./dev test`, and a small report for `.ci/run`."""

import json
import os
import re
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPORT = "WINBACK_TEST_REPORT"
KINDS = ("postgres", "browser", "crash")


@dataclass(slots=True, eq=False)
class Summary:
    """A pytest plugin: counts outcomes by kind of test and prints the line about skipped tests after pytest's last."""

    ran: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, reason)
    deselected: int = 0

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected += len(items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        kind = next((name for name in KINDS if name in report.keywords), "other")
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped[kind, _reason(report.longrepr)] += 1
        elif report.when == "call":
            self.ran[kind] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skipped["module", f"{report.nodeid}: {_reason(report.longrepr)}"] += 1

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        result = yield
        if hasattr(session.config, "workerinput"):
            return result  # one of pytest-xdist's processes: the one that gathers all of them tells
        path = os.environ.get(REPORT)
        if path:
            Path(path).write_text(json.dumps(self.report()), encoding="utf-8")
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None and not session.config.option.collectonly:
            terminal.ensure_newline()
            terminal.write_line(self.line())
        return result

    def report(self) -> dict[str, object]:
        """Return `{"ran": {kind: tests}, "skipped": [{kind, reason, tests}], "deselected": tests}`."""
        skipped = [{"kind": k, "reason": r, "tests": n} for (k, r), n in sorted(self.skipped.items())]
        return {"ran": dict(self.ran), "skipped": skipped, "deselected": self.deselected}

    def line(self) -> str:
        """Return the sentence about what did not run, beginning with `skipped:`."""
        parts = [_part(kind, reason, count) for (kind, reason), count in sorted(self.skipped.items())]
        if self.deselected:
            parts.append(f"{_tests(self.deselected, '')} not selected")
        return "skipped: " + (", ".join(parts) or "nothing")


def _part(kind: str, reason: str, count: int) -> str:
    label = "" if kind == "other" else kind
    return f"{_tests(count, label)} ({reason})"


def _tests(count: int, label: str) -> str:
    return " ".join(filter(None, [str(count), label, "test" if count == 1 else "tests"]))


def _reason(longrepr: object) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return re.sub(r"\s+", " ", str(text)).removeprefix("Skipped: ")
