"""What the store refuses."""

from recovery.errors import WinbackError


class Contended(WinbackError):
    """Two transactions stood in each other's way and this one gave in; the flow is run again."""


class Stale(Contended):
    """Somebody else changed the case between reading and saving; the flow is run again."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"Case {case_id} was changed by somebody else at the same moment. Please try again.")


class NotMigrated(WinbackError):
    """The database is not at the version this program needs."""
