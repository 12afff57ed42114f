"""Reading the catalogue: the files that ship with the package, then a site's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.joining import operator_of
from reminder.catalogue.sheet import Sheet, joined, sheet_of
from reminder.catalogue.table import Table
from reminder.errors import ConfigError

SHARED = ("russia.toml",)


def load(extra: Path | None = None) -> Catalogue:
    """Read the shipped operators and, over them, each ``*.toml`` in the folder ``extra``.

    A site's file has the same form. It adds an operator, or corrects a shipped one by naming only
    what differs. A folder that is not there counts as empty.

    Raises:
        ConfigError: a file is broken; the sentence names file, operator, field and what is right.
    """
    package = resources.files("reminder.catalogue")
    shared = {sheet.head.country: sheet for sheet in _read(package / name for name in SHARED)}
    sheets = {sheet.table.owner: sheet for sheet in _read(_files(package / "operators"))}
    if extra is not None and extra.is_dir():
        for sheet in _read(_files(extra)):
            base = sheets.get(sheet.table.owner)
            sheets[sheet.table.owner] = joined(base, sheet) if base else sheet
    found = (operator_of(sheet, shared.get(sheet.head.country)) for sheet in sheets.values())
    return Catalogue(found)


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
