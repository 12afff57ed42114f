"""Days that an owner spends in another zone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Days that an owner spends in another zone."""
    column = sa.Column("trips", sa.Text(), server_default="[]", nullable=False)
    op.add_column("owner", column)
