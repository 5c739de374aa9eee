"""What the pages say is so: links lead somewhere, commands parse, examples load, tables are complete."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from demo import constants
from demo.__main__ import parse as parse_demo
from demo.faults import Faults
from demo.page_acts import ACTS
from demo.page_api import PageApi
from tests.docs.reading import (
    PAGES,
    ROOT,
    Block,
    anchors,
    blocks,
    code_spans,
    commands,
    environment_reads,
    links,
    name_of,
    plain,
    prose,
    rows,
    sections,
    text_of,
)
from winback.cli import _parser

SHIPPED = ("winback", "handlers", "scheduler", "bot", "store", "recovery")
README, OPERATIONS = ROOT / "README.md", ROOT / "docs" / "operations.md"
SECURITY, DEMO, ARCHITECTURE = (ROOT / "docs" / name for name in ("security.md", "demo.md", "architecture.md"))
HOSTS = {"api.slack.com", "keepachangelog.com", "www.standardwebhooks.com"}
# Files that the reader has, not we; and words that only look like a path.
THEIRS = {"policy.toml", "answers.csv", "and/or"}
pages = pytest.mark.parametrize("page", PAGES, ids=name_of)


class TestPages:
    @pages
    def test_relative_links_lead_somewhere(self, page: Path) -> None:
        for link in links(page):
            if "://" in link:
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link

    @pages
    def test_addresses_are_slacks_the_standards_or_examples(self, page: Path) -> None:
        found = {urlsplit(url).hostname for url in re.findall(r"https?://[^\s>)`\"|]+", text_of(page))}
        assert found <= HOSTS

    def test_every_page_is_reached_from_the_readme(self) -> None:
        seen, waiting = set(), [README]
        while waiting:
            page = waiting.pop()
            if page in seen:
                continue
            seen.add(page)
            targets = ((page.parent / link.partition("#")[0]).resolve() for link in links(page) if "://" not in link)
            waiting += [target for target in targets if target in PAGES]
        assert set(PAGES) == seen

    @pages
    def test_files_that_are_named_exist(self, page: Path) -> None:
        for span in code_spans(page):
            looks_like_one = re.fullmatch(r"\.?[\w-][\w.-]*(?:/[\w.-]+)*/?", span) and (
                re.search(r"\.(py|toml|yml|md|js|lock|png)$", span) or span.endswith("/")
            )
            if looks_like_one and span not in THEIRS:
                assert (ROOT / span).exists(), span

    @pages
    def test_nothing_of_one_machine_and_no_shouting(self, page: Path) -> None:
        assert not re.search(r"/(root|home|Users|tmp|work)/", text_of(page))
        assert "!" not in plain(page).replace("![", "[")

    def test_no_paragraph_stands_twice(self) -> None:
        seen: dict[str, str] = {}
        for page in PAGES:
            for paragraph in re.split(r"\n\s*\n", prose(page)):
                folded = " ".join(paragraph.split())
                if len(folded) > 80:
                    assert folded not in seen, (name_of(page), seen[folded])
                    seen[folded] = name_of(page)

    @pages
    def test_lines_and_decisions_are_short(self, page: Path) -> None:
        lines = prose(page).splitlines()
        assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []
        if page.parent.name == "adr":
            assert len(lines) <= 40
            assert [heading for heading, _ in sections(page)] == ["Context", "Decision", "Consequence"]

    def test_the_picture_is_crisp_and_small(self) -> None:
        picture = (ROOT / "docs/images/demo.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
        width, height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
        assert (width, height) == (1280, 860)
        assert len(picture) < 300_000

    def test_the_licence_is_the_one_that_is_named(self) -> None:
        assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")[:200]
        assert "## [Unreleased]" in text_of(ROOT / "CHANGELOG.md")


class TestCommands:
    @pytest.mark.parametrize("command", ["./dev demo", "./dev test"])
    def test_the_two_of_the_readme_stand_alone(self, command: str) -> None:
        assert [block.text for block in blocks("") if block.page == README].count(command) == 1
        assert text_of(README).splitlines().count(command) == 1

    def test_all_parse(self) -> None:
        found = commands()
        assert {words[0] for _, words in found} == {"./dev", "winback"}
        for page, words in found:
            try:
                self.parse(*words)
            except SystemExit:
                pytest.fail(f"{name_of(page)}: {shlex.join(words)}")

    def parse(self, program: str, *words: str) -> None:
        """As the program itself would; SystemExit where it would refuse."""
        if program == "winback":
            _parser().parse_args(words)
            return
        command, *rest = words
        if command == "demo":
            parse_demo(rest)
        elif command == "bench":
            assert '"--json"' in (ROOT / "bench" / f"{rest[0]}.py").read_text("utf-8")
        elif command == "test":
            assert all((ROOT / word).exists() for word in rest if not word.startswith("-"))
        else:
            assert (command, *rest) in {("check",), ("check", "--no-tests"), ("run",)}, words

    def test_commands_within_sentences_are_known(self) -> None:
        spans = {span for page in PAGES for span in code_spans(page)}
        said = {tuple(span.split()[:2]) for span in spans if span.split()[0] in {"./dev", "winback"}}
        dev = subprocess.run([ROOT / "dev"], check=True, capture_output=True, text=True).stdout
        usage = _parser().format_help()
        for program, *word in said:
            text = dev if program == "./dev" else usage
            assert not word or f"{program} {word[0]}" in text, (program, word)

    def test_what_is_typed_in_slack_is_answered(self) -> None:
        from handlers.command import ANSWERS  # noqa: PLC0415 - only this test needs the handlers

        said = {span.split()[1] for page in PAGES for span in code_spans(page) if re.match(r"/nps \w", span)}
        assert said
        assert said <= {*ANSWERS, "help"}

    def test_the_import_of_the_readme_runs(self, tmp_path: Path) -> None:
        (answers,) = (block.text for block in blocks("csv") if block.page == README)
        imports = [words for page, words in commands() if page == README and words[:2] == ["winback", "import"]]
        (tmp_path / "answers.csv").write_text(answers + "\n", "utf-8")
        (tmp_path / "policy.toml").write_text((ROOT / "policy.example.toml").read_text("utf-8"), "utf-8")
        said = [self.ran(tmp_path, *words[1:]) for words in (*imports, imports[-1])]
        rows_read, refused = len(answers.splitlines()) - 1, 1
        new = rows_read - refused
        for text, imported, there in zip(said, (new, new, 0), (0, 0, new), strict=True):
            assert re.search(rf"^ *{rows_read} rows read$", text, re.MULTILINE), text
            assert re.search(rf"^ *{imported} (would be )?imported$", text, re.MULTILINE), text
            assert re.search(rf"^ *{there} already there$", text, re.MULTILINE), text
            assert re.search(rf"^ *{refused} (would be )?refused$", text, re.MULTILINE), text
        assert "yesterday" in (tmp_path / "refused.csv").read_text("utf-8-sig")

    def ran(self, folder: Path, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "winback", *words],
            check=False,
            cwd=folder,
            env={"PATH": "", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


class TestExamples:
    @pytest.mark.parametrize("block", blocks("json"), ids=str)
    def test_json_loads(self, block: Block) -> None:
        found = json.loads(block.text)
        assert found
        if "kind" in found:
            assert found["kind"] in ACTS
        if "method" in found:
            faults = Faults()
            faults.set(**found)
            assert len(faults.on) == 1

    def test_the_http_lines_of_the_manifest_are_as_told(self) -> None:
        text = text_of(ROOT / "manifest.yml")
        http, lines = re.subn(r"^( *)# (.+) # HTTP only$", r"\1\2", text, flags=re.MULTILINE)
        assert lines == 3
        assert "the three lines that end in\n   `HTTP only`" in text_of(OPERATIONS)
        manifest = yaml.safe_load(http)
        addresses = [
            manifest["features"]["slash_commands"][0]["url"],
            manifest["settings"]["event_subscriptions"]["request_url"],
            manifest["settings"]["interactivity"]["request_url"],
        ]
        assert {urlsplit(address).path for address in addresses} == {"/slack/events"}
        assert manifest["settings"]["socket_mode_enabled"] is True


class TestVariables:
    def documented(self, page: Path) -> set[str]:
        """The variables of the page's table."""
        named = {row[0].strip("`") for _, text in sections(page) for row in rows(text)}
        return {name for name in named if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}

    def test_those_of_the_bot_both_ways(self) -> None:
        assert self.documented(OPERATIONS) == environment_reads(*SHIPPED)

    def test_those_of_the_tests_both_ways(self) -> None:
        assert self.documented(ARCHITECTURE) == environment_reads("tests") - environment_reads(*SHIPPED) - {"PATH"}

    @pages
    def test_no_other_is_named(self, page: Path) -> None:
        policies = [tomllib.loads(text_of(ROOT / name)) for name in ("policy.example.toml", "demo/policy.toml")]
        secrets = {source["secret_env"] for policy in policies for source in policy["sources"].values()}
        known = environment_reads(*SHIPPED, "tests") | secrets
        assert set(re.findall(r"\b(?:(?:SLACK|WINBACK)_[A-Z_]+|DATABASE_URL)\b", text_of(page))) <= known

    def test_help_names_them_too(self) -> None:
        shown = _parser().format_help()
        assert [name for name in self.documented(OPERATIONS) - {"WINBACK_CLOCK_FILE"} if name not in shown] == []


class TestTables:
    def section(self, page: Path, heading: str) -> list[list[str]]:
        return rows(dict(sections(page))[heading])

    def test_scopes_are_those_of_the_manifest(self) -> None:
        manifest: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
        told = {row[0].strip("`") for row in self.section(SECURITY, "What the app may do in Slack, and why")}
        assert told == set(manifest["oauth_config"]["scopes"]["bot"])
        for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
            assert f"`{event}`" in text_of(SECURITY)

    def test_tables_of_the_database_are_all_there(self) -> None:
        from store.tables import metadata  # noqa: PLC0415 - only this test needs SQLAlchemy

        told = {name for row in self.section(SECURITY, "What is stored") for name in re.findall(r"`(\w+)`", row[0])}
        assert told == set(metadata.tables)

    def test_the_demos_acts_options_and_addresses(self) -> None:
        tables = [row for _, text in sections(DEMO) for row in rows(text)]
        told = {span for row in tables for span in re.findall(r"`([^`]+)`", row[0])}
        assert set(ACTS) <= told
        said = {f"{word} {path.partition('?')[0]}" for word, _, path in (span.partition(" ") for span in told)}
        for route in PageApi.routes(object.__new__(PageApi)):
            if route.path.startswith("/demo/") and route.path != "/demo/live":
                assert f"{route.method} {route.path}" in said, route

    def test_the_demos_options(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            parse_demo(["--help"])
        options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
        assert {row[0].strip("`") for row in rows(text_of(DEMO)) if row[0].startswith("`--")} == options

    def test_figures_stand_beside_their_goals(self) -> None:
        benches = {words[2] for _, words in commands() if words[:2] == ["./dev", "bench"]}
        measured = {file.stem for file in (ROOT / "bench").glob("*.py") if "as_json=" in file.read_text("utf-8")}
        assert benches == measured - {"harness"}

    def test_the_demos_tokens_are_not_repeated(self) -> None:
        for page in PAGES:
            assert constants.SIGNING_SECRET not in text_of(page)
