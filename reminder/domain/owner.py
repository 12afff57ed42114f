"""An owner: who registers lines and signs in, and how they want to be written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from reminder.domain.days import Days, Trip
from reminder.domain.ids import OwnerId
from reminder.domain.line import Hours, Ladder, Line, WhenCovered
from reminder.domain.quick import quick
from reminder.domain.routes import Pay, Place
from reminder.domain.schedule import parse_quiet

LANGUAGES = ("zh", "ru", "en")


class Numbers(StrEnum):
    """How an owner's numbers stand in lists: usually masked on the pages and whole for programs,
    masked for programs too, or whole on the pages too. Messages and the calendar always mask."""

    USUAL = "usual"
    MASKED = "masked"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Habits:
    """When to write; None: as the config says. ``quiet_hours`` is ``22:00-08:00`` or ""."""

    at: time | None = None
    quiet_hours: str | None = None
    lead_times: tuple[int, ...] | None = None
    inactivity_lead_times: tuple[int, ...] | None = None
    after_times: tuple[int, ...] | None = None
    when_covered: WhenCovered | None = None


AS_CONFIGURED = Habits()


@quick
@dataclass(frozen=True, slots=True)
class Owner:
    """A person or an agency. ``place`` and ``pay`` say where they are and what they can pay with,
    None where they have not said. ``calendar`` counts the addresses their feed has had;
    ``trips`` are in order."""

    id: OwnerId
    email: str
    language: str
    timezone: str
    created_at: datetime
    admin: bool = False
    confirmed: bool = False
    place: Place | None = None
    pay: Pay | None = None
    calendar: int = 0
    trips: tuple[Trip, ...] = ()
    habits: Habits = AS_CONFIGURED
    numbers: Numbers = Numbers.USUAL

    @property
    def days(self) -> Days:
        """Their calendar: of their own zone, and of each trip's while it lasts."""
        return Days(self.timezone, self.trips)


def ladder(owner: Owner, line: Line | None, default: Habits) -> Ladder:
    """When to write about a line: its own leads, else the owner's, else the config's."""
    own = owner.habits
    quiet = own.quiet_hours if own.quiet_hours is not None else default.quiet_hours
    leads = line.lead_times if line and line.lead_times is not None else own.lead_times
    return Ladder(
        hours=Hours(owner.days, own.at or default.at or time(9), parse_quiet(quiet or "")),
        lead_times=_first(leads, default.lead_times),
        inactivity_lead_times=_first(own.inactivity_lead_times, default.inactivity_lead_times),
        after_times=_first(own.after_times, default.after_times),
        when_covered=own.when_covered or default.when_covered or WhenCovered.ONCE,
    )


def _first(own: tuple[int, ...] | None, default: tuple[int, ...] | None) -> tuple[int, ...]:
    return own if own is not None else default or ()
