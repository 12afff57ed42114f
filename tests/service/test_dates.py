"""Promises of reminder/service/dates.py: which days can be, and when nothing would be watched."""

from __future__ import annotations

from datetime import date

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.domain.schedule import Period
from reminder.errors import InvalidInput
from reminder.service import lines
from reminder.service.dates import Draft, fits
from reminder.service.lines import LineView
from tests.builders import build_line, day
from tests.service.samples import faults, patch, person

NUMBER = "+79161234567"


async def _add(app: App, owner: OwnerId, **given: object) -> LineView:
    fields = {"number": NUMBER, **given}
    return await app.write(lambda work: lines.register(work, owner, fields))


@pytest.mark.parametrize(
    ("anchor", "renews_on", "period", "found"),
    [
        ("2027-01-31", "2027-02-28", "P1M", True),
        ("2027-01-31", "2027-02-27", "P1M", False),
        ("2026-12-01", "2026-12-01", "P1M", True),
        ("2027-01-01", "2026-12-01", "P1M", False),
        ("2020-02-29", "2027-02-28", "P1Y", True),
        ("2026-11-01", "2026-12-01", "P30D", True),
        ("2026-11-01", "2026-12-01", None, False),
    ],
)
def test_which_days_an_anchor_leads_to(
    anchor: str, renews_on: str, period: str | None, *, found: bool
) -> None:
    """A fee day is counted from its anchor by whole periods; the 31st is the last of a short
    month."""
    line = build_line(period=Period.parse(period) if period else None)
    assert fits(day(anchor), Draft(line, renews_on=day(renews_on))) is found


async def test_an_anchor_survives_a_short_month(app: App) -> None:
    """A line that is due on 28 February and counted from the 31st goes on to 31 March."""
    owner = await person(app)
    view = await _add(app, owner, renews_on="2027-02-28", anchor="2027-01-31", period="P1M")
    assert (view.standing.renews_on, view.standing.anchor) == (day("2027-02-28"), day("2027-01-31"))
    ahead = await app.read(lambda work: lines.schedule(work, owner, view.line.id, 6))
    assert date(2027, 3, 31) in {one.deadline for one in ahead}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"anchor": "2027-01-27"}, "anchor"),
        ({"anchor": "2027-03-31"}, "anchor"),
        ({"anchor": "2027-01-31", "period": None}, "anchor"),
        ({"anchor": "2027-01-31", "renews_on": None, "last_active_on": "2026-11-01"}, "anchor"),
        ({"anchor": "2027-01-31", "renews_on": "2027-02-30"}, "renews_on"),
        ({"anchor": "2027-01-31", "period": "monthly"}, "period"),
    ],
)
async def test_an_anchor_that_leads_elsewhere(
    app: App, given: dict[str, object], field: str
) -> None:
    """It is refused, once, and where the day or the period is wrong that is said instead."""
    owner = await person(app)
    fields = {"number": NUMBER, "renews_on": "2027-02-28", "period": "P1M", **given}
    assert await faults(app, lambda work: lines.register(work, owner, fields)) == [field]


async def test_an_anchor_holds_while_it_leads_to_the_day(app: App) -> None:
    """A change of the label leaves it; another period, or another day, counts anew."""
    owner = await person(app)
    view = await _add(app, owner, renews_on="2027-02-28", anchor="2027-01-31", period="P1M")
    line = view.line.id
    assert (await patch(app, owner, line, {"label": "x"})).standing.anchor == day("2027-01-31")
    assert (await patch(app, owner, line, {"anchor": None})).standing.anchor == day("2027-02-28")
    again = await patch(app, owner, line, {"anchor": "2027-01-31"})
    assert again.standing.anchor == day("2027-01-31")
    other = await patch(app, owner, line, {"period": "P30D"})
    assert (other.standing.anchor, other.standing.renews_on) == (day("2027-02-28"),) * 2


async def test_a_term_alone_counts_from_today(app: App) -> None:
    """``inactivity_days`` without a day of use runs the clock from today (rule 23)."""
    owner = await person(app)
    view = await _add(app, owner, inactivity_days=90)
    assert view.clocks.inactivity is not None
    assert (view.standing.last_active_on, view.clocks.inactivity.lost_on) == (
        day("2026-11-20"),
        day("2027-02-18"),
    )


async def test_a_daily_fee_needs_a_balance(app: App) -> None:
    """P1D has no date: the balance, which it lowers, is what runs out; without one nothing runs."""
    owner = await person(app)
    daily = {"period": "P1D", "fee": "10"}
    asked = {"number": NUMBER, "renews_on": "2026-12-01", **daily}
    assert await faults(app, lambda work: lines.register(work, owner, asked)) == ["balance"]
    view = await _add(app, owner, balance="100", **daily)
    assert view.clocks.balance is not None
    assert view.clocks.balance.basis == "daily_fee"


@pytest.mark.parametrize(
    ("given", "change", "field"),
    [
        ({"renews_on": "2026-12-01"}, {"renews_on": None}, "renews_on"),
        ({"last_active_on": "2026-11-01"}, {"last_active_on": None}, "last_active_on"),
        ({"balance": "100", "low_balance": "50"}, {"low_balance": None}, "low_balance"),
        ({"balance": "100", "low_balance": "50"}, {"plan": "postpaid"}, "renews_on"),
        ({"balance": "100", "period": "P1D", "fee": "5"}, {"fee": None}, "fee"),
    ],
)
async def test_a_change_leaves_something_to_watch(
    app: App, given: dict[str, object], change: dict[str, object], field: str
) -> None:
    """What would leave a line without any clock is refused by the field that takes it away."""
    owner = await person(app)
    view = await _add(app, owner, **given)
    assert await faults(app, lambda w: lines.change(w, owner, view.line.id, change)) == [field]
    with_other = {**change, "last_active_on": "2026-11-02"}
    assert (await patch(app, owner, view.line.id, with_other)).clocks.inactivity is not None


async def test_an_unwatched_line_can_be_named(app: App) -> None:
    """A line that never had a clock may be changed in all else."""
    owner = await person(app)
    fields = {"number": NUMBER}
    view = await app.write(lambda work: lines.register(work, owner, fields, undated=True))
    assert (await patch(app, owner, view.line.id, {"label": "Dad"})).line.label == "Dad"


@pytest.mark.parametrize(
    ("renews_on", "says"),
    [
        ("2026-11-19", "today or later, such as 2026-12-19"),
        ("2036-11-28", "2036-11-27 at the latest"),
    ],
)
async def test_a_day_within_ten_years(app: App, renews_on: str, says: str) -> None:
    """A fee day is today or later, and not so far off that nobody would be there to read it."""
    owner = await person(app)
    with pytest.raises(InvalidInput, match=says):
        await _add(app, owner, renews_on=renews_on, fee="300")
