"""Promises of reminder/domain/glance.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.glance import Level, glance, level
from reminder.domain.line import Clock, LineState
from reminder.domain.look import look_at
from reminder.domain.schedule import Period
from reminder.domain.settle import settle
from tests.builders import (
    BALANCE,
    DEADLINE,
    INACTIVITY,
    RENEWAL,
    build_case,
    build_ladder,
    build_line,
    build_standing,
    by_owner,
    daily,
    day,
    moscow,
    read_at,
    rubles,
    silent,
    use_of_ten_a_day,
    without_renewal,
)

NOON = moscow("2026-11-20 12:00")
TODAY = day("2026-11-20")


@pytest.mark.parametrize(
    ("leading", "leads_on", "expected"),
    [
        (RENEWAL, "2026-11-19", Level.NOW),
        (RENEWAL, "2026-11-23", Level.NOW),
        (RENEWAL, "2026-11-24", Level.SOON),
        (RENEWAL, "2026-12-04", Level.SOON),
        (RENEWAL, "2026-12-05", Level.FINE),
        (BALANCE, "2026-12-04", Level.SOON),
        (INACTIVITY, "2026-12-20", Level.SOON),
        (INACTIVITY, "2026-12-21", Level.FINE),
        (None, None, Level.FINE),
    ],
)
def test_how_soon_follows_from_the_leading_day(
    leading: Clock | None, leads_on: str | None, expected: Level
) -> None:
    """Now: within three days or passed; soon: money within 14 days, the number within 30."""
    on = day(leads_on) if leads_on else None
    assert level(LineState.ACTIVE, leading, on, TODAY, known=True) is expected
    assert level(LineState.STOPPED, leading, on, TODAY, known=True) is Level.REST


def test_what_is_not_known_is_not_called_fine() -> None:
    """A fee without a balance, far away, is "cannot tell"; with one that covers it, it is fine."""
    far = build_standing(renews_on=day("2027-03-01"), anchor=day("2027-03-01"))
    assert not glance(look_at(build_case(standing=far), NOON)).known
    assert glance(look_at(build_case(None, read_at(NOON, "500"), standing=far), NOON)).known
    on = far.renews_on
    assert level(LineState.ACTIVE, RENEWAL, on, TODAY, known=False) is Level.REST
    assert level(LineState.ACTIVE, None, None, TODAY, known=False) is Level.REST


KINDS = {
    "short": build_case(None, read_at(NOON - timedelta(days=3), "100")),
    "covered": build_case(None, read_at(NOON - timedelta(days=3), "400")),
    "unknown": build_case(),
    "by hand": build_case(by_owner()),
    "once": build_case(by_owner(period=None)),
    "uses ten a day": build_case(None, *use_of_ten_a_day("2026-11-19", 500)),
    "uses, no fee": build_case(
        by_owner(), *use_of_ten_a_day("2026-11-19", 120), standing=without_renewal()
    ),
    "daily fee": build_case(daily(), read_at(NOON, "155"), standing=without_renewal()),
    "own floor": build_case(
        build_line(low_balance=rubles("80")), *use_of_ten_a_day("2026-11-19", 150)
    ),
    "under its floor": build_case(build_line(low_balance=rubles("80")), read_at(NOON, "50")),
    "silent": build_case(
        by_owner(keep_alive=silent()),
        standing=without_renewal(last_active_on=day("2026-09-10")),
    ),
    "all three": build_case(
        build_line(keep_alive=silent(30)),
        *use_of_ten_a_day("2026-11-19", 250),
        standing=build_standing(last_active_on=day("2026-11-10")),
    ),
    "autopay": build_case(build_line(autopay=True)),
    "every week": build_case(build_line(period=Period(days=7)), read_at(NOON, "700")),
}


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=25, deadline=None)
@given(
    start=st.integers(0, 24 * 60),
    later=st.integers(0, 60 * 24 * 40),
    zone=st.sampled_from(["Europe/Moscow", "America/New_York", "Pacific/Auckland"]),
)
def test_a_glance_stands_until_its_end(name: str, start: int, later: int, zone: str) -> None:
    """Up to ``until`` a later look sees the same, whatever the hour and the zone."""
    case = replace(KINDS[name], ladder=build_ladder(zone=zone))
    at = NOON + timedelta(minutes=start * 30)
    first = glance(look_at(settle(case, at), at))
    assert first.until > at
    moment = min(at + timedelta(minutes=later), first.until - timedelta(milliseconds=1))
    again = glance(look_at(settle(case, moment), moment))
    assert replace(again, until=first.until) == first


def test_the_message_just_sent_is_not_the_next_one() -> None:
    """At the moment of a message the glance is over, and the next one is seen."""
    case = KINDS["short"]
    first = glance(look_at(case, NOON))
    assert first.next_due_at == moscow("2026-11-24 09:00")
    assert first.until <= first.next_due_at
    assert glance(look_at(case, first.next_due_at)).next_due_at == moscow("2026-11-28 09:00")


def test_a_deadline_of_another_day_is_seen_at_its_beginning() -> None:
    """On D itself things change at the owner's midnight, and the glance ends there."""
    seen = glance(look_at(KINDS["short"], moscow("2026-11-30 12:00")))
    assert seen.until == moscow("2026-12-01")
    assert seen.leads_on == DEADLINE == date(2026, 12, 1)
