"""Calendar arithmetic, checked against a walk through time that knows nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.schedule import (
    DAY,
    Period,
    QuietHours,
    day_end,
    day_start,
    forget_zones,
    instant,
    local_date,
    moment,
    next_occurrence,
    occurrence,
    outside_quiet,
    parse_date,
    parse_lead,
    parse_quiet,
    parse_time,
    zone,
)
from reminder.errors import InvalidInput

ZONES = [
    "Europe/Moscow",
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
]
TIMES = [time(0, 0), time(2, 0), time(2, 15), time(2, 30), time(3, 0), time(9, 0), time(23, 45)]
FIRST, LAST = date(2024, 1, 1), date(2034, 12, 31)
QUARTER = timedelta(minutes=15)
PERIODS = st.one_of(
    st.builds(Period, months=st.integers(1, 24)), st.builds(Period, days=st.integers(7, 400))
)
DATES = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def _walk(name: str) -> Iterator[tuple[datetime, datetime]]:
    """Every quarter of an hour of eleven years: the instant, and what the wall shows then."""
    tz = ZoneInfo(name)
    now = datetime(FIRST.year, 1, 1, tzinfo=UTC) - 2 * DAY
    end = datetime(LAST.year, 12, 31, tzinfo=UTC) + 3 * DAY
    while now < end:
        yield now, now.astimezone(tz).replace(tzinfo=None)
        now += QUARTER


def _brute_force(name: str) -> dict[datetime, datetime]:
    """The first instant at which the wall shows each time. In a gap the times that the wall jumps
    over are counted on from the last instant before it, as if the clock had not been changed."""
    shown: dict[datetime, datetime] = {}
    before: datetime | None = None
    for now, wall in _walk(name):
        if before is not None:
            skipped, step = before + QUARTER, 0
            while skipped < wall:
                shown.setdefault(skipped, now + step * QUARTER)
                skipped, step = skipped + QUARTER, step + 1
        shown.setdefault(wall, now)
        before = wall
    return shown


@pytest.mark.parametrize("name", ZONES)
def test_due_instants_over_ten_years(name: str) -> None:
    """Each local date has exactly one instant at each time of day: in a gap by the offset before
    it, in a fold the first."""
    shown = _brute_force(name)
    for number in range((LAST - FIRST).days + 1):
        civil = FIRST + number * DAY
        for at in TIMES:
            assert instant(civil, at, name) == shown[datetime.combine(civil, at)], (civil, at)


@pytest.mark.parametrize(
    ("civil", "at", "name", "utc"),
    [
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30"),
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30"),
        ("2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30"),
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),
        ("2026-09-06", "00:00", "America/Santiago", "2026-09-06T04:00"),
    ],
)
def test_gap_and_fold_by_hand(civil: str, at: str, name: str, utc: str) -> None:
    """Known clock changes, computed by hand."""
    found = instant(date.fromisoformat(civil), time.fromisoformat(at), name)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_day_starts_and_ends_at_the_wall_midnight() -> None:
    """A day of a clock change has 23 or 25 hours."""
    short, long = date(2026, 3, 29), date(2026, 10, 25)
    lengths = [day_end(d, "Europe/Berlin") - day_start(d, "Europe/Berlin") for d in (short, long)]
    assert lengths == [timedelta(hours=23), timedelta(hours=25)]
    assert local_date(day_start(short, "Europe/Berlin"), "Europe/Berlin") == short


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../etc/passwd", "\0"])
def test_unknown_zone_is_refused(name: str) -> None:
    """A zone that the list does not hold is refused, whatever it is spelled like."""
    with pytest.raises(InvalidInput, match="timezone"):
        zone(name)


@pytest.mark.parametrize(
    ("anchor", "period", "found"),
    [
        (
            "2027-01-31",
            "P1M",
            ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"],
        ),
        (
            "2027-11-30",
            "P1M",
            ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"],
        ),
        (
            "2024-02-29",
            "P1Y",
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        ),
        (
            "2027-01-31",
            "P30D",
            ["2027-01-31", "2027-03-02", "2027-04-01", "2027-05-01", "2027-05-31"],
        ),
        (
            "2026-12-31",
            "P2M",
            ["2026-12-31", "2027-02-28", "2027-04-30", "2027-06-30", "2027-08-31"],
        ),
    ],
)
def test_occurrences_return_to_the_anchor(anchor: str, period: str, found: list[str]) -> None:
    """A short month uses its last day and the next returns; days are civil days."""
    start, rhythm = date.fromisoformat(anchor), Period.parse(period)
    assert [occurrence(start, rhythm, n).isoformat() for n in range(5)] == found


@given(DATES, PERIODS, st.integers(0, 200))
def test_occurrences_rise_strictly(anchor: date, period: Period, n: int) -> None:
    """Each is later than the one before it, and on the anchor's day or the month's last."""
    here, there = occurrence(anchor, period, n), occurrence(anchor, period, n + 1)
    assert here < there
    if period.months:
        assert here.day == anchor.day or (here.day < anchor.day and (here + DAY).day == 1)


@given(DATES, PERIODS, DATES)
def test_next_occurrence_is_the_first_after(anchor: date, period: Period, after: date) -> None:
    """The next occurrence is later than the day, and none lies between."""
    found = next_occurrence(anchor, period, after)
    every = [occurrence(anchor, period, n) for n in range((after - anchor).days // 7 + 3)]
    assert found == next(d for d in (every or [anchor]) if d > after)


@pytest.mark.parametrize(
    ("text", "period", "iso"),
    [
        ("P1M", Period(months=1), "P1M"),
        ("p4w", Period(days=28), "P28D"),
        ("P1Y", Period(months=12), "P1Y"),
        ("P18M", Period(months=18), "P18M"),
        ("P1Y6M", Period(months=18), "P18M"),
        ("P30D", Period(days=30), "P30D"),
        ("P7D", Period(days=7), "P7D"),
        ("P1D", Period(days=1), "P1D"),
    ],
)
def test_periods_are_read_and_written(text: str, period: Period, iso: str) -> None:
    """A period is read from ISO 8601 and written in its plainest form."""
    assert Period.parse(text) == period
    assert period.iso == iso
    assert period.is_daily == (iso == "P1D")


@pytest.mark.parametrize("text", ["", "P", "1M", "P1M1D", "P0D", "P121M", "P3661D", "PT1H", "P-1M"])
def test_no_period_is_refused(text: str) -> None:
    """Anything that is not one rhythm is refused."""
    with pytest.raises(InvalidInput, match="period"):
        Period.parse(text)


@pytest.mark.parametrize("text", ["P2D", "P6D"])
def test_rule_22_other_periods_are_at_least_seven_days(text: str) -> None:
    """Between a daily fee and a week there is no period."""
    with pytest.raises(InvalidInput, match="at least seven"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("local", "moved"),
    [
        ("2026-11-24 21:59", "2026-11-24 21:59"),
        ("2026-11-24 22:00", "2026-11-25 08:00"),
        ("2026-11-24 23:59", "2026-11-25 08:00"),
        ("2026-11-25 00:00", "2026-11-25 08:00"),
        ("2026-11-25 07:59", "2026-11-25 08:00"),
        ("2026-11-25 08:00", "2026-11-25 08:00"),
    ],
)
def test_rule_3_quiet_hours_cross_midnight(local: str, moved: str) -> None:
    """[22:00, 08:00) moves a moment to its end, on whatever day that is."""
    quiet = QuietHours(time(22), time(8))
    tz = ZoneInfo("Europe/Moscow")
    asked = datetime.fromisoformat(local).replace(tzinfo=tz)
    assert outside_quiet(asked.astimezone(UTC), quiet, "Europe/Moscow") == datetime.fromisoformat(
        moved
    ).replace(tzinfo=tz)


def test_what_was_computed_with_a_zone_is_forgotten_with_it() -> None:
    """Moments of days are kept; other tz data compute them anew, here to the same."""
    quiet, day = QuietHours(time(22), time(8)), date(2026, 11, 24)
    first = moment(day, time(23), quiet, "Europe/Moscow")
    assert first == datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
    assert moment(day, time(23), quiet, "Europe/Moscow") is first
    forget_zones()
    again = moment(day, time(23), quiet, "Europe/Moscow")
    assert again is not first
    assert again == first


def test_rule_3_quiet_hours_within_a_day() -> None:
    """[13:00, 15:00) moves 13:30 to 15:00 of the same day; without quiet hours nothing moves."""
    noon = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    moved = outside_quiet(noon, QuietHours(time(13), time(15)), "Europe/Moscow")
    assert moved == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert outside_quiet(noon, None, "Europe/Moscow") == noon


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.times(),
    st.times(),
    st.sampled_from(ZONES),
)
def test_rule_3_no_moment_goes_back(moment: datetime, start: time, end: time, name: str) -> None:
    """Quiet hours only ever move a moment later, and by less than 26 hours."""
    moved = outside_quiet(moment, QuietHours(start, end), name)
    assert moment <= moved < moment + timedelta(hours=26)


@pytest.mark.parametrize("text", ["22:00-08:00", "00:00-06:30"])
def test_rule_3_quiet_hours_are_read_as_written(text: str) -> None:
    """Quiet hours are read and written alike; an empty text means none."""
    quiet = parse_quiet(text)
    assert quiet is not None
    assert quiet.text == text
    assert parse_quiet(" ") is None


@pytest.mark.parametrize("text", ["22:00", "22:00-22:00", "22-8", "25:00-08:00", "22:00-08:60"])
def test_wrong_quiet_hours_are_refused(text: str) -> None:
    """Half a span, an empty span and impossible times are refused."""
    with pytest.raises(InvalidInput, match="quiet_hours"):
        parse_quiet(text)


def test_dates_times_and_leads_are_read() -> None:
    """The forms of the contract are read."""
    assert parse_date(" 2026-12-01 ", "renews_on") == date(2026, 12, 1)
    assert parse_time("9:05") == time(9, 5)
    assert [parse_lead("P7D"), parse_lead("p0d"), parse_lead("P366D")] == [7, 0, 366]


@pytest.mark.parametrize(
    "text", ["2026-02-30", "01.12.2026", "1999-12-31", "2200-01-01", "20261201"]
)
def test_wrong_dates_are_refused(text: str) -> None:
    """A day that is not in the calendar, or not within two centuries, is refused by its field."""
    with pytest.raises(InvalidInput, match="renews_on"):
        parse_date(text, "renews_on")


@pytest.mark.parametrize("text", ["24:00", "9", "09:60", "", "٠٩:٠٠"])
def test_wrong_times_are_refused(text: str) -> None:
    """Only a time of day is one."""
    with pytest.raises(InvalidInput, match="at"):
        parse_time(text)


@pytest.mark.parametrize("text", ["7", "P1M", "P367D", "P-1D"])
def test_wrong_leads_are_refused(text: str) -> None:
    """A lead is whole days, a year at most."""
    with pytest.raises(InvalidInput, match="lead_times"):
        parse_lead(text)
