"""Promises of reminder/storage/board.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from reminder.domain.glance import Glance, Level
from reminder.domain.ids import LineId
from reminder.domain.line import Clock, LineState
from reminder.storage import board, lines, owners
from reminder.storage.board import Sort, Sought
from reminder.storage.database import Database, Session
from tests.builders import build_line, build_standing
from tests.storage.samples import ANNA, BORIS, NOW, owner

TODAY = date(2026, 11, 24)
LATER = NOW + timedelta(days=5)
# id -> label, number, operator, tags, note, leading, days to its day, known, state
PEOPLE: dict[str, tuple[str, str, str, tuple[str, ...], str, str, int | None, bool, str]] = {
    "lin_a": ("Мама", "+79161234567", "mts", ("family",), "", "renewal", 3, False, "active"),
    "lin_b": (
        "Router",
        "+79261234507",
        "megafon",
        ("office",),
        "100%",
        "balance",
        10,
        True,
        "active",
    ),
    "lin_c": (
        "妈妈",
        "+79521234581",
        "t2",
        ("family", "bank"),
        "",
        "inactivity",
        29,
        True,
        "active",
    ),
    "lin_d": ("", "+79031234518", "beeline", (), "", "", None, True, "active"),
    "lin_e": ("Spare", "+79581234530", "other", (), "", "renewal", 40, False, "active"),
    "lin_f": ("Gone", "+79171234530", "mts", ("office",), "", "renewal", 1, True, "stopped"),
}


def _fill(session: Session) -> None:
    owners.add(session, owner())
    owners.add(session, owner(BORIS, "boris@example.org"))
    for identity, row in PEOPLE.items():
        label, number, operator, tags, note, leading, days, known, state = row
        line = build_line(
            id=LineId(identity), label=label, number=number, operator=operator, tags=tags, note=note
        )
        lines.add(session, line, build_standing(state=LineState(state)), None, NOW)
        on = None if days is None else TODAY + timedelta(days=days)
        seen = Glance(Clock(leading) if leading else None, on, known, _due(identity), LATER)
        board.keep_glances(session, [(line.id, 1, seen)])
    theirs = build_line(id=LineId("lin_x"), owner=BORIS, tags=("theirs",))
    lines.add(session, theirs, build_standing(), None, NOW)


def _due(identity: str) -> datetime | None:
    return NOW + timedelta(hours=ord(identity[-1]) - 90) if identity != "lin_f" else None


@pytest.fixture
def filled(database: Database) -> Database:
    """Six lines of Anna's, one of each kind, and one of Boris's."""
    with database.unit() as session:
        _fill(session)
    return database


def _found(database: Database, sought: Sought) -> str:
    """The last letters of the lines found, in their order."""
    with database.look() as session:
        rows = board.page(session, ANNA, sought, TODAY)
    return "".join(row.kept.line.id[-1] for row in rows)


def test_the_most_urgent_line_comes_first(filled: Database) -> None:
    """Who needs somebody by day, then what cannot be told, then who is fine, then the stopped."""
    assert _found(filled, Sought()) == "abcedf"


@pytest.mark.parametrize(
    ("sort", "falling", "expected"),
    [
        (Sort.NAME, False, "fbeacd"),
        (Sort.OPERATOR, False, "dbafec"),
        (Sort.OPERATOR, True, "ceafbd"),
        (Sort.NUMBER, False, "dafbce"),
        (Sort.DATE, False, "fabced"),
        (Sort.DATE, True, "ecbafd"),
        (Sort.MESSAGE, False, "abcdef"),
        (Sort.ADDED, True, "fedcba"),
    ],
)
def test_it_is_sorted_by_what_is_asked_for(
    filled: Database, sort: Sort, falling: bool, expected: str
) -> None:
    """Either way round; what has no value comes last both ways."""
    assert _found(filled, Sought(sort=sort, falling=falling)) == expected


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        (Sought(words=("мама",)), "a"),
        (Sought(words=("妈",)), "c"),
        (Sought(words=("100%",)), "b"),
        (Sought(words=("%",)), "b"),
        (Sought(words=("family", "bank")), "c"),
        (Sought(words=("8916",), digits=("8916", "7916")), "a"),
        (Sought(words=("t2",), named=("t2",)), "c"),
        (Sought(words=("nobody",)), ""),
        (Sought(needs_me=True), "abc"),
        (Sought(operator="mts"), "af"),
        (Sought(state="stopped"), "f"),
        (Sought(clock="renewal"), "ae"),
        (Sought(tag="office"), "bf"),
        (Sought(tag="offic"), ""),
        (Sought(tag="family", needs_me=True, operator="t2"), "c"),
    ],
)
def test_it_finds_what_is_sought_and_counts_the_same(
    filled: Database, sought: Sought, expected: str
) -> None:
    """Words in any script, a number, an operator, a state, a clock, a tag; another owner's line
    never."""
    assert _found(filled, sought) == expected
    with filled.look() as session:
        assert sum(board.counts(session, ANNA, sought, TODAY).values()) == len(expected)


def test_a_page_is_a_part_of_the_whole(filled: Database) -> None:
    """Page by page every line comes once, in the same order."""
    pages = [_found(filled, Sought(start=start, limit=2)) for start in (0, 2, 4, 6)]
    assert pages == ["ab", "ce", "df", ""]


def test_lines_are_counted_at_their_levels(filled: Database) -> None:
    """The database reads the levels as the domain does."""
    with filled.look() as session:
        found = board.counts(session, ANNA, Sought(), TODAY)
    assert found == {Level.NOW: 1, Level.SOON: 2, Level.REST: 2, Level.FINE: 1}


def test_what_an_owner_can_narrow_by_is_their_own(filled: Database) -> None:
    """Operators and tags of their lines, each once."""
    with filled.look() as session:
        assert board.operators(session, ANNA) == ["beeline", "megafon", "mts", "other", "t2"]
        assert board.tags(session, ANNA) == ["bank", "family", "office"]


def test_the_next_message_is_the_first_still_to_come(filled: Database) -> None:
    """A moment that is past is not the next message's."""
    with filled.look() as session:
        first = board.next_message(session, ANNA, NOW)
        later = board.next_message(session, ANNA, NOW + timedelta(hours=8))
        assert board.next_message(session, ANNA, NOW + timedelta(days=9)) is None
    assert first is not None
    assert later is not None
    assert (first[0].kept.line.id, later[0].kept.line.id) == ("lin_a", "lin_c")


def test_the_next_message_is_about_all_that_come_with_it(filled: Database) -> None:
    """Several lines at one moment: the most urgent is named, the others are counted."""
    with filled.unit() as session:
        for name, days in (("lin_b", 30), ("lin_c", 4)):
            leads_on = TODAY + timedelta(days=days)
            seen = Glance(Clock.RENEWAL, leads_on, True, _due("lin_b"), LATER)
            board.keep_glances(session, [(LineId(name), 1, seen)])
    with filled.look() as session:
        found = board.next_message(session, ANNA, NOW + timedelta(hours=7.5))
    assert found is not None
    assert (found[0].kept.line.id, found[1]) == ("lin_c", 1)


def test_a_line_that_was_written_or_whose_glance_is_over_is_stale(filled: Database) -> None:
    """A write makes the glance stale; a glance of an older version is not kept over it."""
    with filled.look() as session:
        assert board.stale(session, ANNA, NOW, 10) == []
        assert len(board.stale(session, ANNA, LATER, 10)) == 6
        assert len(board.stale(session, ANNA, LATER, 4)) == 4
    with filled.unit() as session:
        kept = lines.get(session, LineId("lin_a"))
        lines.save(session, kept, replace(kept.line, label="Mum"), kept.standing, None)
        seen = Glance(None, None, True, None, LATER)
        board.keep_glances(session, [(kept.line.id, kept.version, seen)])
    with filled.look() as session:
        assert [k.line.id for k in board.stale(session, ANNA, NOW, 10)] == ["lin_a"]
        assert board.owner_of_stale(session, NOW) == ANNA or BORIS
    with filled.unit() as session:
        board.forget_glances(session)
        assert len(board.stale(session, ANNA, NOW, 10)) == 6
