"""What the contract leaves open, or what a tenant may set: switches that a person can turn in this sandbox.

The defaults are those of the contract (section 15) and of its samples.
"""

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

TotalsOnHold = Literal["balance", "amount", "details"]
ReferenceAt = Literal["creation", "release", "late", "never"]


@dataclass
class Behaviour:
    """Every switch with its default."""

    max_page_size: int = 0
    """Largest page of every list; 0: each list has its own."""
    totals_on_hold: TotalsOnHold = "balance"
    """Which totals a draft shows: the balance (as the sample), the amount too (control totals on), or details only."""
    payment_reference_at: ReferenceAt = "release"
    late_seconds: int = 3600
    """How long after release a late payment reference comes."""
    credit_note_reference: bool = True
    """Credit notes get a payment reference as invoices do."""
    release: Literal["done", "queued", "failed"] = "done"
    release_reads: int = 2
    """A queued release is carried out when the document has been read so often."""
    refusals: Literal["400", "500"] = "400"
    """Status of a business refusal of a document's creation or release: the vendor uses both."""
    note_in_lists: bool = True
    note_in_answers: bool = True
    line_attachments_in_lists: bool = True
    """``expandAttachment`` of supplier invoices fills the lines too."""
    if_match: Literal["documented", "everywhere"] = "documented"
    """Customers, contacts, invoices and credit notes check it only in background processing (section 8)."""
    payment_touches_document: bool = True
    """A payment moves the document's ``lastModifiedDateTime``."""
    vat_rounding: Literal["line", "document"] = "line"
    """VAT is rounded per line, or once per rate."""
    location: Literal["plain", "foreign", "none"] = "plain"
    """``Location`` after a POST: this host, another host with http, or missing."""
    delete_released: bool = False

    def shown(self) -> dict[str, Any]:
        """All switches."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def turn(self, name: str, value: Any) -> None:
        """Sets one switch. Raises ValueError for an unknown name or a value that does not fit."""
        hint = get_type_hints(type(self)).get(name)
        if hint is None:
            raise ValueError(f"unknown: {name}; known: {', '.join(self.shown())}")
        words = get_args(hint)
        if words and value not in words:
            raise ValueError(f"{name}: one of {', '.join(words)}")
        if not words and (type(value) is not hint or (hint is int and value < 0)):
            raise ValueError(f"{name}: {'true or false' if hint is bool else 'a whole number, 0 or more'}")
        setattr(self, name, value)
