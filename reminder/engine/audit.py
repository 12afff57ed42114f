"""The nightly audit, once per cluster: whether there is a reminder for all that is to be told.

The planner looks only at lines whose moment is written in ``wake_at``. The audit does not trust
that: it reads every line, asks the rules what is owed by now, counts the days itself for the
renewals that are certain, and compares both with the reminders that exist. What it finds missing
is logged, counted, shown, and planned at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from reminder.domain.clocks import read
from reminder.domain.ids import LineId
from reminder.domain.line import Clock, LineState, Situation
from reminder.domain.look import Known
from reminder.domain.plan import owed
from reminder.domain.schedule import zone
from reminder.domain.settle import settle
from reminder.engine.cluster import Cluster
from reminder.engine.desk import Desk
from reminder.engine.watch import Trouble, Watch
from reminder.storage import escalations, lines, outbox, owners
from reminder.storage.database import Database, DBAPIError, Session

log = structlog.get_logger(__name__)
LOOK_EVERY = timedelta(minutes=30)
AT_HOUR = 3
EVERY = timedelta(hours=23)  # it is looked for in one hour of the night
LOOKS_BACK = timedelta(days=3)
GRACE = timedelta(hours=1)
LINES_A_PASS = 200
FACT = "audit"


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit came to: over how many lines, for how many a reminder was ``missing``, how many
    could not be judged, and how many reminders of the last days nobody took."""

    at: datetime
    lines: int = 0
    missing: int = 0
    unread: int = 0
    untaken: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What a few lines came to, and the last of them; None at the end."""

    missing: tuple[lines.Kept, ...]
    looked_at: int
    unread: int
    last: LineId | None


def last(session: Session) -> Audited | None:
    """What the last audit came to; None before the first."""
    said = owners.fact(session, FACT)
    if said is None:
        return None
    values = json.loads(said)
    return Audited(**{**values, "at": datetime.fromisoformat(values["at"])})


async def is_time(cluster: Cluster, database: Database, desk: Desk) -> bool:
    """Whether it is the hour of the night for it; the first, where it takes no time, is at once."""
    if await database.read(is_first_and_short):
        return True
    return cluster.now().astimezone(zone(desk.settings.reminders.timezone)).hour == AT_HOUR


def is_first_and_short(session: Session) -> bool:
    """Whether nothing was audited yet, and there is little to look at."""
    few = len(lines.behind(session, LineId(""), LINES_A_PASS + 1)) <= LINES_A_PASS
    return few and last(session) is None


async def check(cluster: Cluster, database: Database, desk: Desk, watch: Watch) -> bool:
    """Audit if it is due and no other node does; whether that was done here."""
    return await cluster.run_once("audit", EVERY, partial(_audit, cluster, database, desk, watch))


async def _audit(cluster: Cluster, database: Database, desk: Desk, watch: Watch) -> None:
    now = cluster.now()
    found = Audited(now)
    after: LineId | None = LineId("")
    while after is not None:
        page = await database.read(partial(look, desk=desk, after=after, now=now))
        for one in page.missing:
            log.error("a reminder is missing", line=one.line.id)
            await database.write(partial(lines.set_wake_at, kept=one, wake_at=now))
        found = replace(
            found,
            lines=found.lines + page.looked_at,
            missing=found.missing + len(page.missing),
            unread=found.unread + page.unread,
        )
        after = page.last
    untaken = await database.read(lambda s: escalations.count_lost(s, now - LOOKS_BACK))
    await _keep(database, watch, replace(found, untaken=untaken))


async def _keep(database: Database, watch: Watch, found: Audited) -> None:
    values = {"at": found.at.isoformat(), "lines": found.lines, "missing": found.missing}
    values |= {"unread": found.unread, "untaken": found.untaken}
    await database.write(lambda session: owners.set_fact(session, FACT, json.dumps(values)))
    if found.lines:
        log.info("audited", **values)
    if found.missing:
        detail = f"Reminders were missing for {found.missing} numbers; they are planned now."
        watch.raise_alarm(Trouble.MISSING, detail)
    else:
        watch.end_alarm(Trouble.MISSING)


def look(session: Session, desk: Desk, after: LineId, now: datetime) -> Page:
    """Look at the next lines behind ``after``."""
    ids = lines.behind(session, after, LINES_A_PASS)
    known, kept = outbox.known(session, ids), _read(session, ids)
    people = {one.line.owner: owners.get(session, one.line.owner) for one in kept.values()}
    missing, unread = [], len(ids) - len(kept)
    for identity, one in kept.items():
        try:
            if is_missing(desk.situation(one, people[one.line.owner], now), known[identity], now):
                missing.append(one)
        except Exception:
            log.exception("line not audited", line=identity)
            unread += 1
    return Page(tuple(missing), len(ids), unread, ids[-1] if ids else None)


def _read(session: Session, ids: list[LineId]) -> dict[LineId, lines.Kept]:
    """The lines, all at once; where one of them cannot be read, one by one without it."""
    try:
        return lines.some(session, ids)
    except DBAPIError:
        raise
    except Exception:  # noqa: BLE001 - which line it is, and why, is told below
        log.warning("lines are audited one by one", after=ids[0])
    found: dict[LineId, lines.Kept] = {}
    for identity in ids:
        try:
            found |= lines.some(session, [identity])
        except DBAPIError:
            raise
        except Exception:
            log.exception("line not audited", line=identity)
    return found


def is_missing(case: Situation, known: Known, now: datetime) -> bool:
    """Whether something that was to be told an hour ago or before is not among the known."""
    late = now - GRACE
    if any(due.due_at < late for due in owed(case, known, now).send):
        return True
    return any(not _is_told(case, known, lead) for lead in _certain(case, now))


def _certain(case: Situation, now: datetime) -> Iterator[int]:
    """The leads of a renewal that were certainly due in the last days: counted here by the
    calendar alone, where nothing was entered since that could have made them unneeded."""
    standing, deadline, start = case.standing, case.standing.renews_on, case.standing.renewal_since
    if standing.state is not LineState.ACTIVE or deadline is None or standing.snoozed_until:
        return
    dealt_with = (Clock.RENEWAL, deadline) in standing.acknowledged
    clock = read(settle(case, now), now).renewal
    if dealt_with or standing.dealt_with == deadline or case.line.autopay:
        return
    if clock is None or clock.on != deadline or clock.covered:
        return
    entered = [r.recorded_at for r in case.readings] + [start.set_at if start else now - LOOKS_BACK]
    quiet_since = max([*entered, standing.acted_at or now - LOOKS_BACK, now - LOOKS_BACK])
    for lead in case.ladder.lead_times:
        day = deadline - timedelta(days=lead)
        if quiet_since < case.ladder.moment(day) < now - GRACE and not (start and day < start.day):
            yield lead


def _is_told(case: Situation, known: Known, lead: int) -> bool:
    """Whether this lead, or one nearer to the deadline, has a reminder, under whichever clock."""
    deadline = case.standing.renews_on
    return any(key.deadline == deadline and key.lead_days <= lead for key in known)
