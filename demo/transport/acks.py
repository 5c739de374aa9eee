"""What came back for one payload handed to the bot."""

from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["acked", "timeout", "refused", "unreachable"]
Kind = Literal["interactive", "slash_commands", "events_api", "options"]


@dataclass(frozen=True, slots=True)
class Ack:
    """`payload` is the body of the ack (an object, a text, or None); `reason` says why there was none.

    `reason` uses the words of x-slack-retry-reason: http_timeout, http_error, connection_failed.
    """

    outcome: Outcome
    payload: Any = None
    status: int = 200
    reason: str = ""
    no_retry: bool = False
    seconds: float = field(default=0.0, compare=False)

    @property
    def ok(self) -> bool:
        return self.outcome == "acked"
