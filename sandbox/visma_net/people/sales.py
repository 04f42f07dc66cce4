"""Releasing, paying, editing, deleting: what an accountant does with invoices and credit notes."""

from collections.abc import Callable, Sequence

from sandbox.store import Row
from sandbox.system import ActionError, Json
from sandbox.visma_net import files
from sandbox.visma_net.company import Company
from sandbox.visma_net.forms import documents as forms
from sandbox.visma_net.money import exact
from sandbox.visma_net.people.arguments import amount, attached, body, choice, day, only, rest, text
from sandbox.visma_net.sales import documents, posting, shows
from sandbox.visma_net.sales.kinds import CREDIT_NOTE, INVOICE, KINDS, Kind

WHICH = ("number", "reference")
FORMS = {"Invoice": forms.INVOICE, "CreditNote": forms.CREDIT_NOTE}
Found = tuple[Kind, Row]


class SalesDesk:
    """Invoices and credit notes, found by number, or by a reference that their note holds."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def release_document(self, arguments: Json) -> Json:
        """Releases drafts, also those on hold: {"number"|"reference"} or {"all": true}."""
        only(arguments, (*WHICH, "all"))
        chosen = self._chosen(arguments, lambda row: row["status"] in documents.DRAFT)
        released = []
        for kind, row in chosen:
            if row["status"] not in documents.DRAFT:
                raise ActionError(f"document {row['referenceNumber']} is {row['status']}")
            released.append(posting.release(self._company, kind, row))
        return {"released": [self._told(row) for row in released]}

    def hold_document(self, arguments: Json) -> Json:
        """Puts a draft on hold or takes the hold off: {"number"|"reference", "hold": true or false}."""
        only(arguments, (*WHICH, "hold"))
        kind, row = self._one(arguments)
        return {
            "document": self._told(documents.change(self._company, kind, row, {"hold": bool(arguments.get("hold"))}))
        }

    def register_payment(self, arguments: Json) -> Json:
        """Registers a payment: {"number"|"reference", "amount"? default the balance, "date"?}; or {"all": true}."""
        only(arguments, (*WHICH, "amount", "date", "all"))
        paid = amount(arguments, "amount")
        chosen = self._chosen(arguments, lambda row: row["status"] == "Open")
        if paid is not None and len(chosen) != 1:
            raise ActionError("amount: name one document")
        on = day(arguments, self._company)
        done = [
            posting.pay(self._company, kind, row, posting.balance(row) if paid is None else paid, day=on)
            for kind, row in chosen
        ]
        return {"paid": [self._told(row) for row in done]}

    def void_payment(self, arguments: Json) -> Json:
        """Takes the payments of a document back: {"number"|"reference"}."""
        only(arguments, WHICH)
        kind, row = self._one(arguments)
        return {"reopened": self._told(posting.void(self._company, kind, row))}

    def void_document(self, arguments: Json) -> Json:
        """Voids a draft, or a released document without payments: {"number"|"reference"}."""
        only(arguments, WHICH)
        kind, row = self._one(arguments)
        return {"voided": self._told(posting.void_document(self._company, kind, row))}

    def delete_document(self, arguments: Json) -> Json:
        """Deletes a draft: {"number"|"reference"}."""
        only(arguments, WHICH)
        kind, row = self._one(arguments)
        documents.delete(self._company, kind, row)
        return {"deleted": self._told(row)}

    def edit_document(self, arguments: Json) -> Json:
        """Edits a draft: {"number"|"reference", "line", "quantity"|"unit_price"|"item"|"vat_code"}, or its members."""
        kind, row = self._one(arguments)
        members = rest(arguments, *WHICH)
        if "line" in members:
            only(members, ("line", "quantity", "unit_price", "item", "vat_code"))
            names = {"quantity": "quantity", "unit_price": "unitPriceInCurrency", "item": "inventoryNumber",
                     "vat_code": "vatCodeId"}  # fmt: skip
            line = {own: members[name] for name, own in names.items() if name in members}
            members = {kind.lines: [{"operation": "Update", "lineNumber": members["line"], **line}]}
        given = body(FORMS[kind.type], members)
        return {"document": self._told(documents.change(self._company, kind, row, given))}

    def create_document(self, arguments: Json) -> Json:
        """A person enters a document: {"type"? Invoice or CreditNote, and plain members of its POST}."""
        kind = KINDS[choice(arguments, "type", KINDS, "Invoice")]
        given = body(FORMS[kind.type], rest(arguments, "type"), forms.REQUIRED)
        return {"document": self._told(documents.create(self._company, kind, given))}

    def credit_document(self, arguments: Json) -> Json:
        """Credits an open invoice in full: a released credit note settles it: {"number"|"reference"}."""
        only(arguments, WHICH)
        _, row = self._one(arguments)
        note = posting.reverse(self._company, row)
        note = posting.release(self._company, CREDIT_NOTE, note)
        due = posting.balance(row)
        if due:
            numbers = row["referenceNumber"], note["referenceNumber"]
            posting.pay(self._company, INVOICE, row, due, doc_type="CreditNote", number=numbers[1])
            posting.pay(self._company, CREDIT_NOTE, note, due, doc_type="Invoice", number=numbers[0])
        return {"credited": self._told(row), "credit_note": self._told(note)}

    def attach_file(self, arguments: Json) -> Json:
        """Attaches files to a document or a line: {"number"|"reference", "line"?, "files": [{"name", "text"}]}."""
        only(arguments, (*WHICH, "line", "files"))
        kind, row = self._one(arguments)
        owner, place = row, f"{kind.type} {row['referenceNumber']}"
        if "line" in arguments:
            owner = next((line for line in row["_lines"] if line["lineNumber"] == arguments["line"]), {})
            place = f"{place} {arguments['line']}"
            if not owner:
                raise ActionError(f"no line {arguments['line']!r}")
        for name, content in attached(arguments):
            files.attach(self._company, owner, place, name, content)
        self._company.change(kind.table(self._company), row["referenceNumber"], {})
        return {"attachments": files.shown(self._company, owner[files.FILES])}

    def _chosen(self, arguments: Json, wanted: Callable[[Row], bool]) -> Sequence[Found]:
        if any(name in arguments for name in WHICH):
            return [self._one(arguments)]
        if not arguments.get("all"):
            raise ActionError('name the document by number or reference, or say "all": true')
        return [(kind, row) for kind in KINDS.values() for row in kind.table(self._company) if wanted(row)]

    def _one(self, arguments: Json) -> Found:
        for kind in KINDS.values():
            table = kind.table(self._company)
            if "number" in arguments:
                row = table.get(text(arguments, "number"))
                found = [] if row is None else [row]
            else:
                wanted = text(arguments, "reference")
                found = [row for row in table if wanted in (row["note"] or "")]
            if found:
                return kind, found[-1]
        raise ActionError(f"no document with {arguments}")

    def _told(self, row: Row) -> Json:
        kind = KINDS[row["documentType"]]
        shown = shows.whole(self._company, kind, row)
        names = ("documentType", "referenceNumber", "status", "note", "paymentReference", "amountInCurrency")
        return {
            **{name: shown[name] for name in names},
            "total": row["_total"],
            "balance": float(exact(row["_total"]) - exact(row["_paid"])),
        }
