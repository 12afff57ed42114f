"""Action links: opening one shows, pressing its button acts (ARCHITECTURE, decision 11).

A link names one reminder (or channel, or act) and one verb, and is good for 30 days from its
message. Pressed twice it is one act; it opens nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from reminder.domain.acts import UNDO_FOR
from reminder.domain.channel import Channel, ChannelState, Why
from reminder.domain.delivery import Lane
from reminder.domain.ids import ActId, ChannelId, OwnerId, ReminderId
from reminder.domain.line import Clock
from reminder.domain.owner import Owner
from reminder.domain.token import LINK_LIFE, derive, good_until, sign, verify
from reminder.engine.parcels import own_address
from reminder.errors import Conflict, NotFound
from reminder.service import acts, channels, lines
from reminder.service.lines import LineView
from reminder.service.work import Work
from reminder.storage import acts as act_store
from reminder.storage import channels as channel_store
from reminder.storage import lines as line_store
from reminder.storage import log, outbox, owners
from reminder.storage.acts import Act
from reminder.storage.outbox import OwedReminder

OF_LINE = frozenset(["topped-up", "renewed", "used", "balance", "acknowledge", "snooze", "stop"])
OF_CHANNEL = frozenset({"unsubscribe", "confirm", "not-mine"})
OFF_BY = {"unsubscribe": Why.LINK, "not-mine": Why.NOT_MINE}
VERBS = OF_LINE | OF_CHANNEL | {"undo"}


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link is about. ``done`` is the act it was pressed for already; ``until`` the instant
    up to which it is good."""

    verb: str
    owner: Owner
    until: datetime
    view: LineView | None = None
    channel: Channel | None = None
    clock: Clock | None = None
    deadline: date | None = None
    done: Act | None = None


def _subject(work: Work, verb: str, token: str) -> str:
    if verb not in VERBS:
        raise NotFound("There is no such page")
    return verify(derive(work.desk.key, "links"), verb, token, work.now)


def _once(verb: str, about: OwedReminder) -> str:
    """The mark by which an act is done once. Every message about a fee's day asks for the one
    payment of that day: recorded by any of them, it is recorded."""
    if verb == "renewed" and about.due.key.clock is Clock.RENEWAL:
        return f"{verb}:{about.line}:{about.due.key.deadline}"
    return f"{verb}:{about.id}"


def open_link(work: Work, verb: str, token: str) -> Opened:
    """Show what a link is about; changes nothing. Raises TokenRefused for a forged or old link,
    NotFound when its line or channel is gone."""
    subject = _subject(work, verb, token)
    if verb in OF_CHANNEL:
        return _of_channel(work, verb, ChannelId(subject))
    if verb == "undo":
        return _of_act(work, ActId(subject))
    return _of_reminder(work, verb, _reminder(work, ReminderId(subject)), good_until(token))


def _of_channel(work: Work, verb: str, subject: ChannelId) -> Opened:
    channel = channel_store.find(work.session, subject, work.desk.vault)
    if channel is None:
        owner = owners.get(work.session, _owner_id(subject))
        channel = own_address(owner)
    owner = owners.get(work.session, channel.owner)
    return Opened(verb, owner, work.now + LINK_LIFE, channel=channel)


def _owner_id(subject: str) -> OwnerId:
    if not subject.startswith("own_"):
        raise NotFound("This channel is not there any more")
    return OwnerId(subject)


def _of_act(work: Work, subject: ActId) -> Opened:
    act = act_store.get(work.session, subject)
    if act is None:
        raise NotFound("This was taken back already")
    kept = line_store.get(work.session, act.line)
    owner = owners.get(work.session, kept.line.owner)
    view = lines.view(work, kept, owner)
    return Opened("undo", owner, act.at + UNDO_FOR, view=view, done=act)


def _reminder(work: Work, subject: ReminderId) -> OwedReminder:
    found = outbox.reminder(work.session, subject)
    if found is None:
        raise NotFound("This reminder is not there any more")
    return found


def _of_reminder(work: Work, verb: str, about: OwedReminder, until: datetime) -> Opened:
    kept = line_store.get(work.session, about.line)
    owner = owners.get(work.session, kept.line.owner)
    return Opened(
        verb,
        owner,
        until,
        view=lines.view(work, kept, owner),
        clock=about.due.key.clock,
        deadline=about.due.key.deadline,
        done=act_store.by_mark(work.session, _once(verb, about)),
    )


def press(work: Work, verb: str, token: str, given: Mapping[str, object]) -> Opened:
    """Do what a link is for; pressed again, nothing more happens and ``done`` says what did."""
    subject = _subject(work, verb, token)
    opened = open_link(work, verb, token)
    if verb in OF_CHANNEL and opened.channel is not None:
        return _press_channel(work, opened, opened.channel)
    if opened.view is None:
        raise NotFound("This line is not there any more")
    line, owner = opened.view.line.id, opened.owner.id
    if verb == "undo":
        last = act_store.last(work.session, line)
        if last is None or last.id != subject:
            raise Conflict(acts.SINCE)
        acts.undo(work, owner, line)
        return Opened("undo", opened.owner, opened.until, lines.get(work, owner, line))
    about = _reminder(work, ReminderId(subject))
    if opened.done is None:
        once = _once(verb, about)
        of = opened.deadline if opened.clock is Clock.RENEWAL else None
        doing: Mapping[str, Callable[[], object]] = {
            "topped-up": lambda: acts.topped_up(work, owner, line, given, once),
            "renewed": lambda: acts.renewed(work, owner, line, given, once, of),
            "used": lambda: acts.used(work, owner, line, given, once),
            "balance": lambda: acts.add_reading(work, owner, line, given, once),
            "acknowledge": lambda: _acknowledge(work, opened, once),
            "snooze": lambda: acts.snooze(work, owner, line, given, once),
            "stop": lambda: acts.stop(work, owner, line, once),
        }
        doing[verb]()
        work.session.flush()
    return _of_reminder(work, verb, about, opened.until)


def _acknowledge(work: Work, opened: Opened, once: str) -> None:
    """Acknowledge this link's own deadline; one that is past needs nothing more."""
    if opened.view is None:
        return
    clocks = opened.view.clocks
    if opened.clock is None or clocks.deadline(opened.clock) != opened.deadline:
        raise Conflict("This date is over already: there is nothing to acknowledge")
    acts.acknowledge(work, opened.owner.id, opened.view.line.id, opened.clock, once)


def _press_channel(work: Work, opened: Opened, channel: Channel) -> Opened:
    if str(channel.id) == str(opened.owner.id):
        owners.save(work.session, replace(opened.owner, confirmed=opened.verb == "confirm"))
        return opened
    if opened.verb == "confirm" and channel.state is ChannelState.UNCONFIRMED:
        if channel.target == opened.owner.email:
            owners.save(work.session, replace(opened.owner, confirmed=True))
        channel = channels.confirm(work, channel)
    if opened.verb in OFF_BY and channel.kind is Lane.EMAIL:
        channel = channels.turn_off(work, channel, OFF_BY[opened.verb])
    return Opened(opened.verb, opened.owner, opened.until, channel=channel)


def undo_token(work: Work, act: Act) -> str:
    """The token that takes an act back, for as long as it can be."""
    return sign(derive(work.desk.key, "links"), "undo", act.id, act.at + UNDO_FOR)


def beside(work: Work, verb: str, token: str, until: datetime) -> dict[str, str]:
    """The links that stand beside one of a reminder's, by verb: later, never again, and, where it
    went to one mailbox only, that this is not its number. They are good as long as the one that
    was opened."""
    subject = _subject(work, verb, token)
    if verb not in OF_LINE:
        return {}
    key = derive(work.desk.key, "links")
    about = {"snooze": subject, "stop": subject}
    boxes = log.mailboxes(work.session, ReminderId(subject))
    if len(boxes) == 1:
        about["not-mine"] = boxes[0]
    return {other: f"/a/{other}/{sign(key, other, of, until)}" for other, of in about.items()}
