"""The tables that this version works with, of tenants and of the installation, as one collection."""

from __future__ import annotations

from sqlalchemy import MetaData

from state.schema import installation, metadata


def all_tables() -> MetaData:
    """A copy of each; Alembic compares with one collection."""
    both = MetaData(naming_convention=metadata.naming_convention)
    for table in (*metadata.sorted_tables, *installation.sorted_tables):
        table.to_metadata(both)
    return both
