"""The ERP's own VAT: by the customer's zone and the item's category (contract, section 11)."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sandbox.store import Row
from sandbox.visma_net.company import Company
from sandbox.visma_net.money import cents, exact


def resolved(company: Company, zone: str, category: str) -> str:
    """The VAT id of a sale: what the zone makes of the item's category, else the category itself."""
    changed: dict[str, str] = company.zones[zone]["_changes"]
    return changed.get(category, category)


def rate(company: Company, vat_id: str) -> Decimal:
    """Percent."""
    found: Decimal = company.vat_codes[vat_id]["_rate"]
    return found


def details(company: Company, lines: Sequence[Row]) -> list[Row]:
    """VAT per rate over the lines' net amounts in document currency.

    Rounded to the cent per line or once per rate, as the company has set it.
    """
    nets: dict[str, list[Decimal]] = defaultdict(list)
    for line in lines:
        nets[line["vatCode"]].append(exact(line["amountInCurrency"]))
    per_line = company.behaviour.vat_rounding == "line"
    found = []
    for number, (vat_id, amounts) in enumerate(nets.items(), 1):
        percent = rate(company, vat_id)
        net = sum(amounts, Decimal(0))
        if per_line:
            vat = sum((cents(amount * percent / 100) for amount in amounts), Decimal(0))
        else:
            vat = cents(net * percent / 100)
        found.append(
            {
                "taxId": vat_id,
                "recordId": number,
                "vatId": {"number": vat_id, "description": company.vat_codes[vat_id]["description"]},
                "vatRate": float(percent),
                "taxableAmount": float(net),
                "vatAmount": float(vat),
            }
        )
    return found
