"""Owners, channels and lines by the hundred thousand: one is registered by the use cases, and then
copied inside the database. For measuring, not for truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, literal_column, text
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, SQLModel, col, select

from reminder.app import App
from reminder.domain.ids import ChannelId, OwnerId
from reminder.service import channels as channel_service
from reminder.service import lines as line_service
from reminder.service import people
from reminder.service.work import Work
from reminder.storage import channels
from reminder.storage.tables import ChannelRow, LineRow, OwnerRow, ReadingRow

DUE = "2026-11-24T06:00:00+00:00"
BASE = 1_000_000_000_000_000
LATER = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Stock:
    """How many owners, how many lines each, how many of the owners are due at :data:`DUE`, the
    URLs that their webhooks go to in turn (none: their mailboxes), and what else is said of each
    line."""

    owners: int
    lines_each: int = 1
    due: int | None = None
    urls: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


async def fill(app: App, stock: Stock) -> OwnerId:
    """Fill an empty database; return the owner that all others are copies of."""
    first = await app.write(lambda work: people.add_owner(work, "first@example.org"))
    await app.write(lambda work: _model(work, first.id, stock))
    await app.glance()  # the copies are as fresh for the board as lines of a running service
    # Not serializable: PostgreSQL has no room for a predicate lock on each of a million rows.
    await app.database.write(lambda session: _copy(session, first.id, stock))
    if not app.database.is_sqlite:  # as it does by itself, within a minute
        await app.database.write(lambda session: session.execute(text("ANALYZE")))
    return first.id


def _model(work: Work, owner: OwnerId, stock: Stock) -> None:
    for number, url in enumerate(stock.urls):
        fields = {"kind": "webhook", "url": url, "format": "standard"}
        if number == 0:
            first = channel_service.add(work, owner, fields).channel
            continue
        # Past the use case, which takes no more channels than a person has.
        other = replace(first, id=ChannelId(f"chn_{number:016d}"), target=url)
        channels.add(work.session, other, work.desk.vault)
    line = {
        "number": "+79160000000",
        "operator": "mts",
        "label": "Mum",
        "balance": "120.50",
        "fee": "300.00",
        "renews_on": "2026-12-01",
        "period": "P1M",
    }
    line_service.register(work, owner, {**line, **stock.fields})


def _copy(session: Session, model: OwnerId, stock: Stock) -> None:
    """Make every row out of the model's rows by ``INSERT … SELECT``."""
    count, each = stock.owners, stock.lines_each
    due = count if stock.due is None else stock.due
    channel_ids = session.exec(
        select(ChannelRow.id)
        .where(ChannelRow.owner_id == model)
        .where(ChannelRow.kind == ("webhook" if stock.urls else "email"))
        .order_by(col(ChannelRow.id))
    ).all()
    line = session.exec(select(LineRow).where(LineRow.owner_id == model)).one()
    assert line.wake_at is not None
    wake = f"{_stamp(line.wake_at)} + CASE WHEN n < {due * each} THEN 0 ELSE {_later()} END"
    owner_wake = f"{_stamp(line.wake_at)} + CASE WHEN n < {due} THEN 0 ELSE {_later()} END"
    owned = f"'own_' || ({BASE} + n)"
    changed = {"id": owned, "email": "'o' || n || '@example.org'", "wake_at": owner_wake}
    _multiply(session, OwnerRow, model, count, changed)
    for number, channel in enumerate(channel_ids):
        every = f"n % {len(channel_ids)} = {number}"
        changed = {"id": f"'chn_' || ({BASE} + n)", "owner_id": owned}
        _multiply(session, ChannelRow, channel, count, changed, every)
    lined = f"'lin_' || ({BASE} + n)"
    by_owner = f"'own_' || ({BASE} + n / {each})"
    phone = "'+7' || (9160000000 + n)"
    changed = {"id": lined, "owner_id": by_owner, "number": phone, "wake_at": wake}
    _multiply(session, LineRow, line.id, count * each, changed)
    reading = session.exec(select(ReadingRow.id).where(ReadingRow.line_id == line.id)).one()
    changed = {"id": f"'rdg_' || ({BASE} + n)", "line_id": lined, "minor": "n % 20000"}
    _multiply(session, ReadingRow, reading, count * each, changed)
    for table, name in ((OwnerRow, model), (LineRow, line.id)):
        session.execute(
            text(f"UPDATE {table.__tablename__} SET wake_at = NULL WHERE id = :id"), {"id": name}
        )


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _later() -> int:
    return int(LATER.total_seconds() * 1000)


def _multiply(
    session: Session,
    table: type[SQLModel],
    model: str,
    count: int,
    changed: dict[str, str],
    where: str = "1 = 1",
) -> None:
    """Insert ``count`` copies of one row, with the named columns made out of ``n``."""
    columns = list(table.__table__.columns)  # type: ignore[attr-defined]  # SQLModel's own
    made: list[ColumnElement[object]] = [
        literal_column(changed.get(c.name, f'm."{c.name}"')) for c in columns
    ]
    numbers = text(
        f"WITH RECURSIVE seq(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM seq WHERE n < {count - 1})"
        f" SELECT {', '.join(str(one.compile()) for one in made)}"
        f" FROM seq, {table.__tablename__} AS m WHERE m.id = '{model}' AND {where}"
    )
    names = [c.name for c in columns]
    session.execute(insert(table).from_select(names, numbers.columns(*columns)))
