"""Tags, channels that hang on the number, and what the board must know at a glance."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Add them to the line; the words to search are made of what is there."""
    for name, default in (("tied_channels", "[]"), ("tags", "[]"), ("words", "")):
        op.add_column(
            "line", sa.Column(name, sa.Text(), server_default=default, nullable=False)
        )
    op.add_column("line", sa.Column("leading", sa.String(), server_default="", nullable=False))
    op.add_column("line", sa.Column("leads_on", sa.Date(), nullable=True))
    op.add_column(
        "line", sa.Column("known", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("line", sa.Column("next_due_at", sa.BigInteger(), nullable=True))
    op.add_column("line", sa.Column("glance_until", sa.BigInteger(), nullable=True))
    op.create_index("line_next", "line", ["owner_id", "next_due_at"], unique=False)
    op.create_index("line_glance", "line", ["owner_id", "glance_until"], unique=False)
    lines = sa.table(
        "line", *(sa.column(name, sa.Text()) for name in ("id", "label", "number", "note", "words"))
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(lines)).all():
        words = "\n".join([row.label, row.number, row.note]).casefold()
        connection.execute(sa.update(lines).where(lines.c.id == row.id).values(words=words))
