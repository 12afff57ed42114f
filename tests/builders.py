"""Small functions that build the values of the rules, with defaults a test need not name."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.days import Days, Trip
from reminder.domain.ids import LineId, OwnerId, ReadingId
from reminder.domain.line import (
    ChargedBy,
    Clock,
    Hours,
    Ladder,
    Line,
    Situation,
    Standing,
    WhenCovered,
)
from reminder.domain.money import Money
from reminder.domain.schedule import Period, QuietHours
from reminder.domain.silence import KeepAlive

MOSCOW = "Europe/Moscow"
RENEWAL, BALANCE, INACTIVITY = Clock.RENEWAL, Clock.BALANCE, Clock.INACTIVITY
MONTHLY = Period(months=1)
DEADLINE = date(2026, 12, 1)


def moscow(text: str) -> datetime:
    """The UTC instant of a wall time in Moscow, ``2026-12-01`` (00:00) or ``2026-12-01 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(MOSCOW)).astimezone(UTC)


def day(text: str) -> date:
    """A civil date from ``2026-12-01``."""
    return date.fromisoformat(text)


def rubles(amount: str) -> Money:
    """So many rubles."""
    return Money.parse(amount, "RUB")


def build_ladder(
    zone: str = MOSCOW,
    at: time = time(9),
    quiet: QuietHours | None = None,
    leads: tuple[int, ...] = (7, 3, 1, 0),
    when_covered: WhenCovered = WhenCovered.ONCE,
    trips: tuple[Trip, ...] = (),
) -> Ladder:
    """At 09:00 in Moscow, 7, 3 and 1 days before and on the day; 1, 3, 7 and 14 days after."""
    hours = Hours(Days(zone, trips), at, quiet)
    return Ladder(hours, leads, (30, 7, 1), (1, 3, 7, 14), when_covered)


def build_line(**changes: object) -> Line:
    """+7 916 123-45-67 of MTS: 300 RUB a month, taken by the operator. Names are Line's."""
    values: dict[str, object] = {
        "id": LineId("lin_1"),
        "owner": OwnerId("own_1"),
        "number": "+79161234567",
        "operator": "mts",
        "currency": "RUB",
        "fee": rubles("300"),
        "charged_by": ChargedBy.OPERATOR,
        "period": MONTHLY,
        "timezone": MOSCOW,
    }
    return Line(**{**values, **changes})  # type: ignore[arg-type]  # names and types are Line's


def by_owner(**changes: object) -> Line:
    """A line that its owner renews by hand each month."""
    return build_line(**{"fee": None, "charged_by": ChargedBy.OWNER, **changes})


def daily(**changes: object) -> Line:
    """A line whose operator takes 10 RUB a day."""
    return build_line(**{"fee": rubles("10"), "period": Period(days=1), **changes})


def build_standing(**changes: object) -> Standing:
    """The renewal clock runs to 1 December 2026, counted from there. Names are Standing's."""
    values: dict[str, object] = {"renews_on": DEADLINE, "anchor": DEADLINE}
    return Standing(**{**values, **changes})  # type: ignore[arg-type]  # names are Standing's


def build_case(
    line: Line | None = None,
    *readings: Reading,
    ladder: Ladder | None = None,
    standing: Standing | None = None,
) -> Situation:
    """A line where it stands: the default line, due on 1 December 2026, nothing known of it."""
    return Situation(
        line or build_line(), standing or build_standing(), readings, ladder or build_ladder()
    )


def without_renewal(**changes: object) -> Standing:
    """No renewal date was given."""
    return build_standing(**{"renews_on": None, "anchor": None, **changes})


def silent(days: int = 90, *, stale: bool = False) -> KeepAlive:
    """The operator takes the number back after so many silent days."""
    return KeepAlive(days, "operator", stale)


def read_at(
    moment: datetime, amount: str, kind: ReadingKind = ReadingKind.READING, id_: str | None = None
) -> Reading:
    """A reading entered at an instant, of that Moscow day; its id is the instant's, or as given."""
    on = moment.astimezone(ZoneInfo(MOSCOW)).date()
    name = ReadingId(id_ or f"rea_{moment:%Y%m%d%H%M%S}_{kind}")
    return Reading(name, kind, moment, on, moment, rubles(amount).minor)


def use_of_ten_a_day(last: str, amount: int) -> tuple[Reading, Reading, Reading]:
    """Three readings over ten days, the last at noon of a day, that show 10 RUB used a day."""
    end = moscow(f"{last} 12:00")
    first, middle = end - timedelta(days=10), end - timedelta(days=5)
    return (
        read_at(first, str(amount + 100)),
        read_at(middle, str(amount + 50)),
        read_at(end, str(amount)),
    )
