"""The tables, as SQLModel classes: shape only, no rules. Instants are UTC milliseconds."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from reminder.storage.columns import instant, text_column


class OwnerRow(SQLModel, table=True):
    """Who registers lines. ``wake_at`` is the least of their lines': the planner's index."""

    __tablename__: ClassVar[str] = "owner"
    __table_args__ = (
        Index(
            "owner_wake",
            "wake_at",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    language: str
    timezone: str
    created_at: datetime = Field(sa_column=instant())
    admin: bool = False
    confirmed: bool = False
    place: str = ""
    pay: str = ""
    habits: str = Field(default="{}", sa_column=text_column("{}"))
    trips: str = Field(default="[]", sa_column=text_column("[]"))
    calendar: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    numbers: str = Field(default="usual", sa_column_kwargs={"server_default": "usual"})
    wake_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class LineRow(SQLModel, table=True):
    """A line: what was entered in columns, where it stands as JSON in ``standing``. ``words`` is
    what a search looks through; ``leading`` to ``glance_until`` are the line at a glance, stale
    once ``glance_until`` is past or null."""

    __tablename__: ClassVar[str] = "line"
    __table_args__ = (
        UniqueConstraint("owner_id", "number", name="line_number_once"),
        Index("line_wake", "owner_id", "wake_at"),
        Index("line_next", "owner_id", "next_due_at"),
        Index("line_glance", "owner_id", "glance_until"),
        Index("line_stale", "glance_until", "owner_id"),
    )

    id: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    number: str
    operator: str
    currency: str
    label: str = ""
    top_up_url: str | None = None
    plan: str
    fee: int | None = Field(default=None, sa_type=BigInteger)
    charged_by: str
    period: str | None = None
    low_balance: int | None = Field(default=None, sa_type=BigInteger)
    autopay: bool = False
    inactivity_days: int | None = None
    timezone: str
    lead_times: str | None = None
    channels: str = Field(default="[]", sa_column=text_column("[]"))
    tied_channels: str = Field(default="[]", sa_column=text_column("[]"))
    tags: str = Field(default="[]", sa_column=text_column("[]"))
    note: str = Field(default="", sa_column=text_column())
    words: str = Field(default="", sa_column=text_column())
    standing: str = Field(sa_column=text_column("{}"))
    state: str
    version: int = 1
    created_at: datetime = Field(sa_column=instant())
    wake_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    leading: str = ""
    leads_on: date | None = None
    known: bool = False
    next_due_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    glance_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class ReadingRow(SQLModel, table=True):
    """What is known of a balance, in minor units of the line's currency."""

    __tablename__: ClassVar[str] = "reading"
    __table_args__ = (Index("reading_line", "line_id", "at"),)

    id: str = Field(primary_key=True)
    line_id: str = Field(foreign_key="line.id", ondelete="CASCADE")
    kind: str
    at: datetime = Field(sa_column=instant())
    on: date
    recorded_at: datetime = Field(sa_column=instant())
    minor: int = Field(sa_type=BigInteger)


class ActRow(SQLModel, table=True):
    """What a person did about a line, with where it stood before, so that it can be undone.
    ``once`` is the reminder and verb of a link: pressed twice, it is one act."""

    __tablename__: ClassVar[str] = "act"
    __table_args__ = (Index("act_line", "line_id", "at"),)

    id: str = Field(primary_key=True)
    line_id: str = Field(foreign_key="line.id", ondelete="CASCADE")
    kind: str
    at: datetime = Field(sa_column=instant())
    before: str = Field(sa_column=text_column())
    said: str = Field(sa_column=text_column("{}"))
    version: int
    once: str | None = Field(default=None, unique=True)
    undone_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class ChannelRow(SQLModel, table=True):
    """A destination. ``target`` and ``secrets`` are sealed; ``print`` finds the same one again."""

    __tablename__: ClassVar[str] = "channel"
    __table_args__ = (UniqueConstraint("owner_id", "print", name="channel_once"),)

    id: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    kind: str
    target: str = Field(sa_column=text_column())
    print: str
    format: str
    label: str = ""
    use: str
    state: str
    secrets: str = Field(default="", sa_column=text_column())
    rotated_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    failing_since: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    why: str = Field(default="", sa_column=text_column())
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime = Field(sa_column=instant())


class AskedRow(SQLModel, table=True):
    """When an address was last asked whether it may be written to, whoever entered it. ``print``
    is keyed; ``at`` may lie ahead: that question waits in the outbox."""

    __tablename__: ClassVar[str] = "asked"

    print: str = Field(primary_key=True)
    at: datetime = Field(sa_column=instant())


class ReminderRow(SQLModel, table=True):
    """A reminder once it is owed; its key never comes twice. Keeps the label of a deleted line.
    ``ask_at``: when another channel is asked if nobody took it by then; None: none is to be."""

    __tablename__: ClassVar[str] = "reminder"
    __table_args__ = (
        UniqueConstraint("line_id", "clock", "deadline", "lead_days", name="reminder_once"),
        Index(
            "reminder_ask",
            "ask_at",
            "owner_id",
            sqlite_where=text("ask_at IS NOT NULL"),
            postgresql_where=text("ask_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    line_id: str
    owner_id: str = Field(index=True)
    label: str
    clock: str
    also: str = ""
    deadline: date
    lead_days: int
    due_at: datetime = Field(sa_column=instant())
    planned_at: datetime = Field(sa_column=instant())
    late: bool = False
    covered: bool = False
    missed: bool = False
    skipped: str = ""
    ask_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class DeliveryRow(SQLModel, table=True):
    """One message on one channel. ``run_at`` is both the next try and the end of a lease;
    ``lost`` counts tries that ended without a word; ``instead_of`` is the delivery that a fallback
    stands in for."""

    __tablename__: ClassVar[str] = "delivery"
    __table_args__ = (
        UniqueConstraint("channel_id", "due_at", "part", name="delivery_once"),
        Index(
            "delivery_due",
            "lane",
            "run_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "delivery_outcast",
            "run_at",
            sqlite_where=text("state = 'pending' AND lost >= 3"),
            postgresql_where=text("state = 'pending' AND lost >= 3"),
        ),
        Index("delivery_owner", "owner_id", "id"),
        CheckConstraint(
            "state IN ('pending', 'sent', 'dead', 'skipped', 'expired')", name="delivery_state"
        ),
    )

    id: str = Field(primary_key=True)
    owner_id: str
    channel_id: str
    kind: str
    lane: str
    state: str = "pending"
    reason: str = ""
    due_at: datetime = Field(sa_column=instant())
    part: int = 0
    run_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    token: int = 0
    tries: int = 0
    lost: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lease_by: str | None = None
    last_code: str = ""
    body: str = Field(default="", sa_column=text_column())
    done_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    instead_of: str | None = None


class DeliveryReminderRow(SQLModel, table=True):
    """Which reminders a delivery carries; a channel gets a reminder once, for ever. What
    is ``copied`` is for somebody who watches: it says nothing of whether the owner was reached."""

    __tablename__: ClassVar[str] = "delivery_reminder"
    __table_args__ = (
        UniqueConstraint("channel_id", "reminder_id", name="delivery_reminder_once"),
        Index("delivery_reminder_of", "reminder_id"),
    )

    delivery_id: str = Field(primary_key=True)
    reminder_id: str = Field(primary_key=True)
    channel_id: str
    state: str = "pending"
    reason: str = ""
    copied: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class AttemptRow(SQLModel, table=True):
    """One try: a delivery's token without a row here is a try with unknown outcome."""

    __tablename__: ClassVar[str] = "attempt"

    delivery_id: str = Field(primary_key=True)
    token: int = Field(primary_key=True)
    node: str
    started_at: datetime = Field(sa_column=instant())
    ended_at: datetime = Field(sa_column=instant())
    outcome: str
    code: str = ""
    detail: str = Field(default="", sa_column=text_column())


class ApiTokenRow(SQLModel, table=True):
    """An API token: its SHA-256, whose it is, and what it may do."""

    __tablename__: ClassVar[str] = "api_token"

    id: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    name: str
    scope: str
    digest: str = Field(unique=True)
    created_at: datetime = Field(sa_column=instant())


class SignInRow(SQLModel, table=True):
    """A single-use link: its SHA-256, what it is for, whose it is or where it was mailed, until
    when, and from where it was asked for."""

    __tablename__: ClassVar[str] = "sign_in"

    digest: str = Field(primary_key=True)
    owner_id: str = ""
    expires_at: datetime = Field(sa_column=instant())
    kind: str
    email: str = ""
    asked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    device: str = ""
    place: str = ""
    invite: str = ""


class UseRow(SQLModel, table=True):
    """One use of what may be used so many times in a span: by whom, as a digest."""

    __tablename__: ClassVar[str] = "use"
    __table_args__ = (Index("use_who", "who", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    who: str
    at: datetime = Field(sa_column=instant())


class WatchRow(SQLModel, table=True):
    """A tag whose digest another owner gets: invited by ``email``; ``watcher_id`` once agreed."""

    __tablename__: ClassVar[str] = "watch"
    __table_args__ = (UniqueConstraint("owner_id", "email", "tag", name="watch_once"),)

    id: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    email: str
    tag: str
    watcher_id: str | None = Field(
        default=None, foreign_key="owner.id", ondelete="CASCADE", index=True
    )
    created_at: datetime = Field(sa_column=instant())


class SessionRow(SQLModel, table=True):
    """A signed-in device: the SHA-256 of its cookie, and the id by which its owner names it."""

    __tablename__: ClassVar[str] = "session"

    digest: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE", index=True)
    created_at: datetime = Field(sa_column=instant())
    expires_at: datetime = Field(sa_column=instant())
    device: str = ""
    id: str = Field(unique=True)
    seen_at: datetime = Field(sa_column=instant())


class IdempotencyRow(SQLModel, table=True):
    """The answer to a POST that named an Idempotency-Key, kept for a day."""

    __tablename__: ClassVar[str] = "idempotency"

    owner_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request: str
    status: int
    answer: str = Field(sa_column=text_column())
    location: str = ""
    expires_at: datetime = Field(sa_column=instant())
