"""What tries show about a channel, and telling its owner by another when one falls silent.

A channel that is gone, or has failed for five days, rests (PRODUCT 3a, rule 18). Whoever turns
one off without its owner's wish calls :func:`turn_off`: the word to the owner is put in the outbox
in the same transaction, so that it comes once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from reminder.domain.channel import RESTS_AFTER, Channel, ChannelState, Why
from reminder.domain.delivery import Kind, Lane, expires_at
from reminder.domain.ids import ChannelId, DeliveryId
from reminder.domain.owner import ladder
from reminder.engine.desk import Desk
from reminder.engine.planner import reach_of
from reminder.errors import NotFound
from reminder.storage import channels, outbox, owners
from reminder.storage.claims import Claimed
from reminder.storage.database import Session

log = structlog.get_logger(__name__)
_BY_LINK = frozenset({Why.LINK, Why.NOT_MINE})
_WORKS, _FAILS = ChannelState.WORKS, ChannelState.FAILING


def note(
    session: Session, desk: Desk, shown: Sequence[tuple[Claimed, ChannelState]], now: datetime
) -> None:
    """Write what tries showed about their channels: of those that all went alike in one statement,
    of the others in the order of the tries."""
    seen: dict[ChannelId, set[ChannelState]] = defaultdict(set)
    for claim, health in shown:
        seen[claim.channel].add(health)
    channels.note_taken(session, [c for c, all_ in seen.items() if all_ == {_WORKS}], now)
    channels.note_failed(session, [c for c, all_ in seen.items() if all_ == {_FAILS}], now)
    for claim, health in shown:
        if health is ChannelState.RESTING:
            _note_gone(session, desk, claim, now)
        elif len(seen[claim.channel]) > 1:
            write = channels.note_taken if health is _WORKS else channels.note_failed
            write(session, [claim.channel], now)


def _note_gone(session: Session, desk: Desk, claim: Claimed, now: datetime) -> None:
    if claim.channel == ChannelId(claim.owner):
        try:
            owner = owners.get(session, claim.owner)
        except NotFound:
            return
        owners.save(session, replace(owner, confirmed=False))
        log.warning("the owner's own address is refused", owner=owner.id)
        return
    channel = channels.find(session, claim.channel, desk.vault)
    if channel is not None:
        turn_off(session, desk, channel, Why.GONE, now)


def turn_off(session: Session, desk: Desk, channel: Channel, why: Why, now: datetime) -> Channel:
    """Have a channel rest, or stop it where a link of a message says so, and tell its owner by
    another. Of one that is off already nothing is said again; what its reader said stays."""
    was_off = channel.state in {ChannelState.RESTING, ChannelState.STOPPED}
    by_link = why in _BY_LINK
    if (was_off and not by_link) or channel.why in {Why.NOT_MINE, Why.SEALED}:
        return channel
    state = ChannelState.STOPPED if by_link else ChannelState.RESTING
    off = replace(channel, state=state, why=why)
    channels.save(session, off, desk.vault)
    session.flush()
    if not was_off:
        log.warning("channel off", channel=channel.id, why=why.value)
        _tell(session, desk, off, now)
    return off


def _tell(session: Session, desk: Desk, off: Channel, now: datetime) -> None:
    owner = owners.get(session, off.owner)
    to = reach_of(session, desk, owner).to_tell_of(off)
    if to is None:
        return
    leaves_at = ladder(owner, None, desk.habits).moment_after(now)
    said = {"channel": off.label or off.shown, "why": off.why.value, "use": off.use.value}
    outbox.add_delivery(
        session,
        outbox.NewDelivery(
            id=DeliveryId(desk.new_id("dlv", now)),
            owner=owner.id,
            channel=to.id,
            kind=Kind.FAILING,
            lane=to.kind,
            due_at=now,
            run_at=leaves_at,
            expires_at=expires_at(Kind.FAILING, to.kind, leaves_at),
            body=desk.vault.seal(json.dumps(said)),
        ),
    )


def rest_failing(session: Session, desk: Desk, now: datetime) -> int:
    """Let the channels rest that have failed for five days; return how many. A mailbox only while
    the mail server takes mail to others: else it is not the mailbox that fails."""
    rested = 0
    taken_at = channels.last_mail_taken_at(session)
    for identity in channels.failing_since(session, now - RESTS_AFTER):
        channel = channels.find(session, identity, desk.vault)
        since = channel.failing_since if channel else None
        if channel is None or since is None or channel.why is Why.SEALED:
            continue
        if channel.kind is Lane.WEBHOOK or (taken_at is not None and taken_at > since):
            turn_off(session, desk, channel, Why.FAILED, now)
            rested += 1
    return rested
