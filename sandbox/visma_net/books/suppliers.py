"""Suppliers: read only."""

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call
from sandbox.visma_net.company import CREATED, VERSION, Company
from sandbox.visma_net.errors import RefusedError


def numbered(company: Company, number: str) -> Row | None:
    """The supplier with this number."""
    return next(iter(company.suppliers.find("number", number)), None)


def reference(row: Row) -> Row:
    """``{internalId, number, name}``."""
    return {"internalId": row["internalId"], "number": row["number"], "name": row["name"]}


def shown(row: Row) -> Row:
    """A supplier as a read shows it."""
    return {name: value for name, value in row.items() if not name.startswith("_") and name != CREATED}


def one(company: Company, call: Call) -> Answer:
    """``GET /v1/supplier/{supplierCd}``."""
    row = numbered(company, call.path["supplierCd"])
    if row is None:
        raise RefusedError.missing("Supplier", call.path["supplierCd"])
    return Answer(200, shown(row), row[VERSION])
