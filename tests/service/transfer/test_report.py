"""Promises of reminder/service/transfer/report.py."""

from __future__ import annotations

from reminder.service.transfer.report import MOST_NAMED, Report, RowReport, RowState


def test_every_row_is_counted_and_the_first_are_named() -> None:
    """A file of any length has a report of bounded size, and wrong rows are not crowded out."""
    report = Report()
    for row in range(MOST_NAMED * 2):
        report.add(RowReport(row, RowState.ADDED))
    report.add(RowReport(0, RowState.REFUSED))
    assert (report.rows, report.refused) == (MOST_NAMED * 2 + 1, 1)
    assert len(report.items) == MOST_NAMED + 1
