"""Go's own calculation of an order line: price, discount, sales account, VAT (contract, section 7).

VAT follows the sales account: the product's standard or optional one, else its group's, else the client's. Each
line's net amount is rounded to two decimals, then its VAT, halves away from zero; the order adds the lines up.
"""

from decimal import Decimal
from typing import Any

from sandbox.poweroffice.company import Company
from sandbox.poweroffice.money import cents, exact, shown
from sandbox.store import Row

PERCENT = Decimal(100)


def first_set(*values: Any) -> Any:
    """The first value that is not null."""
    return next((value for value in values if value is not None), None)


def sales_account(company: Company, product: Row, *, standard: bool) -> Row:
    """The ledger account that a line with this product is posted to."""
    which = "StandardSalesAccountId" if standard else "OptionalSalesAccountId"
    group = company.groups.get(product.get("ProductGroupId")) or {}
    account_id = first_set(product.get(which), group.get(which), company.default_accounts[which])
    account = company.accounts.get(account_id)
    if account is None:
        raise LookupError(f"sales account {account_id} of product {product['Id']}")
    return account


def inherited(company: Company, order: Row, line: Row) -> Row:
    """What a line with nulls inherits: from the product, its group and the customer."""
    product = company.products.get(line.get("ProductId")) if line.get("ProductId") is not None else None
    if product is None:
        return {}
    group = company.groups.get(product.get("ProductGroupId")) or {}
    customer = company.customers.get(order.get("CustomerId")) or {}
    return {
        "Description": product["Name"],
        "ProductUnitPrice": first_set(product.get("UnitPrice"), group.get("UnitPrice"), 0.0),
        "ProductUnitCost": first_set(product.get("UnitCost"), group.get("UnitCost")),
        "UnitOfMeasureCode": first_set(product.get("UnitOfMeasureCode"), group.get("UnitOfMeasureCode")),
        "Allowance": first_set(customer.get("Allowance"), 0.0),
        "UseStandardSalesAccount": not customer.get("IsVatFree"),
    }


def effective(company: Company, order: Row, line: Row) -> Row:
    """The line with inherited values in place of nulls, as sending will use it."""
    return {**inherited(company, order, line), **{name: value for name, value in line.items() if value is not None}}


def price_line(company: Company, order: Row, line: Row) -> None:
    """Sets the line's amounts and VAT. A line without a product, and a text, has no amount."""
    amounts: dict[str, Any] = {"NetAmount": 0.0, "VatAmount": 0.0, "TotalAmount": 0.0}
    vat: dict[str, Any] = {"VatCode": None, "VatId": None, "VatRate": None}
    used = effective(company, order, line)
    product = company.products.get(used.get("ProductId")) if used.get("LineType") == "Normal" else None
    if product is not None:
        account = sales_account(company, product, standard=used["UseStandardSalesAccount"])
        code = company.vat_codes.get(account["VatCodeId"]) or {}
        rate = exact(code.get("Rate")) if company.settings["VatSettings"]["IsVatRegistered"] else Decimal(0)
        share = 1 - exact(used["Allowance"]) / PERCENT
        net = cents(exact(used.get("Quantity")) * exact(used["ProductUnitPrice"]) * share)
        tax = cents(net * rate)
        amounts = {"NetAmount": shown(net), "VatAmount": shown(tax), "TotalAmount": shown(net + tax)}
        vat = {"VatCode": code.get("Code"), "VatId": code.get("Id"), "VatRate": shown(rate)}
    line.update(amounts)
    line.update(vat)


def price_order(company: Company, order: Row, lines: list[Row]) -> Row:
    """Prices all lines and gives the order's totals."""
    for line in lines:
        price_line(company, order, line)
    net = sum((exact(line["NetAmount"]) for line in lines), Decimal(0))
    total = sum((exact(line["TotalAmount"]) for line in lines), Decimal(0))
    return {"NetAmount": shown(net), "TotalAmount": shown(total), "LineCount": len(lines)}
