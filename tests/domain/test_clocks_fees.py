"""What to pay in so that several fees are covered."""

from __future__ import annotations

import pytest

from reminder.domain.clocks import enough_for
from reminder.domain.sight import Sight
from tests.builders import (
    build_case,
    build_line,
    by_owner,
    daily,
    day,
    moscow,
    read_at,
    rubles,
    use_of_ten_a_day,
    without_renewal,
)


@pytest.mark.parametrize(
    ("fees", "amount", "until"),
    [(1, "210", "2026-12-01"), (2, "820", "2027-01-01"), (3, "1430", "2027-02-01")],
)
def test_what_carries_several_fees(fees: int, amount: str, until: str) -> None:
    """The sum to pay in counts the fees to come and the use until the last of them."""
    case = build_case(None, *use_of_ten_a_day("2026-11-10", 290))
    said = enough_for(Sight(case, moscow("2026-11-10 13:00")), fees)
    assert said is not None
    assert (said.amount, said.until) == (rubles(amount), day(until))


def test_what_carries_is_said_only_where_it_is_known() -> None:
    """Nothing is said without a balance, without a period, for the owner's own payment, or where
    nothing is missing."""
    now = moscow("2026-11-10 13:00")
    there = read_at(moscow("2026-11-10 12:00"), "10000")
    for case in (
        build_case(),
        build_case(by_owner(), there),
        build_case(build_line(period=None), there),
        build_case(daily(), there),
        build_case(None, there, standing=without_renewal()),
        build_case(None, there),
    ):
        assert enough_for(Sight(case, now), 2) is None
