"""What a reminder is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.rendering.telling import Matter, Telling, matter_of
from tests.rendering.notices import cases, head, rubles

EXPECTED = {
    "short": Matter.SHORT,
    "unknown": Matter.UNKNOWN,
    "covered": Matter.COVERED,
    "date_only": Matter.TO_PAY,
    "own_fee": Matter.TO_PAY,
    "passed": Matter.PASSED,
    "passed_own": Matter.PASSED,
    "autopay": Matter.AUTOPAY,
    "lasts": Matter.LASTS,
    "low": Matter.LOW,
    "silence": Matter.SILENCE,
}


@pytest.mark.parametrize(("case", "matter"), EXPECTED.items())
def test_matter(case: str, matter: Matter) -> None:
    """Each kind of reminder is told as what it is."""
    assert matter_of(cases()[case]) is matter


def test_covered_without_a_clock() -> None:
    """Where the clock does not run any more, what was planned stands."""
    one = cases()["covered"]
    stopped = replace(one, clocks=replace(one.clocks, renewal=None))
    assert matter_of(replace(stopped, covered=True)) is Matter.COVERED
    assert matter_of(stopped) is Matter.UNKNOWN


def test_there_and_zone() -> None:
    """What will be there is the fee less what is short; the zone is named only where it differs."""
    far, same = cases()["short"], cases()["same_zone"]
    assert Telling.of(far, head("en")).there == rubles(220)
    assert Telling.of(far, head("en")).elsewhere
    assert not Telling.of(same, head("en")).elsewhere
    assert "Moscow" not in Telling.of(same, head("en")).when
