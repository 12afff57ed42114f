"""The tz data that local times rest on: which is in force, and what follows when it changes.

A moment is kept as a date, a time of day and a zone; the instant at which a line is looked at
(``wake_at``) is computed from these, and stamped with the tz data it was computed from
(ARCHITECTURE, decision 3).
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import structlog

from reminder.domain.ids import LineId
from reminder.domain.plan import wake_at
from reminder.domain.schedule import forget_zones
from reminder.engine.cluster import Cluster
from reminder.engine.desk import Desk
from reminder.storage import lines, outbox, owners
from reminder.storage.database import Database, DBAPIError, Session

log = structlog.get_logger(__name__)
STAMP = "tzdata"
TOLD_BY = "PYTHONTZPATH"
LINES_A_PASS = 200
CHECK_EVERY = timedelta(minutes=10)


def in_force(environ: Mapping[str, str]) -> str:
    """Make the tzdata package the one source of zones, unless ``PYTHONTZPATH`` names another;
    return the version in force."""
    told = environ.get(TOLD_BY, "")
    zoneinfo.reset_tzpath(told.split(":") if told else ())
    zoneinfo.ZoneInfo.clear_cache()
    forget_zones()
    return _version_at(Path(told.split(":")[0])) if told else version("tzdata")


def _version_at(folder: Path) -> str:
    """The version that a folder of zones names, as Debian's and the IANA's do; else its path."""
    try:
        first = (folder / "tzdata.zi").read_text(encoding="utf-8").partition("\n")[0]
    except OSError:
        return str(folder)
    return first.removeprefix("# version ").strip() or str(folder)


def begin(session: Session, version: str) -> None:
    """Stamp a database in which nothing stands yet: nothing of it was computed from others."""
    if owners.fact(session, STAMP) is None and not lines.behind(session, LineId(""), 1):
        owners.set_fact(session, STAMP, version)


async def check(cluster: Cluster, database: Database, desk: Desk) -> bool:
    """When the database was written with other tz data: compute anew, once per cluster, when each
    line wakes. Whether that was done here. Killed half way it begins again."""
    version = cluster.me.tzdata

    stamped = await database.read(lambda session: owners.fact(session, STAMP))

    async def work() -> None:
        last: LineId | None = LineId("")
        while last is not None:
            step = partial(recompute, desk=desk, after=last, now=cluster.now())
            last = await database.write(step)
        await database.write(lambda session: owners.set_fact(session, STAMP, version))
        if stamped is not None:
            log.info("tz data changed", before=stamped, version=version)

    if stamped == version:
        return False
    return await cluster.run_once(f"zones {version}", CHECK_EVERY, work)


def recompute(session: Session, desk: Desk, after: LineId, now: datetime) -> LineId | None:
    """Compute anew when the next lines behind ``after`` wake; the last of them, None at the end.
    A line that is due, or that somebody changes meanwhile, is left to the planner."""
    kept = lines.sleeping(session, after, now, LINES_A_PASS)
    known = outbox.known(session, [one.line.id for one in kept])
    for one in kept:
        try:
            owner = owners.get(session, one.line.owner)
            moment = wake_at(desk.situation(one, owner, now), known[one.line.id], now)
        except DBAPIError:
            raise
        except Exception:
            log.exception("line left as it was", line=one.line.id)
        else:
            lines.set_wake_at(session, one, moment)
    return kept[-1].line.id if kept else None
