"""Cursors know our own clock beside the vendor's; who is renewing an access token is known to all processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; a cursor without our own clock trusts the vendor's, as it did before."""
    op.add_column("cursors", sa.Column("ours_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "renewals",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("boot", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("pid_started", sa.String(length=40), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "system", name=op.f("pk_renewals")),
    )
