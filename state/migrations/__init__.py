"""Alembic's folder: how the tables came to be what `state.schema` says."""
