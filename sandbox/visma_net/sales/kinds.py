"""The two kinds of documents to customers: what differs between an invoice and a credit note."""

from dataclasses import dataclass
from typing import Literal

from sandbox.store import Row, Table
from sandbox.visma_net.calls import Call
from sandbox.visma_net.company import Company
from sandbox.visma_net.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Kind:
    """`path` is the segment of the address, `lines` the member of the lines, `billing` that of the address written."""

    type: Literal["Invoice", "CreditNote"]
    path: str
    lines: str
    key: str
    billing: str

    def table(self, company: Company) -> Table:
        """Where the documents are."""
        return company.invoices if self.type == "Invoice" else company.credit_notes

    def existing(self, company: Company, call: Call) -> Row:
        """The document of the path. Refused (404) when there is none."""
        row = self.table(company).get(call.path[self.key])
        if row is None:
            raise RefusedError.missing(f"{self.type} with reference number", call.path[self.key])
        return row


INVOICE = Kind("Invoice", "customerinvoice", "invoiceLines", "invoiceNumber", "billingAddress")
CREDIT_NOTE = Kind("CreditNote", "customerCreditNote", "lines", "creditNoteNumber", "invoiceAddress")
KINDS: dict[str, Kind] = {each.type: each for each in (INVOICE, CREDIT_NOTE)}
