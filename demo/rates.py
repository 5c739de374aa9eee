"""Slack's rate limits, in real time: https://docs.slack.dev/apis/web-api/rate-limits."""

import math
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from demo.errors import Refusal

TIER_CALLS: Final[Mapping[int, int]] = MappingProxyType({1: 1, 2: 20, 3: 50, 4: 100})
WINDOW_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What the workspace tolerates.

    `post_spacing`: seconds between two posts of a channel; `post_burst`: how many posts may come early;
    `workspace_per_minute`: posts a minute over all channels, None for no ceiling; `tiers`: calls a minute per
    tier; `methods`: calls a minute of single methods, in place of their tier's, None for no limit.
    """

    post_spacing: float = 1.0
    post_burst: int = 0
    workspace_per_minute: int | None = 600
    tiers: Mapping[int, int] | None = field(default_factory=lambda: TIER_CALLS)
    methods: Mapping[str, int | None] = field(default_factory=dict)

    @classmethod
    def unlimited(cls) -> "Pace":
        """For measuring something else than limits."""
        return cls(post_spacing=0.0, workspace_per_minute=None, tiers=None)


class Limits:
    """Counts calls and refuses with 429 `ratelimited` and Retry-After in whole seconds.

    `refused` counts refusals by method; `accepted` counts accepted posts by channel.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self.refused: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self._calls: dict[str, deque[float]] = {}
        self._posts: deque[float] = deque()
        self._due: dict[str, float] = {}

    def count_call(self, method: str, tier: int | None) -> None:
        """Count one call of a method. Errors: `ratelimited` over the tier's calls in any 60 s."""
        allowed = self._allowed(method, tier)
        if allowed is None:
            return
        self._within(self._calls.setdefault(method, deque()), allowed, method)

    def before_post(self, method: str, channel: str) -> None:
        """Refuse a post that comes before its channel's turn (GCRA) or over the workspace's ceiling."""
        now = time.monotonic()
        early = self._due.get(channel, 0.0) - self.pace.post_burst * self.pace.post_spacing - now
        if early > 0:
            self._refuse(method, early)
        ceiling = self.pace.workspace_per_minute
        if ceiling is not None:
            _forget(self._posts, now)
            if len(self._posts) >= ceiling:
                self._refuse(method, self._posts[0] + WINDOW_SECONDS - now)

    def after_post(self, channel: str) -> None:
        """A post was accepted: the channel's next turn moves."""
        now = time.monotonic()
        self._due[channel] = max(now, self._due.get(channel, 0.0)) + self.pace.post_spacing
        self.accepted[channel] += 1
        if self.pace.workspace_per_minute is not None:
            self._posts.append(now)

    def _allowed(self, method: str, tier: int | None) -> int | None:
        if method in self.pace.methods:
            return self.pace.methods[method]
        if tier is None or self.pace.tiers is None:
            return None
        return self.pace.tiers.get(tier)

    def _within(self, calls: deque[float], allowed: int, method: str) -> None:
        now = time.monotonic()
        _forget(calls, now)
        if len(calls) >= allowed:
            self._refuse(method, calls[0] + WINDOW_SECONDS - now if calls else WINDOW_SECONDS)
        calls.append(now)

    def _refuse(self, method: str, seconds: float) -> None:
        self.refused[method] += 1
        raise Refusal("ratelimited", status=429, headers={"Retry-After": str(max(1, math.ceil(seconds)))})


def _forget(calls: deque[float], now: float) -> None:
    while calls and calls[0] <= now - WINDOW_SECONDS:
        calls.popleft()
