"""Visma.net's registers by the guide's tables (VN-02 to VN-09, ALL-02, ALL-03)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.evidence import Evidence, member
from tests.faults.findings import Finding
from tests.faults.oracle_registers import Item, Register, judged, rows
from tests.faults.stage import Row

NAME = "visma_net"
KINDS = {
    "NonStockItem": "product",
    "ServiceItem": "product",
    "LaborItem": "work_type",
    "ExpenseItem": "travel_expense",
}
"""Type of an item -> Severa's register; items of other types stay in Visma.net (VN-07)."""


def registries(evidence: Evidence) -> list[Finding]:
    """Every register that the two share."""
    found: list[Finding] = []
    for register in (_customers(evidence), _contacts(evidence), _items(evidence), _projects(evidence)):
        found += judged(evidence, register)
    return [*found, *_tasks(evidence), *_files(evidence)]


def _folded(name: str | None) -> str:
    return " ".join((name or "").split()).casefold()


def _customers(evidence: Evidence) -> Register:
    """VN-02 to VN-06: by name; inactive ones and the in-house customer stay; Visma.net's numbers count."""

    def severa(row: Row) -> Item:
        address = row["headquarterAddress"] or {}
        return Item(
            f"severa:{row['guid']}",
            _folded(row["name"]),
            row["isActive"] and not row["isInternal"],
            {
                "number": str(row["number"]),
                "email": row["email"],
                "website": row["website"],
                "city": address.get("city"),
            },
        )

    def erp(row: Row) -> Item:
        return Item(
            f"erp:{row['internalId']}",
            _folded(row["name"]),
            row["status"] != "Inactive",
            {
                "number": row["number"],
                "email": member(row, "mainContact.email"),
                "website": member(row, "mainContact.web"),
                "city": member(row, "mainAddress.city"),
            },
        )

    return Register("customer", rows(evidence, "severa", "customers", severa), rows(evidence, NAME, "Customers", erp))


def _contacts(evidence: Evidence) -> Register:
    """VN-06: by the customer and the name; the contacts of customers that stand in both systems."""
    register = _customers(evidence)
    both = {item.fields["number"] for item in register.severa if item.goes}
    both &= {item.fields["number"] for item in register.erp if item.goes}

    def severa(row: Row) -> Item | None:
        if row["isDeleted"]:
            return None
        number = str(row["customer"]["number"])
        key = f"{number} {row['firstName']} {row['lastName']}"
        return Item(f"severa:{row['guid']}", key, row["isActive"] and number in both, {"title": row["jobTitle"]})

    def erp(row: Row) -> Item | None:
        number = row["businessAccount"]
        if number not in both:
            return None
        key = f"{number} {row['firstName']} {row['lastName']}"
        return Item(f"erp:{row['contactId']}", key, bool(row["active"]), {"title": row["position"]})

    return Register(
        "contact", rows(evidence, "severa", "contactpersons", severa), rows(evidence, NAME, "Contacts", erp)
    )


def _items(evidence: Evidence) -> Register:
    """VN-07: three registers against one, by code."""
    ours = []
    for kind, prefix in (("products", "product"), ("worktypes", "work_type"), ("travelexpensetypes", "travel_expense")):
        for row in evidence.objects("severa", kind):
            fields = {"name": row["name"], "kind": prefix}
            if prefix == "product":
                fields["price"] = (row["unitPrice"] or {}).get("amount")
            code = row["code"] and row["code"].casefold()
            ours.append(Item(f"severa:{prefix}:{row['guid']}", code or None, row["isActive"], fields))

    def erp(row: Row) -> Item | None:
        kind = KINDS.get(row["type"])
        if kind is None:
            return None
        fields = {"name": row["description"], "kind": kind}
        if kind == "product":
            fields["price"] = row["defaultPrice"]
        goes = row["status"] not in {"Inactive", "NoSales", "MarkedForDeletion"}
        return Item(f"erp:{row['inventoryId']}", row["inventoryNumber"].casefold(), goes, fields)

    return Register("item", ours, rows(evidence, NAME, "Items", erp))


def _projects(evidence: Evidence) -> Register:
    """VN-09: out only, by number; internal ones never, closed and lost ones only when they had gone before."""
    going = {item.record for item in _customers(evidence).severa if item.goes}

    def severa(row: Row) -> Item | None:
        goes = not row["isClosed"] and not row["isInternal"] and f"severa:{row['customer']['guid']}" in going
        if not goes and not row["isClosed"]:
            return None
        return Item(f"severa:{row['guid']}", str(row["number"]), goes, {"name": row["name"], "open": goes})

    def erp(row: Row) -> Item | None:
        if row["systemTemplate"] or not row["projectID"].isdecimal():
            return None
        fields = {"name": row["description"], "open": row["status"] == "Active"}
        ours = row["projectID"] in numbers
        return Item(f"erp:{row['internalID']}", row["projectID"], False, fields) if ours else None

    numbers = {str(row["number"]) for row in evidence.objects("severa", "projects")}
    register = Register("project", rows(evidence, "severa", "projects", severa), rows(evidence, NAME, "Projects", erp))
    # Both ends are compared where Severa's project goes: the other one never goes by itself.
    there = {item.key: item for item in register.erp}
    paired = [
        Item(there[item.key].record, item.key, item.goes, there[item.key].fields)
        for item in register.severa
        if item.key in there
    ]
    return Register("project", register.severa, paired)


def _tasks(evidence: Evidence) -> Iterator[Finding]:
    """VN-09: an active project of ours has its task, once."""
    ours = {str(row["number"]): row["guid"] for row in evidence.objects("severa", "projects")}
    for row in evidence.objects(NAME, "Projects"):
        if row["status"] != "Active" or row["projectID"] not in ours:
            continue
        tasks = [task for task in row["tasks"] if task["taskId"] == "10"]
        if len(tasks) != 1 and not evidence.told(f"severa:{ours[row['projectID']]}"):
            yield Finding("duplicate" if tasks else "loss", f"project {row['projectID']} has {len(tasks)} tasks 10")


def _files(evidence: Evidence) -> Iterator[Finding]:
    """VN-18: a file of a cost stands once on its project."""
    seen: dict[tuple[str, str], int] = {}
    for row in evidence.objects("severa", "projectfiles"):
        key = str(member(row, "project.guid")), str(row.get("name"))
        seen[key] = seen.get(key, 0) + 1
    for (project, name), number in seen.items():
        if number > 1:
            yield Finding("duplicate", f"file {name} stands {number} times on project {project}")
