"""How a terminal tells days and lines."""

from __future__ import annotations

from typing import Any

import pytest

from reminder.cli.telling import days, sentence


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "today"), (1, "in 1 day"), (5, "in 5 days"), (-1, "1 day ago"), (-3, "3 days ago")],
)
def test_days(count: int, said: str) -> None:
    """How far a day is, in words."""
    assert days(count) == said


RENEWAL = {"on": "2026-12-01", "days_left": -1, "overdue": True, "covered": None, "short": None}
FEE = {"amount": "300.00", "currency": "RUB"}


def balance(basis: str, left: int, floor: object = None) -> dict[str, Any]:
    """A balance that reaches its floor on a day, so many days from today."""
    known = {"projected": FEE, "runs_out_on": "x", "days_left": left, "basis": basis}
    return {**known, "floor": floor}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "stopped"}, "Mum (+7916): stopped"),
        ({"leading": None}, "Mum (+7916): nothing to do"),
        (
            {"leading": "renewal", "charged_by": "owner", "clocks": {"renewal": RENEWAL}},
            "Mum (+7916): overdue, renew by hand, 2026-12-01 (1 day ago)",
        ),
        (
            {"leading": "renewal", "fee": FEE, "clocks": {"renewal": RENEWAL}},
            "Mum (+7916): overdue, fee 300.00 RUB, balance not known, 2026-12-01 (1 day ago)",
        ),
        (
            {"leading": "balance", "clocks": {"balance": balance("burn_rate", 2)}},
            "Mum (+7916): balance 300.00 RUB runs out, x (in 2 days)",
        ),
        (
            {"leading": "balance", "clocks": {"balance": balance("daily_fee", -1)}},
            "Mum (+7916): balance 300.00 RUB ran out, x (1 day ago)",
        ),
        (
            {"leading": "balance", "clocks": {"balance": balance("burn_rate", 2, FEE)}},
            "Mum (+7916): balance 300.00 RUB falls under your floor, x (in 2 days)",
        ),
        (
            {"leading": "balance", "clocks": {"balance": balance("fee", 2)}},
            "Mum (+7916): balance 300.00 RUB does not cover the fee, x (in 2 days)",
        ),
        (
            {"leading": "balance", "clocks": {"balance": balance("low_balance", -1, FEE)}},
            "Mum (+7916): balance 300.00 RUB fell under your floor, x (1 day ago)",
        ),
        (
            {"leading": "inactivity", "clocks": {"inactivity": {"lost_on": "x", "days_left": 0}}},
            "Mum (+7916): unused, the number is lost, x (today)",
        ),
    ],
)
def test_sentences(changes: dict[str, Any], said: str) -> None:
    """What needs to be done stands in one line, whichever clock leads."""
    line = {
        "number": "+7916",
        "label": "Mum",
        "state": "active",
        "charged_by": "operator",
        "fee": None,
        "leading": None,
        "clocks": {"renewal": None},
    }
    assert sentence({**line, **changes}) == said
