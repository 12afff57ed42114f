"""Files that wait between their check and their import, and how they are wanted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Files that wait between their check and their import, and how they are wanted."""
    wishes = sa.Column("wishes", sa.Text(), server_default="{}", nullable=False)
    op.add_column("import_job", wishes)
    op.create_table(
        "import_part",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_job.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "number"),
    )
