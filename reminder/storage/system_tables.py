"""The tables of the service itself: jobs, nodes, marks, totals and facts. Shape only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from reminder.storage.columns import instant


class SystemJobRow(SQLModel, table=True):
    """Work done once per cluster: the node whose update changes the row runs it."""

    __tablename__: ClassVar[str] = "system_job"

    name: str = Field(primary_key=True)
    next_run: datetime = Field(sa_column=instant())
    token: int = 0
    last_ok: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class NodeRow(SQLModel, table=True):
    """A process that shares the work on PostgreSQL: for display only. ``offset_ms`` is what its
    own clock is ahead of the database's."""

    __tablename__: ClassVar[str] = "node"

    name: str = Field(primary_key=True)
    role: str
    version: str
    tzdata: str
    started_at: datetime = Field(sa_column=instant())
    seen_at: datetime = Field(sa_column=instant())
    offset_ms: int = Field(default=0, sa_type=BigInteger)


class UnitRow(SQLModel, table=True):
    """The mark that a unit of work leaves on PostgreSQL, for the case that the answer to its
    commit is lost. ``kept`` is false where somebody looked for a mark that was not there."""

    __tablename__: ClassVar[str] = "unit"

    id: str = Field(primary_key=True)
    at: datetime = Field(sa_column=instant())
    kept: bool


class TallyRow(SQLModel, table=True):
    """How many there were of what was pruned, so that totals go on counting."""

    __tablename__: ClassVar[str] = "tally"

    name: str = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)


class FactRow(SQLModel, table=True):
    """Single facts about this database, such as the tz data its ``wake_at`` rest on."""

    __tablename__: ClassVar[str] = "fact"

    name: str = Field(primary_key=True)
    value: str
