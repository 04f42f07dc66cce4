"""The seeded world that all simulated systems share."""

from sandbox.world.model import (
    Address,
    BusinessUnit,
    Category,
    Contact,
    Customer,
    Invoice,
    InvoiceRow,
    Organisation,
    Product,
    Project,
    Supplier,
    User,
    World,
)

__all__ = [
    "Address",
    "BusinessUnit",
    "Category",
    "Contact",
    "Customer",
    "Invoice",
    "InvoiceRow",
    "Organisation",
    "Product",
    "Project",
    "Supplier",
    "User",
    "World",
]
