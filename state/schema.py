"""The tables. Every one names the tenant (law 8); rows go in and out through `state.rows` only.

Beside them stands what belongs to the installation and to no tenant: nothing of a tenant may be kept there.

A change here needs a migration beside `migrations/versions/r0001_first.py` and the new revision's name in `REVISION`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, MetaData, String, Table, Text

from state.columns import ExactDecimal, Json, PlainText, UtcInstant

REVISION = "0006"
"""The migration that these tables are equal to."""

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=_NAMES)
"""The tables of tenants."""

installation = MetaData(naming_convention=_NAMES)
"""The tables of the installation."""


def _tenant() -> Column[str]:
    return Column("tenant", String(100), primary_key=True)


links = Table(
    "links",
    metadata,
    _tenant(),
    Column("registry", String(40), primary_key=True),
    Column("severa_id", String(255), primary_key=True),
    Column("erp_id", String(255), nullable=False),
    Column("key", PlainText),
    Column("severa_state", Json, nullable=False),
    Column("erp_state", Json, nullable=False),
    Column("drift", Json, nullable=False),
    Column("linked_at", UtcInstant, nullable=False),
    Column("updated_at", UtcInstant, nullable=False),
    Index("uq_links_erp_id", "tenant", "registry", "erp_id", unique=True),
)

cursors = Table(
    "cursors",
    metadata,
    _tenant(),
    Column("name", String(255), primary_key=True),
    Column("value", UtcInstant, nullable=False),
    Column("full_at", UtcInstant),
    Column("looked_at", UtcInstant),
    Column("ours_at", UtcInstant),
)

transfers = Table(
    "transfers",
    metadata,
    _tenant(),
    Column("severa_id", String(255), primary_key=True),
    Column("severa_number", PlainText),
    Column("erp_id", String(255)),
    Column("erp_number", PlainText),
    Column("erp_reference", PlainText),
    Column("state", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("reference", String(255), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("version", Text),
    Column("currency", Text),
    Column("severa_total", ExactDecimal),
    Column("erp_total", ExactDecimal),
    Column("attempts", Integer, nullable=False),
    Column("first_attempt_at", UtcInstant),
    Column("attempt_at", UtcInstant),
    Column("reason", PlainText),
    Column("updated_at", UtcInstant, nullable=False),
    Index("ix_transfers_state", "tenant", "state"),
    Index("ix_transfers_erp_id", "tenant", "erp_id"),
)

transfer_events = Table(
    "transfer_events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("severa_id", String(255), nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("before", String(20)),
    Column("after", String(20), nullable=False),
    Column("note", PlainText),
    ForeignKeyConstraint(["tenant", "severa_id"], ["transfers.tenant", "transfers.severa_id"]),
    Index("ix_transfer_events_severa_id", "tenant", "severa_id"),
)

costs = Table(
    "costs",
    metadata,
    _tenant(),
    Column("key", String(255), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("voucher_id", String(255)),
    Column("severa_id", String(255)),
    Column("fingerprint", Text),
    Column("details", Json, nullable=False),
    Column("intended_at", UtcInstant, nullable=False),
    Column("updated_at", UtcInstant, nullable=False),
    Index("ix_costs_state", "tenant", "state"),
    Index("ix_costs_voucher_id", "tenant", "voucher_id"),
)

issues = Table(
    "issues",
    metadata,
    _tenant(),
    Column("scope", String(100), primary_key=True),
    Column("record", String(255), primary_key=True),
    Column("cause", String(255), primary_key=True),
    Column("label", PlainText, nullable=False),
    Column("error_class", String(40), nullable=False),
    Column("what", PlainText, nullable=False),
    Column("why", PlainText, nullable=False),
    Column("todo", PlainText, nullable=False),
    Column("field", PlainText),
    Column("request_id", PlainText),
    Column("needs", String(400)),
    Column("state", String(20), nullable=False),
    Column("first_seen", UtcInstant, nullable=False),
    Column("last_seen", UtcInstant, nullable=False),
    Column("opened_at", UtcInstant, nullable=False),
    Column("resolved_at", UtcInstant),
    Column("count", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("version", Text),
    Column("decided_by", PlainText),
    Column("decided_why", PlainText),
    Column("told_at", UtcInstant),
    Index("ix_issues_state", "tenant", "state", "scope"),
    Index("ix_issues_needs", "tenant", "needs"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("run", String(36), nullable=False),
    Column("system", String(40), nullable=False),
    Column("registry", String(40)),
    Column("record", String(255)),
    Column("method", String(10), nullable=False),
    Column("template", PlainText, nullable=False),
    Column("path", PlainText, nullable=False),
    Column("status", Integer),
    Column("outcome", String(40), nullable=False),
    Column("request_id", PlainText),
    Column("made", String(255)),
    Column("milliseconds", Integer, nullable=False),
    Column("sent", Text, nullable=False),
    Column("changes", Json, nullable=False),
    Index("ix_audit_at", "tenant", "at"),
    Index("ix_audit_record", "tenant", "record"),
)

remembered = Table(
    "remembered",
    metadata,
    _tenant(),
    Column("registry", String(40), primary_key=True),
    Column("severa_id", String(255), primary_key=True),
    Column("reason", PlainText, nullable=False),
    Column("at", UtcInstant, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    _tenant(),
    Column("name", String(100), primary_key=True),
    Column("value", Json, nullable=False),
    Column("at", UtcInstant, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    _tenant(),
    Column("system", String(40), primary_key=True),
    Column("salt", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
)

renewals = Table(
    "renewals",
    metadata,
    _tenant(),
    Column("system", String(40), primary_key=True),
    Column("holder_id", String(36), nullable=False),
    Column("host", String(255), nullable=False),
    Column("boot", String(255), nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("pid_started", String(40)),
    Column("what", PlainText, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    _tenant(),
    Column("id", String(36), primary_key=True),
    Column("job", String(100), nullable=False),
    Column("mode", String(40), nullable=False),
    Column("state", String(100), nullable=False),
    Column("started", UtcInstant, nullable=False),
    Column("ended", UtcInstant),
    Column("flow_run_id", String(36)),
    Column("counts", Json, nullable=False),
    Column("error", PlainText),
    Index("ix_runs_started", "tenant", "started"),
)

leases = Table(
    "leases",
    metadata,
    _tenant(),
    Column("holder_id", String(36), nullable=False),
    Column("host", String(255), nullable=False),
    Column("boot", String(255), nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("pid_started", String(40)),
    Column("what", PlainText, nullable=False),
    Column("acquired_at", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
)

budgets = Table(
    "budgets",
    installation,
    Column("key", String(64), primary_key=True),
    Column("next_at", UtcInstant, nullable=False),
    Column("held_until", UtcInstant),
    Column("holder", String(36), nullable=False),
)
