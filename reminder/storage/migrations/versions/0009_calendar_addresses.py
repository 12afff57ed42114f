"""How many addresses an owner's calendar feed has had."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """How many addresses an owner's calendar feed has had."""
    column = sa.Column("calendar", sa.Integer(), server_default="0", nullable=False)
    op.add_column("owner", column)
