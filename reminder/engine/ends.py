"""What tries came to, written down: a batch of ends in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from reminder.crash import Point, reach
from reminder.domain.delivery import Kind, State
from reminder.domain.owner import Owner, ladder
from reminder.engine import health
from reminder.engine.desk import Desk
from reminder.engine.escalation import follow
from reminder.engine.tries import Ended
from reminder.engine.watch import Watch
from reminder.storage import outbox, owners
from reminder.storage.database import Session
from reminder.storage.outbox import Finish

log = structlog.get_logger(__name__)


def finish(session: Session, desk: Desk, watch: Watch, over: Sequence[Ended], node: str) -> None:
    """Write the ends of claims that are still ours, what they showed of their channels, and ask
    the next channel for what nobody took."""
    now = watch.now()
    done = _by_day(session, desk, over)
    lost = set(outbox.finish(session, done, node, now))
    for identity in lost:
        watch.counts.lost_leases += 1
        log.warning("lease lost", delivery=identity)
    shown = [(e.claim, e.health) for e in over if e.health and e.claim.id not in lost]
    health.note(session, desk, shown, now)
    follow(session, desk, [f for f in done if f.id not in lost], now)
    reach(Point.FINISHING)


def _by_day(session: Session, desk: Desk, over: Sequence[Ended]) -> list[Finish]:
    """A retry of a reminder waits for the end of its owner's quiet hours (3a, rule 3)."""
    people = owners.some(session, {one.claim.owner for one in over if _is_again(one)})
    return [
        _moved(desk, one.finish, people.get(one.claim.owner)) if _is_again(one) else one.finish
        for one in over
    ]


def _is_again(one: Ended) -> bool:
    return one.finish.state is State.PENDING and one.claim.kind is Kind.REMINDER


def _moved(desk: Desk, one: Finish, owner: Owner | None) -> Finish:
    steps = ladder(owner, None, desk.habits) if owner else None
    return replace(one, run_at=steps.moment_after(one.run_at)) if steps else one


def tell(over: Sequence[Ended]) -> None:
    """A line in the log for each try; a delivery that was dropped had none."""
    say = log.bind().debug
    for one in over:
        if (tried := one.finish.attempt) is not None:
            said = {"lane": one.claim.lane, "outcome": tried.outcome, "code": tried.code}
            say("tried", delivery=one.claim.id, **said)
