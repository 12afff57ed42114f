"""A file as rows: CSV with any usual separator, or JSON lines; read as a stream, row by row."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from reminder.domain.quick import quick
from reminder.errors import Fault, InvalidInput
from reminder.service.transfer.encoding import encoding_of
from reminder.service.transfer.foreign.documents import LARGEST_DOCUMENT, is_document, records_of
from reminder.service.transfer.foreign.shapes import Shape, shape_of

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
LONGEST_ROW = 64 * 1024
FORMULA = "=+-@\t\r'"
MOST_UNKNOWN = 20
_LONG = f"A row holds {LONGEST_ROW // 1024} kB at most"
_DAMAGED = "The text is damaged: export it anew as UTF-8"
_MBPLUGIN = (
    "This is phones.ini, which holds passwords and no dates: copy its numbers and names into the "
    "template instead"
)


@quick
@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts (the header is row 1), its cells by column,
    what is wrong with it already, and what of it stays behind."""

    number: int
    cells: Mapping[str, object]
    faults: tuple[Fault, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that is being read: its columns (None: JSON), its rows, and whose export it is if it
    is another program's. It is let go of, not closed, by :meth:`close`."""

    columns: tuple[str, ...] | None
    rows: Iterator[Row] = field(repr=False)
    text: io.TextIOWrapper = field(repr=False)
    shape: Shape | None = None

    def close(self) -> None:
        """Read no more; the file stays open for whoever opened it."""
        self.text.detach()


def open_sheet(
    source: BinaryIO,
    known: tuple[str, ...],
    encoding: str | None = None,
    separator: str | None = None,
) -> Sheet:
    """Open a file of either kind whose columns are ``known``. Raises InvalidInput when it is
    neither, is empty, or names other columns."""
    text = io.TextIOWrapper(source, encoding_of(source, encoding), newline="")
    try:
        return _sheet(text, known, separator)
    except InvalidInput:
        text.detach()
        raise


def _sheet(text: io.TextIOWrapper, known: tuple[str, ...], named: str | None) -> Sheet:
    first = _read_line(text)
    if not first.strip():
        raise InvalidInput.of("file", "The file is empty: its first row names the columns")
    if first.lstrip().startswith("[Phone]"):
        raise InvalidInput.of("file", _MBPLUGIN)
    is_long = len(first) > LONGEST_ROW
    if is_document(first) or (is_long and first.lstrip().startswith("{")):
        return _document(first, text)
    if is_long:
        raise InvalidInput.of("file", _LONG)
    if first.lstrip().startswith("{"):
        return Sheet(None, _json_rows(first, text), text)
    separator = _separator(first, known, named)
    columns = _header(first, separator)
    shape = shape_of(columns)
    if shape is None:
        check_columns(columns, known)
    return Sheet(columns, _csv_rows(columns, text, separator), text, shape)


def _document(first: str, text: io.TextIOWrapper) -> Sheet:
    try:
        records = records_of(first + text.read(LARGEST_DOCUMENT + 1))
    except UnicodeError as error:
        raise InvalidInput.of("file", _DAMAGED) from error
    rows = (
        Row(number, {name: value for name, value in one.items() if value is not None})
        for number, one in enumerate(records, 1)
    )
    return Sheet(None, rows, text, shape_of(records[0]) if records else None)


def _read_line(text: io.TextIOWrapper) -> str:
    """The next line, or the beginning of one that no sheet would have; raises InvalidInput for
    torn text."""
    try:
        return text.readline(LONGEST_ROW + 1)
    except UnicodeError as error:
        raise InvalidInput.of("file", _DAMAGED) from error


def _line(text: io.TextIOWrapper) -> str:
    """The next line; raises InvalidInput for one that no sheet would have, or for torn text."""
    line = _read_line(text)
    if len(line) > LONGEST_ROW:
        raise InvalidInput.of("file", _LONG)
    return line


def _separator(first: str, known: tuple[str, ...], named: str | None) -> str:
    """The separator that is named, else the one by which the first row holds the most columns that
    are known; raises InvalidInput where two do."""
    if named is not None:
        if named not in SEPARATORS:
            raise InvalidInput.of("separator", f"Choose one of: {', '.join(SEPARATORS)}")
        return SEPARATORS[named]
    there = [one for one in SEPARATORS.values() if one in first]
    fitting = {one: _known_by(first, one, known) for one in there}
    most = max(fitting.values(), default=0)
    best = [one for one in there if fitting[one] == most]
    if len(best) > 1 and most:
        raise InvalidInput.of("separator", "Cells stand between several signs: say which separates")
    return max(best, key=first.count, default=",")


def _known_by(first: str, separator: str, known: tuple[str, ...]) -> int:
    try:
        return sum(name in known for name in _header(first, separator))
    except InvalidInput:
        return 0


def _header(first: str, separator: str) -> tuple[str, ...]:
    try:
        names = next(csv.reader([first], delimiter=separator, strict=True))
    except (csv.Error, StopIteration) as error:
        raise InvalidInput.of("file", f"The first row cannot be read: {error}") from error
    columns = tuple(plain(name).strip() for name in names)
    named = [name for name in columns if name]
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise InvalidInput.of("file", f"The column {twice!r} stands twice in the first row")
    return columns


def check_columns(columns: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Raise InvalidInput that names the columns that are not known, with the nearest that is."""
    faults: list[Fault] = []
    for name in columns:
        if name and name not in known and len(faults) < MOST_UNKNOWN:
            near = difflib.get_close_matches(name.lower(), known, 1)
            hint = f": did you mean {near[0]}?" if near else ""
            faults.append(Fault(name[:60], f"There is no such column{hint}", "unknown"))
    if "number" not in columns:
        faults.append(Fault("number", "The first row must name the column number", "required"))
    if faults:
        raise InvalidInput(*faults)


def _csv_rows(columns: tuple[str, ...], text: io.TextIOWrapper, separator: str) -> Iterator[Row]:
    lines = iter(lambda: _line(text), "")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InvalidInput.of(f"rows/{number}", _csv_sentence(error, number)) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _csv_row(number, columns, cells)


def _csv_sentence(error: csv.Error, number: int) -> str:
    if "unexpected end" in str(error) or "field limit" in str(error):
        return f"A quote that opens in row {number} is never closed"
    return f"Row {number} cannot be read: {error}"


def _csv_row(number: int, columns: tuple[str, ...], cells: list[str]) -> Row:
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    faults: tuple[Fault, ...] = ()
    if extra:
        detail = f"The row has {len(cells)} cells, the first row names {len(columns)} columns"
        faults = (Fault("", detail, "shape"),)
    named = {
        name: plain(cell)
        for name, cell in zip(columns, cells, strict=False)
        if name and cell.strip()
    }
    return Row(number, named, faults)


def _json_rows(first: str, text: io.TextIOWrapper) -> Iterator[Row]:
    number, line = 1, first
    while line:
        if line.strip():
            yield _json_row(number, line)
        number, line = number + 1, _line(text)


def _json_row(number: int, line: str) -> Row:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, {}, (Fault("", "This line is no JSON object", "shape"),))
    if not isinstance(found, dict):
        return Row(number, {}, (Fault("", "This line is no JSON object", "shape"),))
    return Row(number, {name: value for name, value in found.items() if value is not None})


def plain(cell: str) -> str:
    """A cell without the quote that keeps a spreadsheet from taking it for a formula.

    >>> plain("'+79161234567"), plain("o'clock")
    ('+79161234567', "o'clock")
    """
    quoted = cell.startswith("'") and cell[1:2] and cell[1] in FORMULA
    return cell[1:] if quoted else cell


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; :func:`plain` gives it back.

    >>> guarded("=1+1"), plain(guarded("'=1"))
    ("'=1+1", "'=1")
    """
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA else cell
