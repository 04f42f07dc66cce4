"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "costs",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("voucher_id", sa.String(length=255), nullable=True),
        sa.Column("severa_id", sa.String(length=255), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key", name=op.f("pk_costs")),
    )
    op.create_index("ix_costs_state", "costs", ["tenant", "state"], unique=False)
    op.create_index("ix_costs_voucher_id", "costs", ["tenant", "voucher_id"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.DateTime(timezone=True), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_cursors")),
    )
    op.create_table(
        "facts",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_facts")),
    )
    op.create_table(
        "issues",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("record", sa.String(length=255), nullable=False),
        sa.Column("cause", sa.String(length=255), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("error_class", sa.String(length=40), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("todo", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("needs", sa.String(length=400), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "record", "cause", name=op.f("pk_issues")),
    )
    op.create_index("ix_issues_needs", "issues", ["tenant", "needs"], unique=False)
    op.create_index("ix_issues_state", "issues", ["tenant", "state", "scope"], unique=False)
    op.create_table(
        "leases",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("boot", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("pid_started", sa.String(length=40), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("acquired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_leases")),
    )
    op.create_table(
        "links",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("registry", sa.String(length=40), nullable=False),
        sa.Column("severa_id", sa.String(length=255), nullable=False),
        sa.Column("erp_id", sa.String(length=255), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("severa_state", sa.Text(), nullable=False),
        sa.Column("erp_state", sa.Text(), nullable=False),
        sa.Column("drift", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "registry", "severa_id", name=op.f("pk_links")),
    )
    op.create_index("uq_links_erp_id", "links", ["tenant", "registry", "erp_id"], unique=True)
    op.create_table(
        "remembered",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("registry", sa.String(length=40), nullable=False),
        sa.Column("severa_id", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "registry", "severa_id", name=op.f("pk_remembered")),
    )
    op.create_table(
        "runs",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job", sa.String(length=100), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=100), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flow_run_id", sa.String(length=36), nullable=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_started", "runs", ["tenant", "started"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "system", name=op.f("pk_tokens")),
    )
    op.create_table(
        "transfers",
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("severa_id", sa.String(length=255), nullable=False),
        sa.Column("severa_number", sa.Text(), nullable=True),
        sa.Column("erp_id", sa.String(length=255), nullable=True),
        sa.Column("erp_number", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("severa_total", sa.String(60), nullable=True),
        sa.Column("erp_total", sa.String(60), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "severa_id", name=op.f("pk_transfers")),
    )
    op.create_index("ix_transfers_erp_id", "transfers", ["tenant", "erp_id"], unique=False)
    op.create_index("ix_transfers_state", "transfers", ["tenant", "state"], unique=False)
    op.create_table(
        "transfer_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("severa_id", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=True),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "severa_id"],
            ["transfers.tenant", "transfers.severa_id"],
            name=op.f("fk_transfer_events_transfers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_events")),
    )
    op.create_index("ix_transfer_events_severa_id", "transfer_events", ["tenant", "severa_id"], unique=False)
