"""What follows a try: sent, another try, or the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.delivery import (
    LONGEST_THROTTLE,
    PATIENCE,
    After,
    Kind,
    Lane,
    Outcome,
    Receipt,
    State,
    Try,
    after,
    backoff,
    expires_at,
    is_too_old,
    outcome_of,
)
from reminder.errors import Refused, Throttled, TransportError, Unreachable

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
END = NOW + timedelta(days=5)


def _try(tries: int = 1, lane: Lane = Lane.WEBHOOK, ends: datetime = END) -> Try:
    return Try(lane, tries, ends, 0.5)


@pytest.mark.parametrize(
    ("lane", "waits"),
    [
        (Lane.EMAIL, [60, 300, 900, 1800, 3600, 7200, 7200]),
        (Lane.WEBHOOK, [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, 86400]),
    ],
)
def test_waits_are_those_of_the_lane(lane: Lane, waits: list[int]) -> None:
    """Each lane waits as its table says, and its last wait goes on for ever."""
    assert [backoff(lane, n + 1, 0.5) / SECOND for n in range(len(waits))] == waits


@given(st.sampled_from(Lane), st.integers(0, 50), st.floats(0, 1, exclude_max=True))
def test_jitter_is_at_most_15_percent(lane: Lane, tries: int, luck: float) -> None:
    """Luck moves a wait by at most 15 % either way."""
    middle = backoff(lane, tries, 0.5)
    assert middle * 0.8499 <= backoff(lane, tries, luck) <= middle * 1.1501


def test_lease_is_longer_than_a_try() -> None:
    """No lane's lease ends while its try may still run."""
    assert all(p.deadline < p.lease for p in PATIENCE.values())


def test_a_receipt_ends_it() -> None:
    """What was taken is sent."""
    assert after(Receipt("250"), _try(), NOW) == After(State.SENT, Outcome.SENT)


@pytest.mark.parametrize("off", [True, False])
def test_a_refusal_ends_it(off: bool) -> None:
    """A refusal is final, and says whether the channel itself is gone."""
    result = after(Refused("gone", channel_off=off), _try(), NOW)
    assert result == After(State.DEAD, Outcome.REFUSED, None, "gone", off)


def test_unreachable_is_tried_again() -> None:
    """No connection: the next try comes after the lane's wait."""
    result = after(Unreachable("no route"), _try(2), NOW)
    assert result == After(
        State.PENDING, Outcome.UNREACHABLE, NOW + timedelta(minutes=5), "no route"
    )


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (SECOND, timedelta(minutes=5)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=9), LONGEST_THROTTLE),
    ],
)
def test_a_named_time_is_kept_within_a_day(asked: timedelta, waited: timedelta) -> None:
    """Throttled: the later of the named time and our own, a day at most."""
    assert after(Throttled("wait", asked), _try(2), NOW).run_at == NOW + waited


@pytest.mark.parametrize(
    ("left", "state"), [(299, State.DEAD), (300, State.DEAD), (301, State.PENDING)]
)
def test_nothing_is_tried_past_its_end(left: int, state: State) -> None:
    """A try that would come at or after the end of use is not made."""
    result = after(Unreachable("no route"), _try(2, ends=NOW + left * SECOND), NOW)
    assert result.state is state
    assert (result.run_at is None) == (state is State.DEAD)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (Receipt("250"), Outcome.SENT),
        (Refused("no"), Outcome.REFUSED),
        (Throttled("wait", SECOND), Outcome.THROTTLED),
        (Unreachable("no"), Outcome.UNREACHABLE),
        (TransportError("no"), Outcome.UNREACHABLE),
        (Unreachable("cut", maybe_accepted=True), Outcome.UNKNOWN),
    ],
)
def test_outcomes_are_named(result: Receipt | TransportError, outcome: Outcome) -> None:
    """An answer that never came after the message was handed over is unknown, not a failure."""
    assert outcome_of(result) is outcome


@pytest.mark.parametrize(
    ("kind", "lane", "hours"),
    [
        (Kind.REMINDER, Lane.EMAIL, 48),
        (Kind.REMINDER, Lane.WEBHOOK, 120),
        (Kind.SIGN_IN, Lane.EMAIL, 0.25),
        (Kind.CONFIRMATION, Lane.EMAIL, 48),
    ],
)
def test_the_end_of_use(kind: Kind, lane: Lane, hours: float) -> None:
    """Mail ends after 48 hours, a webhook after five days, a sign-in link with its quarter of an
    hour; what is past its end is not tried any more, but for a reminder, which is judged anew."""
    end = expires_at(kind, lane, NOW)
    assert end == NOW + timedelta(hours=hours)
    assert not is_too_old(kind, end, end)
    late = is_too_old(kind, end, end + timedelta(milliseconds=1))
    assert late is (kind is not Kind.REMINDER)
