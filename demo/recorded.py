"""Every call the app made, in order, with its outcome."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from demo.jsons import Json


@dataclass(frozen=True, slots=True)
class Call:
    """One Web API call.

    `at`: real epoch seconds when it was decided; `args` without the token; `cut`: the connection was closed on
    purpose, so the app saw no answer whatever `ok` says; `answer`: the body that was (or would have been) sent.
    """

    seq: int
    method: str
    args: Json
    ok: bool
    error: str | None
    status: int
    at: float
    cut: str | None = None
    answer: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        """The shape of `GET /demo/recorded`."""
        return asdict(self)


class Recorded:
    """A list of calls; `since(seq)` gives what came later."""

    def __init__(self) -> None:
        self._calls: list[Call] = []

    def add(self, method: str, args: Json, answer: Json, *, status: int = 200, cut: str | None = None) -> Call:
        ok = bool(answer.get("ok"))
        error = None if ok else str(answer.get("error") or f"http_{status}")
        call = Call(len(self._calls) + 1, method, args, ok, error, status, time.time(), cut, answer)
        self._calls.append(call)
        return call

    def since(self, seq: int) -> list[Call]:
        return self._calls[max(0, seq) :]

    def of(self, method: str, *, ok: bool | None = None) -> list[Call]:
        """Calls of one method, all or only accepted (`ok=True`) or refused (`ok=False`) ones."""
        return [call for call in self._calls if call.method == method and ok in {None, call.ok}]

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> Call:
        return self._calls[index]
