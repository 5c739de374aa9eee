"""The workspace's clock: real time plus an offset that only grows. Message stamps follow it."""

import math
import os
import time
from pathlib import Path

LONGEST_STEP = 10 * 366 * 86_400.0


class WorkspaceClock:
    """`now()` is epoch seconds. `clock_file` always holds the offset, written atomically; the bot reads it.

    An offset found in the file at the start is kept: a workspace started again doesn't go back in time.
    """

    def __init__(self, clock_file: Path | None = None) -> None:
        self._file = clock_file
        self.offset = _stored_offset(clock_file)
        self._last_stamp = 0
        self._write()

    def now(self) -> float:
        return time.time() + self.offset

    def add(self, seconds: float) -> float:
        """Move forward by `seconds` and return the new now. Errors: ValueError for a step back or a wild one."""
        if not math.isfinite(seconds) or seconds < 0:
            raise ValueError("The clock only moves forward.")
        if seconds > LONGEST_STEP:
            raise ValueError("The clock moves at most ten years at a time.")
        self.offset += seconds
        self._write()
        return self.now()

    def stamp(self) -> str:
        """The next message `ts`: microseconds of this clock, strictly increasing."""
        self._last_stamp = max(self._last_stamp + 1, int(self.now() * 1_000_000))
        return f"{self._last_stamp // 1_000_000}.{self._last_stamp % 1_000_000:06d}"

    def _write(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
        draft.write_text(f"{self.offset:.6f}\n", encoding="ascii")
        draft.replace(self._file)


def _stored_offset(clock_file: Path | None) -> float:
    if clock_file is None or not clock_file.exists():
        return 0.0
    try:
        offset = float(clock_file.read_text(encoding="ascii"))
    except ValueError:
        return 0.0
    return offset if math.isfinite(offset) and offset >= 0 else 0.0
