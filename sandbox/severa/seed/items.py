"""Product categories, products, work types and travel expense types."""

from sandbox.severa.registers import Registers
from sandbox.severa.seed.places import Places, guid
from sandbox.store import Row

TABLES = {"product": "products", "work_type": "worktypes", "travel_expense": "travelexpensetypes"}


def items(registers: Registers, places: Places) -> None:
    """Three registers from the products of the world."""
    accounts = registers.company["salesAccounts"]
    for i, group in enumerate(places.world.categories):
        if group.in_severa:
            row = registers.make("productcategories", {"name": group.name, "code": group.code}, created=group.created)
            places.categories[i] = row["guid"]
    for i, item in enumerate(places.world.products):
        if not item.in_severa:
            continue
        account = guid(accounts[float(item.vat_rate)]["guid"])
        currency = registers.currency
        common: Row = {"name": item.name, "code": item.code, "isActive": item.is_active}
        cost = {"amount": float(item.unit_cost), "currencyCode": currency}
        group_guid = guid(places.categories[item.category]) if item.category is not None else None
        if item.kind == "work_type":
            members = {**common, "isProductive": True, "salesAccount": account, "hourCost": cost}
        else:
            members = {
                **common,
                "unitCost": cost,
                "vatRate": float(item.vat_rate),
                "measurementUnit": item.unit,
                "productCategory": group_guid,
                "salesAccount": account,
            }
            if item.kind == "product":
                members["type"] = item.type
                members["proposalDescription"] = item.description
                members["unitPrice"] = {"amount": float(item.unit_price), "currencyCode": currency}
            else:
                members["expenseClass"] = item.expense_class
                members["purchaseVatRate"] = float(item.vat_rate)
        row = registers.make(TABLES[item.kind], members, created=item.created, changed=item.changed)
        places.products[i] = row["guid"]
