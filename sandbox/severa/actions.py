"""What people do in Severa's own screens."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.severa.access import SCOPES, Access
from sandbox.severa.billing import Draft, compose, credit, edit_row, enter, first_status, issue
from sandbox.severa.endpoints.files import store_file
from sandbox.severa.errors import Refused
from sandbox.severa.kinds import KINDS
from sandbox.severa.registers import Registers
from sandbox.store import Row
from sandbox.system import Action, ActionError, Json

HEAD = {"number", "guid", "key"}
TEXTS = {
    "notes": "notes",
    "our_reference": "ourReference",
    "your_reference": "yourReference",
    "order_number": "orderNumber",
    "billing_contact": "senderContactName",
}
FREE_TEXTS = {"free_text_above": "freeText1", "free_text_below": "freeText2"}
"""Names of an invoice's texts here, and the members that hold them."""


def _words(given: Mapping[str, Any], *, needed: set[str], known: set[str]) -> None:
    missing, unknown = needed - set(given), set(given) - needed - known
    if missing or unknown:
        told = [f"missing: {', '.join(sorted(missing))}"] if missing else []
        told += [f"unknown: {', '.join(sorted(unknown))}"] if unknown else []
        raise ActionError(f"{'; '.join(told)}. Wanted: {', '.join(sorted(needed | known))}")


def _find(registers: Registers, table: str, given: Mapping[str, Any], *, index: str = "number") -> Row:
    """An object by its guid or by its number."""
    if given.get("guid"):
        row = registers.tables[table].get(given["guid"])
    else:
        row = next(iter(registers.tables[table].find(index, given.get("number"))), None)
    if row is None:
        told = f"guid {given['guid']}" if given.get("guid") else f"number {given.get('number')}"
        raise ActionError(f"none of the {table} has the {told}")
    return row


class Screens:
    """The actions, over the registers. `invoices` finds an invoice of the seeded world by its key ("INV-00001")."""

    def __init__(self, registers: Registers, access: Access, invoices: Mapping[str, str]) -> None:
        self._registers = registers
        self._access = access
        self._invoices = invoices

    def all(self) -> dict[str, Action]:
        """The actions by name."""
        named: tuple[Callable[[Json], Json], ...] = (
            self.find_invoice,
            self.set_invoice_status,
            self.edit_invoice_row,
            self.delete_invoice,
            self.create_invoice,
            self.edit_invoice,
            self.credit_invoice,
            self.attach_to_invoice,
            self.edit_customer,
            self.create_customer,
            self.edit_project,
            self.close_project,
            self.create_project,
            self.set_scopes,
        )
        return {one.__name__: _refusals(one) for one in named}

    def _invoice(self, given: Mapping[str, Any]) -> Row:
        if given.get("key"):
            guid = self._invoices.get(given["key"])
            if guid is None:
                raise ActionError(f"no invoice with key {given['key']}")
            return _find(self._registers, "invoices", {"guid": guid})
        return _find(self._registers, "invoices", given)

    def _author(self) -> Row:
        """The person at the screen: the first user."""
        user = next(iter(self._registers.tables["users"]))
        return self._registers.refer("users.person", user["guid"])

    def find_invoice(self, given: Json) -> Json:
        """Shows an invoice: guid, number or key (the key is the one in the world's list)."""
        _words(given, needed=set(), known=HEAD)
        return dict(self._invoice(given))

    def set_invoice_status(self, given: Json) -> Json:
        """Puts an invoice into a status: guid, number or key of the invoice; status (name or guid)."""
        _words(given, needed={"status"}, known=HEAD)
        wanted = given["status"]
        for status in self._registers.tables["invoicestatuses"]:
            if wanted in {status["guid"], status["name"]}:
                return dict(enter(self._registers, self._invoice(given), status, self._author()))
        raise ActionError(f"no invoice status {wanted!r}")

    def edit_invoice_row(self, given: Json) -> Json:
        """Changes a row: guid, number or key; row (from 0); quantity, unit_price, vat_rate, codes, description."""
        changes = {"quantity", "unit_price", "vat_rate", "codes", "description"}
        _words(given, needed=set(), known=HEAD | {"row"} | changes)
        invoice = self._invoice(given)
        rows = self._registers.tables["invoicerows"].find("invoiceGuid", invoice["guid"])
        number = given.get("row", 0)
        if not isinstance(number, int) or not 0 <= number < len(rows):
            raise ActionError(f"row: 0 to {len(rows) - 1}")
        row = rows[number]
        members: Row = {}
        if "quantity" in given:
            members["quantity"] = float(_decimal("quantity", given["quantity"]))
        if "unit_price" in given:
            members["unitPrice"] = {**row["unitPrice"], "amount": float(_decimal("unit_price", given["unit_price"]))}
        if "vat_rate" in given:
            members["vatRate"] = float(_decimal("vat_rate", given["vat_rate"]))
        if "codes" in given:
            members["code"] = [str(code) for code in given["codes"]]
        if "description" in given:
            members["description"] = given["description"]
        return dict(edit_row(self._registers, row, members))

    def delete_invoice(self, given: Json) -> Json:
        """Deletes an invoice that may be deleted, with its rows; what it billed is open again."""
        _words(given, needed=set(), known=HEAD)
        invoice = self._invoice(given)
        if not invoice["canBeDeleted"]:
            raise ActionError("the invoice has a number and cannot be deleted")
        registers, guid = self._registers, invoice["guid"]
        for table in ("workhours", "projectfees", "projecttravelexpenses"):
            for row in registers.tables[table].find("invoice.guid", guid):
                registers.write(
                    table, row["guid"], {"invoice": None, "invoiceRowGuid": None, "invoiceQuantity": None}, touch=True
                )
        for row in registers.tables["invoicerows"].find("invoiceGuid", guid):
            registers.tables["invoicerows"].delete(row["guid"])
        settings = registers.settings_of.pop(guid)
        registers.invoice_of.pop(settings)
        registers.tables["invoicesettings"].delete(settings)
        registers.tables["invoices"].delete(guid)
        return {"guid": guid}

    def create_invoice(self, given: Json) -> Json:
        """Makes an invoice: project or projects (numbers), rows [{code, quantity, unit_price, vat_rate}]; status, ..

        Also customer (number), date, payment_term, total_including_tax (Severa's own figure, when it should differ);
        of a row also codes, description and unit. Price, VAT rate and text follow from the product when not given.
        """
        known = {"customer", "project", "projects", "status", "date", "total_including_tax", "payment_term"}
        _words(given, needed={"rows"}, known=known)
        registers = self._registers
        numbers = given.get("projects") or [given.get("project")]
        projects = [_find(registers, "projects", {"number": number}) for number in numbers]
        customer = registers.get("customers", projects[0]["customer"]["guid"])
        if given.get("customer") is not None:
            customer = _find(registers, "customers", {"number": given["customer"]})
        drafts = [self._draft(row) for row in given["rows"]]
        day = registers.clock.now().date()
        more: Row = {} if given.get("payment_term") is None else {"paymentTerm": given["payment_term"]}
        members = compose(registers, customer, projects, day, more)
        if given.get("date"):
            members["date"] = given["date"]
        members["status"] = registers.refer("invoicestatuses.flagged", first_status(registers, None)["guid"])
        if given.get("total_including_tax") is not None:
            total = float(_decimal("total_including_tax", given["total_including_tax"]))
            members["totalIncludingTax"] = {
                "amount": total,
                "currencyCode": members["currency"]["code"],
                "multiCurrencyInfo": None,
            }
        invoice = issue(registers, members, drafts, author=self._author())
        if given.get("status"):
            return self.set_invoice_status({"guid": invoice["guid"], "status": given["status"]})
        return dict(invoice)

    def edit_invoice(self, given: Json) -> Json:
        """Changes texts of an invoice: guid, number or key; notes, our_reference, your_reference, order_number, ..

        Also billing_contact, and free_text_above and free_text_below the rows.
        """
        _words(given, needed=set(), known=HEAD | set(TEXTS) | set(FREE_TEXTS))
        invoice = self._invoice(given)
        members: Row = {member: given[name] for name, member in TEXTS.items() if name in given}
        for name, member in FREE_TEXTS.items():
            if name in given:
                text = given[name]
                members[member] = text and {
                    "value": None, "text": f"<p>{text}</p>", "plainText": text, "allowTags": True,
                    "tagContext": "Invoice",
                }  # fmt: skip
        members["lastUpdatedBy"] = self._author()
        return dict(self._registers.write("invoices", invoice["guid"], members, touch=True))

    def credit_invoice(self, given: Json) -> Json:
        """Credits an invoice in full: guid, number or key. The note enters the default status of credit notes."""
        _words(given, needed=set(), known=HEAD)
        return dict(credit(self._registers, self._invoice(given), self._author()))

    def attach_to_invoice(self, given: Json) -> Json:
        """Attaches a file to an invoice: guid, number or key; name, text; internal (default false), content_type."""
        _words(given, needed={"name", "text"}, known=HEAD | {"internal", "content_type"})
        invoice = self._invoice(given)
        made = store_file(
            self._registers,
            "invoicefiles",
            {"invoiceGuid": invoice["guid"], "name": given["name"], "description": None},
            str(given["text"]).encode(),
            given.get("content_type") or "application/pdf",
        )
        return dict(self._registers.write("invoicefiles", made["guid"], {"isInternal": bool(given.get("internal"))}))

    def _draft(self, row: Mapping[str, Any]) -> Draft:
        _words(row, needed={"quantity"}, known={"code", "codes", "unit_price", "vat_rate", "description", "unit"})
        codes = row.get("codes") or ([row["code"]] if row.get("code") else [])
        kinds = (("products", "ProjectFees"), ("worktypes", "Hours"), ("travelexpensetypes", "TravelExpenses"))
        item, row_type = None, "ProjectFees"
        for table, kind in kinds:
            found = self._registers.tables[table].find("code", codes[0]) if codes else []
            if found:
                item, row_type = found[0], kind
                break
        price = row.get("unit_price")
        if price is None:
            price = ((item or {}).get("unitPrice") or {}).get("amount", 0)
        vat = row["vat_rate"] if row.get("vat_rate") is not None else (item or {}).get("vatRate") or 25
        return Draft(
            row_type=row_type,
            codes=[str(code) for code in codes],
            description=row.get("description") or (item or {}).get("name") or "Rad",
            quantity=float(_decimal("quantity", row["quantity"])),
            unit_price=float(_decimal("unit_price", price)),
            vat_rate=float(_decimal("vat_rate", vat)),
            unit=row.get("unit") or (item or {}).get("measurementUnit"),
        )

    def _edit(self, table: str, given: Json) -> Json:
        members = given.get("members")
        if not isinstance(members, dict) or not members:
            raise ActionError('members: an object of input members, such as {"name": "…"}')
        _words(given, needed={"members"}, known={"guid", "number"})
        kind, row = KINDS[table], _find(self._registers, table, given)
        for name in members:
            if name not in kind.input or kind.input[name].read_only:
                raise ActionError(f"{name} cannot be edited")
        self._registers.checked(kind.input, members)
        return dict(self._registers.change(table, row["guid"], members, author=self._author()))

    def edit_customer(self, given: Json) -> Json:
        """Changes a customer: guid or number; members {name, email, isActive, paymentTerm ..}."""
        return self._edit("customers", given)

    def edit_project(self, given: Json) -> Json:
        """Changes a project: guid or number; members {name, orderNumber, salesStatus {salesStatusTypeGuid} ..}."""
        return self._edit("projects", given)

    def close_project(self, given: Json) -> Json:
        """Closes a project: guid or number."""
        _words(given, needed=set(), known={"guid", "number"})
        return self._edit("projects", {**given, "members": {"isClosed": True}})

    def create_customer(self, given: Json) -> Json:
        """Makes a customer: members as in POST /v1/customers; number is given when missing."""
        _words(given, needed={"members"}, known=set())
        return dict(self._registers.create(KINDS["customers"], given["members"]))

    def create_project(self, given: Json) -> Json:
        """Makes a project: customer (number), name; number, owner (user code), sales_state, members."""
        _words(given, needed={"customer", "name"}, known={"number", "owner", "sales_state", "members"})
        registers = self._registers
        customer = _find(registers, "customers", {"number": given["customer"]})
        users = registers.tables["users"]
        owner = next(iter(users.find("code", given["owner"]) if given.get("owner") else users), None)
        state = given.get("sales_state", "Won")
        kind = next((row for row in registers.tables["salesstatustypes"] if row["salesState"] == state), None)
        if owner is None or kind is None:
            raise ActionError("owner: the code of a user; sales_state: InProgress, Won or Lost")
        body = {
            "name": given["name"],
            "customer": {"guid": customer["guid"]},
            "projectOwner": {"guid": owner["guid"]},
            "salesStatus": {"salesStatusTypeGuid": kind["guid"]},
            **({"number": given["number"]} if given.get("number") is not None else {}),
            **(given.get("members") or {}),
        }
        return dict(registers.create(KINDS["projects"], body))

    def set_scopes(self, given: Json) -> Json:
        """Picks the scopes of the client as an administrator does: scopes [..]; without them all."""
        _words(given, needed=set(), known={"scopes"})
        wanted = set(given.get("scopes") or SCOPES)
        if not wanted <= set(SCOPES):
            raise ActionError(f"unknown: {', '.join(sorted(wanted - set(SCOPES)))}")
        self._access.granted = wanted
        return {"scopes": sorted(wanted)}


def _decimal(name: str, value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ActionError(f"{name}: a number, not {value!r}") from None


def _refusals(action: Action) -> Action:
    """The action with Severa's refusals told as a person would see them."""

    def act(given: Json) -> Json:
        try:
            return action(given)
        except Refused as error:
            raise ActionError(error.message or "not found") from error

    act.__doc__ = action.__doc__
    return act
