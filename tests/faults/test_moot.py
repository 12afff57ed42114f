"""What a person does between the planning and the try counts, on every engine: edited, deleted,
topped up, acknowledged, stopped (ENGINE section 9, row 37)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import text

from reminder.app import open_app
from reminder.domain.ids import LineId, OwnerId
from reminder.service import acts, lines
from reminder.service.work import Work
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.faults.checker import check
from tests.faults.load import add_due, settled

Act = Callable[[Work, OwnerId, LineId], object]


def _topped_up(work: Work, owner: OwnerId, line: LineId) -> object:
    return acts.topped_up(work, owner, line, {"amount": "1000"})


def _edited(work: Work, owner: OwnerId, line: LineId) -> object:
    return lines.change(work, owner, line, {"renews_on": f"{work.now.year + 1}-06-01"})


ACTS: Mapping[str, Act] = {
    "topped up": _topped_up,
    "edited": _edited,
    "deleted": lines.remove,
    "acknowledged": acts.acknowledge,
    "stopped": acts.stop,
}
OWNERS = "SELECT owner_id, id FROM line"
LEFT = "SELECT state, reason FROM delivery"


def _do(act: Act, owner: OwnerId, line: LineId, work: Work) -> None:
    act(work, owner, line)


async def test_dealt_with_before_the_try(tmp_path: Path, environ: dict[str, str]) -> None:
    """Planned, then dealt with, then its turn: none is sent, each is skipped with a reason; the one
    that nobody touched is sent."""
    record = tmp_path / "accepted"
    async with SmtpSink(record=record) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        async with open_app(settings_in(tmp_path, environ)) as app:
            await app.write(lambda work: add_due(work, 0, len(ACTS) + 1))
            await app.plan()
            rows = await app.database.read(lambda s: s.execute(text(OWNERS)).all())
            for act, (owner, line) in zip(ACTS.values(), rows, strict=False):
                await app.write(partial(_do, act, OwnerId(owner), LineId(line)))
            await app.start()
            await settled(app)
            check(app.database, record, owed=len(ACTS) + 1, twice=0)
            left = await app.database.read(lambda s: s.execute(text(LEFT)).all())
    assert sorted(state for state, _ in left) == ["sent"] + ["skipped"] * len(ACTS)
    assert all(reason for state, reason in left if state == "skipped")
    assert len(smtp.messages) == 1
