"""Entering supplier invoices and journal transactions."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sandbox.store import Row
from sandbox.system import ActionError, Json
from sandbox.visma_net import files
from sandbox.visma_net.books import journals, purchases, supplier_invoices, suppliers
from sandbox.visma_net.company import Company
from sandbox.visma_net.people.arguments import amount, attached, choice, day, only, text
from sandbox.visma_net.registries import projects

LINE = ("cost", "project", "task", "text", "account", "discount", "vat", "quantity", "files")
ROW = ("account", "amount", "project", "task", "text", "reference", "party", "files")
TYPES = ("Invoice", "CreditAdj", "DebitAdj", "Prepayment")
INVOICE_STATUS = ("Open", "Closed", "Hold", "Balanced", "Prebooked", "Scheduled", "Printed", "Reserved", "Voided")
BATCH_STATUS = (
    "Posted", "Unposted", "Completed", "Released", "Hold", "Balanced", "Scheduled", "Voided", "PartiallyReleased",
)  # fmt: skip
MODULES = ("GL", "CA", "CM", "IN", "DR", "FA", "PM", "AP", "AR")


class PurchaseDesk:
    """Supplier invoices and journal transactions."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def post_supplier_invoice(self, arguments: Json) -> Json:
        """Enters a supplier invoice: {"lines": [{"cost", "project", "text" ...}], "status"? ...}, else a plain one."""
        only(arguments, (
            "lines", "project", "supplier", "document_type", "status", "currency", "tax_mode", "date",
            "supplier_reference", "description", "discounted_total", "files",
        ))  # fmt: skip
        company = self._company
        lines = arguments.get("lines")
        given: Any = choice(arguments, "document_type", TYPES, "Invoice")
        mode: Any = choice(arguments, "tax_mode", ("TaxSetting", "Gross", "Net"), "TaxSetting")
        purchase = purchases.Purchase(
            supplier=self._supplier(arguments.get("supplier")),
            lines=self._plain(arguments) if lines is None else [self._line(each, arguments) for each in lines],
            day=day(arguments, company),
            document_type=given,
            status=choice(arguments, "status", INVOICE_STATUS, "Open"),
            currency=choice(arguments, "currency", company.rates, company.base_currency),
            tax_mode=mode,
            supplier_reference=arguments.get("supplier_reference"),
            description=arguments.get("description") or "Kjøp til prosjekt",
            discounted_total=bool(arguments.get("discounted_total", True)),
            files=attached(arguments),
        )
        if not purchase.lines:
            raise ActionError("lines: at least one")
        return {"invoice": supplier_invoices.shown(company, purchases.enter(company, purchase))}

    def release_supplier_invoice(self, arguments: Json) -> Json:
        """Releases a supplier invoice that is not yet: {"number"}."""
        only(arguments, ("number",))
        row = self._invoice(arguments)
        if row["status"] in purchases.RELEASED:
            raise ActionError(f"supplier invoice {row['referenceNumber']} is {row['status']}")
        return {"invoice": supplier_invoices.shown(self._company, purchases.release(self._company, row))}

    def attach_to_supplier_invoice(self, arguments: Json) -> Json:
        """Attaches files to a supplier invoice or a line: {"number", "line"?, "files": [{"name", "text"}]}."""
        only(arguments, ("number", "line", "files"))
        row = self._invoice(arguments)
        owner = self._owner(row, arguments)
        for name, content in attached(arguments):
            files.attach(self._company, owner, f"{row['_key']} {arguments.get('line')}", name, content)
        made = self._company.change(self._company.supplier_invoices, row["_key"], {})
        return {"invoice": supplier_invoices.shown(self._company, made)}

    def post_journal(self, arguments: Json) -> Json:
        """Enters a journal transaction: {"rows": [{"account", "amount", "project" ...}], ...}, else a plain one."""
        only(arguments, ("rows", "project", "module", "status", "ledger", "date", "description", "files", "party"))
        company = self._company
        rows = arguments.get("rows")
        batch = journals.Batch(
            module=f"Module{choice(arguments, 'module', MODULES, 'GL')}",
            day=day(arguments, company),
            description=arguments.get("description") or "Periodisering",
            rows=self._plain_rows(arguments) if rows is None else [self._row(each, arguments) for each in rows],
            status=choice(arguments, "status", BATCH_STATUS, "Posted"),
            ledger=choice(arguments, "ledger", company.ledgers, "1"),
            party=arguments.get("party"),
            files=attached(arguments),
        )
        if sum((each.amount for each in batch.rows), Decimal(0)):
            raise ActionError("rows: debit (positive) and credit (negative) amounts must add up to 0")
        return {"journal": journals.shown(company, journals.post(company, batch))}

    def set_journal_status(self, arguments: Json) -> Json:
        """Moves a journal transaction to another status: {"number", "status"}."""
        only(arguments, ("number", "status"))
        rows = self._company.journals.find("batchNumber", text(arguments, "number"))
        if not rows:
            raise ActionError(f"no journal transaction {arguments['number']!r}")
        status = choice(arguments, "status", BATCH_STATUS, "Posted")
        members = {"status": status, "hold": status == "Hold"}
        return {
            "journal": journals.shown(
                self._company, self._company.change(self._company.journals, rows[0]["_key"], members)
            )
        }

    def _invoice(self, arguments: Json) -> Row:
        rows = self._company.supplier_invoices.find("referenceNumber", text(arguments, "number"))
        if not rows:
            raise ActionError(f"no supplier invoice {arguments['number']!r}")
        return rows[0]

    def _owner(self, row: Row, arguments: Json) -> Row:
        if "line" not in arguments:
            return row
        lines: list[Row] = row["_lines"]
        found = next((line for line in lines if line["lineNumber"] == arguments["line"]), None)
        if found is None:
            raise ActionError(f"no line {arguments['line']!r}")
        return found

    def _supplier(self, wanted: object) -> Row:
        if wanted is not None:
            row = suppliers.numbered(self._company, str(wanted))
            if row is not None:
                return row
        for row in self._company.suppliers:
            if wanted in {None, row["name"]}:
                return row
        raise ActionError(f"no supplier {wanted!r}")

    def _project(self, number: object) -> Row | None:
        if number is None:
            return None
        row = projects.of_id(self._company, str(number))
        if row is None:
            raise ActionError(f"no project {number!r}")
        return row

    def _known(self, given: Json, name: str, default: str, among: Collection[str]) -> str:
        return choice({name: str(given.get(name, default))}, name, among, default)

    def _line(self, given: Json, whole: Json) -> purchases.PurchaseLine:
        only(given, LINE)
        cost = amount(given, "cost")
        if cost is None:
            raise ActionError("lines: each needs a cost")
        project = self._project(given.get("project", whole.get("project")))
        return purchases.PurchaseLine(
            cost=cost,
            text=given.get("text"),
            account=self._known(given, "account", "4500", self._company.accounts),
            project=project,
            task=given.get("task", "10" if project else None),
            discount=amount(given, "discount") or Decimal(0),
            vat=self._known(given, "vat", purchases.VAT_ID, self._company.vat_codes),
            quantity=amount(given, "quantity") or Decimal(1),
            files=attached(given),
        )

    def _row(self, given: Json, whole: Json) -> journals.Entry:
        only(given, ROW)
        value = amount(given, "amount")
        if value is None:
            raise ActionError("rows: each needs an amount; debit is positive")
        project = self._project(given.get("project", whole.get("project")))
        return journals.Entry(
            account=self._known(given, "account", "6540", self._company.accounts),
            amount=value,
            text=given.get("text"),
            project=project,
            task=given.get("task", "10" if project else None),
            reference=given.get("reference"),
            party=given.get("party"),
            files=attached(given),
        )

    def _usable(self, number: object) -> Sequence[Row]:
        """Two active projects, or twice the one that was named."""
        named = self._project(number)
        if named is not None:
            return [named, named]
        found = [row for row in self._company.projects if row["_kind"] == "project" and row["status"] == "Active"]
        if len(found) < 2:
            raise ActionError("there are no two active projects for a plain posting: give lines or rows")
        return found[:2]

    def _plain(self, arguments: Json) -> Sequence[purchases.PurchaseLine]:
        """Three lines: on a project with a file of its own, on a second project, and on none."""
        first, second = self._usable(arguments.get("project"))
        log = [("Borelogg Ålesund.pdf", b"%PDF-1.4 borelogg")]
        return (
            purchases.PurchaseLine(
                cost=Decimal(8200), text="Grunnboring, 3 punkter", project=first, task="10", files=log
            ),
            purchases.PurchaseLine(cost=Decimal("3150.50"), text="Prøvetaking sjøbunn", project=second, task="10"),
            purchases.PurchaseLine(cost=Decimal(600), text="Fakturagebyr og øvrig", account="6790"),
        )

    def _plain_rows(self, arguments: Json) -> Sequence[journals.Entry]:
        """A cost on a project, and its counter-entry on none."""
        first, _ = self._usable(arguments.get("project"))
        supplier = next(iter(self._company.suppliers), None)
        party = supplier["number"] if supplier else None
        return (
            journals.Entry(
                account="6540",
                amount=Decimal(2400),
                text="Leie av måleutstyr",
                project=first,
                task="10",
                reference="LEIE-10",
                party=party,
                files=[("Leieavtale måleutstyr.pdf", b"%PDF-1.4 leieavtale")],
            ),
            journals.Entry(account="2960", amount=Decimal(-2400), text="Motpost periodisering", reference="LEIE-10"),
        )
