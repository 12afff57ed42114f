"""How an owner is written to: language, zone, hours, lead times, and how they can pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from reminder.domain.ids import OwnerId
from reminder.domain.line import WhenCovered
from reminder.domain.owner import LANGUAGES, Habits, Numbers, Owner
from reminder.domain.routes import Pay, Place
from reminder.domain.schedule import parse_quiet, parse_time, zone
from reminder.service import second_contact
from reminder.service.fields import Fields
from reminder.service.people import trips
from reminder.service.work import Work
from reminder.storage import lines, owners

ME_FIELDS = frozenset(
    [
        "language",
        "timezone",
        "at",
        "quiet_hours",
        "lead_times",
        "inactivity_lead_times",
        "after_times",
        "when_covered",
        "place",
        "pay",
        "numbers",
        second_contact.FIELD,
        trips.FIELD,
    ]
)


def me(work: Work, owner: OwnerId) -> Owner:
    """An owner's own settings."""
    return owners.get(work.session, owner)


def change_me(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Owner:
    """Change how an owner is written to; null puts the config's default back."""
    fields = Fields(given, ME_FIELDS)
    old = owners.get(work.session, owner)
    usual = work.desk.settings.reminders
    language = fields.text("language", 40)
    language = language or (usual.language if fields.is_null("language") else old.language)
    if language not in LANGUAGES:
        fields.fault("language", f"Choose one of: {', '.join(LANGUAGES)}")
    home = fields.text("timezone", 60)
    home = home or (usual.timezone if fields.is_null("timezone") else old.timezone)
    fields.take(lambda: zone(home), None)
    place, pay = fields.choice("place", Place, blank=True), fields.choice("pay", Pay, blank=True)
    numbers = fields.choice("numbers", Numbers)
    habits = _habits(fields, old.habits)
    away = trips.read(fields, old.trips)
    _name_second(work, old, fields)
    fields.check()
    new = replace(old, language=language, timezone=home, habits=habits, trips=away)
    new = replace(
        new,
        place=place if "place" in fields else old.place,
        pay=pay if "pay" in fields else old.pay,
        numbers=(numbers or Numbers.USUAL) if "numbers" in fields else old.numbers,
    )
    owners.save(work.session, new)
    if (new.days, new.habits) != (old.days, old.habits):
        lines.wake_all(work.session, owner, work.now)
    return new


def _name_second(work: Work, owner: Owner, fields: Fields) -> None:
    name = second_contact.FIELD
    typed = fields.text(name, 254, blank=True)
    if name in fields and not fields.is_faulty(name):
        fields.take(lambda: second_contact.name(work, owner, typed), None)


def _habits(fields: Fields, old: Habits) -> Habits:
    at, quiet = old.at, old.quiet_hours
    if "at" in fields:
        typed = fields.text("at", 10)
        at = fields.take(lambda: parse_time(typed), time(9)) if typed else None
    if "quiet_hours" in fields:
        quiet = _quiet(fields)
    after = fields.leads("after_times", 0) if "after_times" in fields else old.after_times
    if after and min(after) < 1 and not fields.is_faulty("after_times"):
        fields.fault("after_times", "Repeats come at least one day after, such as P1D")
    covered = fields.choice("when_covered", WhenCovered)
    return Habits(
        at=at,
        quiet_hours=quiet,
        lead_times=_leads(fields, "lead_times", old.lead_times),
        inactivity_lead_times=_leads(fields, "inactivity_lead_times", old.inactivity_lead_times),
        after_times=tuple(sorted(after)) if after is not None else None,
        when_covered=covered if "when_covered" in fields else old.when_covered,
    )


def _quiet(fields: Fields) -> str | None:
    if fields.is_null("quiet_hours"):
        return None
    written = fields.text("quiet_hours", 20, blank=True) or ""
    held = fields.take(lambda: parse_quiet(written), None)
    return held.text if held else ""


def _leads(fields: Fields, name: str, old: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return fields.leads(name) if name in fields else old
