"""Promises of reminder/storage/lines.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reminder.domain.ids import ChannelId, DeliveryId, LineId, ReadingId
from reminder.domain.line import LineState, Plan
from reminder.domain.schedule import Period
from reminder.errors import Conflict, NotFound
from reminder.storage import acts, due, lines, outbox, owners
from reminder.storage.database import Database
from reminder.storage.tables import ActRow, ReadingRow
from tests.builders import build_line, build_standing, read_at, rubles
from tests.storage.samples import (
    ANNA,
    BORIS,
    LATER,
    LINE,
    NOW,
    SOON,
    act,
    least_wake_at,
    next_wake_at,
    one_due,
    people,
)

WHOLE = build_line(
    id=LineId("lin_2"),
    number="+77012345678",
    label="Brother",
    top_up_url="https://example.org",
    plan=Plan.POSTPAID,
    period=Period(days=30),
    low_balance=rubles("50"),
    autopay=True,
    inactivity_days=90,
    lead_times=(7, 0),
    channels=(ChannelId("chn_1"),),
    note="in the drawer",
)


def test_a_line_comes_back_as_it_was(database: Database) -> None:
    """Every field of a line, where it stands and its readings are kept."""
    standing = build_standing(state=LineState.STOPPED, overdue=True)
    reading = read_at(NOW, "-12.50")
    with database.unit() as session:
        people(session)
        lines.add(session, WHOLE, standing, None, NOW)
        lines.add_readings(session, WHOLE.id, [reading])
    with database.look() as session:
        kept = lines.get(session, WHOLE.id, ANNA)
    assert (kept.line, kept.standing, kept.readings) == (WHOLE, standing, (reading,))
    assert (kept.version, kept.created_at) == (1, NOW)


def test_a_number_is_in_a_list_once(database: Database) -> None:
    """The same number again is a conflict; another owner may have it too."""
    with database.unit() as session:
        people(session)
        again = build_line(id=LineId("lin_2"))
        with pytest.raises(Conflict, match="in your list already"):
            lines.add(session, again, build_standing(), None, NOW)
        lines.add(session, replace(again, owner=BORIS), build_standing(), None, NOW)
        there = lines.taken(session, ANNA, "+79161234567")
        assert there is not None
        assert there.line == LINE
        assert LINE in str(there)
        assert lines.taken(session, ANNA, "+79161234568") is None


def test_another_owners_line_is_none(database: Database) -> None:
    """A line is found for its owner only, and in nobody else's list."""
    with database.unit() as session:
        people(session)
        with pytest.raises(NotFound):
            lines.get(session, LINE, BORIS)
        with pytest.raises(NotFound):
            lines.get(session, LineId("lin_9"))
        assert lines.all_of(session, BORIS) == []
        assert list(lines.some(session, [LINE, LineId("lin_9")])) == [LINE]


def test_who_writes_over_a_newer_version_is_told(database: Database) -> None:
    """A change rests on the version that was read; a second one over it is a conflict."""
    with database.unit() as session:
        people(session)
        kept = lines.get(session, LINE)
        changed = replace(kept.line, label="Mum")
        assert lines.save(session, kept, changed, kept.standing, NOW) == 2
        with pytest.raises(Conflict, match="changed by somebody else"):
            lines.save(session, kept, kept.line, kept.standing, NOW)
        session.expire_all()
        assert lines.get(session, LINE).line.label == "Mum"


def test_an_owner_wakes_with_the_first_line(database: Database) -> None:
    """An owner falls due no later than any line; with no line to wake there is nothing due."""
    with database.unit() as session:
        people(session)
        assert next_wake_at(session) == NOW
        assert due.take(session, NOW - timedelta(milliseconds=1), 10, 10) == []
        assert due.take(session, NOW, 10, 10) == [ANNA]
        kept = lines.get(session, LINE)
        lines.save(session, kept, kept.line, kept.standing, SOON)
        assert next_wake_at(session) == NOW  # the planner sets the exact instant
        assert least_wake_at(session, ANNA) == SOON
        owners.set_wake_at(session, ANNA, None)
        lines.wake_all(session, ANNA, LATER)
        assert least_wake_at(session, ANNA) == next_wake_at(session) == LATER


def test_a_removed_line_takes_everything_but_the_log(database: Database) -> None:
    """Readings and acts go with the line; its reminders keep the label."""
    with database.unit() as session:
        one_due(session)
        lines.add_readings(session, LINE, [read_at(NOW, "10")])
        acts.add(session, [act()])
        session.flush()
        lines.remove(session, LINE)
    with database.look() as session:
        assert session.get(ReadingRow, read_at(NOW, "10").id) is None
        assert session.get(ActRow, "act_1") is None
        (carried,) = outbox.reminders_of(session, [DeliveryId("dlv_1")]).values()
        assert [r.label for r in carried] == ["Mum"]


def test_only_the_lines_own_readings_are_removed(database: Database) -> None:
    """A reading is removed once, and only from its own line."""
    reading = read_at(NOW, "10", id_="rdg_1")
    with database.unit() as session:
        people(session)
        lines.add_readings(session, LINE, [reading])
        session.flush()
        assert lines.remove_readings(session, LineId("lin_2"), [reading.id]) == 0
        assert lines.remove_readings(session, LINE, [reading.id, ReadingId("rdg_2")]) == 1
        assert lines.remove_readings(session, LINE, [reading.id]) == 0
