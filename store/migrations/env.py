"""What Alembic runs around the migrations: in the connection, and the transaction, of `store.migrate`."""

from alembic import context

from store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
