"""Items: one registry for products, work types and travel expenses; the class says which (contract, section 10)."""

from urllib.parse import quote

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call, Listing, created
from sandbox.visma_net.company import VERSION, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.registries import blocks
from sandbox.visma_net.search import Search

NOUN = "Inventory item"
PLAIN = ("status", "description", "body", "defaultPrice", "baseUnit", "salesUnit", "purchaseUnit", "kitItem")
DEFAULTS: Row = {
    "status": "Active",
    "description": "",
    "body": "",
    "defaultPrice": 0.0,
    "currentCost": 0.0,
    "lastCost": 0.0,
    "stockItem": False,
    "kitItem": False,
}
HIDDEN = frozenset({VERSION, "createdDateTime", "itemClass", "postingClass", "vatCode", "note"})


def shown(company: Company, row: Row) -> Row:
    """An item as a read shows it. Its version is spelt ``timestamp``."""
    chosen = company.item_classes[row["itemClass"]]
    made = {name: value for name, value in row.items() if name not in HIDDEN and not name.startswith("_")}
    made.update(
        itemClass={
            "type": chosen["type"],
            "attributes": [],
            "id": row["itemClass"],
            "description": chosen["description"],
        },
        postingClass={"id": row["postingClass"], "description": company.posting_classes[row["postingClass"]]},
        vatCode=blocks.described(company.vat_codes, row["vatCode"]),
        attachments=[],
        attributes=[],
        timestamp=row[VERSION],
    )
    return made


def coded(company: Company, number: str) -> Row | None:
    """The item with this number."""
    return next(iter(company.items.find("inventoryNumber", number)), None)


def _existing(company: Company, call: Call) -> Row:
    if "inventoryId" in call.path:
        row, key = company.items.get(call.path["inventoryId"]), call.path["inventoryId"]
    else:
        key = call.path["inventoryNumber"]
        row = coded(company, key)
    if row is None:
        raise RefusedError.missing(NOUN, key)
    return row


def listed(company: Company, call: Call) -> Listing:
    """``GET /v1/inventory``."""
    search = Search(company.items, call.asked, key="inventoryId")
    search.equal("inventoryNumber")
    search.member("description")
    search.member("status")
    types = call.asked.get("inventoryTypes")
    if types is not None:
        search.where(lambda row: row["type"] in types)
    search.stamped()
    noted = call.asked.get("expandNote")
    return Listing(
        search.rows(), lambda row: {**shown(company, row), **({"note": row.get("note")} if noted else {})}, 5000
    )


def one(company: Company, call: Call) -> Answer:
    """``GET /v1/inventory/{inventoryNumber}`` and ``/internal/{inventoryId}``."""
    row = _existing(company, call)
    return Answer(200, {**shown(company, row), "note": row.get("note")}, row[VERSION])


def posted(company: Company, call: Call) -> Answer:
    """``POST /v1/inventory``."""
    row = create(company, call.body)
    return created(call, f"/v1/inventory/{quote(row['inventoryNumber'], safe='')}", row[VERSION])


def put(company: Company, call: Call) -> Answer:
    """``PUT`` by number or by internal id. ``If-Match`` is not known here."""
    row = _existing(company, call)
    return Answer(204, version=change(company, row, call.body)[VERSION])


def create(company: Company, body: Row) -> Row:
    """A new item; what the body leaves out comes from its class."""
    number: str = body["inventoryNumber"]
    company.keys["INVENTORY"].check(number)
    if coded(company, number) is not None:
        raise RefusedError.business(f"Inventory item '{number}' already exists.")
    chosen = _class(company, body["itemClass"])
    unit = chosen["_unit"]
    row: Row = {
        "inventoryId": company.number("item", number),
        "inventoryNumber": number,
        **DEFAULTS,
        "type": chosen["type"],
        "itemClass": chosen["id"],
        "postingClass": chosen["_posting"],
        "vatCode": chosen["_vat"],
        "baseUnit": unit,
        "salesUnit": unit,
        "purchaseUnit": unit,
    }
    row.update(_members(company, row, body))
    return company.add(company.items, row)


def change(company: Company, row: Row, body: Row) -> Row:
    """Changes an item. Its number stays, and so does its type."""
    if body.get("inventoryNumber", row["inventoryNumber"]) != row["inventoryNumber"]:
        raise RefusedError.business("Inventory ID cannot be changed by an update.")
    return company.change(company.items, row["inventoryId"], _members(company, row, body))


def _class(company: Company, class_id: str) -> Row:
    return company.item_classes[blocks.required(company.item_classes, class_id, "Item class ID")]


def _members(company: Company, row: Row, body: Row) -> Row:
    made: Row = {name: body[name] for name in PLAIN if name in body}
    if "itemClass" in body:
        chosen = _class(company, body["itemClass"])
        if chosen["type"] != row["type"]:
            raise RefusedError.business(f"Item class '{chosen['id']}' is for items of the type {chosen['type']}.")
        if chosen["id"] != row["itemClass"]:
            made.update(itemClass=chosen["id"], postingClass=chosen["_posting"], vatCode=chosen["_vat"])
    if body.get("type", row["type"]) != row["type"]:
        raise RefusedError.business(f"An item of this class is a {row['type']}.")
    if "postingClass" in body:
        made["postingClass"] = blocks.required(company.posting_classes, body["postingClass"], "Posting class ID")
    if "vatCode" in body:
        made["vatCode"] = blocks.required(company.vat_codes, body["vatCode"], "TaxCategoryID")
    if "note" in body:
        made["note"] = body["note"]
    return made
