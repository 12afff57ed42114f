"""Who watches a tag of somebody else's numbers, and which parts of messages are their copies."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Who watches a tag of somebody else's numbers, and which parts of messages are copies."""
    op.create_table(
        "watch",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("watcher_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["watcher_id"], ["owner.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner_id", "email", "tag", name="watch_once"),
    )
    op.create_index("ix_watch_watcher_id", "watch", ["watcher_id"])
    op.add_column(
        "delivery_reminder",
        sa.Column("copied", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
