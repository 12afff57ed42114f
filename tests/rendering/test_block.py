"""The part of a message about one reminder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reminder.domain.days import Days, Trip
from reminder.rendering.block import Action, block, brief
from reminder.rendering.display import NBSP
from reminder.rendering.telling import Telling
from tests.rendering.notices import BASE, cases, head


def rows(case: str) -> dict[str, str]:
    """The table of facts in English, with plain spaces."""
    one = cases()[case]
    made = block(Telling.of(one, head("en", one)))
    return {row.label: row.value.replace(NBSP, " ") for row in made.rows}


@pytest.mark.parametrize("case", ["short", "silence", "covered", "late"])
def test_the_brief_is_part_of_the_whole(case: str) -> None:
    """What a machine is told of a reminder is what the mail's part begins with."""
    one = cases()[case]
    this = Telling.of(one, head("ru", one))
    whole, short = block(this), brief(this)
    assert (whole.title, whole.heading, whole.late) == (short.title, short.heading, short.late)
    assert (whole.body, whole.ways) == (short.body, short.ways)


def test_facts() -> None:
    """The table says number, fee with the operator's day, the owner's time, and the balance."""
    assert rows("short") == {
        "Number": "Mum’s phone, MTS, +7 916 ••• •• 42",
        "Fee": "550 ₽, Fri 27 Nov, Moscow time",
        "In your time": "from Fri 27 Nov, 05:00",
        "Balance": "250 ₽ on 21 Nov",
    }
    assert rows("same_zone")["Fee"] == "550 ₽, Fri 27 Nov"
    assert "In your time" not in rows("same_zone")
    assert rows("unknown_today")["Balance"] == "not known"
    assert rows("silence")["Number safe until"] == "about 10 Dec"
    assert "Balance" not in rows("silence")
    assert rows("lasts")["Balance"].startswith("about 40 ₽ today; ")
    two = rows("two")
    assert two["Use"] == "about 5 ₽ a day"
    assert two["For two fees, to 27\u00a0Dec"] == "top up 1,030 ₽"


@pytest.mark.parametrize(
    ("case", "first"),
    [
        ("short", "I topped up"),
        ("own_fee", "It is paid"),
        ("silence", "I used it"),
        ("lasts", "I topped up"),
        ("covered", "No more about this date"),
    ],
)
def test_main_action(case: str, first: str) -> None:
    """The first link is what people do in that case; each verb stands once."""
    one = cases()[case]
    actions = block(Telling.of(one, head("en", one))).actions
    assert actions[0].label == first
    assert len({action.url for action in actions}) == len(actions)
    url = f"{BASE}/a/stop/8mQ3vKx0RfWc2LhTn7Yb1A"
    stop = Action("Stop writing about this number", url, "stop")
    assert stop in actions


def test_reading_is_asked_for_by_a_link() -> None:
    """A message that asks for a reading has the link with which to tell it."""
    one = cases()["asks"]
    labels = [a.label for a in block(Telling.of(one, head("en", one))).actions]
    assert "Tell the balance" in labels


def test_actions_without_addresses() -> None:
    """A verb without an address is left out."""
    assert block(Telling.of(cases()["short"], head("en"))).actions == ()


def test_bar() -> None:
    """The bar is as wide as the money, and only where a part of the fee is there."""
    made = block(Telling.of(cases()["short"], head("en"))).bar
    assert made is not None
    assert (made.have, made.lack) == (40, 60)
    assert block(Telling.of(cases()["unknown"], head("en"))).bar is None


def test_next_reminder_at_home_again() -> None:
    """A reminder after the trip is told in the zone where the owner will be then."""
    one = cases()["short"]
    trip = Trip(date(2026, 11, 20), date(2026, 11, 25), "Asia/Shanghai")
    here = replace(head("en", one), days=Days("Europe/Moscow", (trip,)))
    text = block(Telling.of(one, here)).upcoming.replace(NBSP, " ")
    assert text.startswith("Next reminder: Thu 26 Nov, 04:00 (Moscow)")


def test_next_reminder() -> None:
    """The next reminder is named with the owner's city, and its absence is said."""
    text = block(Telling.of(cases()["short"], head("en"))).upcoming.replace(NBSP, " ")
    assert text.startswith("Next reminder: Thu 26 Nov, 09:00 (Shanghai)")
    assert "No other reminder" in block(Telling.of(cases()["passed"], head("en"))).upcoming
    chinese = block(Telling.of(cases()["short"], head("zh"))).upcoming
    assert "11月26日（周四）09:00（上海时间）" in chinese
