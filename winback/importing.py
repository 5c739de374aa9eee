"""`winback import`: the answers of a file, through the same flow as everybody's. A second run adds nothing."""

import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tqdm import tqdm

from bot.directory import DirectoryService
from bot.flows.intake import take_in
from bot.house import House
from handlers.surveys import SourceOptions, csv_file
from recovery.errors import WinbackError
from recovery.policy import Policy
from recovery.survey import SurveyResponse
from store.engine import Database
from store.migrate import migrate
from winback.app import clock_of, web_client
from winback.settings import Settings

BATCH = 200
SOURCE = "csv"


@dataclass(slots=True)
class Report:
    """What became of a file: how many rows of each kind, and each refused one with its line and reason."""

    read: int = 0
    kept: int = 0
    known: int = 0
    opened: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def lines(self, *, dry_run: bool) -> list[str]:
        verb = "would be " if dry_run else ""
        lines = [
            f"{self.read} rows read: {self.kept} {verb}imported, {self.known} already there, "
            f"{len(self.refused)} refused; {self.opened} cases {verb}opened.",
        ]
        return lines + [f"line {line}: {why}" for line, why in self.refused]


class DryRun(Exception):  # noqa: N818 - carries no error: it only undoes the transaction
    """Raised at the end of a batch so that nothing of it stays."""
