"""The service shows that it lives: a call to a watcher outside, a message to the administrators.

The call is left out when something is wrong, so that who waits for it speaks up. The message comes
once a month, once per cluster, through the outbox like any other.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial

import structlog

from reminder.domain.delivery import Kind, expires_at
from reminder.domain.ids import DeliveryId
from reminder.domain.owner import Owner, ladder
from reminder.domain.schedule import zone
from reminder.engine import audit
from reminder.engine.cluster import Cluster
from reminder.engine.desk import Desk
from reminder.engine.planner import reach_of
from reminder.errors import Unreachable
from reminder.storage import living, outbox, owners
from reminder.storage.database import Database, Session
from reminder.storage.living import Lived
from reminder.transports.probe import Prober

log = structlog.get_logger(__name__)
LOOK_EVERY = timedelta(minutes=10)
MONTH = timedelta(days=28)  # it is looked for on one day of the month
COUNTED = timedelta(days=31)
_PATIENCE = 10.0
_WELL = range(200, 400)


async def call(desk: Desk) -> bool:
    """Call the watcher once; whether it answered. What it says does not matter to the service."""
    chosen = desk.settings
    networks = tuple(chosen.webhooks.allow_networks)
    async with Prober(limit=1, patience=_PATIENCE, allow_networks=networks) as prober:
        try:
            seen = await prober.look(chosen.service.watcher.get_secret_value())
        except Unreachable as error:
            log.warning("watcher not reached", why=str(error))
            return False
    if seen.status not in _WELL:
        log.warning("watcher refused", status=seen.status)
    return seen.status in _WELL


async def tell(cluster: Cluster, database: Database, desk: Desk) -> bool:
    """On the first of the month tell the administrators; whether it was done here and now."""
    chosen = desk.settings
    local = cluster.now().astimezone(zone(chosen.reminders.timezone))
    is_time = local.day == 1 and local.time() >= chosen.reminders.at
    if chosen.service.sign_of_life == "never" or not is_time:
        return False
    now = cluster.now()

    async def work() -> None:
        await database.write(partial(enqueue, desk=desk, now=now))

    return await cluster.run_once("sign of life", MONTH, work)


def enqueue(session: Session, desk: Desk, now: datetime) -> int:
    """Put the word to each administrator in the outbox, with the counts of the last month; return
    how many can be told."""
    lived = living.since(session, now - COUNTED)
    last = audit.last(session)
    told = 0
    for owner in owners.all_of(session):
        if owner.admin:
            told += _enqueue_one(session, desk, owner, (lived, last.missing if last else 0), now)
    return told


def _enqueue_one(
    session: Session, desk: Desk, owner: Owner, counts: tuple[Lived, int], now: datetime
) -> int:
    to = next(iter(reach_of(session, desk, owner).first(())), None)
    if to is None:
        log.warning("an administrator cannot be told", owner=owner.id)
        return 0
    lived, missing = counts
    said = {"lines": lived.lines, "sent": lived.sent, "dead": lived.dead, "missing": missing}
    leaves_at = ladder(owner, None, desk.habits).moment_after(now)
    outbox.add_delivery(
        session,
        outbox.NewDelivery(
            id=DeliveryId(desk.new_id("dlv", now)),
            owner=owner.id,
            channel=to.id,
            kind=Kind.HEARTBEAT,
            lane=to.kind,
            due_at=leaves_at,
            run_at=leaves_at,
            expires_at=expires_at(Kind.HEARTBEAT, to.kind, leaves_at),
            body=desk.vault.seal(json.dumps(said)),
        ),
    )
    return 1
