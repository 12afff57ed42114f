"""The service was down over due times, from an hour to forty days: one late message a line, the
others skipped with their reason (ENGINE section 9, row 24)."""

from __future__ import annotations

import collections
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import open_app
from reminder.service import lines
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.faults.checker import check
from tests.faults.load import Ahead, settled

LINES = 12
STARTS = 6
LONGEST_DAYS = 40.0
SEED = 20261128
COUNTED = text("SELECT count(*), sum(CASE WHEN skipped <> '' THEN 1 ELSE 0 END) FROM reminder")


def _register(work: Work, chance: random.Random) -> None:
    for n in range(LINES):
        owner = new_owner(work, {"email": f"o{n}@example.org"}, admin=True, proven=True)
        on = work.now.date() + timedelta(days=chance.randint(1, 30))
        fields = {
            "number": f"+79160{n:06d}",
            "operator": "mts",
            "fee": "300",
            "balance": "1",
            "renews_on": on.isoformat(),
            "period": "P1M",
        }
        lines.register(work, owner.id, fields)


@pytest.mark.parametrize("seed", [SEED])
async def test_down_over_due_times(tmp_path: Path, environ: dict[str, str], seed: int) -> None:
    """After each of several stops of 0.1 to 40 days each owner is told once at the most, and what
    is not told is skipped with its reason."""
    chance, clock, record = random.Random(seed), Ahead(), tmp_path / "accepted"
    async with SmtpSink(record=record) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        settings = settings_in(tmp_path, environ)
        async with open_app(settings, clock=clock) as app:
            await app.write(lambda work: _register(work, random.Random(seed)))
        told = 0
        for _ in range(STARTS):
            clock.by += timedelta(days=0.1 * (LONGEST_DAYS / 0.1) ** chance.random())
            async with open_app(settings, clock=clock) as app:
                await app.plan()
                await app.start()
                await settled(app)
                owed, skipped = await app.database.read(lambda s: s.execute(COUNTED).one())
                check(app.database, record, owed=owed, twice=0)
            each = collections.Counter(m.recipients[0] for m in smtp.messages[told:])
            assert set(each.values()) <= {1}
            told = len(smtp.messages)
    assert told >= LINES
    assert skipped > 0
    print(f"seed {seed}: {STARTS} stops, {LINES} lines, {told} messages, {skipped} skipped")
