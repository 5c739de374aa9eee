"""How fast Slack may be spoken to. Source: Slack's rate limit page, as collected in the slack notes.

chat.postMessage allows about one message a second for a channel and several hundred a minute for a workspace;
chat.update and conversations.history are tier 3 (50 a minute).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """A lane's pace: one call every `interval`, of which `burst` may be spent at once after a rest.

    `free_at` of a lane is when its next call would be due if the calls so far had been spread evenly.
    """

    interval: timedelta
    burst: int = 1

    def open_at(self, free_at: datetime) -> datetime:
        """From when on a lane with this `free_at` takes a call."""
        return free_at - self.interval * (self.burst - 1)

    def after_call(self, free_at: datetime, at: datetime) -> datetime:
        """The lane's `free_at` after a call at `at`."""
        return max(free_at, at) + self.interval


# A post waits a whole second from the answer to the last one: whatever the network's delays, two posts can't
# arrive within the same second.
POST = Pace(timedelta(seconds=1))
# 10 at once and 40 a minute afterwards: never more than 50 in any minute.
TIER_3 = Pace(timedelta(seconds=1.5), burst=10)
# views.publish: 20 at once and 80 a minute afterwards.
TIER_4 = Pace(timedelta(seconds=0.75), burst=20)
# "Several hundred a minute" for the workspace: at most 50 + 400 in any minute.
WORKSPACE = Pace(timedelta(seconds=0.15), burst=50)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the n-th failure in a row (n from 1): 1, 2, 4 … seconds, at most 5 minutes."""
    return timedelta(seconds=min(2 ** max(attempts - 1, 0), 300))
