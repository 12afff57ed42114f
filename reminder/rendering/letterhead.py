"""What a message needs besides what it says: whose it is, when and where they are, its links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from reminder.catalogue.operator import Operator
from reminder.domain.days import Days
from reminder.domain.delivery import Format
from reminder.domain.ids import DeliveryId, OwnerId, ReminderId
from reminder.domain.quick import quick
from reminder.domain.routes import Pay, Place
from reminder.rendering.templating import SHIPPED, Templates


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The frame of one message.

    ``due_at`` is the instant the message is about, equal over retries; ``today`` and ``days`` are
    the owner's. ``base_url`` has no slash at its end. ``links`` holds, per reminder, an address
    for each verb: how_to_top_up, official (missing where there is none), topped_up, renewed, used,
    balance, acknowledge, snooze, stop. ``operators`` are by id, those of all lines in it.
    ``not_mine_url`` is where who gets it by mistake says so. ``place`` and ``pay`` say where the
    owner is and what they pay with, None where they have not.
    ``watched`` holds whose lines these are, by owner, where the reader only watches them.
    ``format`` is that of the webhook it goes to, ``templates`` those it is printed with.
    """

    delivery: DeliveryId
    owner: OwnerId
    language: str
    due_at: datetime
    today: date
    days: Days
    base_url: str
    unsubscribe_url: str = ""
    not_mine_url: str = ""
    links: Mapping[ReminderId, Mapping[str, str]] = field(default_factory=dict)
    operators: Mapping[str, Operator] = field(default_factory=dict)
    place: Place | None = None
    pay: Pay | None = None
    format: Format = Format.STANDARD
    templates: Templates = SHIPPED
    watched: Mapping[OwnerId, str] = field(default_factory=dict)

    @property
    def dated(self) -> datetime:
        """The message's date (:func:`dated`)."""
        return dated(self.due_at, self.days, self.today)

    @property
    def zone(self) -> str:
        """The zone where the owner is today."""
        return self.days.zone_on(self.today)

    @property
    def host(self) -> str:
        """The host that our own links lead to."""
        return _host(self.base_url)

    @property
    def board_url(self) -> str:
        """The page of the reader's own numbers, or of those that they watch."""
        return f"{self.base_url}/{'watching' if self.watched else 'lines'}"

    @property
    def safety_url(self) -> str:
        """The page that says how to know our messages."""
        return f"{self.base_url}/safety?language={self.language}"


def dated(due_at: datetime, days: Days, today: date) -> datetime:
    """The date of a message, equal over the retries of a day: the instant it is about, or the
    beginning of the day on which it comes late. A mail of months ago would be found by nobody, and
    its links would be dead."""
    return max(due_at, days.start(today))


@lru_cache(maxsize=16)
def _host(url: str) -> str:
    return urlsplit(url).hostname or url
