"""A tenant's state for a preview: a private copy that takes the writes, so that the database never sees one (law 2)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table, Text

from state.columns import Json
from state.database import Database
from state.engine import open_scratch
from state.schema import audit, leases, metadata, renewals

_PAGE = 1000


def copy_of_tenant(source: Engine | None, tenant: str) -> Database:
    """A private database with the tenant's rows as they are now, all of one moment; without a source an empty one.

    The source is only read. Its lease and its renewals of tokens are left out, because a preview may run beside a real
    run and would never see their end, and so is the audit trail, which no run reads.
    """
    scratch = open_scratch()
    metadata.create_all(scratch)
    if source is not None:
        with source.connect() as origin, scratch.begin() as copy:
            for table in metadata.sorted_tables:
                if table not in (leases, renewals, audit):
                    _copy(table, tenant, origin, copy)
    return Database(scratch)


def _copy(table: Table, tenant: str, origin: Connection, copy: Connection) -> None:
    # JSON goes over as the text that it is kept as: most of the time would go into reading it.
    columns = (sa.column(c.name, Text() if isinstance(c.type, Json) else c.type) for c in table.columns)
    plain = sa.table(table.name, *columns)
    query = sa.select(plain).where(plain.c.tenant == tenant).execution_options(yield_per=_PAGE)
    for page in origin.execute(query).mappings().partitions():
        copy.execute(sa.insert(plain), [dict(row) for row in page])
