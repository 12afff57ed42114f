"""Promises of reminder/rendering/deadlines.py: what a calendar says of a deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reminder.catalogue.loading import load
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import Clock, Line
from reminder.domain.money import Money
from reminder.rendering.deadlines import Cover, Entry, description_of, title_of
from reminder.rendering.translation import Speech

COVER = Cover("en", "reminder.test", "https://reminder.test")
ALARM = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def entry(**changes: object) -> Entry:
    """The fee of a line whose label tries to break out of its event."""
    line = Line(
        LineId("lin_1"),
        OwnerId("own_1"),
        "+79161234567",
        "mts",
        "RUB",
        label='Mum; "quoted", 妈妈\nEND:VEVENT',
        fee=Money(30000, "RUB"),
    )
    made = Entry(
        key="lin_1.renewal.2026-12",
        line=line,
        operator=load(None).get("mts"),
        clock=Clock.RENEWAL,
        day=date(2026, 12, 1),
        alarms=(ALARM,),
        version=3,
        changed_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        short=Money(17950, "RUB"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # by name


def title(made: Entry, language: str = "en") -> str:
    """A title with plain spaces."""
    said = title_of(replace(COVER, language=language), Speech.of(language), made)
    return said.replace("\u00a0", " ")


@pytest.mark.parametrize("clock", Clock)
def test_the_number_is_masked(clock: Clock) -> None:
    """A calendar is shared more easily than mail."""
    made = entry(clock=clock)
    made = replace(made, line=replace(made.line, label=""))
    assert "1234567" not in title(made) + description_of(COVER, Speech.of("en"), made)


@pytest.mark.parametrize(
    ("language", "short", "covered"),
    [
        ("en", "fee 300 ₽, 179.50 ₽ short", "fee 300 ₽, covered"),
        ("ru", "плата 300 ₽, не хватает 179,50 ₽", "плата 300 ₽, денег хватает"),
        ("zh", "扣费 300 卢布，还差 179.50 卢布", "扣费 300 卢布，余额够"),
    ],
)
def test_each_language_has_its_words(language: str, short: str, covered: str) -> None:
    """What is due stands at the end of the title, in the owner's language."""
    assert title(entry(), language).endswith(short)
    assert title(entry(covered=True), language).endswith(covered)


def test_it_leads_to_the_ways_to_top_up() -> None:
    """Ours in the owner's language, and the operator's own page."""
    ours, official = description_of(COVER, Speech.of("en"), entry()).split("\n")
    assert ours.endswith("https://reminder.test/operators/mts?language=en")
    assert official.startswith("https://")


@pytest.mark.parametrize(
    ("language", "used_up", "under"),
    [
        ("en", "the money runs out", "less than 50 ₽ is left"),
        ("ru", "деньги закончатся", "осталось меньше 50 ₽"),
        ("zh", "余额用完", "余额低于 50 卢布"),
    ],
)
def test_a_floor_is_not_the_end_of_money(language: str, used_up: str, under: str) -> None:
    """Money that falls under the owner's floor is not said to run out."""
    made = entry(clock=Clock.BALANCE, short=None)
    assert title(made, language).endswith(used_up)
    assert title(replace(made, floor=Money(5000, "RUB")), language).endswith(under)
