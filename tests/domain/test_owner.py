"""An owner's habits, with the line's leads before and the config's after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from reminder.domain.days import Days
from reminder.domain.ids import OwnerId
from reminder.domain.line import Line, WhenCovered
from reminder.domain.owner import Habits, Owner, ladder
from reminder.domain.schedule import QuietHours
from tests.builders import MOSCOW, build_line

CONFIG = Habits(time(9), "22:00-08:00", (7, 3), (30,), (1,), WhenCovered.ALWAYS)
OWNER = Owner(OwnerId("own_1"), "a@example.org", "ru", MOSCOW, datetime(2026, 11, 1, tzinfo=UTC))


def test_the_config_holds_where_nobody_said_otherwise() -> None:
    """An owner without habits is written to as the config says, in their own zone."""
    found = ladder(OWNER, build_line(), CONFIG)
    assert found.hours == (Days(MOSCOW), time(9), QuietHours(time(22), time(8)))
    assert (found.lead_times, found.inactivity_lead_times, found.after_times) == (
        (7, 3),
        (30,),
        (1,),
    )
    assert found.when_covered is WhenCovered.ALWAYS


def test_the_owner_is_before_the_config() -> None:
    """Each habit of the owner's stands, an empty one too: no quiet hours, no repeats."""
    own = Habits(time(0), "", (5,), (), (), WhenCovered.NEVER)
    found = ladder(replace(OWNER, habits=own), None, CONFIG)
    assert (found.hours.at, found.hours.quiet, found.lead_times) == (time(0), None, (5,))
    assert (found.inactivity_lead_times, found.after_times) == ((), ())
    assert found.when_covered is WhenCovered.NEVER


@pytest.mark.parametrize(
    ("line", "leads"),
    [(build_line(), (5,)), (build_line(lead_times=(2,)), (2,)), (build_line(lead_times=()), ())],
)
def test_the_lines_leads_are_before_the_owners(line: Line, leads: tuple[int, ...]) -> None:
    """A line's own leads stand, also if they are none."""
    owner = replace(OWNER, habits=Habits(lead_times=(5,)))
    assert ladder(owner, line, CONFIG).lead_times == leads
