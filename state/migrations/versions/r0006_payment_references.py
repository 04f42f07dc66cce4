"""The ledger holds the ERP's payment reference that was written to Severa."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what was transferred before has none."""
    op.add_column("transfers", sa.Column("erp_reference", sa.Text(), nullable=True))
