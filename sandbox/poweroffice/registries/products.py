"""Product groups and products (contract, section 8). Codes are not promised to be unique."""

from sandbox.poweroffice.calls import Answer, Call, Listing
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.errors import RefusedError
from sandbox.poweroffice.forms import answers
from sandbox.poweroffice.forms.items import PRODUCT_GROUP_PATCH, PRODUCT_PATCH
from sandbox.poweroffice.patching import patched
from sandbox.poweroffice.registries import references
from sandbox.poweroffice.search import Search
from sandbox.store import Row

GROUP, PRODUCT = "ProductGroup", "Product"
ACCOUNTS = ("StandardSalesAccount", "OptionalSalesAccount")


def group_shown(company: Company, row: Row) -> Row:
    """A product group as Go shows it."""
    found = {**answers.PRODUCT_GROUP, **row}
    for which in ACCOUNTS:
        found[which] = company.code(company.accounts, row.get(f"{which}Id"), "AccountNo")
    return found


def groups_listed(company: Company, call: Call) -> Listing:
    """``GET /ProductGroups``."""
    asked, search = call.asked, Search(company.groups)
    search.codes("Code", asked.get("codes"))
    search.among("Name", asked.get("names"))
    search.member("IsArchived", asked.get("isArchived"))
    search.member("ProductType", asked.get("type"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("createdDateTimeOffsetGreaterThan"))
    return Listing(search.rows(), lambda row: group_shown(company, row))


def existing_group(company: Company, call: Call) -> Row:
    """The group of the path. Refused (404) when there is none."""
    row = company.groups.get(call.path[0])
    if row is None:
        raise RefusedError.missing(GROUP, call.path[0])
    return row


def group(company: Company, call: Call) -> Answer:
    """``GET /ProductGroups/{id}``."""
    return Answer(200, group_shown(company, existing_group(company, call)))


def group_created(company: Company, call: Call) -> Answer:
    """``POST /ProductGroups``."""
    return Answer(201, group_shown(company, create_group(company, dict(call.body))))


def create_group(company: Company, members: Row) -> Row:
    """Stores a product group from a checked POST body."""
    _settle(company, members, GROUP)
    members = {name: value for name, value in members.items() if value is not None}
    if not members.get("Name"):
        raise RefusedError.invalid(GROUP, "'Name' must not be empty.")
    row_id = company.number("product group", members.get("Code") or members["Name"])
    return company.groups.insert({"ProductType": "Product", "IsArchived": False, **members, "Id": row_id})


def group_changed(company: Company, call: Call) -> Answer:
    """``PATCH /ProductGroups/{id}``."""
    row = existing_group(company, call)
    members = patched(PRODUCT_GROUP_PATCH, row, call.operations)
    return Answer(200, group_shown(company, change_group(company, row, members)))


def change_group(company: Company, row: Row, members: Row) -> Row:
    """Stores changed members of a product group."""
    _settle(company, members, GROUP)
    if not members.get("Name", row["Name"]):
        raise RefusedError.invalid(GROUP, "'Name' must not be empty.")
    real = {name: value for name, value in members.items() if row.get(name) != value}
    return company.groups.update(row["Id"], real, touch=bool(real))


def shown(company: Company, row: Row) -> Row:
    """A product as Go shows it; null prices, units and accounts are inherited from the group."""
    found = {**answers.PRODUCT, **row}
    found["ProductGroupCode"] = company.code(company.groups, row.get("ProductGroupId"))
    for which in ACCOUNTS:
        found[which] = company.code(company.accounts, row.get(f"{which}Id"), "AccountNo")
    return found


def listed(company: Company, call: Call) -> Listing:
    """``GET /Products``."""
    asked, search = call.asked, Search(company.products)
    search.codes("Code", asked.get("codes"))
    search.among("Name", asked.get("names"))
    search.member("IsArchived", asked.get("isArchived"))
    search.member("ProductType", asked.get("type"))
    search.changed_after(asked.get("lastChangedDateTimeOffsetGreaterThan"))
    search.created_after(asked.get("createdDateTimeOffsetGreaterThan"))
    if asked.get("stockOnHandLastChangedDatetimeOffsetGreaterThan") is not None:
        search.where(lambda _: False)  # the company keeps no stock
    search.codes(
        "ProductGroupId",
        asked.get("productGroupCodes"),
        lambda row: company.code(company.groups, row.get("ProductGroupId")),
    )
    return Listing(search.rows(), lambda row: shown(company, row))


def existing(company: Company, call: Call) -> Row:
    """The product of the path. Refused (404) when there is none."""
    row = company.products.get(call.path[0])
    if row is None:
        raise RefusedError.missing(PRODUCT, call.path[0])
    return row


def one(company: Company, call: Call) -> Answer:
    """``GET /Products/{id}``."""
    return Answer(200, shown(company, existing(company, call)))


def created(company: Company, call: Call) -> Answer:
    """``POST /Products``: answers 200, not 201."""
    return Answer(200, shown(company, create(company, dict(call.body))))


def create(company: Company, members: Row) -> Row:
    """Stores a product from a checked POST body."""
    table = company.groups
    references.settle(
        members, PRODUCT, GROUP, table, id_member="ProductGroupId", other="ProductGroupCode", index="Code"
    )
    _settle(company, members, PRODUCT)
    members = {name: value for name, value in members.items() if value is not None}
    row_id = company.number("product", members.get("Code") or members["Name"])
    row = {"ProductType": "Product", "IsArchived": False, "IsStockItem": False, **members, "Id": row_id}
    return company.products.insert(row)


def changed(company: Company, call: Call) -> Answer:
    """``PATCH /Products/{id}``."""
    row = existing(company, call)
    return Answer(200, shown(company, change(company, row, patched(PRODUCT_PATCH, row, call.operations))))


def change(company: Company, row: Row, members: Row) -> Row:
    """Stores changed members of a product."""
    group_id = members.get("ProductGroupId")
    if group_id is not None and group_id not in company.groups:
        raise RefusedError.unknown(PRODUCT, GROUP, "id", group_id)
    _settle(company, members, PRODUCT)
    if not members.get("Name", row["Name"]):
        raise RefusedError.invalid(PRODUCT, "'Name' must not be empty.")
    real = {name: value for name, value in members.items() if row.get(name) != value}
    return company.products.update(row["Id"], real, touch=bool(real))


def _settle(company: Company, members: Row, noun: str) -> None:
    for which in ACCOUNTS:
        references.settle_account(company, members, noun, which)
