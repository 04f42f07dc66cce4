"""The error desk knows what failed in a row, who decided what and who was told; the audit trail has its table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Issues that are there count as one failure each and as not told yet; there is no audit of what was before."""
    op.add_column("issues", sa.Column("failures", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("issues", sa.Column("version", sa.Text(), nullable=True))
    op.add_column("issues", sa.Column("decided_by", sa.Text(), nullable=True))
    op.add_column("issues", sa.Column("decided_why", sa.Text(), nullable=True))
    op.add_column("issues", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("registry", sa.String(length=40), nullable=True),
        sa.Column("record", sa.String(length=255), nullable=True),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("made", sa.String(length=255), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["tenant", "at"], unique=False)
    op.create_index("ix_audit_record", "audit", ["tenant", "record"], unique=False)
