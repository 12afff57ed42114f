"""What an import did, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from reminder.domain.ids import LineId
from reminder.domain.quick import quick
from reminder.errors import Fault

MOST_NAMED = 1000


class RowState(StrEnum):
    """What became of a row; in a dry run, what would."""

    ADDED = "added"
    UPDATED = "updated"
    REFUSED = "refused"


@quick
@dataclass(frozen=True, slots=True)
class RowReport:
    """One row: its number as a spreadsheet counts, and its line or what is wrong."""

    row: int
    state: RowState
    number: str = ""
    line: LineId | None = None
    faults: tuple[Fault, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """An import so far. The first thousand rows of each state are named, all are counted.

    ``applied``: what is counted as added or updated is in the database. ``shape`` names the
    program whose export it was, if it was another's.
    """

    dry_run: bool = False
    applied: bool = False
    shape: str = ""
    items: list[RowReport] = field(default_factory=list)
    counts: dict[RowState, int] = field(default_factory=lambda: dict.fromkeys(RowState, 0))

    def add(self, one: RowReport) -> None:
        """Count a row, and name it while there is room."""
        self.counts[one.state] += 1
        if self.counts[one.state] <= MOST_NAMED:
            self.items.append(one)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return sum(self.counts.values())

    @property
    def refused(self) -> int:
        """How many rows are wrong."""
        return self.counts[RowState.REFUSED]
