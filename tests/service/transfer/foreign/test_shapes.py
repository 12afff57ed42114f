"""Promises of reminder/service/transfer/foreign/shapes.py: each export is known by its shape, and
what stays behind is said row by row."""

from __future__ import annotations

import json

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.service import lines
from reminder.service.transfer import exporting, sheets
from reminder.service.transfer.foreign.shapes import shape_of
from reminder.service.transfer.report import Report
from tests.service.samples import person
from tests.service.transfer.files import KEEP_GOOD, bring, faults
from tests.service.transfer.foreign.samples import (
    RENEWLET,
    SIMNOTICE,
    SUBSTRACKER,
    WALLOS,
    as_text,
    wallos_csv,
)


async def brought(app: App, owner: OwnerId, text: str) -> tuple[Report, dict[str, dict[str, str]]]:
    """An export brought in: its report, and the owner's lines by number."""
    report = await bring(app, owner, text, KEEP_GOOD)
    found = await app.read(lambda work: list(exporting.rows(work, owner)))
    return report, {row["number"]: row for row in found}


@pytest.mark.parametrize(
    "text",
    [
        as_text(WALLOS),
        as_text({"success": True, "subscriptions": WALLOS}),
        json.dumps(WALLOS, indent=2),
        wallos_csv(),
    ],
    ids=["list", "answer", "pretty", "csv"],
)
async def test_wallos(app: App, text: str) -> None:
    """As it is downloaded (JSON or CSV) or answered: the number is found in name or notes, sums by
    their sign, a passed day goes on, what is off is stopped, what has no number is named."""
    owner = await person(app)
    report, rows = await brought(app, owner, text)
    assert (report.shape, faults(report)[0][1]) == ("Wallos", "Name")
    assert len(faults(report)) == 1
    dacha = rows["+79031112233"]
    assert (dacha["operator"], dacha["label"]) == ("beeline", "Билайн дача")
    assert (dacha["fee"], dacha["currency"], dacha["period"]) == ("450.00", "RUB", "P1M")
    assert (dacha["renews_on"], dacha["tags"]) == ("2026-12-05", "Phones")
    assert (dacha["note"], dacha["top_up_url"]) == ("gate and boiler", "https://example.org/dacha")
    tablet = rows["+79031112234"]
    assert (tablet["fee"], tablet["currency"], tablet["period"]) == ("12.50", "USD", "P3M")
    assert (tablet["renews_on"], tablet["anchor"]) == ("2026-11-30", "2026-08-31")
    assert (tablet["charged_by"], tablet["label"]) == ("owner", "Tablet")
    assert rows["+79031112235"]["state"] == "stopped"
    left = {one.number: one.left for one in report.items}
    assert left["+79031112233"] == ("Payment Method: Bank card", "Paid By: Anna")
    assert left["+79031112234"] == (
        "The sign $ is taken as USD",
        "The day 2026-08-31 has passed: the next one is taken",
        "Payment Method: Bank card",
        "Paid By: Anna",
        "Notifications: Disabled",
    )


async def test_an_export_on_one_long_line(app: App) -> None:
    """Wallos writes its whole list on one line: that line has no limit but the document's."""
    owner = await person(app)
    many = [{**WALLOS[0], "Name": f"SIM +7903{n:07}"} for n in range(300)]
    text = as_text({"success": True, "subscriptions": many})
    assert len(text) > sheets.LONGEST_ROW
    report, rows = await brought(app, owner, text)
    assert (report.shape, len(rows)) == ("Wallos", 300)


async def test_an_older_wallos_names_no_cycle(app: App) -> None:
    """The export before *Payment Cycle*, with its own spelling of the category."""
    owner = await person(app)
    old = {k: v for k, v in WALLOS[0].items() if k not in {"Payment Cycle", "Renewal", "Active"}}
    old["Categpry"] = old.pop("Category")
    report, rows = await brought(app, owner, as_text([old]))
    assert rows["+79031112233"]["tags"] == "Phones"
    assert any(words.startswith("How often it is paid") for words in report.items[0].left)


async def test_substracker(app: App) -> None:
    """What its API answers and its store holds."""
    owner = await person(app)
    report, rows = await brought(app, owner, as_text(SUBSTRACKER))
    assert (report.shape, faults(report)) == ("SubsTracker", [])
    row = rows["+79031112236"]
    assert (row["label"], row["fee"], row["currency"]) == ("妈妈的卡", "300.00", "RUB")
    assert (row["renews_on"], row["period"], row["charged_by"]) == ("2026-12-10", "P30D", "owner")
    assert (row["tags"], row["note"]) == ("家人; 俄罗斯", "用于银行验证")
    assert report.items[0].left == (
        "The lunar calendar: its period is counted by the common one here",
        "paymentHistory: 2",
        "customType: 手机卡",
        "startDate: 2025-12-10",
        "reminderValue: 7 day",
    )


async def test_renewlet(app: App) -> None:
    """The ``data.json`` of its backup."""
    owner = await person(app)
    report, rows = await brought(app, owner, as_text(RENEWLET))
    assert (report.shape, faults(report)) == ("Renewlet", [])
    row = rows["+79031112237"]
    assert (row["operator"], row["label"], row["period"]) == ("mts", "MTS backup", "P28D")
    assert (row["fee"], row["renews_on"], row["tags"]) == ("250.00", "2026-12-03", "work")
    assert report.items[0].left == (
        "tag: a tag that is far too long to be kept here",
        "category: telecom",
        "startDate: 2026-01-01",
        "reminderDays: 3",
    )


async def test_simnotice(app: App) -> None:
    """What its API answers: a balance, a monthly fee and the day of the month."""
    owner = await person(app)
    report, rows = await brought(app, owner, as_text(SIMNOTICE))
    assert (report.shape, faults(report)) == ("Simnotice", [])
    row = rows["+8613812345678"]
    assert (row["operator"], row["currency"]) == ("china-mobile", "CNY")
    assert (row["balance"], row["balance_on"], row["fee"]) == ("42.50", "2026-11-02", "8.00")
    assert (row["renews_on"], row["anchor"][-2:]) == ("2026-11-30", "31")
    other = rows["+8613912345678"]
    assert (other["operator"], other["renews_on"]) == ("other", "2026-12-01")
    assert "fee" not in other
    assert report.items[0].left == (
        "data_plan: 100 MB",
        "location: 上海",
        "activation_date: 2019-03-01",
    )
    assert report.items[1].left == ("carrier: 村里的",)
    assert len(await app.read(lambda work: lines.everything(work, owner))) == 2


def test_what_is_of_nobody_known_has_no_shape() -> None:
    """Our own columns, and any other, are no foreign export."""
    assert shape_of(("number", "label", "fee")) is None
    assert shape_of(()) is None
