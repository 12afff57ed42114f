"""Devices that are signed in have names and ids, links say what they are for, uses are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Devices, links and counted uses."""
    op.create_table(
        "use",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("use_who", "use", ["who", "at"])
    with op.batch_alter_table("sign_in") as batch:
        batch.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="owner"))
        batch.add_column(sa.Column("email", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("asked_at", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("device", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("place", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("invite", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE sign_in SET kind = 'first' WHERE owner_id = ''")
    with op.batch_alter_table("session") as batch:
        batch.add_column(sa.Column("id", sa.String(), nullable=True))
        batch.add_column(sa.Column("seen_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE session SET id = 'dev_' || substr(digest, 1, 16), seen_at = created_at")
    with op.batch_alter_table("session") as batch:
        batch.alter_column("id", existing_type=sa.String(), nullable=False)
        batch.alter_column("seen_at", existing_type=sa.BigInteger(), nullable=False)
        batch.create_unique_constraint("session_id", ["id"])
    op.create_index("ix_session_owner_id", "session", ["owner_id"])
