"""The tables of files on their way in: shape only, no rules. Instants are UTC milliseconds."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from reminder.storage.columns import instant, text_column


class ImportRow(SQLModel, table=True):
    """A file on its way in, or what came of it: how it is wanted and how far it is, and its report
    as JSON."""

    __tablename__: ClassVar[str] = "import_job"
    __table_args__ = (Index("import_owner", "owner_id", "id"),)

    id: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    name: str = ""
    state: str
    rows_read: int = 0
    permille: int = 0
    wishes: str = Field(default="{}", sa_column=text_column("{}"))
    report: str = Field(default="", sa_column=text_column())
    created_at: datetime = Field(sa_column=instant())
    updated_at: datetime = Field(sa_column=instant())


class ImportPartRow(SQLModel, table=True):
    """A piece of a file that waits between its check and its import, for a day at most."""

    __tablename__: ClassVar[str] = "import_part"

    import_id: str = Field(primary_key=True, foreign_key="import_job.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    content: bytes
