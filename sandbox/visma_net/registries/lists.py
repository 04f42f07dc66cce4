"""The company's own lists: classes, terms, branches, currencies, keys, sequences, accounts (contract, section 14)."""

from collections.abc import Mapping, Sequence

from sandbox.store import Row
from sandbox.visma_net.calls import Answer, Call, Listing
from sandbox.visma_net.company import CHANGED, Company
from sandbox.visma_net.errors import RefusedError
from sandbox.visma_net.numbering import Key
from sandbox.visma_net.numbering import Sequence as NumberSequence
from sandbox.visma_net.search import COMPARE

TERM_PAGE = 500


def plain(row: Row) -> Row:
    """A row without its hidden members."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _changed(rows: Sequence[Row], call: Call, names: Sequence[str] = (CHANGED,)) -> list[Row]:
    """Rows by the time of their change, where it was asked for; a value and its condition come together."""
    found = list(rows)
    for name in names:
        value, condition = call.asked.get(name), call.asked.get(f"{name}Condition")
        if (value is None) != (condition is None):
            raise RefusedError.business(f"{name} and {name}Condition must be given together.")
        if value is not None and condition is not None:
            found = [row for row in found if COMPARE[condition](row[name], value)]
    return found


def _one(rows: Mapping[str, Row], key: str, what: str) -> Row:
    if key not in rows:
        raise RefusedError.missing(what, key)
    return rows[key]


def customer_classes(company: Company, _: Call) -> Listing:
    """``GET /v1/customer/customerClass``."""
    return Listing(list(company.customer_classes.values()), plain, 0)


def customer_class(company: Company, call: Call) -> Answer:
    """``GET /v1/customer/customerClass/{customerClassId}``."""
    return Answer(200, plain(_one(company.customer_classes, call.path["customerClassId"], "Customer class ID")))


def item_classes(company: Company, _: Call) -> Listing:
    """``GET /v1/inventory/itemClass``."""
    return Listing(list(company.item_classes.values()), plain, 500)


def item_class(company: Company, call: Call) -> Answer:
    """``GET /v1/inventory/itemclass/{itemClassNumber}``."""
    return Answer(200, plain(_one(company.item_classes, call.path["itemClassNumber"], "Item class ID")))


BRANCH_PARTS = {
    "expandAddress": "mainAddress",
    "expandContact": "mainContact",
    "expandCurrency": "currency",
    "expandVatZone": "vatZone",
    "expandLedger": "ledger",
    "expandDeliveryAddress": "deliveryAddress",
    "expandDeliveryContact": "deliveryContact",
    "expandDefaultCountry": "defaultCountry",
}


def _expanded(row: Row, call: Call, parts: Mapping[str, str]) -> Row:
    hidden = {member for name, member in parts.items() if not call.asked.get(name)}
    return {name: value for name, value in plain(row).items() if name not in hidden}


def branches(company: Company, call: Call) -> Listing:
    """``GET /v1/branch``."""
    rows = _changed(list(company.branches.values()), call)
    return Listing(rows, lambda row: _expanded(row, call, BRANCH_PARTS), 0)


def branch(company: Company, call: Call) -> Answer:
    """``GET /v1/branch/{branchNumber}``."""
    return Answer(200, _expanded(_one(company.branches, call.path["branchNumber"], "Branch"), call, BRANCH_PARTS))


ORGANISATION_PARTS = {"expandBranches": "branches", "expandBankSettings": "bankSettings"}


def organisations(company: Company, call: Call) -> Listing:
    """``GET /v1/organization``."""
    rows = _changed([company.organisation], call)
    return Listing(rows, lambda row: _expanded(row, call, ORGANISATION_PARTS), 0)


def organisation(company: Company, call: Call) -> Answer:
    """``GET /v1/organization/{organizationNumber}``."""
    row = _one(
        {company.organisation["organizationCd"]: company.organisation}, call.path["organizationNumber"], "Company"
    )
    return Answer(200, _expanded(row, call, ORGANISATION_PARTS), row["timeStamp"])


def terms(company: Company, call: Call) -> Answer:
    """``GET /v1/creditTerm``: the one list with a wrapper."""
    rows = _changed(list(company.terms.values()), call, (CHANGED, "createdDateTime"))
    if "termsId" in call.asked:
        rows = [row for row in rows if row["termsId"] == call.asked["termsId"]]
    largest = company.behaviour.max_page_size or TERM_PAGE
    size, page = min(call.asked.get("pageSize", largest), largest), call.asked.get("pageNumber", 1)
    cut = rows[(page - 1) * size : page * size]
    records = [plain(row) for row in cut]
    return Answer(200, {"pageNumber": page, "pageSize": size, "totalCount": len(rows), "records": records})


def currencies(company: Company, _: Call) -> Listing:
    """``GET /v1/currency``."""
    return Listing(list(company.currencies.values()), plain, 0)


def accounts(company: Company, call: Call) -> Listing:
    """``GET /v1/account``."""
    rows = _changed(list(company.accounts.values()), call)
    if "active" in call.asked:
        rows = [row for row in rows if row["active"] is call.asked["active"]]
    return Listing(rows, plain, 0)


def ledgers(company: Company, call: Call) -> Listing:
    """``GET /v1/ledger``."""
    return Listing(_changed(list(company.ledgers.values()), call), plain, 0)


def dimensions(company: Company, _: Call) -> Answer:
    """``GET /v1/dimension``: ids alone."""
    return Answer(200, list(company.keys))


def dimension(company: Company, call: Call) -> Answer:
    """``GET /v1/dimension/{dimensionId}``: a segmented key."""
    key = company.keys.get(call.path["dimensionId"])
    if key is None:
        raise RefusedError.missing("Segmented key", call.path["dimensionId"])
    return Answer(200, _key(key, values=call.asked.get("expandSegmentsValues", True)))


def _key(key: Key, *, values: bool) -> Row:
    segment: Row = {
        "internalId": key.guid,
        "segmentId": 1,
        "description": key.description,
        "length": key.length,
        "publicId": key.guid,
        "lastModified": key.modified,
        "validate": key.validate,
        "isAutoNumber": key.is_auto_number,
        "consolNumChar": 0,
        "consolOrder": 0,
    }
    if values:
        segment["segmentValues"] = [
            {"segmentId": 1, "valueId": value, "description": text, "active": True, "lastModified": key.modified}
            for value, text in key.values.items()
        ]
    return {"id": key.id, "length": key.length, "description": key.description, "segments": [segment]}


def sequences(company: Company, _: Call) -> Listing:
    """``GET /v1/numberSequence``."""
    return Listing([_sequence(each) for each in company.sequences.values()], plain, 0)


def sequence(company: Company, call: Call) -> Answer:
    """``GET /v1/numberSequence/{numberingId}``."""
    found = company.sequences.get(call.path["numberingId"])
    if found is None:
        raise RefusedError.missing("Numbering sequence", call.path["numberingId"])
    return Answer(200, _sequence(found))


def _sequence(sequence: NumberSequence) -> Row:
    def show(number: int) -> str:
        return f"{sequence.prefix}{number}"

    line = {
        "numberingId": sequence.id,
        "branch": None,
        "startNbr": show(sequence.start),
        "endNbr": show(sequence.end),
        "startDate": "2018-01-01T00:00:00",
        "lastNbr": show(sequence.last),
        "warnNbr": show(sequence.warn),
        "nbrStep": 1,
        "nextNumber": show(sequence.last + 1),
    }
    return {
        "numberingId": sequence.id,
        "description": sequence.description,
        "manualNumbering": sequence.manual,
        "newNumberSymbol": "<NEW>",
        "sequence": [line],
    }
