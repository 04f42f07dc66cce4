"""What a row looks like where another row refers to it.

One shared object per shape and row stands in every referring row; when the row changes, the object changes with it,
so names inside references are always the present ones, as with the vendor.
"""

from collections.abc import Callable
from typing import Any

from sandbox.store import Row

Shape = Callable[[Row], Row]


def _members(*names: str) -> Shape:
    return lambda row: {name: row[name] for name in names}


def _user_name(row: Row) -> str:
    return f"{row['firstName']} {row['lastName']}"


def _headquarter(row: Row) -> Row:
    country = row["country"]
    return {
        "guid": row["guid"],
        "addressline": row["addressline"],
        "postalCode": row["postalCode"],
        "city": row["city"],
        "country": None if country is None else country["englishName"],
    }


NAMED = _members("guid", "name")
GUID = _members("guid")

SHAPES: dict[str, Shape] = {
    "addresses.headquarter": _headquarter,
    "businessunits.company": _members(
        "guid", "name", "companyGuid", "companyName", "companyBusinessUnitGuid", "companyCountryGuid",
        "companyCurrencyGuid", "code",
    ),
    "communicationtypes.typed": _members("guid", "name", "isActive", "type"),
    "contactpersons.contact": _members("guid", "name", "firstName", "lastName", "isDeleted"),
    "contactpersons.named": NAMED,
    "costcenters.identified": _members("guid", "name", "identifier"),
    "countries.region": _members("guid", "name", "englishName", "hasRegions"),
    "countries.user": _members("guid", "name", "code3", "englishName", "hasRegions"),
    "currencies.coded": _members("guid", "name", "code", "symbol"),
    "customers.numbered": _members("guid", "name", "number"),
    "customers.named": NAMED,
    "customproperties.short": _members("guid", "name", "type", "parameters"),
    "invoicestatuses.flagged": _members("guid", "name", "isSent", "isWaitingPayment", "isPaid"),
    "languages.coded": _members("guid", "name", "englishName", "code"),
    "marketsegments.active": _members("guid", "name", "isActive"),
    "marketsegments.named": NAMED,
    "productcategories.named": NAMED,
    "products.coded": _members("guid", "name", "code"),
    "projectproperties.short": _members("guid", "name", "type", "parameters"),
    "projects.company": lambda row: {
        "guid": row["guid"],
        "name": row["name"],
        "companyGuid": row["businessUnit"]["companyGuid"] if row["businessUnit"] else None,
    },
    "projects.expense": lambda row: {
        "guid": row["guid"],
        "name": row["name"],
        "companyGuid": row["businessUnit"]["companyGuid"] if row["businessUnit"] else None,
        "isInternal": row["isInternal"],
        "number": row["number"],
    },
    "projects.hours": lambda row: {
        "guid": row["guid"],
        "name": row["name"],
        "number": row["number"],
        "companyGuid": row["businessUnit"]["companyGuid"] if row["businessUnit"] else None,
        "isClosed": row["isClosed"],
    },
    "projects.numbered": _members("guid", "name", "number"),
    "salesaccounts.numbered": _members("guid", "name", "number"),
    "salesaccounts.named": NAMED,
    "travelexpensetypes.sub": _members("guid", "name", "expenseClass", "includeTime", "code"),
    "travelreimbursementstatuses.named": NAMED,
    "users.code": lambda row: {
        "code": row["code"],
        "name": _user_name(row),
        "guid": row["guid"],
        "companyGuid": row["businessUnit"]["companyGuid"] if row["businessUnit"] else None,
    },
    "users.named": lambda row: {"guid": row["guid"], "name": _user_name(row)},
    "users.person": lambda row: {
        "code": row["code"],
        "name": _user_name(row),
        "guid": row["guid"],
        "firstName": row["firstName"],
        "lastName": row["lastName"],
    },
    "vatrates.coded": _members("guid", "percentage", "code"),
    "worktypes.coded": _members("guid", "name", "code"),
    "worktypes.named": NAMED,
}  # fmt: skip
"""By ``table.shape``."""

_BY_TABLE: dict[str, list[str]] = {}
for _name in SHAPES:
    _BY_TABLE.setdefault(_name.partition(".")[0], []).append(_name)


class Shapes:
    """The shared objects made so far."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, Any], Row] = {}

    def of(self, shape: str, row: Row) -> Row:
        """The shared object of a row in a shape."""
        key = (shape, row["guid"])
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = SHAPES[shape](row)
        return found

    def refresh(self, table: str, row: Row) -> None:
        """Brings the shared objects of a changed row up to date."""
        for shape in _BY_TABLE.get(table, ()):
            found = self._made.get((shape, row["guid"]))
            if found is not None:
                found.update(SHAPES[shape](row))
