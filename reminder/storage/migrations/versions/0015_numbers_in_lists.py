"""How an owner's numbers stand in lists: masked, whole, or as ever."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """How an owner's numbers stand in lists."""
    op.add_column(
        "owner", sa.Column("numbers", sa.String(), server_default="usual", nullable=False)
    )
