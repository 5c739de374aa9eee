"""What became of a file of accounts: the counts, and the refused rows with their reasons."""

from dataclasses import dataclass, field

from winback.imports.refused import RefusedRows


@dataclass(slots=True)
class Tally:
    """How many rows of each kind; `known` says nothing that wasn't there. `cases`: open ones that heard of a change."""

    read: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    refused: RefusedRows = field(default_factory=RefusedRows)
    cases: int = 0

    def add(self, batch: "Tally") -> None:
        """Takes over a batch that was committed."""
        for name in ("read", "new", "changed", "known", "cases"):
            setattr(self, name, getattr(self, name) + getattr(batch, name))
        self.refused.take(batch.refused)

    def lines(self, *, dry_run: bool) -> list[str]:
        """The report for a person."""
        would = "would be " if dry_run else ""
        lines = [
            f"{self.read:>9,} row{'s' * (self.read != 1)} read",
            f"{self.new:>9,} account{'s' * (self.new != 1)} {would}added",
            f"{self.changed:>9,} {would}changed",
            f"{self.known:>9,} already so",
            f"{self.refused.count:>9,} refused",
            f"{self.cases:>9,} open case{'s' * (self.cases != 1)} {'would hear' if dry_run else 'heard'} of it",
        ]
        lines += self.refused.lines()
        if dry_run:
            lines.append("Nothing was written: this was a dry run.")
        return lines
