"""How many tries of a delivery ended without a word, and the index of those that run alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Count lost tries from now on."""
    op.add_column("delivery", sa.Column("lost", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "delivery_outcast",
        "delivery",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("state = 'pending' AND lost >= 3"),
        postgresql_where=sa.text("state = 'pending' AND lost >= 3"),
    )
