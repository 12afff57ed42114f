"""The lines of one owner as a board asks for them: found, sorted and counted by the database.

What it sorts by is the line at a glance (``leading`` to ``glance_until`` of its row). That is a
cache: a line that was written since, or whose glance is over, is stale until it is looked at anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    or_,
    true,
    update,
)
from sqlmodel import Session, col, select

from reminder.domain.glance import (
    NOW_DAYS,
    SOON_MONEY_DAYS,
    SOON_NUMBER_DAYS,
    Glance,
    Level,
)
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import Clock, LineState
from reminder.storage import codec
from reminder.storage.columns import Instant
from reminder.storage.lines import Kept, kept_of
from reminder.storage.prepared import Peek, Prepared
from reminder.storage.tables import LineRow


class Sort(StrEnum):
    """By what a board is sorted."""

    URGENCY = "urgency"
    NAME = "name"
    OPERATOR = "operator"
    NUMBER = "number"
    DATE = "date"
    MESSAGE = "message"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines to show, and how. ``words`` are all to be found in a line, ``digits`` any of them
    in its number, ``named`` are the operators whose names hold the words."""

    words: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    needs_me: bool = False
    operator: str = ""
    state: str = ""
    clock: str = ""
    tag: str = ""
    sort: Sort = Sort.URGENCY
    falling: bool = False
    start: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a board and what was seen of it at the last glance."""

    kept: Kept
    next_due_at: datetime | None


def _is_active() -> ColumnElement[bool]:
    return col(LineRow.state) == LineState.ACTIVE.value


def _level(today: date) -> ColumnElement[str]:
    """:func:`reminder.domain.glance.level`, as the database reads it."""
    on, silent = col(LineRow.leads_on), col(LineRow.leading) == Clock.INACTIVITY.value
    now, money, number = (
        today + timedelta(days=days) for days in (NOW_DAYS, SOON_MONEY_DAYS, SOON_NUMBER_DAYS)
    )
    return case(
        (~_is_active(), Level.REST.value),
        (on <= now, Level.NOW.value),
        (or_(on <= money, and_(silent, on <= number)), Level.SOON.value),
        (col(LineRow.known), Level.FINE.value),
        else_=Level.REST.value,
    )


def _rank(today: date) -> ColumnElement[int]:
    """First who needs somebody, then what cannot be told, then who is fine, then who is silent."""
    level = _level(today)
    return case(
        (~_is_active(), 3),
        (level.in_([Level.NOW.value, Level.SOON.value]), 0),
        (level == Level.REST.value, 1),
        else_=2,
    )


def _contains(column: SQLColumnExpression[str], text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"%{escaped}%", escape="\\")


def _where(owner: OwnerId, sought: Sought, today: date) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [col(LineRow.owner_id) == owner]
    if sought.words or sought.digits:
        said = [_contains(col(LineRow.words), word) for word in sought.words]
        found = [and_(true(), *said)] if said else []
        found += [_contains(col(LineRow.number), digits) for digits in sought.digits]
        found += [col(LineRow.operator).in_(sought.named)] if sought.named else []
        wanted.append(or_(*found))
    if sought.needs_me:
        wanted.append(_level(today).in_([Level.NOW.value, Level.SOON.value]))
    if sought.operator:
        wanted.append(col(LineRow.operator) == sought.operator)
    if sought.state:
        wanted.append(col(LineRow.state) == sought.state)
    if sought.clock:
        wanted.append(and_(col(LineRow.leading) == sought.clock, _is_active()))
    if sought.tag:
        wanted.append(_contains(col(LineRow.tags), codec.dump(codec.TEXTS, (sought.tag,))[1:-1]))
    return and_(*wanted)


def _order(sought: Sought, today: date) -> list[SQLColumnExpression[Any]]:
    """What is asked for, blanks last; of equals the older line first."""
    leads_on, next_due_at = col(LineRow.leads_on), col(LineRow.next_due_at)
    by: dict[Sort, tuple[list[SQLColumnExpression[Any]], SQLColumnExpression[Any]]] = {
        Sort.URGENCY: ([_rank(today), leads_on.is_(None)], leads_on),
        Sort.NAME: ([col(LineRow.label) == ""], col(LineRow.words)),
        Sort.OPERATOR: ([], col(LineRow.operator)),
        Sort.NUMBER: ([], col(LineRow.number)),
        Sort.DATE: ([leads_on.is_(None)], leads_on),
        Sort.MESSAGE: ([next_due_at.is_(None)], next_due_at),
        Sort.ADDED: ([], col(LineRow.id)),
    }
    blanks, key = by[sought.sort]
    return [*blanks, key.desc() if sought.falling else key, col(LineRow.id)]


def page(session: Session, owner: OwnerId, sought: Sought, today: date) -> list[Row]:
    """The lines sought, from ``start`` on. Sorted by their ids alone: whole rows are wide."""
    query = select(LineRow.id).where(_where(owner, sought, today))
    query = query.order_by(*_order(sought, today)).offset(sought.start).limit(sought.limit)
    wanted = session.exec(query).all()
    rows = session.exec(select(LineRow).where(col(LineRow.id).in_(wanted))).all()
    by_id = {row.id: row for row in rows}
    ordered = [by_id[identity] for identity in wanted]
    return [
        Row(kept, row.next_due_at)
        for kept, row in zip(kept_of(session, ordered), ordered, strict=True)
    ]


def ids(session: Session, owner: OwnerId, sought: Sought, today: date) -> list[LineId]:
    """All lines sought, on every page, in their order."""
    query = select(LineRow.id).where(_where(owner, sought, today))
    return [LineId(line) for line in session.exec(query.order_by(*_order(sought, today)))]


def counts(session: Session, owner: OwnerId, sought: Sought, today: date) -> Mapping[Level, int]:
    """How many of the lines sought stand at each level."""
    level = _level(today)
    query = select(level, func.count()).where(_where(owner, sought, today)).group_by(level)
    return {Level(name): count for name, count in session.exec(query).all()}


def next_message(session: Session, owner: OwnerId, now: datetime) -> tuple[Row, int] | None:
    """The line about which the next message comes, of several the most urgent; and how many others
    it is about."""
    due, leads_on = col(LineRow.next_due_at), col(LineRow.leads_on)
    query = select(LineRow).where(LineRow.owner_id == owner, due > now)
    row = session.exec(query.order_by(due, leads_on.is_(None), leads_on).limit(1)).first()
    if row is None:
        return None
    together = select(func.count()).where(LineRow.owner_id == owner, due == row.next_due_at)
    return Row(kept_of(session, [row])[0], row.next_due_at), session.exec(together).one() - 1


def operators(session: Session, owner: OwnerId) -> list[str]:
    """The operators that an owner has lines with."""
    query = select(LineRow.operator).where(LineRow.owner_id == owner).distinct()
    return sorted(session.exec(query).all())


def tags(session: Session, owner: OwnerId) -> list[str]:
    """Every tag that an owner's lines bear."""
    query = select(LineRow.tags).where(LineRow.owner_id == owner, LineRow.tags != "[]").distinct()
    found = {tag for text in session.exec(query) for tag in codec.load(codec.TEXTS, text)}
    return sorted(found, key=str.casefold)


def stale(session: Session, owner: OwnerId, now: datetime, limit: int) -> list[Kept]:
    """Lines that must be looked at anew before they are sorted (index ``line_glance``)."""
    until = col(LineRow.glance_until)
    query = select(LineRow).where(LineRow.owner_id == owner, or_(until.is_(None), until <= now))
    return kept_of(session, session.exec(query.limit(limit)).all())


_ONE = select(LineRow.owner_id).limit(1)
_NEVER_SEEN = Prepared(_ONE.where(col(LineRow.glance_until).is_(None)))
_SEEN_UNTIL = Prepared(_ONE.where(col(LineRow.glance_until) <= bindparam("now", type_=Instant)))


def owner_of_stale(at: Session | Peek, now: datetime) -> OwnerId | None:
    """Some owner with lines that must be looked at anew (index ``line_stale``)."""
    found = _NEVER_SEEN.rows(at) or _SEEN_UNTIL.rows(at, now=now)
    return OwnerId(found[0][0]) if found else None


def columns(one: Glance) -> dict[str, Any]:
    """A line at a glance as its table's columns hold it."""
    return {
        "leading": one.leading.value if one.leading else "",
        "leads_on": one.leads_on,
        "known": one.known,
        "next_due_at": one.next_due_at,
        "glance_until": one.until,
    }


def keep_glances(session: Session, seen: Iterable[tuple[LineId, int, Glance]]) -> None:
    """Keep what was seen of lines, each unless it was written since the version that was read."""
    values = [{"line": line, "read": version, **columns(one)} for line, version, one in seen]
    if values:
        table = LineRow.metadata.tables[LineRow.__tablename__]
        same = (table.c.id == bindparam("line"), table.c.version == bindparam("read"))
        session.connection().execute(update(table).where(*same), values)


def forget_glances(session: Session) -> None:
    """Have every line looked at anew: the rules or the operators' facts changed."""
    session.execute(update(LineRow).values(glance_until=None))
