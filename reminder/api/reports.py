"""What an import answers, as it is written down in the OpenAPI and as it leaves."""

from __future__ import annotations

from datetime import datetime

from reminder.api.schemas import Answered


class RowFault(Answered):
    """What is wrong in one column of a row."""

    pointer: str
    detail: str


class ImportedRow(Answered):
    """One row of a file: its number as a spreadsheet counts, and what became of it."""

    row: int
    state: str
    number: str
    line: str | None
    errors: list[RowFault]
    left_out: list[str]


class ImportReport(Answered):
    """What an import did; the first thousand rows of each state are named."""

    applied: bool
    dry_run: bool
    shape: str
    rows: int
    added: int
    updated: int
    refused: int
    items: list[ImportedRow]


class Import(Answered):
    """An import that goes on by itself. ``report`` is there once it has ended: an
    :class:`ImportReport`, or `errors` where the file as a whole was refused."""

    id: str
    name: str
    state: str
    rows_read: int
    share: float
    report: dict[str, object] | None
    created_at: datetime
