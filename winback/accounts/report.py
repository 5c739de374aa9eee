"""What became of a file of accounts: the counts, and the refused rows with their reasons."""

from dataclasses import dataclass, field

from winback.imports.report import SHOWN, RefusedRow


@dataclass(slots=True)
class Tally:
    """How many rows of each kind; `known` says nothing that wasn't there. `cases`: open ones that heard of a change."""

    read: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    refused: int = 0
    cases: int = 0
    rows: list[RefusedRow] = field(default_factory=list)

    def refuse(self, row: RefusedRow) -> None:
        self.refused += 1
        self.rows.append(row)

    def add(self, batch: "Tally") -> None:
        """Takes over a batch that was committed; of its refused rows as many as the report shows."""
        for name in ("read", "new", "changed", "known", "refused", "cases"):
            setattr(self, name, getattr(self, name) + getattr(batch, name))
        self.rows += batch.rows[: SHOWN - len(self.rows)]

    def lines(self, *, dry_run: bool) -> list[str]:
        """The report for a person."""
        would = "would be " if dry_run else ""
        lines = [
            f"{self.read:>9,} row{'s' * (self.read != 1)} read",
            f"{self.new:>9,} account{'s' * (self.new != 1)} {would}added",
            f"{self.changed:>9,} {would}changed",
            f"{self.known:>9,} already so",
            f"{self.refused:>9,} refused",
            f"{self.cases:>9,} open case{'s' * (self.cases != 1)} {'would hear' if dry_run else 'heard'} of it",
        ]
        lines += [f"line {row.line}: {row.why}" for row in self.rows]
        if self.refused > len(self.rows):
            lines.append(f"… and {self.refused - len(self.rows):,} more. --refused FILE.csv writes all of them.")
        if dry_run:
            lines.append("Nothing was written: this was a dry run.")
        return lines
