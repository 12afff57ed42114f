"""Thousands of lines in a database, put there past the use cases: for measuring, not for truth."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from reminder.domain.acts import begin
from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.ids import LineId, OwnerId, ReadingId
from reminder.domain.line import ChargedBy, Line, Situation, Standing
from reminder.domain.money import Money
from reminder.domain.owner import ladder
from reminder.domain.plan import wake_at
from reminder.domain.schedule import Period
from reminder.service.work import Work
from reminder.storage import lines, owners

OPERATORS = ("mts", "megafon", "beeline", "t2", "yota")
TAGS = ("office", "family", "spare", "router", "bank")
NAMES = ("Анна", "Mum", "妈妈", "Router", "Склад", "Bank codes", "")


def fill(work: Work, owner: OwnerId, count: int) -> None:
    """Give an owner so many lines, each with a fee, a reading or two, a tag."""
    person = owners.get(work.session, owner)
    steps = ladder(person, None, work.desk.habits)
    chance = random.Random(1)
    today = work.now.date()
    for number in range(count):
        line = _line(owner, number, chance)
        renews = today + timedelta(days=chance.randrange(0, 31))
        active = today - timedelta(days=chance.randrange(0, 80)) if number % 3 == 0 else None
        standing = Standing(renews_on=renews, anchor=renews, last_active_on=active)
        readings = _readings(line, work.now, chance)
        case = begin(Situation(line, standing, readings, steps), work.now)
        lines.add(work.session, line, case.standing, wake_at(case, {}, work.now), work.now)
        lines.add_readings(work.session, line.id, readings)


def _line(owner: OwnerId, number: int, chance: random.Random) -> Line:
    name = chance.choice(NAMES)
    return Line(
        id=LineId(f"lin_{number:016d}"),
        owner=owner,
        number=f"+7916{number:07d}",
        operator=chance.choice(OPERATORS),
        currency="RUB",
        label=f"{name} {number}" if name else "",
        fee=Money(chance.randrange(100, 900) * 100, "RUB"),
        charged_by=ChargedBy.OPERATOR,
        period=Period(months=1),
        timezone="Europe/Moscow",
        tags=(chance.choice(TAGS),) if number % 2 else (),
        note="in the drawer" if number % 7 == 0 else "",
    )


def _readings(line: Line, now: datetime, chance: random.Random) -> tuple[Reading, ...]:
    found = []
    for back in (20, 10, 1)[: chance.randrange(0, 4)]:
        at = now - timedelta(days=back)
        on: date = at.date()
        identity = ReadingId(f"rdg_{line.id[4:]}_{back}")
        minor = chance.randrange(0, 120_000)
        found.append(Reading(identity, ReadingKind.READING, at, on, at, minor))
    return tuple(found)
