"""Posting, reversing and correcting supplier invoices."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sandbox.poweroffice.books.ledger import Posting, Voucher, post, reverse
from sandbox.poweroffice.books.ledger import shown as row_shown
from sandbox.poweroffice.books.purchases import Purchase, PurchaseRow, post_purchase
from sandbox.poweroffice.company import Company
from sandbox.poweroffice.money import cents, exact
from sandbox.poweroffice.people.arguments import amount, number, only
from sandbox.store import Row, Table
from sandbox.system import ActionError, Json

ROW = ("account_no", "amount", "quantity", "product_code", "project_code", "description")
COST_ACCOUNT, GOODS_ACCOUNT, OFFICE_ACCOUNT = 4300, 6790, 6700
PLAIN_ROWS = 3


def _find(table: Table, index: str, value: object, words: str) -> Row:
    found = table.find(index, value)
    if not found:
        raise ActionError(f"no {words} {value!r}")
    return found[0]


class PurchaseDesk:
    """Supplier invoices and their vouchers."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def post_purchase_invoice(self, arguments: Json) -> Json:
        """Posts a supplier invoice: {"rows": [{"account_no", "amount" ...}], "project_code"? ...}, else a plain one."""
        only(arguments, ("rows", "project_code", "supplier", "currency", "voucher_type", "date", "invoice_no"))
        voucher_type = arguments.get("voucher_type", "IncomingInvoice")
        if voucher_type not in {"IncomingInvoice", "IncomingCreditNote"}:
            raise ActionError("voucher_type: IncomingInvoice or IncomingCreditNote")
        currency = arguments.get("currency", "NOK")
        if currency not in self._company.rates:
            raise ActionError(f"currency: one of {', '.join(self._company.rates)}")
        project_code = arguments.get("project_code")
        rows = arguments.get("rows")
        purchase = Purchase(
            supplier=self._supplier(arguments.get("supplier")),
            rows=self._plain_rows(project_code) if rows is None else [self._row(each, project_code) for each in rows],
            day=self._day(arguments.get("date")),
            currency=currency,
            is_credit_note=voucher_type == "IncomingCreditNote",
            project_id=self._project_id(project_code),
            invoice_no=arguments.get("invoice_no"),
        )
        if not purchase.rows:
            raise ActionError("rows: at least one")
        invoice, ledger_rows = post_purchase(self._company, purchase)
        return {
            "voucher_id": invoice["Id"],
            "voucher_no": invoice["VoucherNo"],
            "invoice_no": invoice["InvoiceNo"],
            "total": invoice["TotalAmount"],
            "rows": [row_shown(self._company, row) for row in ledger_rows[: len(purchase.rows)]],
        }

    def reverse_voucher(self, arguments: Json) -> Json:
        """Reverses a voucher with rows of opposite sign: {"voucher_id"|"voucher_no"}."""
        only(arguments, ("voucher_id", "voucher_no"))
        rows = self._voucher_rows(arguments)
        first = rows[0]
        if first["IsReversed"]:
            raise ActionError(f"voucher {first['VoucherNo']} is reversed already")
        links = {"ReversedVoucherId": first["VoucherId"], "ReversedVoucherNo": first["VoucherNo"]}
        voucher = self._new_voucher("ReversalVoucher", first, links)
        posted = reverse(self._company, first["VoucherId"], voucher)
        if first["VoucherId"] in self._company.incoming:
            members = {"IsReversed": True, "Balance": 0.0, "BalanceLastChangedDateTimeOffset": self._company.now()}
            self._company.incoming.update(first["VoucherId"], members)
        return self._posted(voucher, posted)

    def correct_voucher(self, arguments: Json) -> Json:
        """Moves a ledger row's cost to another project by a correction: {"id" ledger row, "project_code" or null}."""
        only(arguments, ("id", "project_code"))
        row = self._company.transactions.get(arguments.get("id"))
        if row is None:
            raise ActionError(f"no ledger row {arguments.get('id')!r}")
        links = {"CorrectionOfVoucherId": row["VoucherId"], "CorrectionOfVoucherNo": row["VoucherNo"]}
        voucher = self._new_voucher("CorrectionVoucher", row, links)
        target = self._project_id(arguments.get("project_code"))
        postings = [
            Posting(
                account_no=row["AccountNo"],
                amount=sign * exact(row["Amount"]),
                currency_amount=sign * exact(row["CurrencyAmount"]),
                description=row.get("Description"),
                members={"ProjectId": project_id, "ProductId": row.get("ProductId")},
            )
            for sign, project_id in ((-1, row.get("ProjectId")), (1, target))
        ]
        return self._posted(voucher, post(self._company, voucher, postings))

    def edit_ledger_row(self, arguments: Json) -> Json:
        """Edits a posted row in place: {"id" ledger row, "project_code"? or null, "description"?}."""
        only(arguments, ("id", "project_code", "description"))
        row = self._company.transactions.get(arguments.get("id"))
        if row is None:
            raise ActionError(f"no ledger row {arguments.get('id')!r}")
        members: Row = {}
        if "project_code" in arguments:
            members["ProjectId"] = self._project_id(arguments["project_code"])
        if "description" in arguments:
            members["Description"] = arguments["description"]
        return {"row": row_shown(self._company, self._company.transactions.update(row["Id"], members))}

    def _supplier(self, wanted: object) -> Row:
        for row in self._company.suppliers:
            if wanted is None or wanted in (row["Number"], row["Name"]):
                return row
        raise ActionError(f"no supplier {wanted!r}")

    def _project_id(self, code: object) -> int | None:
        return None if code is None else int(_find(self._company.projects, "Code", code, "project")["Id"])

    def _day(self, text: object) -> date:
        if text is None:
            return self._company.today()
        try:
            return date.fromisoformat(str(text))
        except ValueError as bad:
            raise ActionError(f"date: YYYY-MM-DD, not {text!r}") from bad

    def _row(self, arguments: Json, project_code: object) -> PurchaseRow:
        only(arguments, ROW)
        net = amount(arguments, "amount")
        if net is None:
            raise ActionError("rows: each needs an amount")
        account_no = arguments.get("account_no", COST_ACCOUNT)
        _find(self._company.accounts, "AccountNo", account_no, "account")
        code = arguments.get("product_code")
        product = None if code is None else _find(self._company.products, "Code", code, "product")
        return PurchaseRow(
            account_no=account_no,
            amount=cents(net),
            quantity=number(arguments, "quantity"),
            product_id=None if product is None else product["Id"],
            project_id=self._project_id(arguments.get("project_code", project_code)),
            description=arguments.get("description"),
        )

    def _plain_rows(self, project_code: object) -> Sequence[PurchaseRow]:
        """Three rows: on a project with a product, on a second project without one, and on no project."""
        usable = [p for p in self._company.projects if p["IsActive"] and p["Code"].isdecimal() and not p["IsInternal"]]
        chosen = [p["Id"] for p in usable[:2]] if project_code is None else [self._project_id(project_code)] * 2
        products = [p for p in self._company.products if p.get("Code") and not p["IsArchived"]]
        if len(chosen) < 2 or not products:
            raise ActionError("there are no two active projects and a product for a plain invoice: give rows")
        return (
            PurchaseRow(
                account_no=COST_ACCOUNT,
                amount=Decimal(8000),
                quantity=40.0,
                product_id=products[0]["Id"],
                project_id=chosen[0],
                description="Kobberrør 22 mm",
            ),
            PurchaseRow(
                account_no=GOODS_ACCOUNT,
                amount=Decimal(3250),
                project_id=chosen[1],
                description="Leie av løfteutstyr, Ærfugl Kran",
            ),
            PurchaseRow(account_no=OFFICE_ACCOUNT, amount=Decimal("1234.50"), description="Regnskapsføring"),
        )

    def _voucher_rows(self, arguments: Json) -> Sequence[Row]:
        if "voucher_id" in arguments:
            rows = self._company.transactions.find("VoucherId", arguments["voucher_id"])
        else:
            rows = self._company.transactions.find("VoucherNo", arguments.get("voucher_no"))
        if not rows:
            raise ActionError(f"no voucher with {arguments}")
        return rows

    def _new_voucher(self, kind: str, about: Row, links: Row) -> Voucher:
        number = next(self._company.voucher_nos)
        return Voucher(
            id=self._company.ids.guid(kind, about["VoucherId"], number),
            no=number,
            type=kind,
            date=self._company.today().isoformat(),
            description=None,
            currency=about["CurrencyCode"],
            links=links,
        )

    def _posted(self, voucher: Voucher, rows: Sequence[Row]) -> Json:
        shown = [row_shown(self._company, row) for row in rows]
        return {"voucher_id": voucher.id, "voucher_no": voucher.no, "rows": shown}
