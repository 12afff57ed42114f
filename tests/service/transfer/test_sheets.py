"""Promises of reminder/service/transfer/sheets.py."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.errors import InvalidInput
from reminder.service.transfer import sheets
from reminder.service.transfer.sheets import Row, guarded, open_sheet, plain


def rows(text: str | bytes) -> list[Row]:
    """The rows of a file."""
    raw = text.encode() if isinstance(text, str) else text
    return list(open_sheet(io.BytesIO(raw), ("number", "label")).rows)


@pytest.mark.parametrize("separator", list(sheets.SEPARATORS.values()))
def test_each_usual_separator_is_found(separator: str) -> None:
    """The first row tells which sign stands between cells; quotes keep it inside one."""
    text = f'number{separator}label\n+79161234567{separator}"a{separator}b"\n'
    assert rows(text) == [Row(2, {"number": "+79161234567", "label": f"a{separator}b"})]


def test_rows_are_counted_as_a_spreadsheet_counts() -> None:
    """The header is row 1; an empty row counts and is left out."""
    assert [row.number for row in rows("number\n1\n\n2\n")] == [2, 4]


def test_json_lines_are_rows_too() -> None:
    """One object a line; what is null is not there; a line that is no object is named."""
    found = rows('{"number": "1", "label": null}\n[]\nnonsense\n')
    assert found[0] == Row(1, {"number": "1"})
    assert [bool(row.faults) for row in found] == [False, True, True]


def test_a_quote_that_is_never_closed_is_named() -> None:
    """The row in which it opens is said."""
    with pytest.raises(InvalidInput, match="opens in row 3 is never closed"):
        rows('number,label\n1,a\n2,"b\n3,c\n')


def test_mixed_separators_are_a_fault_of_their_row() -> None:
    """A row with more cells than columns is refused by itself; a shorter one is not."""
    found = rows("number,label\n1,a,b,c\n2\n")
    assert "4 cells" in found[0].faults[0].detail
    assert not found[1].faults


@pytest.mark.parametrize("text", ["", "\n\n", "   "])
def test_an_empty_file_is_refused(text: str) -> None:
    """Nothing in it is said plainly."""
    with pytest.raises(InvalidInput, match="empty"):
        rows(text)


def test_a_line_without_end_is_refused() -> None:
    """Ten megabytes without a line break never fill the memory."""
    with pytest.raises(InvalidInput, match="64 kB"):
        rows(b"number\n" + b"x" * 10_000_000)


def test_columns_that_are_not_known_are_named_with_the_nearest() -> None:
    """A typing mistake is told with what was meant; a missing number column too."""
    with pytest.raises(InvalidInput) as refused:
        sheets.check_columns(("nummer", "fee"), ("number", "fee"))
    assert [fault.field for fault in refused.value.faults] == ["nummer", "number"]
    assert "did you mean number?" in refused.value.faults[0].detail


def test_a_column_twice_is_refused() -> None:
    """It cannot be known which one counts."""
    with pytest.raises(InvalidInput, match="twice"):
        rows("number,number\n1,2\n")


@given(st.text(max_size=40))
def test_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    """Whatever a cell holds, a spreadsheet runs nothing, and an import reads the same."""
    assert guarded(cell)[:1] not in tuple("=+-@\t\r")
    assert plain(guarded(cell)) == cell


@given(st.binary(max_size=400))
def test_rubbish_is_refused_or_read_never_raised(raw: bytes) -> None:
    """Any bytes at all end in rows or in one clear refusal."""
    with contextlib.suppress(InvalidInput):
        assert all(row.number >= 1 for row in rows(raw))
