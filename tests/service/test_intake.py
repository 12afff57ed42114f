"""A pasted text becomes the fields of a reading, or is asked about."""

from __future__ import annotations

from datetime import date

import pytest

from reminder.app import App
from reminder.domain.intake import Confidence
from reminder.errors import Meaning, Unread
from reminder.service import acts, intake
from tests.service.samples import person, register

TODAY = date(2026, 11, 20)


async def test_a_text_becomes_a_balance(app: App) -> None:
    """The amount stands in the line's currency, with the day that the text names."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    given = {"text": "Баланс на 18.11.2026: 1 030,5 р."}
    found = await app.read(lambda work: intake.resolve(work, owner, line, given))
    assert found.fields == {"balance": "1030.50", "on": "2026-11-18"}
    assert found.understood is not None
    assert found.understood.confidence is Confidence.HIGH


async def test_without_a_text_nothing_changes(app: App) -> None:
    """Typed fields go through as they are; a text of null is none."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    found = await app.read(
        lambda work: intake.resolve(work, owner, line, {"balance": "5", "text": None})
    )
    assert (found.fields, found.understood) == ({"balance": "5"}, None)


async def test_an_uncertain_text_records_nothing(app: App) -> None:
    """The refusal carries what the text may say, and no reading is kept."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    given = {"text": "Баланс - 12 р."}
    with pytest.raises(Unread) as refused:
        await app.write(lambda work: acts.add_reading(work, owner, line, given))
    assert [m.amount for m in refused.value.meanings] == ["12.00", "-12.00"]
    assert "12.00 RUB, -12.00 RUB" in str(refused.value)
    assert len(await app.read(lambda work: acts.readings(work, owner, line))) == 1


def test_offers_are_only_what_the_line_can_take() -> None:
    """Sums in another currency, or finer than the currency, are not offered."""
    found = intake.offers("Balance: 10 USD or 905 RUB", TODAY, "RUB")
    assert found == (Meaning("905.00", "RUB"),)
    assert intake.offers("Баланс: 0,512 р", TODAY, "RUB") == ()
    assert intake.offers("Баланс: 5 р", TODAY, "RUB") == ()
