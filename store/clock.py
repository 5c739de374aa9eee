"""The only module that knows what time it is.

`now` is business time: what cases, deadlines and history go by. `wall` is transport time: leases, pacing
and retries, which have to follow real seconds. In production both are the same clock; the demo moves `now`.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Business time, aware UTC."""

    def wall(self) -> datetime:
        """Real time, aware UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def wall(self) -> datetime:
        return datetime.now(UTC)


_READ_EVERY = 0.2  # seconds


class ShiftedClock:
    """The system's clock plus a number of seconds that a file holds; the demo writes the file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._shift = timedelta(0)
        self._read_at = 0.0

    def now(self) -> datetime:
        return self.wall() + self._current()

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def _current(self) -> timedelta:
        if time.monotonic() - self._read_at > _READ_EVERY:
            self._read_at = time.monotonic()
            try:
                self._shift = timedelta(seconds=float(self._file.read_text("utf-8")))
            except (OSError, ValueError):
                self._shift = timedelta(0) if not self._file.exists() else self._shift
        return self._shift
