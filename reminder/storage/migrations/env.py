"""How Alembic reaches the database: over the connection it is handed, in one transaction."""

from alembic import context

from reminder.storage.tables import SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
