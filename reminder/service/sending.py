"""A reminder sent because somebody asks for it, by the path that every reminder takes."""

from __future__ import annotations

from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import Situation
from reminder.domain.look import Due
from reminder.domain.plan import moot, told_now
from reminder.domain.settle import settle
from reminder.engine import planner
from reminder.errors import Conflict
from reminder.service.lines import LineView, keep, view
from reminder.service.work import Work
from reminder.storage import lines, outbox, owners


def send_now(work: Work, owner: OwnerId, line: LineId) -> LineView:
    """Send what is so about a line now, once a day for each of its deadlines. Raises Conflict where
    nothing would be sent, with the reason."""
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    case = settle(work.desk.situation(kept, person, work.now), work.now)
    due = _due(work, case, line)
    planner.tell(work.session, work.desk, person, case, due, work.now)
    return view(work, keep(work, kept, case), person)


def _due(work: Work, case: Situation, line: LineId) -> Due:
    due = told_now(case, work.now)
    if due is None:
        raise Conflict("No date is known yet that a message could be about")
    reason = moot(case, due, work.now, work.now)
    if reason is not None:
        raise Conflict(f"Nothing is written about this line now: {reason}")
    if due.key in outbox.known(work.session, [line])[line]:
        raise Conflict("Today's message about this date was sent already")
    return due
