"""The documentation as values: pages, their code blocks, links, tables and headings."""

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: `info` is what stands behind the opening fence; the text has no indentation."""

    page: Path
    info: str
    text: str

    def __str__(self) -> str:
        return f"{name_of(self.page)}: {self.text.splitlines()[0]}"


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def blocks(*infos: str) -> list[Block]:
    """Every block with one of these words behind its fence ("" for none), in order."""
    found = []
    for page in PAGES:
        for indent, info, text in _FENCE.findall(text_of(page)):
            if info.strip() in infos:
                lines = [line.removeprefix(indent) for line in text.splitlines()]
                found.append(Block(page, info.strip(), "\n".join(lines)))
    return found


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _FENCE.sub("", text_of(page))


def plain(page: Path) -> str:
    """The page without code blocks and without inline code."""
    return _CODE.sub("", prose(page))


def code_spans(page: Path) -> list[str]:
    return [span.strip("`") for span in _CODE.findall(prose(page))]


def links(page: Path) -> list[str]:
    return [first or second for first, second in _LINK.findall(prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(prose(page))}


def commands() -> list[tuple[Path, list[str]]]:
    """Every line of a shell block that starts ./dev or winback, as words."""
    found = []
    for block in blocks("", "sh"):
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] in {"./dev", "winback"}:
                found.append((block.page, words))
    return found


def sections(page: Path) -> Iterator[tuple[str, str]]:
    """(heading, text below it) for each second-level heading."""
    parts = re.split(r"^## (.+)$", prose(page), flags=re.MULTILINE)[1:]
    yield from zip(parts[::2], parts[1::2], strict=True)


def rows(text: str) -> list[list[str]]:
    """The cells of every table row whose first cell is inline code."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]


def environment_reads(*folders: str) -> set[str]:
    """The names of environment variables that Python files there read: `environ.get(NAME)` or `environ[NAME]`."""
    found = set()
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            constants = {
                target.id: node.value.value
                for node in tree.body
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            found |= {constants.get(name, name) for name in _keys_read(tree)}
    return {name for name in found if isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}


def _keys_read(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        key: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            key = node.args[0] if node.args and _is_environment(node.func.value) else None
        elif isinstance(node, ast.Subscript) and _is_environment(node.value):
            key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value
        elif isinstance(key, ast.Name):
            yield key.id


def _is_environment(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in {"environ", "environment"}
