"""Promises of reminder/storage/swift.py."""

from __future__ import annotations

from datetime import date

import pytest

from reminder.storage import swift
from reminder.storage.database import Database, IntegrityError
from reminder.storage.swift import Query, Shape
from reminder.storage.tables import ReadingRow
from tests.storage.samples import LATER, LINE, NOW, SOON, people

NEW = Shape(ReadingRow, ("id", "line_id", "kind", "at", "on", "recorded_at", "minor"))
CHANGED = Shape(ReadingRow, ("minor", "at"), ("id", "minor"))
ONE = ("rdg_1", LINE, "reading", NOW, date(2026, 11, 24), SOON, 12050)
TWO = ("rdg_2", LINE, "fee", SOON, date(2026, 11, 25), SOON, -5)


def _all(database: Database) -> list[tuple[object, ...]]:
    with database.look() as session:
        rows = [session.get_one(ReadingRow, name) for name in ("rdg_1", "rdg_2")]
        return [(r.id, r.line_id, r.kind, r.at, r.on, r.recorded_at, r.minor) for r in rows]


def test_rows_are_written_as_they_are_read(database: Database) -> None:
    """Instants, days and numbers are kept as the tables keep them; nothing is done for nothing."""
    with database.unit() as session:
        people(session)
        assert swift.write(session, NEW, [ONE, TWO]) == 2
        assert swift.write(session, NEW, []) == 0
    assert _all(database) == [ONE, TWO]
    with pytest.raises(IntegrityError), database.unit() as session:
        swift.write(session, NEW, [ONE])


def test_only_what_is_the_same_still_is_changed(database: Database) -> None:
    """A row that somebody changed meanwhile is left as it is, and not counted."""
    with database.unit() as session:
        people(session)
        swift.write(session, NEW, [ONE, TWO])
        rows = [(1, LATER, "rdg_1", 12050), (2, LATER, "rdg_2", 99)]
        assert swift.write(session, CHANGED, rows) == 1
    assert _all(database) == [(*ONE[:3], LATER, *ONE[4:6], 1), TWO]


ODD = ['a "quote"', "a \\ and a , and {}", "NULL", "", "line\nbreak", "имя 妈妈 🐈"]


def test_texts_are_kept_as_they_are(database: Database) -> None:
    """Whatever signs they hold, and whichever stand beside them."""
    rows = [(f"rdg_{n}", LINE, text, *ONE[3:]) for n, text in enumerate(ODD)]
    with database.unit() as session:
        people(session)
        swift.write(session, NEW, rows)
    names = [f"rdg_{n}" for n in range(len(ODD))]
    with database.look() as session:
        found = list(swift.read(session, Query(ReadingRow, NEW.names, key="id"), names))
    assert sorted(found) == rows


def test_rows_are_read_by_a_list_of_keys(database: Database) -> None:
    """Those that are there, with instants and days as the tables keep them; none for none."""
    wanted = Query(ReadingRow, NEW.names, key="line_id")
    with database.unit() as session:
        people(session)
        swift.write(session, NEW, [ONE, TWO])
        assert sorted(swift.read(session, wanted, ["lin_none", LINE])) == [ONE, TWO]
        assert list(swift.read(session, wanted, ["lin_none", 'odd"\\'])) == []
        assert list(swift.read(session, wanted, [])) == []


def test_a_column_for_postgresql() -> None:
    """Nothing stands without quotes but for what is nothing."""
    assert swift.array(["a", None, "NULL"], True) == '{"a",NULL,"NULL"}'
    assert swift.array(['"', "\\"], True) == '{"\\"","\\\\"}'
    assert swift.array([True, None, 3], False) == "{True,NULL,3}"
