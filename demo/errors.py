"""What the workspace answers when it refuses."""

from demo.jsons import Json


class Refusal(Exception):
    """A Web API call is refused with Slack's error word.

    `extra` joins the answer's body (`needed`, `provided`, `response_metadata`, …); `status` is the HTTP status.
    """

    def __init__(
        self, error: str, *, status: int = 200, headers: dict[str, str] | None = None, extra: Json | None = None
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers or {}
        self.extra = extra or {}


def invalid_arguments(*messages: str) -> Refusal:
    """`invalid_arguments` with Slack's list of what is wrong."""
    return Refusal(
        "invalid_arguments", extra={"response_metadata": {"messages": [f"[ERROR] {text}" for text in messages]}}
    )


class ActRefused(Exception):
    """A person's act fails; `error` is a word for programs, `message` is what Slack would show."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(f"{error}: {message}")
        self.error = error
        self.message = message


class ManifestError(Exception):
    """manifest.yml can't be installed; the sentence says why."""
