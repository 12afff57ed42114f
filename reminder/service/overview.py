"""An owner's numbers at a glance, without reading the clocks of each."""

from __future__ import annotations

from datetime import datetime

from reminder.domain.ids import LineId, OwnerId
from reminder.service import lines as views
from reminder.service.lines import LineView
from reminder.service.work import Work
from reminder.storage import lines, owners
from reminder.storage.lines import Named

__all__ = ["Named", "next_messages", "numbers"]


def numbers(work: Work, owner: OwnerId) -> list[Named]:
    """What each number of an owner is called, oldest first."""
    return lines.names(work.session, owner)


def next_messages(work: Work, owner: OwnerId, count: int) -> list[tuple[datetime, LineView]]:
    """The numbers that are written about next, with the moment, earliest first.

    A line is not due before the planner looks at it, so lines are looked at in that order, and no
    further than can matter.
    """
    person = owners.get(work.session, owner)
    found: list[tuple[datetime, LineId, LineView]] = []
    for wake_at, line in lines.by_wake(work.session, owner):
        if len(found) >= count and wake_at >= found[count - 1][0]:
            break
        view = views.view(work, lines.get(work.session, line, owner), person)
        if view.next_due_at is not None:
            found.append((view.next_due_at, line, view))
            found.sort(key=lambda one: one[:2])
    return [(moment, view) for moment, _, view in found[:count]]
