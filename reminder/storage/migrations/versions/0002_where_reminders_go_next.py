"""Where reminders go next: fallbacks, the second contact, what channels were stopped by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what the lanes need to know, and keep the mailboxes that were confirmed already."""
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("confirmed_at", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE channel SET confirmed_at = created_at WHERE state IN ('works', 'failing', 'resting')"
    )
    op.execute("UPDATE channel SET why = 'gone' WHERE state = 'resting'")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ask_at", sa.BigInteger(), nullable=True))
        batch_op.create_index(
            "reminder_ask",
            ["ask_at", "owner_id"],
            unique=False,
            sqlite_where=sa.text("ask_at IS NOT NULL"),
            postgresql_where=sa.text("ask_at IS NOT NULL"),
        )
    with op.batch_alter_table("delivery_reminder", schema=None) as batch_op:
        batch_op.create_index("delivery_reminder_of", ["reminder_id"], unique=False)
    op.create_table(
        "asked",
        sa.Column("print", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("print"),
    )
    op.create_table(
        "tally",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
