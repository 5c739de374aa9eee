"""The file that was named, if it is one that can be read, and how its times are written."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from handlers.surveys import SourceOptions
from recovery.errors import WinbackError
from recovery.policy.file import Policy
from winback.imports.rows import Order

# What a text file does not hold: control characters other than tab and line ends; NUL is UTF-16's.
_NO_TEXT = frozenset([*range(1, 9), *range(14, 27), *range(28, 32)])
_PEEK = 65_536
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Raises WinbackError with one sentence for whatever is no text file that can be read."""
    try:
        stream = path.open("rb")
    except IsADirectoryError as error:
        raise WinbackError(f"{path} is a folder; name the CSV file in it.") from error
    except FileNotFoundError as error:
        raise WinbackError(f"There is no file {path}.") from error
    except (OSError, ValueError) as error:
        raise WinbackError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    with stream:
        if not stream.seekable():
            raise WinbackError(f"{path} is a pipe; save its content to a file first.")
        start = stream.peek(_PEEK)
        if start.startswith(_SPREADSHEETS):
            raise WinbackError(f"{path} is a spreadsheet or an archive; save the sheet as CSV first.")
        wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if not wide and sum(byte in _NO_TEXT for byte in start) * 100 > len(start):
            raise WinbackError(f"{path} is not a text file; expected CSV.")
        yield stream


def options_of(policy: Policy, order: Order) -> SourceOptions:
    zone = order.zone or policy.imports.zone or ""
    date_format = order.date_format or policy.imports.date_format or ""
    try:
        return SourceOptions("csv", zone=ZoneInfo(zone) if zone else None, date_format=str(date_format))
    except (KeyError, ValueError, OSError) as error:
        raise WinbackError(f"There is no time zone {zone!r}. For example: Europe/London.") from error
