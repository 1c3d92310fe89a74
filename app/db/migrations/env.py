"""Alembic's entry: runs migrations on the connection that `app.db.migrate` hands over."""

from alembic import context

from app.db.migrate import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite cannot alter constraints in place; batch mode copies the table.
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
