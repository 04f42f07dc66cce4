"""All kinds of objects that the simulated Severa stores, by name."""

from sandbox.severa.kind import Kind
from sandbox.severa.kinds import customers, invoices, projects, registers, transactions

KINDS: dict[str, Kind] = {
    kind.name: kind for module in (registers, customers, projects, invoices, transactions) for kind in module.ALL
}
"""By the name of their table."""
