"""The index by which a line is found that must be looked at anew, whoever it belongs to."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Find it without walking through all lines."""
    op.create_index("line_stale", "line", ["glance_until", "owner_id"], unique=False)
