"""Twelve months ahead on each kind of period, beside tables that were made by hand with a calendar.

Each row is a deadline and, after the colon, the days of its messages, month and day; every message
comes at 09:00 of the owner's zone. Today is 20 November 2026; a month is counted with 31 days, so
the year ends on 27 November 2027.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from reminder.app import App
from reminder.service import lines, people

MOSCOW, BERLIN = "Europe/Moscow", "Europe/Berlin"
TABLES: dict[str, tuple[dict[str, object], str]] = {
    "each month, from the 31st": (
        {"fee": "300", "renews_on": "2026-12-31", "period": "P1M"},
        """
        2026-12-31: 12-24 12-28 12-30 12-31
        2027-01-31: 01-24 01-28 01-30 01-31
        2027-02-28: 02-21 02-25 02-27 02-28
        2027-03-31: 03-24 03-28 03-30 03-31
        2027-04-30: 04-23 04-27 04-29 04-30
        2027-05-31: 05-24 05-28 05-30 05-31
        2027-06-30: 06-23 06-27 06-29 06-30
        2027-07-31: 07-24 07-28 07-30 07-31
        2027-08-31: 08-24 08-28 08-30 08-31
        2027-09-30: 09-23 09-27 09-29 09-30
        2027-10-31: 10-24 10-28 10-30 10-31
        2027-11-30: 11-23 11-27
        """,
    ),
    "every 30 days": (
        {"fee": "300", "renews_on": "2026-12-05", "period": "P30D"},
        """
        2026-12-05: 11-28 12-02 12-04 12-05
        2027-01-04: 12-28 01-01 01-03 01-04
        2027-02-03: 01-27 01-31 02-02 02-03
        2027-03-05: 02-26 03-02 03-04 03-05
        2027-04-04: 03-28 04-01 04-03 04-04
        2027-05-04: 04-27 05-01 05-03 05-04
        2027-06-03: 05-27 05-31 06-02 06-03
        2027-07-03: 06-26 06-30 07-02 07-03
        2027-08-02: 07-26 07-30 08-01 08-02
        2027-09-01: 08-25 08-29 08-31 09-01
        2027-10-01: 09-24 09-28 09-30 10-01
        2027-10-31: 10-24 10-28 10-30 10-31
        2027-11-30: 11-23 11-27
        """,
    ),
    "every 28 days": (
        {"fee": "300", "renews_on": "2026-12-05", "period": "P28D"},
        """
        2026-12-05: 11-28 12-02 12-04 12-05
        2027-01-02: 12-26 12-30 01-01 01-02
        2027-01-30: 01-23 01-27 01-29 01-30
        2027-02-27: 02-20 02-24 02-26 02-27
        2027-03-27: 03-20 03-24 03-26 03-27
        2027-04-24: 04-17 04-21 04-23 04-24
        2027-05-22: 05-15 05-19 05-21 05-22
        2027-06-19: 06-12 06-16 06-18 06-19
        2027-07-17: 07-10 07-14 07-16 07-17
        2027-08-14: 08-07 08-11 08-13 08-14
        2027-09-11: 09-04 09-08 09-10 09-11
        2027-10-09: 10-02 10-06 10-08 10-09
        2027-11-06: 10-30 11-03 11-05 11-06
        2027-12-04: 11-27
        """,
    ),
    "every four weeks, always a Monday": (
        {"fee": "300", "renews_on": "2026-12-07", "period": "P4W"},
        """
        2026-12-07: 11-30 12-04 12-06 12-07
        2027-01-04: 12-28 01-01 01-03 01-04
        2027-02-01: 01-25 01-29 01-31 02-01
        2027-03-01: 02-22 02-26 02-28 03-01
        2027-03-29: 03-22 03-26 03-28 03-29
        2027-04-26: 04-19 04-23 04-25 04-26
        2027-05-24: 05-17 05-21 05-23 05-24
        2027-06-21: 06-14 06-18 06-20 06-21
        2027-07-19: 07-12 07-16 07-18 07-19
        2027-08-16: 08-09 08-13 08-15 08-16
        2027-09-13: 09-06 09-10 09-12 09-13
        2027-10-11: 10-04 10-08 10-10 10-11
        2027-11-08: 11-01 11-05 11-07 11-08
        """,
    ),
    "each year": (
        {"fee": "3000", "renews_on": "2026-12-15", "period": "P1Y"},
        "2026-12-15: 12-08 12-12 12-14 12-15",
    ),
    "once": (
        {"fee": "300", "renews_on": "2026-12-20", "period": None},
        "2026-12-20: 12-13 12-17 12-19 12-20",
    ),
    "a daily fee, two hundred at ten a day, fifty to be kept": (
        {"fee": "10", "balance": "200", "low_balance": "50", "period": "P1D"},
        "2026-12-06: 11-29 12-03 12-05 12-06",
    ),
    "postpaid, to be paid by the 10th": (
        {"plan": "postpaid", "renews_on": "2026-12-10", "period": "P1M"},
        """
        2026-12-10: 12-03 12-07 12-09 12-10
        2027-01-10: 01-03 01-07 01-09 01-10
        2027-02-10: 02-03 02-07 02-09 02-10
        2027-03-10: 03-03 03-07 03-09 03-10
        2027-04-10: 04-03 04-07 04-09 04-10
        2027-05-10: 05-03 05-07 05-09 05-10
        2027-06-10: 06-03 06-07 06-09 06-10
        2027-07-10: 07-03 07-07 07-09 07-10
        2027-08-10: 08-03 08-07 08-09 08-10
        2027-09-10: 09-03 09-07 09-09 09-10
        2027-10-10: 10-03 10-07 10-09 10-10
        2027-11-10: 11-03 11-07 11-09 11-10
        """,
    ),
    "renewed by the owner on the 1st": (
        {"charged_by": "owner", "renews_on": "2026-12-01", "period": "P1M"},
        """
        2026-12-01: 11-24 11-28 11-30 12-01
        2027-01-01: 12-25 12-29 12-31 01-01
        2027-02-01: 01-25 01-29 01-31 02-01
        2027-03-01: 02-22 02-26 02-28 03-01
        2027-04-01: 03-25 03-29 03-31 04-01
        2027-05-01: 04-24 04-28 04-30 05-01
        2027-06-01: 05-25 05-29 05-31 06-01
        2027-07-01: 06-24 06-28 06-30 07-01
        2027-08-01: 07-25 07-29 07-31 08-01
        2027-09-01: 08-25 08-29 08-31 09-01
        2027-10-01: 09-24 09-28 09-30 10-01
        2027-11-01: 10-25 10-29 10-31 11-01
        2027-12-01: 11-24
        """,
    ),
}


def by_hand(table: str) -> list[tuple[date, date]]:
    """The rows of a table: deadline, and the day of each message, in the order they come."""
    found = []
    for row in table.split("\n"):
        deadline, _, days = row.strip().partition(": ")
        for text in days.split():
            on = date.fromisoformat(deadline)
            year = on.year - 1 if text > deadline[5:] else on.year
            found.append((on, date.fromisoformat(f"{year}-{text}")))
    return sorted(found, key=lambda one: one[1])


@pytest.mark.parametrize("zone", [MOSCOW, BERLIN])
@pytest.mark.parametrize("kind", sorted(TABLES))
async def test_twelve_months_are_as_by_hand(app: App, kind: str, zone: str) -> None:
    """Every message of the year, its deadline and its local time, over month-ends, and in Berlin
    over both changes of the clock."""
    fields, table = TABLES[kind]
    owner = await app.write(
        lambda work: people.add_owner(work, "anna@example.org", timezone=zone).id
    )
    given = {"number": "+7 916 123-45-67", "operator": "other", "timezone": zone, **fields}
    view = await app.write(lambda work: lines.register(work, owner, given))
    planned = await app.read(lambda work: lines.schedule(work, owner, view.line.id, 12))
    here = ZoneInfo(zone)
    assert [(p.deadline, p.due_at.astimezone(here)) for p in planned] == [
        (deadline, datetime(on.year, on.month, on.day, 9, tzinfo=here))
        for deadline, on in by_hand(table)
    ]
    assert not any(p.covered for p in planned)
