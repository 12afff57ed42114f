"""Alembic's migrations, append only."""
