"""A planner for one line, and short names for what it sends."""

from __future__ import annotations

from datetime import date, datetime

from reminder.domain.acts import Entry
from reminder.domain.ids import ReadingId
from reminder.domain.line import Situation
from reminder.domain.look import Due, Key, Known
from reminder.domain.plan import owed, wake_at
from tests.builders import DEADLINE as D
from tests.builders import RENEWAL, build_case, moscow, read_at, rubles

NOV_1 = moscow("2026-11-01 12:00")
NOV_10 = moscow("2026-11-10 12:00")


class Planner:
    """Looks at one line as the engine does, and remembers what it sent."""

    def __init__(self, case: Situation) -> None:
        self.case = case
        self.known: Known = {}
        self.sent: list[tuple[datetime, Due]] = []

    def look(self, now: datetime) -> tuple[Due, ...]:
        """Look once; what is known never comes again."""
        found = owed(self.case, self.known, now)
        keys = [d.key for d in found.send] + [d.key for d, _ in found.skip]
        assert len(set(keys)) == len(keys)
        assert not self.known.keys() & set(keys)
        self.known |= {d.key: why for d, why in found.skip} | {d.key: "" for d in found.send}
        self.case = found.case
        self.sent += [(now, d) for d in found.send]
        return found.send

    def sleep_until(self, end: datetime, start: datetime = NOV_1) -> list[str]:
        """Look now and whenever a look is due, as the planner does; say what was sent."""
        now: datetime | None = start
        while now is not None and now <= end:
            self.look(now)
            following = wake_at(self.case, self.known, now)
            assert following is None or following > now
            now = following
        return self.said

    @property
    def said(self) -> list[str]:
        """Clock, deadline and lead of what was sent, as ``renewal 2026-12-01 7``."""
        return [f"{d.key.clock} {d.key.deadline} {d.key.lead_days}" for _, d in self.sent]


def messages(case: Situation, end: str, start: datetime = NOV_1) -> list[str]:
    """What a planner that sleeps in between sends up to a Moscow time."""
    return Planner(case).sleep_until(moscow(end), start)


def leads_of(deadline: str, *leads: int, clock: str = "renewal") -> list[str]:
    """The messages of one deadline, as :attr:`Planner.said` names them."""
    return [f"{clock} {deadline} {k}" for k in leads]


def keys(days: list[int], deadline: date = D) -> list[Key]:
    """The keys of one renewal."""
    return [Key(RENEWAL, deadline, k) for k in days]


def entry(amount: str) -> Entry:
    """A sum entered now."""
    return Entry(ReadingId(f"rea_{amount}"), rubles(amount))


def short() -> Situation:
    """100 RUB are there, 300 are needed on 1 December."""
    return build_case(None, read_at(NOV_1, "100"))
