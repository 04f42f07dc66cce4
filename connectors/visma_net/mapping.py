"""Visma.net's registries against our records, table by table in the order of the guide.

Source: the guide's tables "Product register", "Customers" and "Projects" and contract sections 3 and 10. Ids are int32
there and text here: an object keeps its internal id when it is renumbered. Names differ between reading and writing;
each member that is written is wrapped (`words.wrapped`). Fields whose value is a number or id of another object there
and an id of ours here are read under a name of their own and translated in `rows.py`.
"""

from __future__ import annotations

from typing import Any

from connectors.fields import Field, Table
from connectors.values import country, day, decimal, flag, flag_or, number_text, same
from connectors.visma_net.invoice_mapping import INVOICE_TABLES
from connectors.visma_net.words import TITLES, day_text, lenient, or_empty, stamp, word
from core.records import Address

Values = dict[str, Any]

ITEM_STATUSES: dict[str, bool] = {
    "Active": True,
    "NoPurchases": True,
    "NoRequest": True,
    "Unknown": True,
    "NoSales": False,
    "Inactive": False,
    "MarkedForDeletion": False,
}
"""Status of an item -> whether it is active for Severa (contract section 10)."""

CLOSED = {"Completed", "Cancelled", "Planned"}
"""Statuses of a project that do not count as active. A planned one cannot be chosen on documents."""


def _joined(**parts: str | None) -> Address:
    """An address of ours: Visma.net's second and third line are one, as Severa's further lines are."""
    third = parts.pop("line3")
    lines = [line for line in (parts["line2"], third) if line]
    return Address(**(parts | {"line2": ", ".join(lines) or None}))


ITEMS: Table[Values] = Table(
    "Item",
    dict,
    (
        Field("-", "inventoryId", "id", read=number_text, required=True, note="The internal id, kept in the link."),
        Field(
            "-", "type", "kind", read=word, required=True, note="Says the Severa registry; other types stay (VN-07)."
        ),
        Field("Name", "description", "name", write=same, required=True),
        Field(
            "Code",
            "inventoryNumber",
            "code",
            write=same,
            patch=None,
            note="Unique over Severa's three registries; given when the item is made.",
        ),
        Field(
            "Unit price / Unit cost",
            "defaultPrice",
            "unit_price",
            read=decimal,
            write=same,
            note="A product's price, a travel expense's cost; work types have none.",
        ),
        Field("Is active", "status", "status", read=word, note="Written as Active or Inactive, and only on a change."),
        Field(
            "Financials inventory class",
            "itemClass.id",
            "item_class",
            write=same,
            post="itemClass",
            patch="itemClass",
            note="Decides VAT and accounts (VN-08). Its type must fit the registry.",
        ),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
        Field("-", "timestamp", "version"),
    ),
)


def _address(place: str, attribute: str, written: str, guide: str) -> tuple[Field, ...]:
    """The rows of one of a customer's addresses. `place` is the member read, `written` the one written."""

    def row(name: str, vendor: str, part: str, member: str, **more: Any) -> Field:
        path = f"{written}.{member}"
        return Field(name, f"{place}.{vendor}", f"{attribute}.{part}", post=path, patch=path, **more)

    return (
        row(f"{guide}: Address (row 1)", "addressLine1", "line1", "addressLine1", write=or_empty),
        row(
            f"{guide}: Address (row 2)",
            "addressLine2",
            "line2",
            "addressLine2",
            write=or_empty,
            note="With the third line, joined by a comma.",
        ),
        Field(f"{guide}: Address (row 3)", f"{place}.addressLine3", f"{attribute}.line3"),
        row(f"{guide}: Postal code", "postalCode", "postal_code", "postalCode", write=or_empty),
        row(f"{guide}: City", "city", "city", "city", write=or_empty),
        row(f"{guide}: Country", "country.id", "country", "countryId", read=country, write=same),
        Field(f"{guide}: State", f"{place}.county.id", note="Kept as it stands in Visma.net."),
    )


CUSTOMERS: Table[Values] = Table(
    "Customer",
    dict,
    (
        Field("-", "internalId", "id", read=number_text, required=True, note="Does not change with the number."),
        Field("Name", "name", "name", write=same, required=True, note="Unique in Severa; matched by it (VN-03)."),
        Field("Number", "number", "number", required=True, note="Given by Visma.net, taken over by Severa (VN-04)."),
        Field("Vat number", "vatRegistrationId", "vat_number", write=or_empty),
        Field("Currency", "currencyId", "currency", write=same),
        Field(
            "Payment terms",
            "creditTerms.id",
            "credit_terms",
            write=same,
            post="creditTermsId",
            patch="creditTermsId",
            note="By its days; terms that are no plain number of days are left alone.",
        ),
        Field("Email", "mainContact.email", "email", write=or_empty),
        Field("Website", "mainContact.web", "website", write=or_empty),
        Field("Notes", "mainContact.attention", "notes", write=or_empty),
        *_address("mainAddress", "address", "mainAddress", "Headquarters, Office"),
        Field(
            "Is Active",
            "status",
            "status",
            read=word,
            note="Inactive, or active: OnHold, CreditHold and OneTime are never overwritten.",
        ),
        Field(
            "Financials customer class",
            "customerClass.id",
            "customer_class",
            write=same,
            post="customerClassId",
            patch="customerClassId",
            note="Decides VAT and accounts (VN-05).",
        ),
        *_address("invoiceAddress", "billing_address", "invoiceAddress", "Billing"),
        *_address("deliveryAddress", "postal_address", "deliveryAddress", "Postal"),
        Field("-", "corporateId", "corporate_id", note="For comparison only."),
        Field("-", "createdDateTime", "created", read=stamp),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
        Field("-", "timeStamp", "version"),
    ),
    parts=dict.fromkeys(("address", "billing_address", "postal_address"), _joined),
)

CONTACTS: Table[Values] = Table(
    "Contact",
    dict,
    (
        Field("-", "contactId", "id", read=number_text, required=True),
        Field(
            "-",
            "businessAccount",
            "customer_number",
            write=same,
            patch=None,
            note="The customer's number; contacts of suppliers are left alone.",
        ),
        Field(
            "Contact salutation",
            "title",
            "salutation",
            read=lenient({each: each for each in TITLES}),
            write=same,
            note="Mr, Mrs and Ms; others are left alone.",
        ),
        Field("First name", "firstName", "first_name", write=or_empty),
        Field("Last name", "lastName", "last_name", write=same, required=True),
        Field("Title", "position", "title", write=or_empty),
        Field("Mobile", "phone1", "mobile", write=or_empty),
        Field("Phone", "phone2", "phone", write=or_empty),
        Field("Email", "email", "email", write=or_empty),
        Field("Do not email", "doNotEmail", "do_not_email", read=flag_or(default=False), write=same),
        Field("Status", "active", "active", read=flag_or(default=True), write=same),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
        Field("-", "timeStamp", "version"),
    ),
)

PROJECTS: Table[Values] = Table(
    "Project",
    dict,
    (
        Field("-", "internalID", "id", read=number_text, required=True),
        Field(
            "Number",
            "projectID",
            "number",
            write=same,
            patch=None,
            required=True,
            note="Given by Severa; its length must fit the segmented key.",
        ),
        Field("Name", "description", "name", write=same, required=True),
        Field("Customer", "customer.number", "customer_number", write=same, post="customer", patch="customer"),
        Field("Start date", "startDate", "start_date", read=day, write=day_text),
        Field("Billing period", "billingPeriod", note="Always OnDemand."),
        Field("Template", "template.number", note="Always Z, or what the setting says."),
        Field("Hold", "hold", "hold", read=flag, note="A new project is on hold until its task is there."),
        Field(
            "Status",
            "status",
            "status",
            read=word,
            note="Active; Completed when it was closed, Cancelled when it was lost.",
        ),
        Field("-", "systemTemplate", "template", read=flag_or(default=False), note="Templates are left alone."),
        Field(
            "-", "visibility.visibleInAr", "in_ar", read=flag_or(default=True), note="Must be true, by the template."
        ),
        Field("-", "visibility.visibleInAp", "in_ap", read=flag_or(default=True)),
        Field("-", "visibility.visibleInGl", "in_gl", read=flag_or(default=True)),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
        Field("-", "timeStamp", "version"),
    ),
)

BRANCHES: Table[Values] = Table(
    "Branch",
    dict,
    (
        Field("-", "branchId", "id", read=number_text, required=True),
        Field("VAT number", "vatRegistrationId", "vat_number", note="Matched by its digits (VN-10)."),
        Field("Business unit", "number", "code", required=True, note="Invoices land under this branch."),
        Field("-", "name", "name"),
        Field("-", "corporateId", "corporate_id"),
        Field("-", "isActive", "active", read=flag_or(default=True)),
        Field("-", "lastModifiedDateTime", "changed", read=stamp),
    ),
)

TABLES: tuple[Table[Any], ...] = (ITEMS, CUSTOMERS, CONTACTS, PROJECTS, BRANCHES, *INVOICE_TABLES)
"""All tables in the guide's order."""
