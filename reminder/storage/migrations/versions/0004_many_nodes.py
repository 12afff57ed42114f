"""Many nodes on one PostgreSQL: who they are, marks of what was written, room in busy tables."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"

# Rows that are changed again and again stay on their page, and are cleaned before they pile up.
BUSY = ("owner", "line", "delivery", "delivery_reminder", "unit", "node", "system_job")
ROOM = "fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02"


def upgrade() -> None:
    """Many nodes on one PostgreSQL."""
    op.create_table(
        "node",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("tzdata", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("system_job") as batch:
        batch.add_column(sa.Column("last_ok", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_index("owner_wake", table_name="owner")
    op.create_index(
        "owner_wake", "owner", ["wake_at"], postgresql_where=sa.text("wake_at IS NOT NULL")
    )
    for table in BUSY:
        op.execute(f"ALTER TABLE {table} SET ({ROOM})")
