"""Many lines written at once: what each comes to is computed first, while one only reads and others
write; then all stand in the database together, in a few statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from reminder.domain.balance import Reading
from reminder.domain.glance import glance
from reminder.domain.ids import ActId, ReadingId
from reminder.domain.line import Line, Situation
from reminder.domain.look import look_at_each, settled
from reminder.domain.owner import Owner
from reminder.domain.plan import wake_after
from reminder.errors import Conflict
from reminder.service.work import Work
from reminder.storage import acts, bulk, outbox, owners
from reminder.storage.acts import Act
from reminder.storage.bulk import Change
from reminder.storage.lines import Kept


@dataclass(frozen=True, slots=True)
class Written:
    """A line as it was kept, as it is entered now, where it then stands, and the act behind it."""

    kept: Kept
    line: Line
    case: Situation
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Changes of an owner's lines, ready to be written, with the acts behind them; ``undone`` and
    ``gone`` are acts that are taken back, and their readings."""

    person: Owner
    packed: tuple[bytes, ...]
    acts: tuple[Act, ...] = ()
    undone: tuple[ActId, ...] = ()
    gone: tuple[ReadingId, ...] = ()


class Planned(Protocol):
    """What a use case comes to, and what is to be written of it; None: nothing."""

    @property
    def ready(self) -> Ready | None:
        """What is to be written."""


P = TypeVar("P", bound=Planned)


def ready(work: Work, person: Owner, changed: Sequence[Written]) -> Ready:
    """Make what each comes to ready to be written, to be looked at in time; with each line at a
    glance, so that no board has to look at hundreds anew."""
    known = outbox.known(work.session, [one.kept.line.id for one in changed])
    looks = look_at_each([one.case for one in changed], work.now)
    seen = list(zip(changed, looks, strict=True))
    wakes = [wake_after(look, one.case, known[one.kept.line.id]) for one, look in seen]
    glances = [glance(settled(look)) for look in looks]
    packed = [
        bulk.pack(Change(x.line, x.case.standing, _fresh(work, x), wake, x.kept.version, shown))
        for x, wake, shown in zip(changed, wakes, glances, strict=True)
    ]
    return Ready(person, tuple(packed), tuple(one.act for one in changed if one.act is not None))


def write(work: Work, what: Ready) -> None:
    """Write it. Raises Conflict, and nothing is written, when one of the lines, or how their owner
    is written to, was changed since it was read."""
    if owners.get(work.session, what.person.id) != what.person:
        raise Conflict(bulk.CHANGED_MEANWHILE)
    with work.session.begin_nested():
        bulk.write(work.session, what.person.id, what.packed, work.now)
        acts.add(work.session, what.acts)
        acts.undo(work.session, what.undone, what.gone, work.now)


def done(work: Work, plan: Callable[[Work], P], seen: P | None) -> P:
    """Write what was ``seen`` when it was planned while one only read; where somebody changed one
    of the lines since, and where nothing was seen, plan it here and now."""
    if seen is not None:
        try:
            if seen.ready is not None:
                write(work, seen.ready)
        except Conflict:
            return done(work, plan, None)
        return seen
    found = plan(work)
    if found.ready is not None:
        write(work, found.ready)
    return found


def _fresh(work: Work, one: Written) -> tuple[Reading, ...]:
    """The readings that are not kept yet, under ids of their own."""
    held = {reading.id for reading in one.kept.readings}
    return tuple(
        replace(reading, id=ReadingId(work.new_id("rdg")))
        for reading in one.case.readings
        if reading.id not in held
    )
