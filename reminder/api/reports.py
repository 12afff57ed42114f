"""What imports, edits and lists of many lines answer, as it is written down in the OpenAPI and as
it leaves."""

from __future__ import annotations

from datetime import date, datetime

from reminder.api.schemas import Answered, Money


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


class EditedLine(Answered):
    """One line of an edit: `changed`, `same` or `refused`."""

    id: str
    state: str
    errors: list[RowFault]


class EditReport(Answered):
    """What an edit did, or would. ``applied``: what is changed is in the database."""

    applied: bool
    expected: str
    changed: int
    same: int
    refused: int
    items: list[EditedLine]


class TopUpRow(Answered):
    """One row of a list: `counted`, `already`, `heading`, `refused` or `undone`, and how it was
    read."""

    row: int
    text: str
    state: str
    number: str | None
    line: str | None
    label: str
    sum: Money | None
    detail: str


class TopUpReport(Answered):
    """What a list of top-ups did, or would. ``applied``: it is in the database."""

    applied: bool
    on: date
    counted: int
    already: int
    undone: int
    refused: int
    totals: list[Money]
    items: list[TopUpRow]
