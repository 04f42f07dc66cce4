"""All endpoints of the simulated Severa: every path of the contract."""

from sandbox.severa.endpoints import access, customers, files, invoices, projects, registers, transactions
from sandbox.severa.service import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = tuple(
    endpoint
    for module in (access, registers, customers, projects, invoices, transactions, files)
    for endpoint in module.ALL
)
"""By room of the contract."""
