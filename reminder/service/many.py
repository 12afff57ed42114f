"""Many lines written at once: what each comes to is computed first, then all stand in the database
together, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reminder.domain.balance import Reading
from reminder.domain.glance import glance
from reminder.domain.ids import OwnerId, ReadingId
from reminder.domain.line import Line, Situation
from reminder.domain.plan import Known, wake_at
from reminder.domain.settle import settle
from reminder.service.work import Work
from reminder.storage import acts, bulk, outbox
from reminder.storage.bulk import Change
from reminder.storage.lines import Act, Kept


@dataclass(frozen=True, slots=True)
class Written:
    """A line as it was kept, as it is entered now, where it then stands, and the act behind it."""

    kept: Kept
    line: Line
    case: Situation
    act: Act | None = None


def write(work: Work, owner: OwnerId, changed: Sequence[Written]) -> None:
    """Write them all, each to be looked at in time. Raises Conflict, and nothing is written, when
    one of them was changed since it was read."""
    known = outbox.known(work.session, [one.kept.line.id for one in changed])
    changes = (_change(work, one, known[one.kept.line.id]) for one in changed)
    bulk.write(work.session, owner, map(bulk.pack, changes), work.now)
    acts.add(work.session, [one.act for one in changed if one.act is not None])


def _change(work: Work, one: Written, known: Known) -> Change:
    """The change with the line at a glance, so that no board has to look at hundreds anew."""
    return Change(
        one.line,
        one.case.standing,
        _fresh(work, one),
        wake_at(one.case, known, work.now),
        one.kept.version,
        glance(settle(one.case, work.now), work.now),
    )


def _fresh(work: Work, one: Written) -> tuple[Reading, ...]:
    """The readings that are not kept yet, under ids of their own."""
    held = {reading.id for reading in one.kept.readings}
    return tuple(
        replace(reading, id=ReadingId(work.new_id("rdg")))
        for reading in one.case.readings
        if reading.id not in held
    )
