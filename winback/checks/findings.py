"""What `winback check` says: one line, fine or with a remedy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is so and fine, or it is not and `remedy` says what to do."""

    what: str
    remedy: str = ""

    @property
    def fine(self) -> bool:
        return not self.remedy

    def __str__(self) -> str:
        """One line, whatever a name in Slack or an error holds; words beside the sign, for those who can't see it."""
        sign = "✓ fine   " if self.fine else "✗ needs you"
        return " ".join([sign.ljust(11), *self.what.split(), *self.remedy.split()])
