"""Reading the catalogue: the files that ship with the package, then a site's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.claims import load_claims
from reminder.catalogue.joining import operator_of
from reminder.catalogue.operator import Operator
from reminder.catalogue.sheet import Sheet, joined, sheet_of
from reminder.catalogue.table import Table
from reminder.errors import ConfigError

SHARED = ("russia.toml", "abroad.toml")


def load(extra: Path | None = None, today: date | None = None) -> Catalogue:
    """Read the shipped operators and, over them, each ``*.toml`` in the folder ``extra``.

    A site's file has the same form. It adds an operator, or corrects a shipped one by naming only
    what differs. A folder that is not there counts as empty. A file that is broken is left out,
    whole, and the catalogue's ``faults`` say why: reminders do not stop for a wrong address. With
    ``today`` a file collected later than that is broken too.

    Raises:
        ConfigError: a shipped file is broken.
    """
    shared, sheets, shipped = _shipped()
    operators = dict(shipped)
    faults: list[str] = []
    for file in _site_files(extra, faults):
        try:
            over = sheet_of(_table_of(file))
            _check_day(over, today)
            base = sheets.get(over.table.owner)
            operators[over.table.owner] = _made(joined(base, over) if base else over, shared)
        except ConfigError as error:
            faults.append(f"{error}; this file is left out until it is right")
    return Catalogue(operators.values(), faults, load_claims())


@cache
def _shipped() -> tuple[Mapping[str | None, Sheet], Mapping[str, Sheet], Mapping[str, Operator]]:
    """What ships with the package, read once in a process: what holds for a country, the sheets,
    and the operators that they make."""
    package = resources.files("reminder.catalogue")
    shared = {sheet.head.country: sheet for sheet in _read(package / name for name in SHARED)}
    sheets = {sheet.table.owner: sheet for sheet in _read(_files(package / "operators"))}
    return shared, sheets, {owner: _made(sheet, shared) for owner, sheet in sheets.items()}


def _made(sheet: Sheet, shared: Mapping[str | None, Sheet]) -> Operator:
    """The operator of a sheet, with what holds for its country, or for all abroad."""
    country = sheet.head.country
    return operator_of(sheet, shared.get(country, shared[None]) if country else None)


def _check_day(sheet: Sheet, today: date | None) -> None:
    """A day ahead is let pass: it may be tomorrow already where the file was written."""
    if today is not None and sheet.table.day("collected_on") > today + timedelta(days=1):
        sheet.table.fail("collected_on", f"lies in the future; must be {today} or earlier")


def _site_files(folder: Path | None, faults: list[str]) -> list[Traversable]:
    if folder is None or not folder.is_dir():
        return []
    try:
        return _files(folder)
    except ConfigError as error:
        faults.append(str(error))
        return []


def _files(folder: Traversable) -> list[Traversable]:
    try:
        inside = list(folder.iterdir())
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read: {error.strerror}") from error
    found = [file for file in inside if file.name.endswith(".toml") and file.is_file()]
    return sorted(found, key=lambda file: file.name)


def _read(files: Iterable[Traversable]) -> Iterator[Sheet]:
    for file in files:
        yield sheet_of(_table_of(file))


def _table_of(file: Traversable) -> Table:
    name = str(file)
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: is not TOML in UTF-8: {error}") from error
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from error
    table = Table(values, name, str(values.get("id", "")))
    if table.owner != file.name.removesuffix(".toml"):
        table.fail("id", f'must be "{file.name.removesuffix(".toml")}", like the file\'s name')
    return table
