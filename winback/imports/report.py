"""What became of an imported file: the counts, and the refused rows with their reasons."""

from dataclasses import dataclass, field

from winback.imports.comparing import Standing
from winback.imports.refused import RefusedRows


@dataclass(slots=True)
class Tally:
    """How many rows of each kind. `known` includes rows that stand in the file twice."""

    read: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    opened: int = 0
    refused: RefusedRows = field(default_factory=RefusedRows)

    def count(self, found: Standing) -> None:
        """One row that was not refused."""
        self.new += found is Standing.NEW
        self.changed += found is Standing.CHANGED
        self.known += found is Standing.KNOWN

    def add(self, batch: "Tally") -> None:
        """Takes over a batch that was committed."""
        for name in ("read", "new", "changed", "known", "opened"):
            setattr(self, name, getattr(self, name) + getattr(batch, name))
        self.refused.take(batch.refused)

    def lines(self, *, dry_run: bool) -> list[str]:
        """The report for a person."""
        would = "would be " if dry_run else ""
        lines = [
            f"{self.read:>9,} row{'s' * (self.read != 1)} read",
            f"{self.new:>9,} {would}imported",
            f"{self.known:>9,} already there",
            f"{self.refused.count:>9,} refused",
            f"{self.opened:>9,} case{'s' * (self.opened != 1)} {would}opened",
        ]
        if self.changed:
            lines.insert(3, f"{self.changed:>9,} {would}changed: a newer version of an answer that was there")
        lines += self.refused.lines()
        if dry_run:
            lines.append("Nothing was written: this was a dry run.")
        return lines
