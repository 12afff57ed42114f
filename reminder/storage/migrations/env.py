"""How Alembic reaches the database: over the connection it is handed, in one transaction."""

from alembic import context

from reminder.storage.tables import OwnerRow

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=OwnerRow.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
