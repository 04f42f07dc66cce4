"""Alembic's entry: migrates over the connection that `state.migrate` hands it, inside its transaction."""

from alembic import context

from state.schema import installation, metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=[metadata, installation], compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
