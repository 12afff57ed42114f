"""Promises of reminder/service/transfer/exporting.py: what goes out comes in again the same."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.service import acts, channels, lines
from reminder.service.transfer import exporting
from tests.conftest import HandClock
from tests.service.samples import person, register
from tests.service.transfer.files import bring, faults


async def sent_out(app: App, owner: OwnerId, *, as_csv: bool = True) -> str:
    """Export everything."""
    write = exporting.as_csv if as_csv else exporting.as_json_lines
    return await app.read(lambda work: "".join(write(exporting.rows(work, owner))))


async def eventful(app: App, owner: OwnerId, clock: HandClock) -> None:
    """Lines in every state: overdue on a 31st, stopped, snoozed, acknowledged, ended, postpaid."""
    await channels_of(app, owner)
    mail = (await app.read(lambda work: channels.everything(work, owner)))[0].id
    clock.set("2026-01-20T10:00")
    edge = {
        "number": "+79160000001",
        "label": "=\"Мама\", 妈妈; '1'",
        "note": "two\nlines; and 'quotes'",
        "renews_on": "2026-01-31",
        "low_balance": "50.00",
        "lead_times": ["P10D", "P0D"],
        "channels": [mail],
        "tied_channels": [mail],
        "tags": ["family", "банк"],
        "inactivity_days": 120,
        "last_active_on": "2026-01-10",
    }
    await register(app, owner, **edge)
    stopped = await register(app, owner, number="+79160000002", renews_on="2026-02-28")
    snoozed = await register(app, owner, number="+79160000003", renews_on="2026-02-01")
    heard = await register(app, owner, number="+79160000004", renews_on="2026-02-01")
    once = {"renews_on": "2026-01-22", "operator": "other", "period": None, "fee": None}
    await register(app, owner, number="+79160000005", **once, balance=None)
    await register(
        app,
        owner,
        number="+77010000006",
        operator="other",
        currency="KZT",
        plan="postpaid",
        top_up_url="https://example.org/pay",
        autopay=False,
    )
    clock.set("2026-01-21T10:00")
    await app.write(lambda work: acts.stop(work, owner, stopped.line.id))
    await app.write(lambda work: acts.acknowledge(work, owner, heard.line.id))
    sum_in = {"amount": "10", "on": "2026-01-20"}
    await app.write(lambda work: acts.topped_up(work, owner, heard.line.id, sum_in))
    clock.set("2026-02-05T10:00")
    until = {"until": "2026-02-15"}
    await app.write(lambda work: acts.snooze(work, owner, snoozed.line.id, until))
    clock.set("2026-02-12T10:00")
    await app.plan()


async def channels_of(app: App, owner: OwnerId) -> None:
    """One labelled mailbox."""
    fields = {"kind": "email", "address": "anna@example.org", "label": "Post; box"}
    await app.write(lambda work: channels.add(work, owner, fields))


@pytest.mark.parametrize("as_csv", [True, False])
async def test_an_export_imports_to_the_same_state(
    app: App, clock: HandClock, *, as_csv: bool
) -> None:
    """Every field's edge values, anchors of the 31st, overdue, stopped, snoozed, acknowledged and
    ended lines, and every reading come back: the export of the import is the same text."""
    owner = await person(app)
    await eventful(app, owner, clock)
    first = await sent_out(app, owner, as_csv=as_csv)
    seen = {v.line.number: v for v in await app.read(lambda w: lines.everything(w, owner))}
    assert {v.standing.state for v in seen.values()} == {"active", "stopped", "ended"}
    assert any(v.standing.overdue for v in seen.values())
    other = await person(app, "boris@example.org")
    fields = {"kind": "email", "address": "anna@example.org", "label": "Post; box"}
    await app.write(lambda work: channels.add(work, other, fields))
    report = await bring(app, other, first)
    assert faults(report) == []
    assert await sorted_rows(app, other) == await sorted_rows(app, owner)
    brought = {v.line.number: v for v in await app.read(lambda w: lines.everything(w, other))}
    for number, view in seen.items():
        assert brought[number].clocks == view.clocks, number
        assert brought[number].standing.anchor == view.standing.anchor


async def sorted_rows(app: App, owner: OwnerId) -> list[dict[str, str]]:
    """An owner's export by number."""
    found = await app.read(lambda work: list(exporting.rows(work, owner)))
    return sorted(found, key=lambda row: row["number"])


def test_the_template_is_a_file_that_imports() -> None:
    """What is downloaded to be filled in has every column, and no formula."""
    head, first, *_ = exporting.template().splitlines()
    assert head.lstrip("\ufeff").startswith("number,operator,label")
    assert first.startswith("'+7")
