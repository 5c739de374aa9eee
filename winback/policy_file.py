"""The policy file on the disk: read, and seen to change."""

from dataclasses import dataclass
from pathlib import Path

from recovery.errors import PolicyError
from recovery.policy.file import Policy, load_policy


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from the next without reading it; links are followed."""

    changed_ns: int
    size: int
    inode: int
    device: int


def stamp_of(path: Path) -> Stamp | None:
    """None for a file that is not there or can't be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev)


def read_policy(path: Path) -> Policy:
    """Raises PolicyError with a sentence for a file that is missing or wrong."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise PolicyError(
            f"There is no policy file {path}. Copy policy.example.toml, or set WINBACK_POLICY."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"The policy file {path} can't be read: {error}.") from error
    return load_policy(text, path.name)
