"""What the tables say, held against what the world outside took: the invariants I1 to I5 of ENGINE
section 9 (docs/promise.md names them)."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from reminder.storage.database import Database, Session
from tests.faults.load import accepted

_UNTOLD = (
    "SELECT count(*) FROM reminder r WHERE r.skipped = '' AND NOT EXISTS "
    "(SELECT 1 FROM delivery_reminder d WHERE d.reminder_id = r.id)"
)


@dataclass(frozen=True)
class Kept:
    """What the tables say of every delivery: state, tries and reason; and the log of tries."""

    deliveries: dict[str, tuple[str, int, str]]
    attempts: list[tuple[str, int, str]]
    reminders: int
    untold: int

    @property
    def sent(self) -> set[str]:
        """The deliveries that are written down as sent."""
        return {d for d, (state, _, _) in self.deliveries.items() if state == "sent"}


def kept(session: Session) -> Kept:
    """Read it."""
    rows = session.execute(text("SELECT id, state, tries, reason FROM delivery"))
    log = session.execute(text("SELECT delivery_id, token, outcome FROM attempt"))
    return Kept(
        {str(r[0]): (str(r[1]), int(r[2]), str(r[3])) for r in rows},
        [(str(r[0]), int(r[1]), str(r[2])) for r in log],
        int(session.execute(text("SELECT count(*) FROM reminder")).scalar_one()),
        int(session.execute(text(_UNTOLD)).scalar_one()),
    )


def came(record: Path) -> collections.Counter[str]:
    """How often the world outside took each delivery, by its id."""
    found: collections.Counter[str] = collections.Counter()
    for name, times in accepted(record).items():
        found[name.strip("<>").partition("@")[0]] += times
    return found


def intact(database: Database) -> None:
    """I5: the database is whole, and every reference leads somewhere."""
    if database.is_sqlite:
        with database.look() as session:
            assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def check_midway(database: Database, record: Path) -> Kept:
    """What holds at any moment: nothing is sent that was not claimed, nothing is called sent that
    was not taken."""
    intact(database)
    with database.look() as session:
        found = kept(session)
    arrived = came(record)
    assert found.sent <= set(arrived), "I2: called sent, and nobody took it"
    for name, times in arrived.items():
        tries = found.deliveries[name][1] if name in found.deliveries else 0
        assert times <= tries, f"{name} was sent without a stored claim"
    return found


def check(database: Database, record: Path, *, owed: int, twice: int) -> int:
    """All invariants, once everything is over; ``owed``: how many reminders, ``twice``: how many
    tries may have been under way at a crash. Returns how many came twice."""
    found, arrived = check_midway(database, record), came(record)
    assert found.reminders == owed, "I1: what is owed is planned, once"
    assert found.untold == 0, "I1: what is planned goes somewhere"
    for name, (state, _, reason) in found.deliveries.items():
        assert state != "pending", f"I1: {name} is not over"
        assert state == "sent" or reason, f"I1: {name} is {state} without a reason"
    pairs = [(d, token) for d, token, _ in found.attempts]
    assert len(pairs) == len(set(pairs)), "I3: the same try twice"
    doubles = sum(arrived.values()) - len(arrived)
    assert doubles <= twice, f"I4: {doubles} came twice"
    return doubles
