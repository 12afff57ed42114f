"""Lines as CSV or JSON lines, in the project's own columns; an import gives the same state back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from reminder.domain.balance import last_reading
from reminder.domain.channel import Channel
from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId, OwnerId
from reminder.domain.phone import mask
from reminder.domain.settle import settle
from reminder.service.transfer.columns import COLUMNS, reading_words
from reminder.service.transfer.sheets import guarded
from reminder.service.work import Work
from reminder.storage import channels, lines, owners
from reminder.storage.lines import Kept

CHUNK = 500
MARK = "\ufeff"


def rows(work: Work, owner: OwnerId, *, masked: bool = False) -> Iterator[dict[str, str]]:
    """Every line of an owner as cells by column, oldest first; empty cells are left out.
    ``masked``: to be shown to others, and of no use for an import."""
    person = owners.get(work.session, owner)
    names = _channel_names(channels.all_of(work.session, owner, work.desk.vault))
    for kept in lines.all_of(work.session, owner):
        case = settle(work.desk.situation(kept, person, work.now), work.now)
        now = Kept(kept.line, case.standing, case.readings, kept.version, kept.created_at)
        cells = _cells(now, names)
        if masked:
            cells["number"] = mask(kept.line.number, person.language)
        yield {name: text for name, text in cells.items() if text}


def _channel_names(mine: Iterable[Channel]) -> dict[ChannelId, str]:
    """What each channel is called in a file: its label, else its mailbox, else its id."""
    everyone = list(mine)
    labels = [one.label for one in everyone]

    def name(one: Channel) -> str:
        if one.label and labels.count(one.label) == 1 and ";" not in one.label:
            return one.label
        return one.target if one.kind is Lane.EMAIL else one.id

    return {one.id: name(one) for one in everyone}


def _cells(kept: Kept, names: Mapping[ChannelId, str]) -> dict[str, str]:
    line, standing = kept.line, kept.standing
    seen = last_reading(kept.readings)
    own_anchor = standing.anchor if standing.anchor != standing.renews_on else None
    found: dict[str, object] = {
        "number": line.number,
        "operator": line.operator,
        "label": line.label,
        "plan": line.plan.value,
        "currency": line.currency,
        "balance": seen.money(line.currency).amount if seen else None,
        "balance_on": seen.on if seen else None,
        "fee": line.fee.amount if line.fee else None,
        "renews_on": standing.renews_on,
        "anchor": own_anchor,
        "period": line.period.iso if line.period else "once",
        "charged_by": line.charged_by.value,
        "low_balance": line.low_balance.amount if line.low_balance else None,
        "autopay": "yes" if line.autopay else "no",
        "last_active_on": standing.last_active_on,
        "inactivity_days": line.inactivity_days,
        "lead_times": " ".join(f"P{n}D" for n in line.lead_times or ()),
        "timezone": line.timezone,
        "channels": "; ".join(names[c] for c in line.channels if c in names),
        "tied_channels": "; ".join(names[c] for c in line.tied_channels if c in names),
        "tags": "; ".join(line.tags),
        "note": line.note,
        "top_up_url": line.top_up_url,
        "state": standing.state.value,
        "overdue": "yes" if standing.overdue else None,
        "unconfirmed": "yes" if standing.unconfirmed else None,
        "dealt_with": standing.dealt_with,
        "acknowledged": "; ".join(f"{clock} {day}" for clock, day in standing.acknowledged),
        "snoozed_until": standing.snoozed_until,
        "readings": "; ".join(reading_words(one, line.currency) for one in kept.readings),
    }
    return {name: "" if value is None else str(value) for name, value in found.items()}


def as_csv(found: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """CSV with a mark that spreadsheets know UTF-8 by, chunk by chunk; no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="")
    buffer.write(MARK)
    writer.writeheader()
    for number, row in enumerate(found, 1):
        writer.writerow({name: guarded(text) for name, text in row.items()})
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def as_json_lines(found: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """JSON lines: one object a line, the same columns as texts."""
    for row in found:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def template() -> str:
    """An example to fill in: the columns that are entered, and two rows."""
    examples: tuple[dict[str, str], ...] = (
        {
            "number": "+7 916 123-45-67",
            "operator": "mts",
            "label": "Mum",
            "balance": "120.50",
            "fee": "300.00",
            "renews_on": "2030-01-31",
            "period": "P1M",
        },
        {"number": "+7 900 123-45-67", "operator": "t2", "last_active_on": "2026-10-01"},
    )
    return "".join(as_csv(examples))
