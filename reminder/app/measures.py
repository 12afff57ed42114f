"""The measures of a running service, as Prometheus reads them and as its page shows them.

Counters are this process's own; what is read from the database is the same on every node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reminder.app.running import App
from reminder.domain.delivery import Lane, Outcome
from reminder.engine import audit, planner
from reminder.engine.audit import Audited
from reminder.engine.counts import Spread, spread
from reminder.engine.watch import Alarm, Trouble
from reminder.storage import claims
from reminder.storage.database import Session

PREFIX = "reminder_"


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured now. ``plan_lag`` and ``oldest_due``: how long the line, and the delivery,
    that is due longest has been waiting."""

    lateness: Spread
    writes: Spread
    plan_lag: timedelta
    oldest_due: timedelta
    oldest_transaction: timedelta
    wal_size: int
    shut_hosts: int
    mail_stopped: bool
    alarms: tuple[Alarm, ...]
    audited: Audited | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure as Prometheus has it: each sample is its labels and its value."""

    name: str
    kind: str
    says: str
    samples: tuple[tuple[Mapping[str, str], float], ...]


async def measure(app: App) -> Measures:
    """Look at everything once."""
    now = app.now()

    def look(session: Session) -> tuple[datetime | None, datetime | None, Audited | None]:
        return planner.next_at(session), claims.next_run_at(session), audit.last(session)

    wake_at, run_at, audited = await app.database.read(look)
    sender = app.sender
    return Measures(
        lateness=spread(list(app.watch.counts.lateness)),
        writes=spread(list(app.database.writes)),
        plan_lag=_since(wake_at, now),
        oldest_due=_since(run_at, now),
        oldest_transaction=await app.database.oldest_transaction(),
        wal_size=app.database.wal_size(),
        shut_hosts=sender.destinations.shut if sender else 0,
        mail_stopped=sender.mail_stands_still if sender else False,
        alarms=tuple(app.watch.alarms),
        audited=audited,
    )


def _since(moment: datetime | None, now: datetime) -> timedelta:
    return max(now - moment, timedelta()) if moment is not None else timedelta()


async def prometheus(app: App) -> str:
    """Everything in the text format of Prometheus, 0.0.4."""
    found = await measure(app)
    every = [*_counters(app), *_spreads(found), *_gauges(found), *_states(app, found)]
    return "".join(_text(metric) for metric in every)


def _counters(app: App) -> Iterator[Metric]:
    counts = app.watch.counts
    for name, says, by_lane in (
        ("claims_total", "Claims that were made.", counts.claims),
        ("empty_claims_total", "Claims that found nothing due.", counts.empty_claims),
        ("claimed_total", "Deliveries that were claimed.", counts.claimed),
    ):
        samples = tuple(({"lane": lane.value}, float(by_lane[lane])) for lane in Lane)
        yield Metric(name, "counter", says, samples)
    tries = tuple(
        ({"lane": lane.value, "outcome": outcome.value}, float(counts.tries[lane, outcome]))
        for lane in Lane
        for outcome in Outcome
    )
    yield Metric("tries_total", "counter", "Tries that ended, by their outcome.", tries)
    for name, says, count in (
        ("not_called_total", "Tries not made: the host answers nobody.", counts.not_called),
        ("lost_leases_total", "Ends that came too late to be written.", counts.lost_leases),
        (
            "claims_after_lost_total",
            "Claims of what an earlier try left without a word.",
            counts.after_lost,
        ),
    ):
        yield Metric(name, "counter", says, (({}, float(count)),))


def _spreads(found: Measures) -> Iterator[Metric]:
    for name, says, what in (
        ("lateness_seconds", "From the moment of a message to its first try.", found.lateness),
        ("write_seconds", "What a write takes, its commit included.", found.writes),
    ):
        quantiles = (("0.5", what.half), ("0.99", what.most), ("1", what.longest))
        samples = tuple(({"quantile": q}, value.total_seconds()) for q, value in quantiles)
        yield Metric(name, "summary", f"{says} Over the last {what.count}.", samples)


def _gauges(found: Measures) -> Iterator[Metric]:
    audited = found.audited
    for name, says, value in (
        (
            "planner_lag_seconds",
            "How long the line has waited that is due longest.",
            found.plan_lag,
        ),
        (
            "oldest_due_seconds",
            "How long the message has waited that is due longest.",
            found.oldest_due,
        ),
        (
            "oldest_transaction_seconds",
            "The longest open one on PostgreSQL.",
            found.oldest_transaction,
        ),
    ):
        yield Metric(name, "gauge", says, (({}, value.total_seconds()),))
    for name, says, number in (
        ("wal_bytes", "SQLite's write-ahead log.", found.wal_size),
        ("hosts_shut", "Hosts left alone because they do not answer.", found.shut_hosts),
        ("mail_stopped", "1 while the mail server refuses us.", found.mail_stopped),
        (
            "audit_missing",
            "Reminders missing at the last audit.",
            audited.missing if audited else 0,
        ),
        (
            "audit_untaken",
            "Reminders of three days nobody took.",
            audited.untaken if audited else 0,
        ),
        ("audit_at_seconds", "When it was, or 0.", audited.at.timestamp() if audited else 0),
    ):
        yield Metric(name, "gauge", says, (({}, float(number)),))


def _states(app: App, found: Measures) -> Iterator[Metric]:
    standing = {alarm.trouble for alarm in found.alarms}
    alarms = tuple(({"trouble": t.value}, float(t in standing)) for t in Trouble)
    yield Metric("alarm", "gauge", "1 while something is wrong.", alarms)
    me = app.cluster.me
    about = {"version": me.version, "node": me.name, "role": me.role, "tzdata": me.tzdata}
    yield Metric("about", "gauge", "What runs here.", ((about, 1.0),))


def _text(metric: Metric) -> str:
    name = PREFIX + metric.name
    lines = [f"# HELP {name} {metric.says}", f"# TYPE {name} {metric.kind}"]
    for labels, value in metric.samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        lines.append(
            f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"
        )
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
