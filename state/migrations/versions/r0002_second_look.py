"""Cursors know when the overlap was last read a second time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the instant; without one the next read looks back, as it did before."""
    op.add_column("cursors", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
