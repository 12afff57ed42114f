"""Promises of reminder/service/drafts.py: what was typed, completed (PRODUCT 3a, 21 to 23)."""

from __future__ import annotations

from datetime import date

import pytest

from reminder.app import App
from reminder.errors import InvalidInput
from reminder.service import channels, lines
from tests.conftest import line_fields
from tests.service.samples import faults, patch, person, register


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", None),
        ("number", "12"),
        ("number", 79161234567),
        ("operator", "nobody"),
        ("operator", 5),
        ("label", "x" * 101),
        ("label", "a\nb"),
        ("plan", "barter"),
        ("currency", "ZZZ"),
        ("currency", "rubles"),
        ("balance", "lots"),
        ("balance", 120.5),
        ("balance", {"amount": "1", "currency": "USD"}),
        ("fee", "0"),
        ("fee", "-300"),
        ("fee", "1.234"),
        ("renews_on", "01.12.2026"),
        ("renews_on", "2026-11-19"),
        ("period", "monthly"),
        ("period", "P3D"),
        ("charged_by", "nobody"),
        ("low_balance", "-1"),
        ("autopay", "perhaps"),
        ("autopay", []),
        ("last_active_on", "2026-11-21"),
        ("inactivity_days", 0),
        ("inactivity_days", "ninety"),
        ("lead_times", ["P7M"]),
        ("lead_times", "P7D"),
        ("timezone", "Moscow"),
        ("timezone", "../etc/passwd"),
        ("channels", ["chn_nobodys"]),
        ("channels", "chn_1"),
        ("note", "x" * 2001),
        ("top_up_url", "http://example.org"),
        ("top_up_url", "javascript:alert(1)"),
        ("colour", "red"),
    ],
)
async def test_a_bad_field_is_named(app: App, field: str, value: object) -> None:
    """Each field that cannot be meant is refused by its name, at registration and in a change."""
    owner = await person(app)
    fields = line_fields(**{field: value})
    assert set(await faults(app, lambda w: lines.register(w, owner, fields))) == {field}
    view = await register(app, owner)
    if (field, value) == ("currency", "rubles"):
        return
    given = {field: value}
    assert set(await faults(app, lambda w: lines.change(w, owner, view.line.id, given))) == {field}


async def test_every_fault_at_once(app: App) -> None:
    """All wrong fields are named in one answer."""
    owner = await person(app)
    fields = line_fields(number="1", fee="x", period="y")
    found = await faults(app, lambda work: lines.register(work, owner, fields))
    assert sorted(found) == ["fee", "number", "period"]


async def test_a_past_date_is_answered_with_the_next(app: App) -> None:
    """A fee date that is past is refused, and the next one of its period is named (rule 22)."""
    owner = await person(app)
    fields = line_fields(renews_on="2026-10-31")
    with pytest.raises(InvalidInput, match="2026-11-30"):
        await app.write(lambda work: lines.register(work, owner, fields))


@pytest.mark.parametrize(
    "given",
    [
        {"renews_on": "2026-11-20"},
        {"last_active_on": "2026-10-01"},
        {"inactivity_days": 90},
        {"balance": "100", "low_balance": "50"},
    ],
)
async def test_a_number_and_one_reason_are_enough(app: App, given: dict[str, object]) -> None:
    """A number and what there is to watch suffice; the rest comes from elsewhere."""
    owner = await person(app)
    fields = {"number": "+79161234567", **given}
    view = await app.write(lambda work: lines.register(work, owner, fields))
    assert (view.line.operator, view.line.currency) == ("other", "RUB")


@pytest.mark.parametrize("given", [{}, {"balance": "100"}, {"low_balance": "50"}, {"fee": "300"}])
async def test_a_line_without_anything_to_watch(app: App, given: dict[str, object]) -> None:
    """Without a date, a silence or a floor under a balance there is nothing to remind of."""
    owner = await person(app)
    fields = {"number": "+79161234567", **given}
    found = await faults(app, lambda work: lines.register(work, owner, fields))
    assert found == ["renews_on"]


@pytest.mark.parametrize(
    ("given", "charged_by", "period"),
    [
        ({"fee": "300"}, "operator", "P1M"),
        ({"fee": None}, "owner", None),
        ({"fee": "300", "charged_by": "owner"}, "owner", "P1M"),
        ({"fee": "300", "plan": "postpaid"}, "owner", "P1M"),
        ({"fee": "300", "period": "P30D"}, "operator", "P30D"),
        ({"fee": "300", "period": None}, "operator", None),
    ],
)
async def test_who_charges_and_how_often(
    app: App, given: dict[str, object], charged_by: str, period: str | None
) -> None:
    """A fee is taken by the operator, monthly if nobody says otherwise; postpaid is paid by the
    owner (rule 22)."""
    owner = await person(app)
    fields = {"number": "+79161234567", "renews_on": "2026-12-01", **given}
    line = (await app.write(lambda work: lines.register(work, owner, fields))).line
    assert (line.charged_by, line.period.iso if line.period else None) == (charged_by, period)


@pytest.mark.parametrize(
    ("operator", "currency", "zone"),
    [
        ("mts", "RUB", "Europe/Moscow"),
        ("other", "RUB", "Europe/Moscow"),
        (None, "RUB", "Europe/Moscow"),
    ],
)
async def test_an_operators_country(
    app: App, operator: str | None, currency: str, zone: str
) -> None:
    """Currency and zone come from the operator's country, else the number's."""
    owner = await person(app)
    line = (await register(app, owner, operator=operator)).line
    assert (line.currency, line.timezone) == (currency, zone)


async def test_a_foreign_number_has_its_own_money_and_zone(app: App) -> None:
    """A number of Kazakhstan is kept in tenge, on Almaty's calendar."""
    owner = await person(app)
    given = {"number": "+7 701 234 56 78", "renews_on": "2026-12-01"}
    line = (await app.write(lambda work: lines.register(work, owner, given))).line
    assert (line.currency, line.timezone) == ("KZT", "Asia/Almaty")


@pytest.mark.parametrize("name", ["mts", "MTS", "мтс", "МТС "])
async def test_an_operator_is_named_as_people_name_it(app: App, name: str) -> None:
    """Its id, or a name that no other operator has."""
    view = await register(app, await person(app), operator=name)
    assert view.line.operator == "mts"


async def test_a_number_without_plus_is_read_at_home(app: App) -> None:
    """Without a + a number is read in the operator's country, else the owner's."""
    owner = await person(app)
    assert (await register(app, owner, number="8 916 765-43-21")).line.number == "+79167654321"


async def test_a_daily_fee_has_no_renewal_clock(app: App) -> None:
    """P1D lowers the projection and has no date (rule 22)."""
    owner = await person(app)
    view = await register(app, owner, period="P1D", fee="10", low_balance="50")
    assert (view.clocks.renewal, view.standing.renews_on) == (None, None)
    assert view.clocks.balance is not None


async def test_a_patch_changes_what_it_names(app: App) -> None:
    """A merge patch leaves what it does not name, and null takes away (rule 4)."""
    owner = await person(app)
    before = await register(app, owner, charged_by="owner", low_balance="50", note="drawer")
    line = before.line.id
    after = await patch(app, owner, line, {"fee": "350.00", "note": None})
    assert (after.line.fee and after.line.fee.amount, after.line.note) == ("350.00", "")
    for name in ("number", "label", "period", "charged_by", "low_balance", "operator", "timezone"):
        assert getattr(after.line, name) == getattr(before.line, name), name
    assert after.standing.renews_on == before.standing.renews_on == date(2026, 12, 1)
    emptied = await patch(app, owner, line, {"fee": None, "low_balance": None, "label": ""})
    assert (emptied.line.fee, emptied.line.low_balance, emptied.line.label) == (None, None, "")
    assert emptied.line.charged_by == "owner"


async def test_postpaid_is_paid_by_the_owner_after_a_change_too(app: App) -> None:
    """A line that becomes postpaid is one that its owner pays."""
    owner = await person(app)
    view = await register(app, owner)
    assert view.line.charged_by == "operator"
    after = await patch(app, owner, view.line.id, {"plan": "postpaid"})
    assert (after.line.plan, after.line.charged_by) == ("postpaid", "owner")
    assert after.clocks.balance is None


async def test_a_line_that_named_a_removed_channel_can_be_changed(app: App) -> None:
    """A channel that is gone is forgotten by the line, and hinders no change of it."""
    owner = await person(app)
    given = {"kind": "email", "address": "boris@example.org"}
    added = (await app.write(lambda work: channels.add(work, owner, given))).channel
    view = await register(app, owner, channels=[added.id])
    assert view.line.channels == (added.id,)
    await app.write(lambda work: channels.remove(work, owner, added.id))
    after = await patch(app, owner, view.line.id, {"label": "Dad"})
    assert (after.line.label, after.line.channels) == ("Dad", ())
