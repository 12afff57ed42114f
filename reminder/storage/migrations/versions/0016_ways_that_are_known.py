"""Where owners are and what they pay with: only what is known; early versions took any text."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

KNOWN = {
    "place": ("home", "abroad"),
    "pay": ("ru-bank", "card", "sbp", "autopay", "friend", "cash", "foreign"),
}
OTHER_WORDS = {"place": {"ru": "home"}, "pay": {"bank": "ru-bank"}}


def upgrade() -> None:
    """Put another word for what is known right, and empty what is not known."""
    for name, words in KNOWN.items():
        owner = sa.table("owner", sa.column(name, sa.String()))
        column = owner.c[name]
        for old, new in OTHER_WORDS[name].items():
            op.execute(sa.update(owner).where(column == old).values({name: new}))
        op.execute(sa.update(owner).where(column.not_in(["", *words])).values({name: ""}))
