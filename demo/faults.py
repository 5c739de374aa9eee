"""Faults that can be switched on per method, to see what the bot makes of a bad day."""

from dataclasses import dataclass
from typing import Final, Literal

Cut = Literal["before", "after"]
ANY_METHOD: Final = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one method (`*` for all).

    `error`: Slack's error word in the answer; `status`: HTTP status (5xx without `error` answers an HTML page,
    as a proxy would); `retry_after`: seconds in the Retry-After header; `delay`: seconds before the call is looked
    at; `cut`: close the connection without an answer, before or after the call took effect; `times`: how often,
    None until cleared.
    """

    method: str
    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    delay: float = 0.0
    cut: Cut | None = None
    times: int | None = None

    @property
    def refuses(self) -> bool:
        """True if the call must not take effect."""
        return self.error is not None or self.status is not None or self.cut == "before"


class Faults:
    """The faults that are on, first come first used."""

    def __init__(self) -> None:
        self._on: list[tuple[Fault, list[int]]] = []
        self._unknown_blocks: frozenset[str] = frozenset()

    def set(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: int | None = None,
        delay: float = 0.0,
        cut: Cut | None = None,
        times: int | None = None,
    ) -> Fault:
        """Switch a fault on. Errors: ValueError when it would do nothing or its numbers make no sense."""
        if error is None and status is None and cut is None and delay <= 0:
            raise ValueError("A fault needs an error, a status, a delay or a cut.")
        if cut not in {None, "before", "after"}:
            raise ValueError('cut is "before" or "after".')
        if times is not None and times < 1:
            raise ValueError("times is at least 1.")
        if status is not None and not 400 <= status <= 599:
            raise ValueError("status is between 400 and 599.")
        fault = Fault(method, error, status, retry_after, delay, cut, times)
        self._on.append((fault, [times or 0]))
        return fault

    def forget_blocks(self, *kinds: str) -> None:
        """From now on the workspace knows no blocks of these types: a message with one is refused, `invalid_blocks`."""
        self._unknown_blocks |= set(kinds)

    @property
    def unknown_blocks(self) -> frozenset[str]:
        """Types of blocks that this workspace does not know."""
        return self._unknown_blocks

    def clear(self, method: str | None = None) -> None:
        """Switch faults off: those of one method, or all, forgotten blocks too."""
        if method is None:
            self._unknown_blocks = frozenset()
        self._on = [pair for pair in self._on if method is not None and pair[0].method != method]

    def take(self, method: str) -> Fault | None:
        """The fault that hits this call, counted down."""
        for pair in self._on:
            fault, left = pair
            if fault.method in {method, ANY_METHOD}:
                if fault.times is not None:
                    left[0] -= 1
                    if left[0] <= 0:
                        self._on.remove(pair)
                return fault
        return None

    @property
    def on(self) -> tuple[Fault, ...]:
        """What is switched on now."""
        return tuple(fault for fault, _left in self._on)
