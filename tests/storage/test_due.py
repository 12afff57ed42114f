"""Promises of reminder/storage/due.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reminder.domain.ids import LineId, ReadingId
from reminder.storage import channels, due, lines, outbox, owners, watches
from reminder.storage.database import Database, Session
from reminder.storage.vault import Vault
from reminder.storage.watches import Watch
from tests.builders import build_line, build_standing, read_at
from tests.storage.samples import ANNA, BORIS, LATER, LINE, NOW, SOON, channel, hook, owed, people


def _one_more(session: Session, number: int, **changes: object) -> LineId:
    named = {"id": LineId(f"lin_{number}"), "number": f"+7916123456{number}", **changes}
    line = build_line(**named)
    lines.add(session, line, build_standing(), NOW + timedelta(milliseconds=number), NOW)
    return line.id


def test_so_many_owners_as_their_lines_allow(database: Database) -> None:
    """Longest due first, until their lines are too many; one at least, however many they have."""
    with database.unit() as session:
        assert due.take(session, NOW, 10, 10) == []
        people(session)
        _one_more(session, 2)
        _one_more(session, 3, owner=BORIS)
        assert due.take(session, SOON, 10, 3) == [ANNA, BORIS]
        assert due.take(session, SOON, 10, 2) == [ANNA]
        assert due.take(session, SOON, 10, 1) == [ANNA]
        assert due.take(session, SOON, 1, 9) == [ANNA]


def test_all_that_is_known_of_what_is_due(database: Database, vault: Vault) -> None:
    """Each owner's due lines, longest due first, with all that the rules ask of them."""
    with database.unit() as session:
        people(session)
        _one_more(session, 2)
        lines.add(
            session,
            build_line(id=LineId("lin_4"), number="+79161234564"),
            build_standing(),
            LATER,
            NOW,
        )
        theirs = _one_more(session, 3, owner=BORIS)
        reading = read_at(NOW, "50", id_=ReadingId("rdg_1"))
        lines.add_readings(session, LINE, [reading])
        outbox.add_reminders(session, [owed()])
        mine, his = hook("chn_mine"), replace(channel("chn_his"), owner=BORIS)
        for one in (mine, his):
            channels.add(session, one, vault)
        for number, watcher in (("1", BORIS), ("2", None)):
            watches.add(
                session,
                Watch(f"wat_{number}", ANNA, f"b{number}@example.org", "spare", NOW, watcher),
            )
        found = due.read(session, [ANNA], SOON, vault)
        assert [k.line.id for k in found.kept(ANNA)] == [LINE, "lin_2"]
        assert [k.readings for k in found.kept(ANNA)] == [(reading,), ()]
        assert found.known == {LINE: {owed().due.key: ""}, LineId("lin_2"): {}}
        assert found.channels == {ANNA: [replace(mine, secrets=())], BORIS: [his]}
        assert [w.watcher for w in found.watches[ANNA]] == [BORIS]
        assert found.owner(BORIS) == owners.get(session, BORIS)
        assert found.kept(BORIS) == []
        both = due.read(session, [ANNA, BORIS], SOON, vault)
        assert [k.line.id for k in both.kept(BORIS)] == [theirs]


def test_nothing_due_reads_nothing(database: Database, vault: Vault) -> None:
    """An owner without a line that is due is read, and nothing else."""
    with database.unit() as session:
        people(session)
        found = due.read(session, [BORIS], NOW, vault)
        assert (found.kept(BORIS), found.channels, found.watches) == ([], {}, {})
        assert found.owner(BORIS).email == "boris@example.org"
